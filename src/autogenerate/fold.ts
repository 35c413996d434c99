import { loadScratchDialect } from '../dialects/load-scratch.ts';
import type { DialectName } from '../dialects/names.ts';
import type { Run } from '../apply/run.ts';
import { ToraleError } from '../errors.ts';
import type { RevisionGraph } from '../graph/graph.ts';
import { fold, type FoldStep } from '../schema/delta.ts';
import type { Schema } from '../schema/schema.ts';
import { schemaOf, type Snapshot } from '../schema/snapshot.ts';
import { readDelta } from './delta-store.ts';

/** The schema that the stored snapshots give, without any database. */
export interface Folded {
  readonly schema: Schema;
  /** Of the last revision; null where there is none. */
  readonly server: Snapshot['server'] | null;
  /** Revisions whose file was edited after its snapshot was written. */
  readonly stale: readonly string[];
}

/**
 * Adds up the snapshots of some heads and all that they come from.
 *
 * @param heads ids
 * @throws ToraleError SNAPSHOT_MISSING naming the revisions without one, SNAPSHOT_INVALID, FOLD_CONFLICT
 */
export async function foldAt(run: Run, heads: readonly string[], dialect: DialectName): Promise<Folded> {
  const { pristine } = await loadScratchDialect(dialect);
  const steps: FoldStep[] = [];
  const missing: string[] = [];
  const stale: string[] = [];
  for (const { revision } of run.graph.plan({ applied: [], target: heads.length === 0 ? 'base' : heads }).steps) {
    const stored = readDelta(run, revision);
    const delta = stored?.delta.dialects[dialect];
    if (stored === null || delta === undefined) missing.push(revision);
    else {
      if (stored.isStale) stale.push(revision);
      steps.push({ revision, delta });
    }
  }
  if (missing.length > 0) throw noSnapshot(missing);
  return {
    schema: schemaOf(fold(steps, ancestry(run.graph), pristine).values()),
    server: steps.at(-1)?.delta.server ?? null,
    stale,
  };
}

function noSnapshot(revisions: readonly string[]): ToraleError {
  const shown = revisions.slice(0, 3).join(', ') + (revisions.length > 3 ? ` and ${revisions.length - 3} more` : '');
  const what = revisions.length === 1 ? `Revision ${shown} has no snapshot` : `Revisions ${shown} have no snapshots`;
  return new ToraleError('SNAPSHOT_MISSING', `${what}, so that the schema there cannot be told from the files.`, {
    hint: 'Write them:  torale snapshot',
    data: { revisions },
  });
}

/** Whether one revision comes before another: by `downRevision` and `dependsOn`. */
function ancestry(graph: RevisionGraph): (ancestor: string, revision: string) => boolean {
  const known = new Map<string, ReadonlySet<string>>();
  const ancestorsOf = (revision: string): ReadonlySet<string> => {
    let found = known.get(revision);
    if (found === undefined) {
      const seen = new Set<string>();
      const stack = [revision];
      for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
        if (seen.has(next)) continue;
        seen.add(next);
        stack.push(...graph.allParents(next));
      }
      known.set(revision, (found = seen));
    }
    return found;
  };
  // In one line each revision follows all that stand before it, and the steps come in that order.
  const isOneLine = graph.heads.length <= 1 && graph.branchPoints.length === 0 && graph.bases.length <= 1;
  return isOneLine ? () => true : (ancestor, revision) => ancestorsOf(revision).has(ancestor);
}
