import type { LockOptions } from '../dialects/dialect.ts';
import { holderText } from '../dialects/waiting.ts';
import { Journal } from '../journal/journal.ts';
import { takeLock } from './lock.ts';
import type { Connected, Run } from './run.ts';

export function lockOptions(run: Run, journal: Journal, onWait?: () => void): LockOptions {
  return {
    schema: journal.names.schema,
    table: journal.names.version,
    timeoutMs: run.config.lockTimeoutMs,
    signal: run.signal,
    onWait: ({ elapsedMs, holder }) => {
      onWait?.();
      run.onEvent({ type: 'waiting-for-lock', holder: holderText(holder), elapsedMs });
    },
  };
}

/** A run and its connection while the lock is held. */
export interface Held {
  readonly run: Run;
  readonly connected: Connected;
}

export function openJournal(run: Run, { session, dialect }: Connected): Promise<Journal> {
  return Journal.open(session, dialect, run.config);
}

/**
 * Holds the migration lock around `work`; where there is no session lock each transaction takes it. `work` goes on with
 * what it is given: a run that stops when the lock is lost, and the connection with its lock.
 *
 * @param journal tells which tables are meant; what it read before the lock may be out of date inside
 */
export async function withLock<T>(
  run: Run,
  connected: Connected,
  journal: Journal,
  work: (held: Held) => Promise<T>,
  onWait?: () => void,
): Promise<T> {
  const lock = await takeLock(run, connected, journal.names, lockOptions(run, journal, onWait));
  if (lock === null) return work({ run, connected });
  const { lost } = lock;
  // The files of the revisions are read when first asked for, which a copy would do.
  const until = lost === null ? run : Object.create(run, { signal: { value: AbortSignal.any([run.signal, lost]) } });
  try {
    return await work({ run: until as Run, connected: { ...connected, lock } });
  } finally {
    // Ending the connection releases it too.
    await lock.release().catch(() => undefined);
  }
}

/**
 * Runs `work` in one transaction with Torale's tables in their present shape. The caller holds the lock.
 * Everything is read again inside: another run may have been there.
 */
export async function inBookkeeping<T>(
  run: Run,
  connected: Connected,
  before: Journal,
  work: (journal: Journal) => Promise<T>,
): Promise<T> {
  const { session, dialect } = connected;
  const lock = lockOptions(run, before);
  const transaction = await dialect.beginRevision(session, { lock, foreignKeys: false });
  try {
    const journal = await openJournal(run, connected);
    await journal.ensure();
    const result = await work(journal);
    await connected.lock?.confirm(false);
    await transaction.commit();
    return result;
  } catch (error) {
    await transaction.rollback().catch(() => undefined);
    throw error;
  }
}
