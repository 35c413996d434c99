import type { RevisionHeader } from './header.ts';
import { byRank, topologicalOrder } from './order.ts';

/** `down`: parents only, as heads, bases and branches are counted. `all`: with `dependsOn`, as revisions are applied. */
export type Edges = 'down' | 'all';

/** What loading found: every revision is a number, the position of its header. */
export interface Loaded {
  readonly headers: readonly RevisionHeader[];
  readonly ids: readonly string[];
  /** id → revision */
  readonly index: ReadonlyMap<string, number>;
  /** branch label → the revision that carries it */
  readonly labels: ReadonlyMap<string, number>;
  /** parents, in the order of the file */
  readonly down: readonly (readonly number[])[];
  /** parents, then what else it depends on; each once; the same as `down` where no revision depends on another */
  readonly parents: readonly (readonly number[])[];
}

const NONE: readonly number[] = [];

function reversed(edges: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const found: number[][] = Array.from({ length: edges.length });
  for (let child = 0; child < edges.length; child++) {
    for (const parent of edges[child]!) {
      const list = found[parent];
      if (list === undefined) found[parent] = [child];
      else list.push(child);
    }
  }
  for (let node = 0; node < found.length; node++) found[node] ??= NONE as number[];
  return found;
}

/**
 * The loaded graph as arrays of numbers, and what follows from it.
 * What follows is worked out when it is first asked for: `heads` must not pay for an order that only `upgrade` needs.
 */
export class Dag {
  readonly headers: readonly RevisionHeader[];
  readonly ids: readonly string[];
  readonly index: ReadonlyMap<string, number>;
  readonly labels: ReadonlyMap<string, number>;
  readonly down: readonly (readonly number[])[];
  readonly parents: readonly (readonly number[])[];
  #downChildren: readonly (readonly number[])[] | undefined;
  #children: readonly (readonly number[])[] | undefined;
  #order: Int32Array | undefined;
  #effectiveLabels: readonly (readonly string[])[] | undefined;

  constructor(loaded: Loaded) {
    this.headers = loaded.headers;
    this.ids = loaded.ids;
    this.index = loaded.index;
    this.labels = loaded.labels;
    this.down = loaded.down;
    this.parents = loaded.parents;
  }

  get size(): number {
    return this.ids.length;
  }

  /** Every revision, in load order. */
  get nodes(): number[] {
    return [...this.ids.keys()];
  }

  id(node: number): string {
    return this.ids[node]!;
  }

  parentsOf(node: number, edges: Edges): readonly number[] {
    return (edges === 'down' ? this.down : this.parents)[node]!;
  }

  childrenOf(node: number, edges: Edges): readonly number[] {
    if (edges === 'down' || this.parents === this.down) return (this.#downChildren ??= reversed(this.down))[node]!;
    return (this.#children ??= reversed(this.parents))[node]!;
  }

  /** Every revision, parents and dependencies first. */
  get order(): Int32Array {
    return (this.#order ??= topologicalOrder(this));
  }

  /** Revisions without a child, sorted. */
  heads(edges: Edges): number[] {
    const isParent = new Uint8Array(this.size);
    for (const parents of edges === 'down' ? this.down : this.parents)
      for (const parent of parents) isParent[parent] = 1;
    const found: number[] = [];
    for (let node = isParent.indexOf(0); node !== -1; node = isParent.indexOf(0, node + 1)) found.push(node);
    return this.sorted(found);
  }

  /** Revisions without a parent, sorted. */
  bases(): number[] {
    return this.sorted(this.nodes.filter((node) => this.down[node]!.length === 0));
  }

  /** By create date, then id. */
  sorted(nodes: Iterable<number>): number[] {
    return [...nodes].sort((a, b) => byRank(this, a, b));
  }

  /** The ids of these revisions, by create date, then id. */
  sortedIds(nodes: Iterable<number>): string[] {
    return this.sorted(nodes).map((node) => this.id(node));
  }

  /** Own labels and those of every ancestor by parents, for all revisions at once; lists are shared where nothing is added. */
  get effectiveLabels(): readonly (readonly string[])[] {
    if (this.#effectiveLabels !== undefined) return this.#effectiveLabels;
    const own = new Map<number, string[]>();
    for (const [label, node] of this.labels) own.set(node, [...(own.get(node) ?? []), label]);
    const found: (readonly string[])[] = Array.from({ length: this.size }, () => []);
    for (const node of this.order) {
      const lists = [own.get(node) ?? [], ...this.down[node]!.map((parent) => found[parent]!)];
      const filled = lists.filter((list) => list.length > 0);
      if (filled.length === 1) found[node] = filled[0]!;
      else if (filled.length > 1) found[node] = [...new Set(filled.flat())];
    }
    return (this.#effectiveLabels = found);
  }
}
