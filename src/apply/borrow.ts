import type { Knex } from 'knex';
import { loadDialect } from '../dialects/load.ts';
import type { DialectName } from '../dialects/names.ts';
import { ToraleError } from '../errors.ts';
import type { Connected } from './run.ts';

/**
 * Uses a caller's connection, pool or Knex instance on one pinned connection, and gives it back as it was found.
 *
 * @throws ToraleError USAGE for something else, and for a connection inside a transaction
 */
export async function borrowConnection(given: {
  knex?: Knex | undefined;
  connection?: object | undefined;
}): Promise<Connected> {
  if (given.knex !== undefined) return borrowFromKnex(given.knex);
  const connection = given.connection!;
  const name = dialectOf(connection);
  if (name === null) {
    throw new ToraleError('USAGE', 'The connection given is none of pg, mysql2 or better-sqlite3.', {
      hint: 'Give a pg Client or Pool, a mysql2 connection or pool, a better-sqlite3 Database, or a Knex instance as knex.',
    });
  }
  const dialect = await loadDialect(name);
  return { dialect, session: await dialect.borrow(connection), display: `the ${name} connection given` };
}

async function borrowFromKnex(knex: Knex): Promise<Connected> {
  if (knex.isTransaction === true) {
    throw new ToraleError('USAGE', 'The Knex given is a transaction.', { hint: 'Give the Knex instance itself.' });
  }
  const client = knex.client as {
    acquireConnection(): Promise<object>;
    releaseConnection(connection: object): Promise<void>;
  };
  const raw = await client.acquireConnection();
  try {
    const { dialect, session } = await borrowConnection({ connection: raw });
    const close = session.close.bind(session);
    session.close = async () => {
      try {
        await close();
      } finally {
        await client.releaseConnection(raw);
      }
    };
    return { dialect, session, display: `the ${dialect.name} connection of Knex` };
  } catch (error) {
    await client.releaseConnection(raw);
    throw error;
  }
}

/** By what each driver's objects can do, since any of the drivers may be a copy of its own. */
function dialectOf(connection: object): DialectName | null {
  const has = (...names: string[]): boolean => names.every((name) => name in connection);
  if (has('prepare', 'pragma', 'inTransaction')) return 'sqlite';
  if (has('totalCount', 'connect') || has('getTransactionStatus', 'query')) return 'postgres';
  if (has('getConnection') || has('query', 'execute')) return 'mysql';
  return null;
}
