import { isToraleError } from '../errors.ts';
import { holderText } from '../dialects/waiting.ts';
import { parsePosition } from './batch-position.ts';
import { lockStatus } from './lock-report.ts';
import { readJournal } from './read.ts';
import { recordRevision } from './record.ts';
import type { RecordedStatement } from './recording.ts';
import { unfinishedRevision } from './resolve.ts';
import type { Connected, Run } from './run.ts';
import type { Verdict } from './settle.ts';
import { readUnfinished, type Unfinished } from './unfinished.ts';

export interface UnfinishedStatement {
  readonly statement: number;
  /** `batch`: an `op.batch` that goes on after the rows it has done. `toRun`: the next upgrade runs it. */
  readonly state: 'done' | 'inDoubt' | 'batch' | 'toRun';
  /** Of the one in doubt: what the objects it names tell. */
  readonly verdict?: Verdict;
  /** Of a batch. */
  readonly rows?: number;
  /** The file has another statement there by now than the one that took effect. */
  readonly edited: boolean;
  /** What the file says there now; null where it cannot be told without running the revision. */
  readonly sql: string | null;
}

export interface UnfinishedReport {
  readonly unfinished: {
    readonly revision: string;
    readonly message: string;
    /** Absolute; null where no file here has it. */
    readonly file: string | null;
    /** The next upgrade goes on by itself; else a person must decide. */
    readonly resumable: boolean;
    readonly statements: readonly UnfinishedStatement[];
  } | null;
  /** A run that holds the migration lock: it may be in that very statement now. */
  readonly running: string | null;
}

/** What is left of a run that was cut off, statement by statement. Writes nothing. */
export async function unfinishedReport(run: Run, asked: string | null): Promise<UnfinishedReport> {
  const unfinished = await readJournal(run, async (journal, connected) => {
    const { journal: entries } = await journal.read();
    const found = await readUnfinished(run, connected, journal, entries);
    if (found === null) return null;
    if (asked !== null) unfinishedRevision(entries, asked);
    return describe(run, connected, found);
  });
  return { unfinished, running: unfinished === null ? null : await runner(run) };
}

async function describe(
  run: Run,
  connected: Connected,
  found: Unfinished,
): Promise<NonNullable<UnfinishedReport['unfinished']>> {
  const { revision, entries, doubtful } = found;
  const isKnown = run.graph.has(revision);
  const recorded = isKnown ? await statementsOf(run, connected, revision) : [];
  const count = Math.max(recorded.length, ...entries.map(({ statement }) => statement));
  const statements = Array.from({ length: count }, (_, index): UnfinishedStatement => {
    const statement = index + 1;
    const text = recorded[index];
    const entry = entries.find((one) => one.statement === statement);
    const tookEffect = entry?.state === 'done' || (entry !== undefined && doubtful?.verdict === 'applied');
    const about = {
      statement,
      edited: tookEffect && text !== undefined && text.hash !== entry!.hash,
      sql: text?.sql ?? null,
    };
    if (entry === undefined) return { ...about, state: 'toRun' };
    if (entry.state === 'done') return { ...about, state: 'done' };
    const position = parsePosition(entry.fingerprint);
    if (position !== null) return { ...about, state: 'batch', rows: position.rows };
    return { ...about, state: 'inDoubt', verdict: doubtful!.verdict };
  });
  return {
    revision,
    message: isKnown ? (run.graph.get(revision)?.message ?? '') : '',
    file: isKnown ? run.source.fileOf(revision) : null,
    resumable: found.resumable && !statements.some(({ edited }) => edited),
    statements,
  };
}

/** The statements as the file has them now: it is asked for them as a dry run would, so nothing of it runs. */
async function statementsOf(
  run: Run,
  { dialect, session }: Connected,
  revision: string,
): Promise<readonly RecordedStatement[]> {
  const silent = Object.create(run, { onEvent: { value: () => undefined } }) as Run;
  const step = { revision, message: '', file: run.source.fileOf(revision) };
  try {
    return (await recordRevision(silent, dialect, session.server, step)).statements;
  } catch (error) {
    // A file that is broken by now must not keep anybody from seeing how things are.
    if (isToraleError(error) && error.code.startsWith('REVISION_')) return [];
    throw error;
  }
}

/** Where the lock is a transaction there is nobody to name. */
async function runner(run: Run): Promise<string | null> {
  if (run.config.database?.dialect === 'sqlite') return null;
  const [lock] = (await lockStatus(run)).locks;
  if (lock === undefined) return null;
  const sinceMs = lock.since === null ? null : Date.now() - Date.parse(lock.since);
  return holderText({ description: lock.holder ?? 'another connection', sinceMs, connection: lock.connection });
}
