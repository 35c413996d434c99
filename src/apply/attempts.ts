import { setTimeout as sleep } from 'node:timers/promises';
import { isToraleError, ToraleError } from '../errors.ts';
import { attemptLimits, limitsOf } from './limits.ts';
import { runRevision, type Attempt, type RevisionRunOptions } from './revision-run.ts';
import type { SessionLimiter } from './session-limiter.ts';
import type { StatementMemory } from './statement-journal.ts';

/**
 * Runs a revision, again where a statement could not get its lock, until it is done or the budget is spent.
 *
 * @returns milliseconds of the try that succeeded; null where the database has moved on meanwhile
 * @throws ToraleError BUSY when the budget is spent; what `runRevision` throws
 */
export async function runWithRetries(options: RevisionRunOptions, limiter: SessionLimiter): Promise<number | null> {
  const { run, journal, step } = options;
  const module = await run.source.load(step.revision);
  const { config } = run;
  const limits = limitsOf(
    module.options,
    {
      lockTimeoutMs: config.statementLockTimeoutMs,
      lockBudgetMs: config.statementLockBudgetMs,
      statementTimeoutMs: config.statementTimeoutMs,
    },
    step.revision,
  );
  const started = performance.now();
  let { prior } = options;
  const memory: StatementMemory | null = run.scratchGuard === undefined ? null : new Map();
  for (let number = 1; ; number++) {
    const { lockTimeoutMs, restMs } = attemptLimits(number, limits, Math.random());
    const attempt: Attempt = {
      module,
      limiter,
      limits: { lockTimeoutMs, statementTimeoutMs: limits.statementTimeoutMs },
      memory,
      blockers: [],
    };
    try {
      return await runRevision({ ...options, prior }, attempt);
    } catch (error) {
      if (!isBusy(error)) {
        run.onEvent({ type: 'revision-failed', step });
        throw error;
      }
      const spentMs = performance.now() - started;
      if (!limits.retry || options.outer !== null || spentMs + restMs > limits.lockBudgetMs) {
        run.onEvent({ type: 'revision-failed', step });
        throw spent(error, number, spentMs, attempt.blockers);
      }
      run.onEvent({
        type: 'lock-retry',
        revision: step.revision,
        statement: Number(error.data['statement']),
        attempt: number,
        lockTimeoutMs,
        restMs,
        blockers: attempt.blockers,
      });
      await sleep(restMs, undefined, { signal: run.signal }).catch(() => run.signal.throwIfAborted());
      const stored = (await journal.read()).journal.filter((entry) => entry.revision === step.revision);
      prior = [...stored, ...(memory?.values() ?? [])];
    }
  }
}

function isBusy(error: unknown): error is ToraleError {
  return isToraleError(error) && error.code === 'BUSY';
}

function spent(error: ToraleError, attempts: number, spentMs: number, blockers: readonly string[]): ToraleError {
  const tries = attempts === 1 ? '1 try' : `${attempts} tries in ${Math.round(spentMs / 1000)} s`;
  const who = blockers.length === 0 ? '' : `\nIn its way: ${blockers.join('; ')}.`;
  return new ToraleError('BUSY', `${error.message}\nIt could not get its lock: ${tries}.${who}`, {
    hint: 'Run the same command again, or give it longer with statementLockBudget.',
    data: { ...error.data, attempts, blockers },
    cause: error.cause,
  });
}
