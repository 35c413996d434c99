import { ToraleError, isToraleError } from '../../errors.ts';
import { connectionLost, networkFailure, thrownError } from '../network.ts';
import type { Refusal, ServerError } from '../dialect.ts';
import type { PostgresUrl } from '../url.ts';

interface DriverError extends Error {
  readonly code?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly position?: string;
  readonly severity?: string;
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
export function describeError(error: unknown): ServerError {
  const { message, detail, hint, position, ...rest } = thrownError<DriverError>(error);
  const code = typeof rest.code === 'string' ? rest.code : undefined;
  const lost = connectionLost(error) || code === '57P01' || code === '57P02' || code?.startsWith('08') === true;
  return {
    code: code ?? '',
    message,
    ...(detail ? { detail } : {}),
    ...(hint ? { hint } : {}),
    ...(position ? { position: Number(position) } : {}),
    connectionLost: lost,
    refusal: refusalOf(code, rest.severity),
  };
}

function refusalOf(code = '', severity: string | undefined): Refusal | undefined {
  // Only what the server sends has a severity.
  if (severity === undefined) return undefined;
  if (code === '42501' || code.startsWith('28')) return 'denied';
  if (code === '25006') return 'readOnly';
  if (code.startsWith('53')) return 'full';
  if (code === '55P03' || code === '40P01' || code === '40001') return 'busy';
  return code === 'XX001' || code === 'XX002' ? 'damaged' : 'other';
}

/** Why a connection could not be had, as the failure that the exit code tells. */
export function connectError(
  error: unknown,
  url: Pick<PostgresUrl, 'display'> & Partial<Pick<PostgresUrl, 'database' | 'sslMode'>>,
): ToraleError {
  if (isToraleError(error)) return error;
  const { code, message } = error as DriverError;
  const about = { cause: error, data: { url: url.display } };
  switch (code ?? '') {
    case '28P01':
    case '28000':
      if (message.includes('pg_hba.conf')) {
        return new ToraleError('DENIED', `${url.display}: ${message}.`, {
          ...about,
          hint: 'The pg_hba.conf of the server decides who may connect from where, and whether only with TLS (sslmode).',
        });
      }
      return new ToraleError('DENIED', `${url.display}: ${message}.`, {
        ...about,
        hint: 'Check user and password.',
      });
    case '42501':
      return new ToraleError('DENIED', `${url.display}: ${message}.`, about);
    case '22023':
      return new ToraleError('CONFIG_INVALID', `${url.display}: ${message}.`, about);
    case '3D000':
      return new ToraleError('DATABASE_MISSING', `${url.display}: ${message}.`, {
        ...about,
        hint: `Create it first, for example with: createdb ${url.database ?? ''}`.trim(),
      });
    case '57P03':
      return new ToraleError('UNREACHABLE', `${url.display}: not accepting connections yet (${message}).`, {
        ...about,
        hint: 'Wait for it with --wait 60s.',
      });
    case '53300':
      return new ToraleError('UNREACHABLE', `${url.display}: ${message}.`, about);
    default:
  }
  if (/password must be a (non-empty )?string|no password|password authentication/i.test(message)) {
    return new ToraleError('DENIED', `${url.display}: the server asks for a password and none is given.`, about);
  }
  if (/does not support SSL/.test(message)) {
    return new ToraleError(
      'TLS_REFUSED',
      `${url.display}: the server does not speak TLS, sslmode=${url.sslMode} asks for it.`,
      about,
    );
  }
  return networkFailure(error, url.display);
}
