import { ToraleError } from '../errors.ts';
import { journalDone, journalForget, moveHeads, recordHistory, type JournalEntry } from '../journal/statements.ts';
import { inBookkeeping, openJournal, withLock } from './bookkeeping.ts';
import { onDatabase } from './database.ts';
import { entryOfNow } from './history-entry.ts';
import type { Run } from './run.ts';
import { isInDoubt } from './unfinished.ts';

/**
 * What a person decides of a revision that is partly applied.
 *
 * - `retry`: the statement in doubt did not take effect; the next run runs it again
 * - `skip-statement`: it did; the next run goes on after it
 * - `mark-applied`: the whole revision counts as applied from now on
 * - `abandon`: the journal forgets the revision; the next run starts it at its first statement
 */
export type Resolution = 'retry' | 'skip-statement' | 'mark-applied' | 'abandon';

export interface ResolveReport {
  readonly revision: string;
  readonly resolution: Resolution;
  /** The statement that was in doubt. */
  readonly statement: number | null;
  /** Statements the journal had as done. */
  readonly done: readonly number[];
  readonly heads: readonly string[];
}

/**
 * @param revision which revision, where the caller wants to be sure; the one the journal holds by default
 * @throws ToraleError USAGE where nothing is unfinished, or another revision is
 */
export async function resolveRevision(
  run: Run,
  request: { readonly revision: string | null; readonly resolution: Resolution },
): Promise<ResolveReport> {
  return onDatabase(await run.open({ readOnly: false, create: false }), async (connected) => {
    const { dialect } = connected;
    const found = await openJournal(run, connected);
    return await withLock(run, connected, found, (held) =>
      inBookkeeping(held.run, held.connected, found, async (journal) => {
        const { heads, journal: entries } = await journal.read();
        const revision = unfinishedRevision(entries, request.revision);
        const mine = entries.filter((entry) => entry.revision === revision);
        const doubtful = mine.find(isInDoubt) ?? null;
        let headsAfter: readonly string[] = heads;
        switch (request.resolution) {
          case 'retry':
            if (doubtful === null) throw nothingInDoubt(revision);
            await journal.write(journalForget(dialect, journal.names, revision, doubtful.statement));
            break;
          case 'skip-statement':
            if (doubtful === null) throw nothingInDoubt(revision);
            await journal.write(journalDone(dialect, journal.names, doubtful, new Date()));
            break;
          case 'mark-applied':
            headsAfter = appliedHeads(run, heads, revision);
            for (const statement of moveHeads(dialect, journal.names, heads, headsAfter))
              await journal.write(statement);
            await journal.write(recordHistory(dialect, journal.names, entryOfNow(run, revision, 'upgrade')));
            await journal.write(journalForget(dialect, journal.names, revision));
            break;
          case 'abandon':
            await journal.write(journalForget(dialect, journal.names, revision));
            break;
        }
        return {
          revision,
          resolution: request.resolution,
          statement: doubtful?.statement ?? null,
          done: mine.filter(({ state }) => state === 'done').map(({ statement }) => statement),
          heads: headsAfter,
        };
      }),
    );
  });
}

/** The unfinished revision that is asked for; by default the one there is. @throws ToraleError USAGE */
export function unfinishedRevision(entries: readonly JournalEntry[], asked: string | null): string {
  const revisions = [...new Set(entries.map(({ revision }) => revision))];
  const [first] = revisions;
  if (first === undefined) {
    throw new ToraleError('USAGE', 'No revision is partly applied: there is nothing to resolve.');
  }
  if (asked === null) return first;
  const matches = revisions.filter((revision) => revision.startsWith(asked));
  if (matches.length === 1) return matches[0]!;
  throw new ToraleError('USAGE', `Revision ${asked} is not partly applied; ${revisions.join(', ')} is.`, {
    hint: `torale resolve ${first} …`,
  });
}

function nothingInDoubt(revision: string): ToraleError {
  return new ToraleError('USAGE', `No statement of revision ${revision} is in doubt: what is in the journal is done.`, {
    hint: "Run 'torale upgrade' to go on, or give --mark-applied or --abandon.",
  });
}

function appliedHeads(run: Run, heads: readonly string[], revision: string): readonly string[] {
  const { steps, headsAfter } = run.graph.plan({ applied: heads, target: revision });
  if (steps.length === 1 && steps[0]!.revision === revision) return headsAfter;
  throw new ToraleError('USAGE', `Revision ${revision} is not the next one of this database.`, {
    hint: "See 'torale current -v'.",
  });
}
