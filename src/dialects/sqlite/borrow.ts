import type BetterSqlite from 'better-sqlite3';
import { insideTransaction, notOpen } from '../borrowing.ts';
import type { BorrowOptions } from '../dialect.ts';
import type { Session } from '../../session/session.ts';
import { SqliteSession } from './connect.ts';
import { connectError } from './errors.ts';

/** What Torale or a revision may change for the connection, and the caller must find again. */
const PRAGMAS = [
  'automatic_index',
  'busy_timeout',
  'cache_size',
  'cell_size_check',
  'foreign_keys',
  'ignore_check_constraints',
  'legacy_alter_table',
  'query_only',
  'recursive_triggers',
  'reverse_unordered_selects',
  'synchronous',
  'temp_store',
  'trusted_schema',
  'writable_schema',
] as const;

/** A session on the caller's own better-sqlite3 database; afterwards its settings are as before, and it stays open. */
export async function borrow(connection: object, { readOnly }: BorrowOptions): Promise<Session> {
  const database = connection as BetterSqlite.Database;
  if (!database.open) throw notOpen();
  if (database.inTransaction) throw insideTransaction();
  try {
    const before = PRAGMAS.map((name) => [name, valueOf(database, name)] as const);
    const session = new SqliteSession(database, () => {
      // What a failed run may have left open.
      if (database.inTransaction) database.exec('ROLLBACK');
      for (const [name, value] of before) {
        if (valueOf(database, name) !== value) database.pragma(`${name} = ${value}`);
      }
    });
    if (readOnly) database.pragma('query_only = 1');
    return session;
  } catch (error) {
    throw connectError(error, { display: 'the sqlite database given' });
  }
}

/** The caller may have asked for BigInts. */
function valueOf(database: BetterSqlite.Database, name: string): number {
  return Number(database.pragma(name, { simple: true }));
}
