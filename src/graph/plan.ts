import type { Dag } from './dag.ts';
import { byRank } from './order.ts';
import { resolveRelative } from './relative.ts';
import { refuseOverlap, resolveOne } from './resolve.ts';
import { refuseOverlappingRows, rowNodes } from './rows.ts';
import { ancestors, inOrder } from './walk.ts';

/** A revision in a plan. */
export interface Step {
  readonly revision: string;
  /** The rows of the version table once this step is done. */
  readonly headsAfter: string[];
}

/** What an upgrade runs, in order. */
export interface Plan {
  readonly steps: Step[];
  /** The rows of the version table at the end. */
  readonly headsAfter: string[];
}

export interface PlanRequest {
  /** The rows of the version table. */
  readonly applied: readonly string[];
  readonly target: string | readonly string[];
}

/** The revisions of a target; relative forms count from the rows. */
function targets(dag: Dag, target: string | readonly string[], rows: readonly number[]): number[] {
  const all = typeof target === 'string' ? [target] : target;
  return [
    ...new Set(all.flatMap((one) => resolveRelative(dag, one, rows, 'refuse') ?? resolveOne(dag, one, rows).nodes)),
  ];
}

/**
 * Plan = everything that the target needs, without what is applied.
 * A row can only be an ancestor of the next step where it is one of that step's parents: were another applied revision
 * between the two, the row would not be a row. So one look at the parents keeps the rows right.
 */
export function plan(dag: Dag, { applied, target }: PlanRequest): Plan {
  const rows = rowNodes(dag, applied);
  refuseOverlappingRows(dag, rows);
  const wanted = targets(dag, target, rows);
  refuseOverlap(dag, wanted, 'The revisions asked for', 'Leave out the earlier one: the later one includes it.');

  const pending = ancestors(dag, wanted, 'all');
  const done = ancestors(dag, rows, 'all');
  for (let node = 0; node < pending.length; node++) if (done[node] === 1) pending[node] = 0;

  const steps: Step[] = [];
  let heads = dag.sorted(rows);
  for (const node of inOrder(dag, pending)) {
    const parents = dag.parents.of(node);
    const rest = heads.filter((head) => !parents.includes(head));
    const place = rest.findIndex((head) => byRank(dag, head, node) > 0);
    heads = rest.toSpliced(place === -1 ? rest.length : place, 0, node);
    steps.push({ revision: dag.id(node), headsAfter: heads.map((head) => dag.id(head)) });
  }
  return { steps, headsAfter: heads.map((head) => dag.id(head)) };
}
