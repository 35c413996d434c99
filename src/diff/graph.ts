/** Actions and what must come before what. Nodes can be joined into one where nothing has to come in between. */
export class ActionGraph {
  readonly #after = new Map<string, Set<string>>();
  readonly #before = new Map<string, Set<string>>();
  /** Joined nodes point to what they were joined to. */
  readonly #joined = new Map<string, string>();
  readonly #members = new Map<string, string[]>();

  add(node: string): void {
    if (this.#after.has(node)) return;
    this.#after.set(node, new Set());
    this.#before.set(node, new Set());
    this.#members.set(node, [node]);
  }

  has(node: string): boolean {
    return this.#joined.has(node) || this.#after.has(node);
  }

  /** Whether it comes with another, or there is no such node. */
  isJoined(node: string): boolean {
    return !this.#after.has(node);
  }

  /** Nothing where one of them is no node. */
  edge(first: string, second: string): void {
    if (!this.has(first) || !this.has(second)) return;
    const a = this.#find(first);
    const b = this.#find(second);
    if (a === b) return;
    this.#after.get(a)!.add(b);
    this.#before.get(b)!.add(a);
  }

  /** An edge that would be good to have: left out where it would close a circle. */
  wish(first: string, second: string): void {
    if (!this.has(first) || !this.has(second)) return;
    if (!this.#reaches(this.#find(second), this.#find(first))) this.edge(first, second);
  }

  /**
   * Makes `part` come with `whole`, where an edge joins them and no third must come in between.
   *
   * @returns whether it did
   */
  join(whole: string, part: string): boolean {
    // What has joined one whole stays there.
    if (this.#joined.has(part)) return false;
    const a = this.#find(whole);
    const b = this.#find(part);
    if (a === b) return false;
    const isAfter = this.#after.get(a)!.has(b);
    if (!isAfter && !this.#before.get(a)!.has(b)) return false;
    // With the direct edge there, a way back would be a circle already: only detours the same way need looking for.
    const neighbours = isAfter ? this.#before : this.#after;
    for (const neighbour of neighbours.get(b)!) {
      if (neighbour !== a && this.#meets(neighbour, a, neighbours)) return false;
    }
    this.#contract(a, b);
    return true;
  }

  /**
   * Makes `second` come right behind `first`, where no third must come in between; nothing has to join them.
   *
   * @returns whether it did
   */
  merge(first: string, second: string): boolean {
    const a = this.#find(first);
    const b = this.#find(second);
    if (a === b) return false;
    for (const [start, goal] of [
      [a, b],
      [b, a],
    ] as const) {
      for (const next of this.#after.get(start)!) {
        if (next !== goal && this.#reaches(next, goal)) return false;
      }
    }
    this.#contract(a, b);
    return true;
  }

  /** Makes one node of two: what was at `b` is at `a`, behind what is there. */
  #contract(a: string, b: string): void {
    for (const side of [this.#after, this.#before]) {
      const other = side === this.#after ? this.#before : this.#after;
      for (const neighbour of side.get(b)!) {
        other.get(neighbour)!.delete(b);
        if (neighbour === a) continue;
        side.get(a)!.add(neighbour);
        other.get(neighbour)!.add(a);
      }
      side.get(a)!.delete(b);
      side.delete(b);
    }
    this.#members.get(a)!.push(...this.#members.get(b)!);
    this.#members.delete(b);
    this.#joined.set(b, a);
  }

  /**
   * Everything in an order that keeps all edges; the smaller first by `compare` where they leave a choice.
   *
   * @returns groups of joined nodes, the one they were joined to first; and what stands in a circle
   */
  order(compare: (a: string, b: string) => number): { groups: string[][]; circle: string[] } {
    const waiting = new Map([...this.#before].map(([node, before]) => [node, before.size]));
    const ready = new Heap(compare);
    for (const [node, count] of waiting) if (count === 0) ready.push(node);
    const groups: string[][] = [];
    for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
      groups.push(this.#members.get(node)!);
      waiting.delete(node);
      for (const next of this.#after.get(node)!) {
        const left = waiting.get(next)! - 1;
        waiting.set(next, left);
        if (left === 0) ready.push(next);
      }
    }
    return { groups, circle: this.#circleIn(waiting) };
  }

  /** One circle among the nodes that could not be ordered. */
  #circleIn(waiting: ReadonlyMap<string, number>): string[] {
    let [node] = waiting.keys();
    const seen: string[] = [];
    while (node !== undefined && !seen.includes(node)) {
      seen.push(node);
      node = [...this.#before.get(node)!].find((before) => waiting.has(before));
    }
    return node === undefined ? [] : seen.slice(seen.indexOf(node)).toReversed();
  }

  #reaches(start: string, goal: string): boolean {
    return this.#meets(start, goal, this.#after);
  }

  #meets(start: string, goal: string, neighbours: ReadonlyMap<string, ReadonlySet<string>>): boolean {
    const seen = new Set([start]);
    const stack = [start];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (node === goal) return true;
      for (const next of neighbours.get(node)!) {
        if (seen.has(next)) continue;
        seen.add(next);
        stack.push(next);
      }
    }
    return false;
  }

  #find(node: string): string {
    let found = node;
    for (let next = this.#joined.get(found); next !== undefined; next = this.#joined.get(found)) found = next;
    return found;
  }
}

/** A binary heap: the smallest comes out first. */
class Heap {
  readonly #items: string[] = [];
  readonly #compare: (a: string, b: string) => number;

  constructor(compare: (a: string, b: string) => number) {
    this.#compare = compare;
  }

  push(item: string): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#compare(items[parent]!, item) <= 0) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  pop(): string | undefined {
    const items = this.#items;
    const [first] = items;
    const last = items.pop();
    if (last === undefined || items.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && this.#compare(items[child + 1]!, items[child]!) < 0) child += 1;
      if (this.#compare(last, items[child]!) <= 0) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return first;
  }
}
