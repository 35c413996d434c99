import type { Lock, LockOptions, LockWorth } from '../dialects/dialect.ts';
import { ToraleError } from '../errors.ts';
import type { TableNames } from '../journal/tables.ts';
import { takeLease } from './lock-lease.ts';
import type { Connected, Run } from './run.ts';

/**
 * Takes the migration lock: a lock of the server's own, or a lease in a table where those do not exclude everybody.
 *
 * @returns null where each transaction takes it
 * @throws ToraleError LOCKED; REFUSED for servers whose locks may exclude nobody, unless the configuration says `lease`
 */
export async function takeLock(
  run: Run,
  { session, dialect }: Connected,
  names: TableNames,
  options: LockOptions,
): Promise<Lock | null> {
  const { locks } = dialect;
  if (locks === null) return null;
  const mode = run.config.lock;
  const worth = await locks.appraise(session);
  if (worth.kind === 'foreign' && mode !== 'lease') throw foreignRefused(worth);
  const isLease = mode === 'lease' || (mode === 'auto' && worth.kind === 'local');
  if (!isLease) return locks.acquire(session, options);
  if (worth.kind === 'local' && mode === 'auto') {
    run.onEvent({ type: 'warning', code: 'LEASE', message: `${worth.why}: the lock is a lease in ${names.lock}.` });
  }
  // Where the server's own lock is a good one it is held as well, against runs that were told to take that.
  const also = worth.kind === 'good' ? (left: LockOptions) => locks.acquire(session, left) : null;
  return takeLease({ session, dialect, names, options, also });
}

function foreignRefused({ product, why }: Extract<LockWorth, { kind: 'foreign' }>): ToraleError {
  return new ToraleError(
    'REFUSED',
    `This server is ${product}: ${why}, so that two runs could migrate at the same time.`,
    {
      hint: `With --lock lease the lock is a row of a table instead. Torale has not been tried on ${product}.`,
      data: { product },
    },
  );
}
