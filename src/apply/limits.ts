import type { SessionLimits } from '../dialects/dialect.ts';
import { parseDuration } from '../config/duration.ts';
import { ToraleError } from '../errors.ts';

/** How long the statements of a revision may take and wait. Milliseconds. */
export interface StatementLimits {
  /** The longest a statement may wait for a lock in one try: so long do the application's queries queue behind it. */
  readonly lockTimeoutMs: number;
  /** How long all tries of a revision together may take. */
  readonly lockBudgetMs: number;
  /** The longest a statement inside a transaction may run; 0 is no limit. */
  readonly statementTimeoutMs: number;
  /** Whether the revision's function may be called again. */
  readonly retry: boolean;
}

/**
 * The limits of a revision: its `export const options` before the configuration.
 *
 * @throws ToraleError REVISION_INVALID for an option that is no duration
 */
export function limitsOf(
  options: Readonly<Record<string, unknown>> | undefined,
  configured: Omit<StatementLimits, 'retry'>,
  revision: string,
): StatementLimits {
  const duration = (key: string, otherwise: number): number => {
    const said = options?.[key];
    if (said === undefined) return otherwise;
    const read = typeof said === 'string' || typeof said === 'number' ? parseDuration(said) : undefined;
    if (read !== undefined) return read;
    throw new ToraleError('REVISION_INVALID', `Revision ${revision}: options.${key} is no duration.`, {
      hint: "Write seconds, or '500ms', '2s', '30m'.",
      data: { revision },
    });
  };
  return {
    lockTimeoutMs: duration('statementLockTimeout', configured.lockTimeoutMs),
    lockBudgetMs: duration('statementLockBudget', configured.lockBudgetMs),
    statementTimeoutMs: duration('statementTimeout', configured.statementTimeoutMs),
    retry: options?.['retry'] !== false,
  };
}

/**
 * How long a statement may wait for a lock in a try, and how long to rest after it in vain. It begins so short that
 * nobody notices and grows, since a table that is never free for a moment needs a longer look; there is no last try
 * without a limit.
 *
 * @param attempt from 1
 * @param random between 0 and 1
 */
export function attemptLimits(
  attempt: number,
  limits: StatementLimits,
  random: number,
): { lockTimeoutMs: number; restMs: number } {
  const [wanted, rest] = attempt <= 5 ? [attempt * 100, 50 * attempt] : attempt <= 20 ? [1000, 2000] : [2000, 10_000];
  const lockTimeoutMs = attempt > 20 ? limits.lockTimeoutMs : Math.min(wanted, limits.lockTimeoutMs);
  return {
    lockTimeoutMs: limits.retry ? lockTimeoutMs : limits.lockTimeoutMs,
    restMs: Math.round(rest * (0.5 + random)),
  };
}

/** What runs outside a transaction may take its time: a concurrent build that is cut off leaves a broken index. */
export const UNLIMITED: SessionLimits = { lockTimeoutMs: 0, statementTimeoutMs: 0 };
