import type BetterSqlite from 'better-sqlite3';
import { ToraleError } from '../../errors.ts';
import type { Session } from '../../session/session.ts';
import { SqliteSession } from './connect.ts';

const PRAGMAS = ['foreign_keys', 'busy_timeout', 'query_only', 'legacy_alter_table', 'recursive_triggers'] as const;

/** A session on the caller's own better-sqlite3 database; afterwards its settings are as before, and it stays open. */
export async function borrow(connection: object): Promise<Session> {
  const database = connection as BetterSqlite.Database;
  if (database.inTransaction) {
    throw new ToraleError('USAGE', 'The connection given is inside a transaction.', {
      hint: 'Commit or roll back first, or give a connection of its own.',
    });
  }
  const before = PRAGMAS.map((name) => [name, database.pragma(name, { simple: true })] as const);
  return new SqliteSession(database, () => {
    for (const [name, value] of before) database.pragma(`${name} = ${Number(value)}`);
  });
}
