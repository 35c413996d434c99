import { ToraleError } from '../errors.ts';
import type { Dag } from './dag.ts';
import { parseIdentifier } from './identifier.ts';
import { listed, named } from './names.ts';
import { resolveRelative } from './relative.ts';
import { refuseOverlap, resolveBranch, resolveOne } from './resolve.ts';
import { ancestors, descendants, inOrder, lineage, type Marks } from './walk.ts';

/** One end of a range; null is open. */
export type RangeEnd = string | readonly string[] | null | undefined;

export interface RangeRequest {
  /** The newer end; null means every head of `heads`, so no revision at all is `[]`. */
  readonly upper: RangeEnd;
  /** The older end; null means from the base. */
  readonly lower: RangeEnd;
  /** Whether the older end itself belongs to the range. */
  readonly inclusive: boolean;
  /** Whether also what `upper` needs beside the lines that start at `lower` belongs to it, as in an upgrade. */
  readonly implicitBase: boolean;
}

function resolveEnd(dag: Dag, end: RangeEnd, rows: readonly number[]): number[] {
  const all = typeof end === 'string' ? [end] : (end ?? []);
  return [
    ...new Set(
      all.flatMap((one) => {
        if (/^(?:[^@]*@)?-\d+$/.test(one)) return resolveOne(dag, one, rows).nodes;
        return resolveRelative(dag, one, rows, 'stay') ?? resolveOne(dag, one, rows).nodes;
      }),
    ),
  ];
}

/** With `label@…` as the older end only the targets in that branch count. */
function withinBranch(dag: Dag, targets: readonly number[], lower: RangeEnd): number[] {
  const branch = typeof lower === 'string' ? parseIdentifier(lower).branch : undefined;
  if (branch === undefined) return [...targets];
  const line = lineage(dag, [resolveBranch(dag, branch)], 'down');
  return targets.filter((node) => line[node] === 1);
}

function both(a: Marks, b: Marks): Marks {
  return a.map((mark, node) => mark & b[node]!);
}

/** Whether every revision of the range that has no child in it is one of its newer ends. */
function reachesEnds(dag: Dag, range: Marks, targets: readonly number[]): boolean {
  const hasChild = new Uint8Array(range.length);
  for (let node = 0; node < range.length; node++) {
    if (range[node] === 1) for (const parent of dag.parents.of(node)) hasChild[parent] = 1;
  }
  const isTarget = new Uint8Array(range.length);
  for (const target of targets) isTarget[target] = 1;
  return range.every((mark, node) => mark === 0 || hasChild[node] === 1 || isTarget[node] === 1);
}

/**
 * What lies after `starts` on the way to the targets: along parents, as in Alembic.
 * Where a line along parents ends before any target, because only a `dependsOn` leads on (Alembic stops there with an
 * AssertionError), dependencies are followed as well, so that both ends are always in the range.
 */
function between(dag: Dag, needed: Marks, starts: readonly number[], targets: readonly number[]): Marks {
  const lines = both(needed, descendants(dag, starts, 'down'));
  return reachesEnds(dag, lines, targets) ? lines : both(needed, descendants(dag, starts, 'all'));
}

/** The revisions of a range, newest first, children before all parents. */
export function range(dag: Dag, request: RangeRequest, rows: readonly number[] = []): string[] {
  const { lower, inclusive, implicitBase } = request;
  const starts = resolveEnd(dag, lower, rows);
  const targets = withinBranch(dag, resolveEnd(dag, request.upper, starts.length > 0 ? starts : rows), lower);
  refuseOverlap(dag, targets, 'The newer ends of the range', 'Leave out the earlier one.');
  refuseOverlap(dag, starts, 'The older ends of the range', 'Leave out the earlier one.');

  let found = ancestors(dag, targets, 'all');
  if (!implicitBase) {
    const outside = starts.find((node) => found[node] === 0);
    if (outside !== undefined) {
      const to = targets.length === 0 ? 'the base' : listed(targets.map((node) => named(dag, node)));
      throw new ToraleError('RANGE_INVALID', `${named(dag, outside)} is not an ancestor of ${to}.`, {
        hint: 'A range is OLDER:NEWER, of revisions along one branch.',
        data: { revisions: [dag.id(outside), ...targets.map((node) => dag.id(node))] },
      });
    }
    if (starts.length > 0) found = between(dag, found, starts, targets);
  }
  const older = ancestors(dag, starts, 'all');
  found = found.map((mark, node) => (older[node] === 1 ? 0 : mark));
  if (inclusive) for (const start of starts) found[start] = 1;
  return inOrder(dag, found)
    .reverse()
    .map((node) => dag.id(node));
}
