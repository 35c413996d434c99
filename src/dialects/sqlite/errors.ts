import { ToraleError, isToraleError } from '../../errors.ts';
import type { Refusal, ServerError } from '../dialect.ts';
import { thrownError } from '../network.ts';
import type { SqliteUrl } from '../url.ts';

export function describeError(error: unknown): ServerError {
  const { message, ...rest } = thrownError<NodeJS.ErrnoException>(error);
  const code = typeof rest.code === 'string' ? rest.code : '';
  return { code, message, connectionLost: false, refusal: refusalOf(code) };
}

/** https://www.sqlite.org/rescode.html; the longer codes say more of the same. */
const REFUSALS: readonly (readonly [string, Refusal])[] = [
  ['SQLITE_READONLY', 'readOnly'],
  ['SQLITE_FULL', 'full'],
  // A write beyond a limit or a quota; SQLite tells only a full disk apart.
  ['SQLITE_IOERR_WRITE', 'full'],
  ['SQLITE_CANTOPEN', 'denied'],
  ['SQLITE_PERM', 'denied'],
  ['SQLITE_BUSY', 'busy'],
  ['SQLITE_LOCKED', 'busy'],
  ['SQLITE_NOTADB', 'damaged'],
  ['SQLITE_CORRUPT', 'damaged'],
  ['SQLITE_', 'other'],
];

function refusalOf(code: string): Refusal | undefined {
  return REFUSALS.find(([start]) => code.startsWith(start))?.[1];
}

/** Another connection holds the lock: https://www.sqlite.org/rescode.html#busy */
export function isBusy(error: unknown): boolean {
  return ((error as NodeJS.ErrnoException).code ?? '').startsWith('SQLITE_BUSY');
}

export function connectError(error: unknown, url: Pick<SqliteUrl, 'display'>): ToraleError {
  if (isToraleError(error)) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  const about = { cause: error, data: { url: url.display } };
  if (code === 'SQLITE_NOTADB') {
    return new ToraleError('UNREACHABLE', `${url.display} is not a SQLite database.`, {
      ...about,
      hint: 'Name another file, or decrypt it first.',
    });
  }
  if (code.startsWith('SQLITE_CANTOPEN') || code === 'SQLITE_PERM' || code.startsWith('SQLITE_READONLY')) {
    return new ToraleError('DENIED', `${url.display} cannot be opened: ${message}.`, {
      ...about,
      hint: 'Check the permissions of the file and of its folder, where SQLite keeps its journal.',
    });
  }
  if (code.startsWith('SQLITE_CORRUPT')) {
    return new ToraleError('UNREACHABLE', `${url.display} is a damaged SQLite database: ${message}.`, {
      ...about,
      hint: 'Restore it from a backup, or look at it with: PRAGMA integrity_check',
    });
  }
  return new ToraleError('UNREACHABLE', `${url.display}: ${message}.`, about);
}
