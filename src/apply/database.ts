import { existsSync } from 'node:fs';
import type { Refusal } from '../dialects/dialect.ts';
import { isToraleError, ToraleError } from '../errors.ts';
import type { Connected, Run } from './run.ts';

/** Calls `work` on an open database and closes it whatever happens. Failures of Torale's own statements get their code. */
export async function onDatabase<T>(connected: Connected, work: (connected: Connected) => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await work(connected);
  } catch (error) {
    // Why the work failed must not be hidden by a connection that cannot even be closed any more.
    await connected.session.close().catch(() => undefined);
    throw bookkeepingFailure(error, connected);
  }
  try {
    await connected.session.close();
  } catch (error) {
    throw bookkeepingFailure(error, connected);
  }
  return result;
}

/** What the server said to one of Torale's own statements, as the failure that the exit code tells. */
export function bookkeepingFailure(
  error: unknown,
  { dialect, display }: Pick<Connected, 'dialect' | 'display'>,
): unknown {
  if (isToraleError(error)) return error;
  const { refusal, code, message, connectionLost } = dialect.describeError(error);
  const text = message.replace(/\.$/, '');
  const about = { cause: error, data: { url: display, server: { code, message } } };
  if (connectionLost) {
    return new ToraleError('CONNECTION_LOST', `${display}: the connection broke: ${text}.`, {
      ...about,
      hint: 'Run the same command again.',
    });
  }
  if (refusal === undefined) return error;
  const { exit, what, hint } = REFUSALS[refusal];
  return new ToraleError(exit, `${display}: ${what}${text} (${code}).`, { ...about, hint });
}

const REFUSALS = {
  denied: {
    exit: 'DENIED',
    what: '',
    hint: "Torale's tables must be readable, and writable for an upgrade: grant it, or connect as (or with --role) their owner.",
  },
  readOnly: {
    exit: 'WRITE_FAILED',
    what: 'it is read-only: ',
    hint: 'Upgrade where it can be written to: the primary server, a file and a folder that are writable.',
  },
  full: { exit: 'WRITE_FAILED', what: 'there is no room: ', hint: 'Make room, then run the same command again.' },
  busy: { exit: 'BUSY', what: '', hint: 'Another transaction holds what is needed. Run the same command again.' },
  damaged: {
    exit: 'UNREACHABLE',
    what: 'it is damaged: ',
    hint: 'Restore it from a backup.',
  },
  other: { exit: 'WRITE_FAILED', what: "Torale's tables could not be used: ", hint: undefined },
} as const satisfies Record<Refusal, { exit: ToraleError['code']; what: string; hint: string | undefined }>;

/** Opening makes a SQLite file: what can be found wrong without it is found before. */
export function isYetToBeMade({ config: { database } }: Run): boolean {
  return database?.dialect === 'sqlite' && database.path !== ':memory:' && !existsSync(database.path);
}
