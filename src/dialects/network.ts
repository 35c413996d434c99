import { inspect } from 'node:util';
import { ToraleError } from '../errors.ts';

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'host name unknown',
  EAI_AGAIN: 'host name cannot be looked up now',
  ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ECONNRESET: 'connection reset',
  ENOENT: 'no such socket',
  EACCES: 'no permission to open the socket',
  PROTOCOL_CONNECTION_LOST: 'connection closed by the server',
};

const LOST = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'PROTOCOL_CONNECTION_LOST', 'ECONNREFUSED']);

/** TLS failures of Node: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
function isCertificateError(code: string, message: string): boolean {
  return (
    /CERT|SELF_SIGNED|ISSUER|ERR_TLS|ERR_SSL|EPROTO|HANDSHAKE/.test(code) || /certificate|\bTLS\b|\bSSL\b/.test(message)
  );
}

/** What was thrown, to be read: code may throw anything, `null` too, and give an error a number for its code. */
export function thrownError<T extends Error>(thrown: unknown): Partial<T> & { readonly message: string } {
  let message: string;
  try {
    if (thrown instanceof Object && typeof (thrown as Error).message === 'string') return thrown as T;
    message = typeof thrown === 'string' ? thrown : inspect(thrown, { depth: 1, breakLength: Infinity });
  } catch {
    message = 'something was thrown that cannot be read';
  }
  return { message } as Partial<T> & { message: string };
}

/** The first of several errors where Node tried several addresses of one name. */
function innermost(error: unknown): { code?: string; message: string } {
  const { errors } = thrownError<AggregateError>(error);
  const first: unknown = Array.isArray(errors) && errors.length > 0 ? errors[0] : error;
  const { code, message } = thrownError<NodeJS.ErrnoException>(first);
  return { code: typeof code === 'string' ? code : '', message };
}

/** The connection broke below the protocol, so the fate of a running statement is unknown. */
export function connectionLost(error: unknown): boolean {
  const { code, message } = innermost(error);
  return (
    LOST.has(code ?? '') ||
    /Connection terminated|connection is closed|not queryable|Connection lost|in closed state/i.test(message)
  );
}

/** A failure to connect that the database protocol knows nothing of. */
export function networkFailure(error: unknown, display: string): ToraleError {
  const { code = '', message } = innermost(error);
  const about = { cause: error, data: { url: display } };
  if (isCertificateError(code, message)) {
    return new ToraleError('TLS_REFUSED', `${display}: the TLS connection failed: ${message || code}.`, about);
  }
  const reason = REASONS[code] ?? (/timeout|timed out/i.test(message) ? 'no answer in time' : message || code);
  return new ToraleError('UNREACHABLE', `Cannot reach ${display}: ${reason}.`, {
    ...about,
    hint: 'Is the server up? Wait for it with --wait 60s.',
  });
}
