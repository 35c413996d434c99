import { moveHeads, recordHistory, type BookkeepingStatement, type HistoryEntry } from '../journal/statements.ts';
import { qualified } from '../journal/tables.ts';
import { inBookkeeping, openJournal, withLock } from './bookkeeping.ts';
import { isYetToBeMade, onDatabase } from './database.ts';
import { entryOfNow } from './history-entry.ts';
import type { Run } from './run.ts';

export interface StampReport {
  /** The heads of the database afterwards. */
  readonly heads: readonly string[];
  readonly before: readonly string[];
}

export interface StampRequest {
  readonly targets: readonly string[];
  /** Empty the version table first, whatever it holds. */
  readonly purge: boolean;
}

/** Sets the version table without running a revision; the history tells what was newly covered. */
export async function applyStamp(run: Run, request: StampRequest): Promise<StampReport> {
  if (isYetToBeMade(run)) planStamp(run, request, []);
  return onDatabase(await run.open({ readOnly: false, create: true }), async (connected) => {
    const { session, dialect } = connected;
    const found = await openJournal(run, connected);
    return withLock(run, connected, found, (held) =>
      inBookkeeping(held.run, held.connected, found, async (journal) => {
        const before = await journal.readHeads();
        const { heads, entries } = planStamp(run, request, before);
        if (request.purge) {
          await session.query(`DELETE FROM ${qualified(dialect, journal.names, 'version')}`);
          await session.query(`DELETE FROM ${qualified(dialect, journal.names, 'journal')}`);
        }
        const statements: BookkeepingStatement[] = [
          ...moveHeads(dialect, journal.names, request.purge ? [] : before, heads),
          ...entries.map((entry) => recordHistory(dialect, journal.names, entry)),
        ];
        for (const statement of statements) await journal.write(statement);
        return { heads, before };
      }),
    );
  });
}

/** The rows afterwards, and a history entry for each revision that they cover and the rows before did not. */
export function planStamp(
  run: Pick<Run, 'graph' | 'source'>,
  { targets, purge }: StampRequest,
  before: readonly string[],
): { heads: string[]; entries: HistoryEntry[] } {
  const { headsAfter, covered } = run.graph.stamp({ applied: purge ? [] : before, targets });
  const entries = covered.map((revision) => entryOfNow(run, revision, 'stamp'));
  return { heads: [...headsAfter].sort(), entries };
}
