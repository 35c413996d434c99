import { ToraleError } from '../errors.ts';
import type { Dag } from './dag.ts';
import { draw, type DrawOptions, type Drawing } from './draw.ts';
import type { RevisionHeader } from './header.ts';
import { range, type RangeEnd, type RangeRequest } from './history.ts';
import { load } from './load.ts';
import { plan, type Plan, type PlanRequest } from './plan.ts';
import { resolveAll, resolveOne, resolveSingle } from './resolve.ts';
import { newRevision, type NewRevision, type NewRevisionRequest } from './revise.ts';
import { currentHeads, rowNodes, splitRows, type SplitRows } from './rows.ts';
import { stamp, type Stamp, type StampRequest } from './stamp.ts';
import { ancestors, inOrder, lineage } from './walk.ts';

export interface ResolveOptions {
  /** The rows of the version table, for the identifier `current`; rows that no file knows are left out. */
  readonly applied?: readonly string[] | undefined;
}

export interface HistoryRequest extends ResolveOptions {
  /** The older end; null: from the first revision. */
  readonly from?: RangeEnd;
  /** The newer end; null: up to all heads. */
  readonly to?: RangeEnd;
}

export interface LineageOptions {
  /** Follow `dependsOn` as well as parents. */
  readonly dependencies?: boolean | undefined;
}

/**
 * The revisions of a project and how they follow one another.
 * It never changes, does no input or output, and answers the same whatever the order of the headers: where an order is
 * free, the older `Create Date` comes first, then the smaller id.
 *
 * @example
 * ```ts
 * const graph = RevisionGraph.from([
 *   { revision: '1c2d3e4f5a6b', downRevision: null },
 *   { revision: '3f9c1a7be204', downRevision: '1c2d3e4f5a6b' },
 * ]);
 * graph.heads; // ['3f9c1a7be204']
 * graph.plan({ applied: ['1c2d3e4f5a6b'], target: 'head' }).steps; // [{ revision: '3f9c1a7be204', headsAfter: ['3f9c1a7be204'] }]
 * ```
 */
export class RevisionGraph {
  readonly #dag: Dag;

  private constructor(dag: Dag) {
    this.#dag = dag;
  }

  /**
   * Builds the graph.
   *
   * @param headers one per revision, in any order
   * @throws ToraleError ID_INVALID, DUPLICATE_REVISION, DUPLICATE_LABEL, MISSING_REVISION, SELF_LOOP or CYCLE, with
   * `data: { revisions, files }` naming what is wrong
   */
  static from(headers: Iterable<RevisionHeader>): RevisionGraph {
    return new RevisionGraph(load(headers));
  }

  get size(): number {
    return this.#dag.size;
  }

  /** Every header, parents and dependencies first: the order of an upgrade from nothing. */
  get revisions(): RevisionHeader[] {
    return Array.from(this.#dag.order, (node) => this.#dag.headers[node]!);
  }

  /** Revisions that no other names as its parent. */
  get heads(): string[] {
    return this.#ids(this.#dag.heads('down'));
  }

  /** Revisions that no other names as its parent or depends on: the rows of a database where all is applied. */
  get realHeads(): string[] {
    return this.#ids(this.#dag.heads('all'));
  }

  /** Revisions without a parent. */
  get bases(): string[] {
    return this.#ids(this.#dag.bases());
  }

  /** Revisions with several children. */
  get branchPoints(): string[] {
    return this.#ids(
      inOrder(
        this.#dag,
        this.#marked((node) => this.#dag.after('down').count(node) > 1),
      ),
    );
  }

