import { formatSeconds, holderText } from '../dialects/waiting.ts';
import { isToraleError, ToraleError } from '../errors.ts';
import { findLeaseTable, leaseStatements, readLease } from '../journal/lease.ts';
import type { TableNames } from '../journal/tables.ts';
import { openJournal } from './bookkeeping.ts';
import { bookkeepingFailure, onDatabase } from './database.ts';
import { leaseHolder, LEASE_TIMES } from './lock-lease.ts';
import { openForReading } from './read.ts';
import type { Connected, Run } from './run.ts';

export interface HeldLock {
  /** `session`: the server's own lock; `lease`: a row of the lock table; `file`: SQLite's. */
  readonly kind: 'session' | 'lease' | 'file';
  /** `torale 0.1.0 on api-7f9 (pid 7)`; `null` where nothing tells. */
  readonly holder: string | null;
  /** ISO 8601; `null` where nothing tells. */
  readonly since: string | null;
  /** The server's number of the holder's connection. */
  readonly connection: number | null;
  /** Of a lease: when it runs out unless it is renewed. */
  readonly expires: string | null;
}

/** Who holds the migration lock. Writes nothing. */
export async function lockStatus(run: Run): Promise<{ locks: readonly HeldLock[] }> {
  return onDatabase(await openForReading(run), async (connected) => {
    const { names } = await openJournal(run, connected);
    return { locks: await heldLocks(connected, names) };
  });
}

async function heldLocks(connected: Connected, names: TableNames): Promise<HeldLock[]> {
  const { session, dialect } = connected;
  const { locks } = dialect;
  if (locks === null) return (await isFileLocked(connected)) ? [FILE_LOCK] : [];
  const held: HeldLock[] = [];
  const found = await locks.holder(session, { schema: names.schema, table: names.version });
  if (found !== null) {
    const since = found.sinceMs === null ? null : new Date(Date.now() - found.sinceMs).toISOString();
    held.push({ kind: 'session', holder: found.description, since, connection: found.connection, expires: null });
  }
  const row = (await findLeaseTable(session, dialect, names)) ? await readLease(session, dialect, names) : null;
  const owner = leaseHolder(row);
  if (row !== null && owner !== null) {
    const [since, expires] = [row.takenAt.toISOString(), row.expiresAt.toISOString()];
    held.push({ kind: 'lease', holder: owner.description, since, connection: null, expires });
  }
  return held;
}

const FILE_LOCK: HeldLock = { kind: 'file', holder: null, since: null, connection: null, expires: null };

/** A lock of a file is seen only by trying to take it, for an instant. */
async function isFileLocked({ session, dialect }: Connected): Promise<boolean> {
  await session.query('PRAGMA busy_timeout = 0');
  await session.query('PRAGMA query_only = 0');
  try {
    await session.query('BEGIN IMMEDIATE');
    await session.query('ROLLBACK');
    return false;
  } catch (error) {
    if (dialect.describeError(error).refusal === 'busy') return true;
    throw error;
  }
}

export interface BreakRequest {
  /** A person said yes. */
  readonly confirmed: boolean;
}

/**
 * Ends whoever holds the migration lock: the connection of a session lock is ended by the server, which rolls back what
 * it was in; a lease is taken away, and nobody gets it until its holder has had the time to notice.
 *
 * @returns what was held and is not any more
 * @throws ToraleError REFUSED without a yes, and on SQLite; DENIED where the role may not
 */
export async function breakLock(run: Run, { confirmed }: BreakRequest): Promise<{ broken: readonly HeldLock[] }> {
  return onDatabase(await run.open({ readOnly: false, create: false }), async (connected) => {
    const { names } = await openJournal(run, connected);
    const held = await heldLocks(connected, names);
    if (connected.dialect.locks === null && held.length > 0) throw fileRefused(connected.display);
    if (held.length === 0) return { broken: [] };
    if (!confirmed) throw unconfirmed(held);
    const broken: HeldLock[] = [];
    for (const lock of held) if (await breakOne(connected, names, lock)) broken.push(lock);
    return { broken };
  });
}

async function breakOne(connected: Connected, names: TableNames, { kind, connection }: HeldLock): Promise<boolean> {
  const { session, dialect } = connected;
  if (kind === 'lease') {
    const row = await readLease(session, dialect, names);
    if (row?.token == null) return false;
    const statement = leaseStatements(dialect, names).free(row.token, LEASE_TIMES.graceMs);
    return (await session.query(statement)).rowCount === 1;
  }
  if (connection === null) return false;
  try {
    return await dialect.locks!.end(session, { schema: names.schema, table: names.version }, connection);
  } catch (error) {
    const failure = bookkeepingFailure(error, connected);
    if (!isToraleError(failure) || failure.code !== 'DENIED') throw failure;
    throw new ToraleError('DENIED', failure.message, {
      data: failure.data,
      hint: MAY_END[dialect.name],
      cause: error,
    });
  }
}

const MAY_END = {
  postgres: 'Connect as the same role, as a superuser or as a member of pg_signal_backend.',
  mysql: 'Connect as the same user, or as one that may end others (CONNECTION ADMIN).',
  sqlite: undefined,
};

function unconfirmed(held: readonly HeldLock[]): ToraleError {
  const whom = held.map(({ holder, since }) => {
    const sinceMs = since === null ? null : Date.now() - Date.parse(since);
    return holderText({ description: holder ?? 'somebody', sinceMs, connection: null });
  });
  return new ToraleError('REFUSED', `This would end the run of ${[...new Set(whom)].join(' and ')}.`, {
    hint: 'If you mean it: torale lock break --yes',
    data: { locks: held },
  });
}

function fileRefused(display: string): ToraleError {
  return new ToraleError('REFUSED', `${display} is being written to, and SQLite does not tell by whom.`, {
    hint: "End that process: 'fuser -v FILE' or 'lsof FILE' names it. The lock goes with it.",
  });
}

/** How long nobody gets a lease that was broken, in words. */
export const COOL_DOWN = formatSeconds(LEASE_TIMES.graceMs);
