import type { Config } from '../config/config.ts';
import { loadDialect } from '../dialects/load.ts';
import { pause } from '../dialects/waiting.ts';
import { ToraleError, isToraleError } from '../errors.ts';
import type { EventListener } from '../events.ts';
import type { Session } from '../session/session.ts';
import type { Connected } from './run.ts';

/**
 * Connects to the configured database, waiting for a server that is not up yet as long as the configuration says.
 *
 * @throws ToraleError NO_DATABASE, UNREACHABLE, DATABASE_MISSING, DENIED, TLS_REFUSED, DRIVER_MISSING
 */
export async function connect(
  config: Config,
  options: { readOnly: boolean; create: boolean },
  onEvent: EventListener,
  signal: AbortSignal,
): Promise<Connected> {
  const { database } = config;
  if (database === null) {
    throw new ToraleError('NO_DATABASE', 'No database is named.', {
      hint: 'Give --url, set DATABASE_URL, or name one in torale.config.mjs.',
    });
  }
  const dialect = await loadDialect(database.dialect);
  const session = await withPatience(
    () =>
      dialect.connect(database, {
        ...options,
        connectTimeoutMs: config.connectTimeoutMs,
        role: config.role,
        searchPath: config.searchPath,
        signal,
      }),
    config.waitMs,
    onEvent,
    signal,
  );
  return { session, dialect, display: database.display };
}

async function withPatience(
  attempt: () => Promise<Session>,
  limitMs: number,
  onEvent: EventListener,
  signal: AbortSignal,
): Promise<Session> {
  const started = performance.now();
  for (let delay = 250; ; delay = Math.min(delay * 1.7, 5000)) {
    signal.throwIfAborted();
    try {
      return await orAborted(attempt(), signal);
    } catch (error) {
      const elapsedMs = performance.now() - started;
      // Wrong passwords and missing databases do not mend themselves.
      if (!isToraleError(error) || error.code !== 'UNREACHABLE' || elapsedMs + delay > limitMs) throw error;
      onEvent({ type: 'waiting-for-server', reason: error.message, elapsedMs, limitMs });
      await pause(delay, signal);
    }
  }
}

/** A server that does not answer must not keep a run that was stopped; a connection that comes late is closed. */
async function orAborted(opening: Promise<Session>, signal: AbortSignal): Promise<Session> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      opening.then((session) => session.close()).catch(() => undefined);
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the reason is whatever the caller gave
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([opening, aborted]);
  } finally {
    signal.removeEventListener('abort', stop!);
  }
}