  /** Revisions with several parents. */
  get mergePoints(): string[] {
    return this.#ids(
      inOrder(
        this.#dag,
        this.#marked((node) => this.#dag.down.count(node) > 1),
      ),
    );
  }

  has(id: string): boolean {
    return this.#dag.index.has(id);
  }

  /** The header with this full id. */
  get(id: string): RevisionHeader | undefined {
    const node = this.#dag.index.get(id);
    return node === undefined ? undefined : this.#dag.headers[node];
  }

  /** The parents, in the order of the file. */
  parents(id: string): string[] {
    return this.#ids(this.#dag.down.of(this.#node(id)));
  }

  /** What it depends on beside its parents, labels resolved to ids. */
  dependencies(id: string): string[] {
    const node = this.#node(id);
    return this.#ids(this.#dag.parents.of(node).filter((other) => !this.#dag.down.of(node).includes(other)));
  }

  /** All that must be applied before it: parents and dependencies. */
  allParents(id: string): string[] {
    return this.#ids(this.#dag.parents.of(this.#node(id)));
  }

  /** The revisions that name it as a parent. */
  children(id: string): string[] {
    return this.#dag.sortedIds(this.#dag.childrenOf(this.#node(id), 'down'));
  }

  /** The revisions that depend on it without being its children. */
  dependants(id: string): string[] {
    const node = this.#node(id);
    return this.#dag.sortedIds(
      this.#dag.childrenOf(node, 'all').filter((other) => !this.#dag.down.of(other).includes(node)),
    );
  }

  /** Its own branch labels and those of its ancestors by parents: a label names its revision and all that follows. */
  labels(id: string): string[] {
    return [...this.#dag.effectiveLabels[this.#node(id)]!];
  }

  /** Every branch label and the revision that carries it. */
  get branchLabels(): Map<string, string> {
    return new Map([...this.#dag.labels].map(([label, node]) => [label, this.#dag.id(node)]));
  }

  /**
   * The ids an identifier names: `[]` for the base.
   *
   * @param identifier an id, the beginning of one, a branch label, `head`, `heads`, `base`, `BRANCH@…`, `-N` (counted
   * from each head); `current` where `applied` is given; or several of them
   * @throws ToraleError UNKNOWN_REVISION, AMBIGUOUS_REVISION, MULTIPLE_HEADS, NOT_IN_BRANCH, or RELATIVE_REVISION for
   * `+2` and the like, which only `plan` and `history` understand
   */
  resolve(identifier: string | readonly string[], { applied }: ResolveOptions = {}): string[] {
    return this.#ids(resolveAll(this.#dag, identifier, applied && this.#known(applied)));
  }

  /**
   * The id an identifier names where only one will do (`show`): null for the base.
   *
   * @throws ToraleError what `resolve` throws; MULTIPLE_HEADS where it names several
   */
  resolveOne(identifier: string, { applied }: ResolveOptions = {}): string | null {
    const node = resolveSingle(this.#dag, identifier, applied && this.#known(applied));
    return node === undefined ? null : this.#dag.id(node);
  }

  /**
   * The revisions in line with an identifier's: they, their ancestors and their descendants, in plan order.
   *
   * @example `graph.lineage('billing')` is the branch `billing` with all that it grew from
   */
  lineage(identifier: string | readonly string[], { dependencies = false }: LineageOptions = {}): string[] {
    const all = typeof identifier === 'string' ? [identifier] : identifier;
    const starts = all.flatMap((one) => {
      const { branch, nodes } = resolveOne(this.#dag, one);
      return branch === undefined ? nodes : [branch, ...nodes];
    });
    if (starts.length === 0) return this.#ids(this.#dag.order);
    return this.#ids(inOrder(this.#dag, lineage(this.#dag, starts, dependencies ? 'all' : 'down')));
  }

  /**
   * What an upgrade runs: all that the target needs and the database has not, parents and dependencies first.
   *
   * Its order is part of the one order of all revisions (Kahn's algorithm, the ready ones by create date, then id).
   *
   * @param request `applied`: the rows of the version table; `target`: what `resolve` takes, or `+2`, `REV+2`,
   * `label@+2`, `head-1`
   * @returns the steps, each with the rows after it, and the rows at the end
   * @throws ToraleError what `resolve` throws; DATABASE_AHEAD where a row is unknown; OVERLAPPING_REVISIONS;
   * RELATIVE_REVISION where the way is not unique or leads past an end
   */
  plan(request: PlanRequest): Plan {
    return plan(this.#dag, request);
  }

  /**
   * The rows after a stamp, and which revisions it newly counts as applied or no longer does.
   *
   * @throws ToraleError what `resolve` throws; DATABASE_AHEAD where a row is unknown
   */
  stamp(request: StampRequest): Stamp {
    return stamp(this.#dag, request);
  }

  /**
   * The revisions of a range, newest first, both ends included; children come before all parents and dependencies.
   *
   * @throws ToraleError what `resolve` throws; RANGE_INVALID where `from` is no ancestor of `to`
   */
  history({ from = null, to = null, applied }: HistoryRequest = {}): string[] {
    const request: RangeRequest = { upper: to ?? 'heads', lower: from, inclusive: true, implicitBase: false };
    return range(this.#dag, request, applied && this.#known(applied));
  }

  /** The revisions of a range, newest first, with Alembic's choices of `iterate_revisions`. */
  iterate(request: RangeRequest): string[] {
    return range(this.#dag, request);
  }

  /**
   * The revisions a database is at: its rows and the heads they imply through `dependsOn`.
   *
   * @throws ToraleError DATABASE_AHEAD where a row is unknown; see `splitRows`
   */
  current(rows: readonly string[]): string[] {
    return this.#ids(currentHeads(this.#dag, rowNodes(this.#dag, rows)));
  }

  /** Every revision that the rows say is applied: they and all their ancestors. Throws as `current` does. */
  appliedSet(rows: readonly string[]): Set<string> {
    return new Set(this.#ids(inOrder(this.#dag, ancestors(this.#dag, rowNodes(this.#dag, rows), 'all'))));
  }

  /** The revisions that the rows do not cover, in plan order. Throws as `current` does. */
  pending(rows: readonly string[]): string[] {
    const starts = rowNodes(this.#dag, rows);
    // With every end in the rows there is nothing left, and the order of 10,000, a sixth of `current`, is not needed.
    if (this.#dag.heads('all').every((head) => starts.includes(head))) return [];
    const applied = ancestors(this.#dag, starts, 'all');
    return this.#ids(this.#dag.order.filter((node) => applied[node] === 0));
  }

  /** Tells the rows that the files know from those they do not, so that a caller can go on with the known ones. */
  splitRows(rows: readonly string[]): SplitRows {
    return splitRows(this.#dag, rows);
  }

  /**
   * The links of a revision about to be written.
   *
   * @throws ToraleError what `resolve` throws; MULTIPLE_HEADS; NOT_A_HEAD without `splice`; OVERLAPPING_REVISIONS for
   * a parent given twice; DUPLICATE_REVISION, DUPLICATE_LABEL or ID_INVALID for the id and the labels wanted
   */
  newRevision(request: NewRevisionRequest = {}): NewRevision {
    return newRevision(this.#dag, request);
  }

  /**
   * Draws revisions as `git log --graph` does.
   *
   * @param ids what to draw, children first, as `history` gives it
   */
  draw(ids: readonly string[] = this.history(), options: DrawOptions = {}): Drawing {
    return draw(
      this.#dag,
      ids.map((id) => this.#node(id)),
      options,
    );
  }

  #node(id: string): number {
    const node = this.#dag.index.get(id);
    if (node === undefined)
      throw new ToraleError('UNKNOWN_REVISION', `Unknown revision '${id}'.`, { data: { revisions: [id] } });
    return node;
  }

  #ids(nodes: Iterable<number>): string[] {
    return Array.from(nodes, (node) => this.#dag.id(node));
  }

  #known(rows: readonly string[]): number[] {
    return rowNodes(this.#dag, splitRows(this.#dag, rows).known);
  }

  #marked(test: (node: number) => boolean): Uint8Array {
    return Uint8Array.from(this.#dag.ids, (_, node) => (test(node) ? 1 : 0));
  }
}
