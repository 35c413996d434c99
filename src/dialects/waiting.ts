import { setTimeout as sleep } from 'node:timers/promises';
import { ToraleError } from '../errors.ts';
import type { LockHolder, LockOptions } from './dialect.ts';

/** The failure of a run that waited in vain. */
function lockedError(holder: LockHolder | null, timeoutMs: number): ToraleError {
  const who = holderText(holder) ?? 'another connection';
  const waited = timeoutMs === 0 ? '' : ` Waited ${formatSeconds(timeoutMs)}.`;
  return new ToraleError('LOCKED', `The migration lock is held by ${who}.${waited}`, {
    hint: 'Run the same command again, or wait longer with --lock-timeout.',
    data: { holder: holderText(holder), waitedMs: timeoutMs },
  });
}

/** `torale 0.1.0 on api-7f9 (pid 7) for 12 s` */
export function holderText(holder: LockHolder | null): string | null {
  if (holder === null || holder.sinceMs === null) return holder?.description ?? null;
  return `${holder.description} for ${formatSeconds(Math.max(0, holder.sinceMs))}`;
}

/** The failure of a run whose lock somebody else may have by now. */
export function lockLost(how: string, cause?: unknown): ToraleError {
  return new ToraleError('LOCKED', `The migration lock was lost: ${how}. Nothing more was run.`, {
    hint: "Run the same command again: it goes on from where the database is now ('torale lock status' tells who has it).",
    data: { lockLost: true },
    cause,
  });
}

export function formatSeconds(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return `${seconds < 10 ? Number(seconds.toFixed(1)) : Math.round(seconds)} s`;
}

/** Sleeps; rejects with the signal's own reason, which tells who stopped the run, where a timer would say AbortError. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal ? { signal } : undefined);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** How a waiter looks again: growing, and spread out so that many do not look at the same instant. */
function pollDelayMs(attempt: number): number {
  const base = Math.min(100 * 1.5 ** attempt, 2000);
  return base * (0.5 + Math.random());
}

/**
 * Tries until the lock is had or the time is over.
 *
 * @param tryOnce answers whether the lock is ours now
 * @param holder asked at most once a second while waiting, to tell who keeps us
 * @throws ToraleError LOCKED; the signal's reason when aborted
 */
export async function pollLock(
  options: LockOptions,
  tryOnce: () => Promise<boolean>,
  holder: () => Promise<LockHolder | null>,
): Promise<void> {
  const started = performance.now();
  let told = -1000;
  for (let attempt = 0; ; attempt++) {
    options.signal?.throwIfAborted();
    if (await tryOnce()) return;
    const elapsedMs = performance.now() - started;
    if (elapsedMs >= options.timeoutMs) throw lockedError(await holder(), options.timeoutMs);
    if (elapsedMs - told >= 1000) {
      told = elapsedMs;
      options.onWait({ elapsedMs, holder: await holder() });
    }
    const delay = Math.min(pollDelayMs(attempt), Math.max(options.timeoutMs - elapsedMs, 1));
    await pause(delay, options.signal);
  }
}
