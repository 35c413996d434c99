import type { RevisionHeader } from './header.ts';
import type { Links } from './links.ts';
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
  readonly down: Links;
  /** parents, then what else it depends on; each once; the same as `down` where no revision depends on another */
  readonly parents: Links;
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
  readonly down: Links;
  readonly parents: Links;
  #downChildren: Links | undefined;
  #children: Links | undefined;
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

  /** Of every revision those it follows. */
  before(edges: Edges): Links {
    return edges === 'down' ? this.down : this.parents;
  }

  /** Of every revision those that follow it. */
  after(edges: Edges): Links {
    if (edges === 'down' || this.parents === this.down) return (this.#downChildren ??= this.down.reversed());
    return (this.#children ??= this.parents.reversed());
  }

  childrenOf(node: number, edges: Edges): number[] {
    return this.after(edges).of(node);
  }

  /** Every revision, parents and dependencies first. */
  get order(): Int32Array {
    return (this.#order ??= topologicalOrder(this));
  }

  /** Revisions without a child, sorted. */
  heads(edges: Edges): number[] {
    const isParent = new Uint8Array(this.size);
    const { to } = this.before(edges);
    for (let at = 0; at < to.length; at++) isParent[to[at]!] = 1;
    const found: number[] = [];
    for (let node = isParent.indexOf(0); node !== -1; node = isParent.indexOf(0, node + 1)) found.push(node);
    return this.sorted(found);
  }

  /** Revisions without a parent, sorted. */
  bases(): number[] {
    return this.sorted(this.nodes.filter((node) => this.down.count(node) === 0));
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
      const lists = [own.get(node) ?? [], ...this.down.of(node).map((parent) => found[parent]!)];
      const filled = lists.filter((list) => list.length > 0);
      if (filled.length === 1) found[node] = filled[0]!;
      else if (filled.length > 1) found[node] = [...new Set(filled.flat())];
    }
    return (this.#effectiveLabels = found);
  }
}
