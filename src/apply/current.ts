import type { RevisionGraph } from '../graph/graph.ts';
import type { AppliedState, HistoryRow } from '../journal/journal.ts';
import { locate } from './position.ts';
import { readJournal } from './read.ts';
import type { Run } from './run.ts';
import { readUnfinished, type Unfinished } from './unfinished.ts';

export type DatabaseState = 'empty' | 'behind' | 'head' | 'ahead' | 'diverged' | 'unresolved';

export interface CurrentReport {
  /** The applied heads: the rows of the version table. */
  readonly heads: readonly string[];
  /** The heads of the files. */
  readonly codeHeads: readonly string[];
  readonly state: DatabaseState;
  /** In the order in which they would run. */
  readonly pending: readonly string[];
  /** Rows of the version table that no file has. */
  readonly unknown: readonly string[];
  /** A revision that is partly applied; `resumable` when the next upgrade goes on with it by itself. */
  readonly unresolved?: { readonly revision: string; readonly resumable: boolean };
}

/** Where the database stands. Writes nothing. */
export function readCurrent(run: Run): Promise<CurrentReport> {
  return readJournal(run, async (journal, connected) => {
    const applied = await journal.read();
    const unknown = applied.heads.some((head) => !run.graph.has(head));
    const unfinished = await readUnfinished(run, connected, journal, applied.journal);
    return describeState(run.graph, applied, unknown ? await journal.readHistory() : [], unfinished);
  });
}

export function describeState(
  graph: RevisionGraph,
  applied: AppliedState,
  history: readonly HistoryRow[],
  unfinished: Unfinished | null,
): CurrentReport {
  const position = locate(graph, applied.heads, () => history);
  const pending = position.ahead || position.unknown.length > 0 ? [] : graph.pending(applied.heads);
  // A newer image is at work, or has failed; all that these files know is applied.
  const isForeign = unfinished !== null && !graph.has(unfinished.revision) && pending.length === 0;
  return {
    heads: applied.heads,
    codeHeads: graph.heads,
    state: unfinished === null || isForeign ? stateOf(applied.heads, position, pending) : 'unresolved',
    pending,
    unknown: position.unknown,
    ...(unfinished === null ? {} : { unresolved: { revision: unfinished.revision, resumable: unfinished.resumable } }),
  };
}

function stateOf(
  heads: readonly string[],
  position: { unknown: readonly string[]; ahead: boolean },
  pending: readonly string[],
): DatabaseState {
  if (position.ahead) return 'ahead';
  if (position.unknown.length > 0) return 'diverged';
  if (heads.length === 0) return pending.length === 0 ? 'head' : 'empty';
  return pending.length === 0 ? 'head' : 'behind';
}
