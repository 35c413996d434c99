import type { Dialect } from '../dialects/dialect.ts';
import type { Journal } from '../journal/journal.ts';
import type { JournalEntry } from '../journal/statements.ts';
import { plainStatements } from '../revision/body.ts';
import type { Session } from '../session/session.ts';
import { parsePosition } from './batch-position.ts';
import type { Run } from './run.ts';
import type { Verdict } from './settle.ts';
import { hashOf, StatementJournal } from './statement-journal.ts';

/** A revision that an earlier run began and did not finish. */
export interface Unfinished {
  readonly revision: string;
  /** The next upgrade goes on with it by itself; else a person must decide. */
  readonly resumable: boolean;
  /** Statements that stay, by their numbers. */
  readonly done: readonly number[];
  /** The statement in which the run was cut off, and what the objects it names tell of it. */
  readonly doubtful: { readonly statement: number; readonly verdict: Verdict } | null;
  /** An `op.batch` that goes on after the rows it has done. */
  readonly batch: { readonly statement: number; readonly rows: number; readonly batches: number } | null;
  /** Statements that took effect, and for which the file has another text by now. */
  readonly edited: readonly number[];
  readonly entries: readonly JournalEntry[];
}

/** Whether the journal says of this entry that nobody knows whether it took effect. A batch is exact about it. */
export function isInDoubt({ state, fingerprint }: JournalEntry): boolean {
  return state === 'started' && parsePosition(fingerprint) === null;
}

/** What the journal tells of an unfinished revision, and whether a run can go on with it. Writes nothing. */
export async function readUnfinished(
  run: Pick<Run, 'source'>,
  { session, dialect }: { readonly session: Session; readonly dialect: Dialect },
  journal: Journal,
  all: readonly JournalEntry[],
): Promise<Unfinished | null> {
  const entry = all.find(({ state }) => state === 'started') ?? all[0];
  if (entry === undefined) return null;
  const { revision } = entry;
  const entries = all.filter((one) => one.revision === revision);
  const doubt = entries.find(isInDoubt);
  const open = entries.find((one) => one.state === 'started' && !isInDoubt(one));
  const position = open === undefined ? null : parsePosition(open.fingerprint);
  const verdict = doubt && (await new StatementJournal(session, dialect, journal).lookAt(doubt));
  const tookEffect = entries.filter((one) => one.state === 'done' || (one === doubt && verdict === 'applied'));
  const edited = editedSince(run, dialect, tookEffect);
  return {
    revision,
    resumable: verdict !== 'ambiguous' && edited.length === 0 && isKnown(run, revision),
    done: entries.filter(({ state }) => state === 'done').map(({ statement }) => statement),
    doubtful: doubt === undefined ? null : { statement: doubt.statement, verdict: verdict! },
    batch: position === null ? null : { statement: open!.statement, rows: position.rows, batches: position.batches },
    edited,
    entries,
  };
}

function isKnown({ source }: Pick<Run, 'source'>, revision: string): boolean {
  return source.headers.some((header) => header.revision === revision);
}

/**
 * Which of these statements have another text in the file by now, as far as the file tells without being run. A text
 * with a backslash is not judged: only running the file tells what it stands for.
 */
function editedSince(run: Pick<Run, 'source'>, dialect: Dialect, entries: readonly JournalEntry[]): number[] {
  const { source } = run;
  const revision = entries[0]?.revision;
  if (revision === undefined || !isKnown(run, revision)) return [];
  const checksum = source.checksumOf(revision);
  const judged = entries.filter((entry) => entry.checksum !== null && entry.checksum !== checksum);
  const text = judged.length === 0 ? null : source.textOf(revision);
  const texts = text === null ? null : plainStatements(text, dialect.name, (sql) => dialect.split(sql));
  if (texts === null) return [];
  return judged.flatMap(({ statement, hash }) => {
    const sql = texts[statement - 1];
    return sql === undefined || sql.includes('\\') || hashOf(sql, []) === hash ? [] : [statement];
  });
}
