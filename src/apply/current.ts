import type { RevisionGraph } from '../graph/graph.ts';
import type { AppliedState, HistoryRow } from '../journal/journal.ts';
import { locate } from './position.ts';
import { readJournal } from './read.ts';
import type { Run } from './run.ts';
import { StatementJournal } from './statement-journal.ts';

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
    const report = describeState(run.graph, applied, unknown ? await journal.readHistory() : []);
    const doubtful = applied.journal.find(({ state }) => state === 'started');
    if (doubtful === undefined) return report;
    const statements = new StatementJournal(connected.session, connected.dialect, journal);
    const resumable = await statements.isResumable(doubtful);
    return { ...report, unresolved: { revision: doubtful.revision, resumable } };
  });
}

export function describeState(
  graph: RevisionGraph,
  applied: AppliedState,
  history: readonly HistoryRow[],
): CurrentReport {
  const position = locate(graph, applied.heads, () => history);
  const pending = position.ahead || position.unknown.length > 0 ? [] : graph.pending(applied.heads);
  const entry = applied.journal.find(({ state }) => state === 'started') ?? applied.journal[0];
  return {
    heads: applied.heads,
    codeHeads: graph.heads,
    state: entry === undefined ? stateOf(applied.heads, position, pending) : 'unresolved',
    pending,
    unknown: position.unknown,
    ...(entry === undefined
      ? {}
      : {
          unresolved: { revision: entry.revision, resumable: applied.journal.every(({ state }) => state === 'done') },
        }),
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
