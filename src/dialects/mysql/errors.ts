import { ToraleError, isToraleError } from '../../errors.ts';
import type { Refusal, ServerError } from '../dialect.ts';
import { connectionLost, networkFailure, thrownError } from '../network.ts';
import type { MysqlUrl } from '../url.ts';

interface DriverError extends Error {
  readonly errno?: number;
  readonly code?: string;
  readonly sqlMessage?: string;
}

export function describeError(error: unknown): ServerError {
  const { errno, code, sqlMessage, message } = thrownError<DriverError>(error);
  return {
    code: String(typeof errno === 'number' && errno > 0 ? errno : (code ?? '')),
    message: sqlMessage ?? message,
    // 1927 ER_CONNECTION_KILLED, 1053 ER_SERVER_SHUTDOWN
    connectionLost: connectionLost(error) || errno === 1927 || errno === 1053,
    refusal: refusalOf(errno, sqlMessage),
  };
}

const REFUSALS: Readonly<Record<number, Refusal>> = {
  1044: 'denied', // ER_DBACCESS_DENIED_ERROR
  1045: 'denied', // ER_ACCESS_DENIED_ERROR
  1095: 'denied', // ER_KILL_DENIED_ERROR
  1142: 'denied', // ER_TABLEACCESS_DENIED_ERROR
  1143: 'denied', // ER_COLUMNACCESS_DENIED_ERROR
  1227: 'denied', // ER_SPECIFIC_ACCESS_DENIED_ERROR
  1290: 'readOnly', // ER_OPTION_PREVENTS_STATEMENT: --read-only
  1792: 'readOnly', // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
  1836: 'readOnly', // ER_READ_ONLY_MODE
  1021: 'full', // ER_DISK_FULL
  1114: 'full', // ER_RECORD_FILE_FULL
  1205: 'busy', // ER_LOCK_WAIT_TIMEOUT
  1213: 'busy', // ER_LOCK_DEADLOCK
};

function refusalOf(errno: number | undefined, sqlMessage: string | undefined): Refusal | undefined {
  // Only what the server sends has a sqlMessage.
  if (errno === undefined || sqlMessage === undefined) return undefined;
  return REFUSALS[errno] ?? 'other';
}

/** https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html */
export function connectError(
  error: unknown,
  url: Pick<MysqlUrl, 'display'> & Partial<Pick<MysqlUrl, 'database' | 'sslMode'>>,
): ToraleError {
  if (isToraleError(error)) return error;
  const { errno, code, sqlMessage, message } = error as DriverError;
  const text = (sqlMessage ?? message).replace(/\.$/, '');
  const about = { cause: error, data: { url: url.display } };
  switch (errno ?? 0) {
    case 1045: // ER_ACCESS_DENIED_ERROR
    case 1698: // ER_ACCESS_DENIED_NO_PASSWORD_ERROR
    case 1044: // ER_DBACCESS_DENIED_ERROR
    case 1251: // ER_NOT_SUPPORTED_AUTH_MODE
      return new ToraleError('DENIED', `${url.display}: ${text}.`, { ...about, hint: 'Check user and password.' });
    case 1049: // ER_BAD_DB_ERROR
      return new ToraleError('DATABASE_MISSING', `${url.display}: ${text}.`, {
        ...about,
        hint: `Create it first, for example with: CREATE DATABASE ${url.database}`,
      });
    case 1040: // ER_CON_COUNT_ERROR
    case 1053: // ER_SERVER_SHUTDOWN
      return new ToraleError('UNREACHABLE', `${url.display}: ${text}.`, about);
    default:
  }
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') {
    return new ToraleError(
      'TLS_REFUSED',
      `${url.display}: the server does not speak TLS, ssl-mode=${url.sslMode} asks for it.`,
      about,
    );
  }
  return networkFailure(error, url.display);
}
