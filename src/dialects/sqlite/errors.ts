import { ToraleError, isToraleError } from '../../errors.ts';
import type { ServerError } from '../dialect.ts';
import type { SqliteUrl } from '../url.ts';

export function describeError(error: unknown): ServerError {
  const { code, message } = error as NodeJS.ErrnoException;
  return { code: code ?? '', message: message ?? String(error), connectionLost: false };
}

/** Another connection holds the lock: https://www.sqlite.org/rescode.html#busy */
export function isBusy(error: unknown): boolean {
  return ((error as NodeJS.ErrnoException).code ?? '').startsWith('SQLITE_BUSY');
}

export function connectError(error: unknown, url: SqliteUrl): ToraleError {
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
  return new ToraleError('UNREACHABLE', `${url.display}: ${message}.`, about);
}
