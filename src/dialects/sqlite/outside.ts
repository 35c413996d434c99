import { existsSync } from 'node:fs';
import type BetterSqlite from 'better-sqlite3';
import type { Session } from '../../session/session.ts';
import type { SqliteSession } from './connect.ts';
import { isBusy } from './errors.ts';

type Database = BetterSqlite.Database;

const holders = new WeakSet<Session>();

/**
 * Keeps other runs out while a revision is between two transactions (`op.autocommit`, `op.batch`), where nothing of the
 * database itself is locked: an exclusive transaction on an empty file beside it. The kernel frees it with the process.
 * The file stays, since removing it would let two runs lock two different ones.
 *
 * @returns gives it back
 */
export function holdOutside(session: Session): () => void {
  const database = driverOf(session);
  if (database.memory || holders.has(session)) return () => undefined;
  const guard = open(database, 5000);
  guard.exec('BEGIN EXCLUSIVE');
  holders.add(session);
  return () => {
    holders.delete(session);
    guard.close();
  };
}

/** Asked inside a transaction on the database, so that nobody can begin to hold it meanwhile. */
export function isHeldByAnother(session: Session): boolean {
  const database = driverOf(session);
  if (database.memory || holders.has(session) || !existsSync(fileBeside(database))) return false;
  const guard = open(database, 0);
  try {
    guard.exec('BEGIN EXCLUSIVE');
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    guard.close();
  }
}

function driverOf(session: Session): Database {
  return (session as SqliteSession).driver;
}

function fileBeside({ name }: Database): string {
  return `${name}-torale`;
}

/** With the driver that is there already: a caller's may be a copy of its own. */
function open(database: Database, timeout: number): Database {
  const Driver = database.constructor as typeof BetterSqlite;
  return new Driver(fileBeside(database), { timeout });
}
