import { ToraleError } from '../errors.ts';
import type { Dag } from './dag.ts';
import { parseRelative } from './identifier.ts';
import { type Resolved, resolveOne } from './resolve.ts';
import { rowNodes } from './rows.ts';
import { ancestors, descendants, inOrder, lineage } from './walk.ts';

export interface StampRequest {
  /** The rows of the version table. */
  readonly applied: readonly string[];
  /** None is the same as `base`. */
  readonly targets: string | readonly string[];
}

export interface Stamp {
  /** The rows of the version table afterwards. */
  readonly headsAfter: string[];
  /** The revisions that count as applied only afterwards, in plan order. */
  readonly covered: string[];
  /** The revisions that no longer count as applied afterwards, in plan order. */
  readonly uncovered: string[];
}

/** The rows that a target speaks of: those in its lineage and in that of its branch; of `base` all. */
function rowsOf(dag: Dag, rows: readonly number[], target: Resolved): number[] {
  const starts = target.branch === undefined ? target.nodes : [target.branch, ...target.nodes];
  if (starts.length === 0) return [...rows];
  const line = lineage(dag, starts, 'all');
  return rows.filter((row) => line[row] === 1);
}

/**
 * Writes the rows anew without running anything, as Alembic's stamp does: a target replaces the rows of its lineage,
 * or is added where it has none; `base` removes them. A target that is a row already stays, unless another target
 * covers it: Alembic loses it where both belong to one call.
 */
export function stamp(dag: Dag, { applied, targets }: StampRequest): Stamp {
  const rows = rowNodes(dag, applied);
  const identifiers = typeof targets === 'string' ? [targets] : targets.length === 0 ? ['base'] : targets;
  const resolved = identifiers.map((identifier) => resolveTarget(dag, identifier, rows));
  const spokenOf = new Set(resolved.flatMap((target) => rowsOf(dag, rows, target)));
  const wanted = [...new Set(resolved.flatMap(({ nodes }) => nodes))];

  const after = new Set(rows);
  for (const target of resolved) {
    if (target.nodes.length === 0) for (const row of rowsOf(dag, rows, target)) after.delete(row);
  }
  const added = wanted.filter((node) => !spokenOf.has(node));
  if (added.some((node) => related(dag, node, spokenOf))) for (const row of spokenOf) after.delete(row);
  for (const node of added) after.add(node);

  const replaced = ancestors(
    dag,
    added.flatMap((node) => dag.parents.of(node)),
    'all',
  );
  for (const node of wanted) {
    if (spokenOf.has(node) && replaced[node] === 0) after.add(node);
  }
  return { headsAfter: dag.sortedIds(after), ...difference(dag, rows, [...after]) };
}

/** One target; `-1` could count from the heads or from the rows, so it is taken only where there are no rows. */
function resolveTarget(dag: Dag, identifier: string, rows: readonly number[]): Resolved {
  const target = resolveOne(dag, identifier, rows);
  if (rows.length > 0 && parseRelative(identifier) !== undefined && !dag.labels.has(identifier)) {
    throw new ToraleError(
      'RELATIVE_REVISION',
      `'${identifier}' does not say from where to count: stamp takes no relative identifier.`,
      {
        hint: 'Name the revision by its id.',
        data: { revisions: target.nodes.map((node) => dag.id(node)) },
      },
    );
  }
  return target;
}

function related(dag: Dag, node: number, rows: ReadonlySet<number>): boolean {
  const before = ancestors(dag, [node], 'all');
  const after = descendants(dag, [node], 'all');
  return [...rows].some((row) => before[row] === 1 || after[row] === 1);
}

function difference(
  dag: Dag,
  from: readonly number[],
  to: readonly number[],
): { covered: string[]; uncovered: string[] } {
  const before = ancestors(dag, from, 'all');
  const after = ancestors(dag, to, 'all');
  const changed = inOrder(
    dag,
    before.map((mark, node) => (mark === after[node] ? 0 : 1)),
  );
  return {
    covered: changed.filter((node) => after[node] === 1).map((node) => dag.id(node)),
    uncovered: changed.filter((node) => before[node] === 1).map((node) => dag.id(node)),
  };
}
