import type { HeldLock } from '../apply/lock-report.ts';
import { formatDuration } from './output.ts';

const WHAT = { session: 'held', lease: 'lease', file: 'held' } as const;

/** Who holds the lock, one line each. */
export function lockText(locks: readonly HeldLock[], now: number): string {
  if (locks.length === 0) return 'Nobody holds the migration lock.';
  return locks.map((lock) => lineOf(lock, now)).join('\n');
}

function lineOf({ kind, holder, since, connection, expires }: HeldLock, now: number): string {
  if (kind === 'file') return "The database file is locked by another process; 'fuser -v FILE' names it.";
  const parts = [
    `${WHAT[kind]} by ${holder ?? 'another connection'}`,
    ...(since === null ? [] : [`for ${formatDuration(Math.max(0, now - Date.parse(since)))}`]),
    ...(connection === null || holder?.includes(String(connection)) === true ? [] : [`connection ${connection}`]),
    ...(expires === null ? [] : [expiry(Date.parse(expires) - now)]),
  ];
  return parts.join(', ');
}

function expiry(leftMs: number): string {
  return leftMs < 0 ? 'not renewed in time' : `runs out in ${formatDuration(leftMs)} unless it is renewed`;
}

export function brokenText(broken: readonly HeldLock[], coolDown: string): string {
  if (broken.length === 0) return 'Nobody holds the migration lock: nothing to break.';
  return broken
    .map(({ kind, holder }) => {
      const whom = holder ?? 'another connection';
      return kind === 'lease'
        ? `Took the lease from ${whom}. It stops before its next statement; nobody gets the lease for ${coolDown}.`
        : `Ended the connection of ${whom}.`;
    })
    .join('\n');
}
