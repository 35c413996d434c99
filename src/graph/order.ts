import type { Dag } from './dag.ts';

/** Create date, then id: a total order that does not depend on how the files were listed. */
export function byRank(dag: Dag, a: number, b: number): number {
  const dateA = dag.headers[a]!.createDate ?? '';
  const dateB = dag.headers[b]!.createDate ?? '';
  if (dateA !== dateB) return dateA < dateB ? -1 : 1;
  const idA = dag.ids[a]!;
  const idB = dag.ids[b]!;
  return idA < idB ? -1 : idA > idB ? 1 : 0;
}

/** A binary heap of small numbers, the smallest on top. */
class Heap {
  readonly #items: number[] = [];

  get size(): number {
    return this.#items.length;
  }

  push(item: number): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (items[up]! <= item) break;
      items[at] = items[up]!;
      at = up;
    }
    items[at] = item;
  }

  pop(): number {
    const items = this.#items;
    const top = items[0]!;
    const last = items.pop()!;
    if (items.length === 0) return top;
    let at = 0;
    for (;;) {
      let below = at * 2 + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && items[below + 1]! < items[below]!) below++;
      if (items[below]! >= last) break;
      items[at] = items[below]!;
      at = below;
    }
    items[at] = last;
    return top;
  }
}

/**
 * Torale's one order of all revisions: Kahn's algorithm over parents and dependencies, with the revisions that are ready
 * ordered by create date, then id. Every plan is a part of it and `history` is it backwards, so two revisions stand in
 * the same order wherever an upgrade starts from and however the files were listed.
 */
export function topologicalOrder(dag: Dag): Int32Array {
  const byPlace = dag.sorted(dag.nodes);
  const place = new Int32Array(dag.size);
  for (let at = 0; at < byPlace.length; at++) place[byPlace[at]!] = at;

  const children = dag.after('all');
  const missing = Int32Array.from(dag.ids, (_, node) => dag.parents.count(node));
  const ready = new Heap();
  for (let node = 0; node < dag.size; node++) if (missing[node] === 0) ready.push(place[node]!);

  const order = new Int32Array(dag.size);
  let length = 0;
  while (ready.size > 0) {
    const node = byPlace[ready.pop()]!;
    order[length++] = node;
    for (let at = children.first[node]!; at < children.first[node + 1]!; at++) {
      const child = children.to[at]!;
      missing[child]!--;
      if (missing[child] === 0) ready.push(place[child]!);
    }
  }
  return order;
}
