import { inspect } from 'node:util';
import { thrownError } from '../dialects/network.ts';
import { isToraleError, ToraleError } from '../errors.ts';
import { redact, redactValue, secretsOf } from '../redact.ts';
import type { Run } from './run.ts';

/** What of a driver's error helps to understand it; the rest may hold a whole connection with its password. */
const FACTS = [
  'code', 'errno', 'sqlState', 'sqlMessage', 'severity', 'detail', 'hint', 'position', 'where', 'schema', 'table',
  'column', 'dataType', 'constraint', 'syscall', 'address', 'port',
] as const; // prettier-ignore

/**
 * Calls `work` with a run; whatever it throws holds no secret of the configuration, its causes included.
 *
 * @param more secrets besides; `work` may add to them
 */
export async function withoutSecrets<T>(
  run: Run,
  work: (run: Run) => Promise<T>,
  more: readonly string[] = [],
): Promise<T> {
  const { config, signal } = run;
  try {
    return await work(run);
  } catch (error) {
    // A driver that was cut off may have an error of its own for that.
    if (signal.aborted && (error === signal.reason || !isToraleError(error))) throw interrupted(signal.reason);
    throw withoutSecretsIn(error, [...secretsOf(config.database, ...config.scratchUrls), ...more]);
  }
}

function interrupted(reason: unknown): unknown {
  if (isToraleError(reason)) return reason;
  return new ToraleError('INTERRUPTED', 'Stopped by the signal given; what was not finished was rolled back.', {
    hint: 'Call it again to go on.',
    cause: reason,
  });
}

/** The error itself where it holds no secret, else a copy. */
function withoutSecretsIn(error: unknown, secrets: readonly string[]): unknown {
  if (isClean(error, secrets)) return error;
  if (typeof error === 'string') return redact(error, secrets);
  if (!(error instanceof Error)) return redactValue(error, secrets);
  return copyOf(error, secrets, 0);
}

function isClean(error: unknown, secrets: readonly string[]): boolean {
  try {
    const text = inspect(error, { depth: 12, maxArrayLength: null, maxStringLength: null, breakLength: Infinity });
    return redact(text, secrets) === text;
  } catch {
    return false;
  }
}

const DEEPEST = 8;

function copyOf(error: Error, secrets: readonly string[], depth: number): Error {
  const message = redact(thrownError(error).message, secrets);
  const cause = error.cause instanceof Error && depth < DEEPEST ? copyOf(error.cause, secrets, depth + 1) : undefined;
  const copy = isToraleError(error)
    ? new ToraleError(error.code, message, {
        hint: error.hint === undefined ? undefined : redact(error.hint, secrets),
        data: redactValue(error.data, secrets),
        cause,
      })
    : plainCopy(error, message, cause, secrets);
  copy.stack = redact(error.stack ?? `${error.name}: ${message}`, secrets);
  return copy;
}

function plainCopy(error: Error, message: string, cause: Error | undefined, secrets: readonly string[]): Error {
  const copy = new Error(message, cause === undefined ? undefined : { cause });
  Object.defineProperty(copy, 'name', { value: error.name, configurable: true, writable: true });
  for (const key of FACTS) {
    const value: unknown = (error as unknown as Record<string, unknown>)[key];
    if (typeof value === 'string') Object.assign(copy, { [key]: redact(value, secrets) });
    else if (typeof value === 'number') Object.assign(copy, { [key]: value });
  }
  return copy;
}
