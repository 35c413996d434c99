import type { Knex } from 'knex';
import type { BorrowOptions } from '../dialects/dialect.ts';
import { loadDialect } from '../dialects/load.ts';
import type { DialectName } from '../dialects/names.ts';
import { ToraleError } from '../errors.ts';
import type { Connected } from './run.ts';

interface Given {
  readonly knex?: Knex | undefined;
  readonly connection?: object | undefined;
}

/**
 * Uses a caller's connection, pool or Knex instance on one pinned connection, and gives it back as it was found.
 *
 * @throws ToraleError USAGE for something else, and for a connection inside a transaction
 */
export async function borrowConnection({ knex, connection }: Given, options: BorrowOptions): Promise<Connected> {
  return knex === undefined ? borrow(connection, options) : borrowFromKnex(knex, options);
}

async function borrow(connection: unknown, options: BorrowOptions): Promise<Connected> {
  const name = dialectOf(connection);
  if (name === null) {
    throw new ToraleError('USAGE', 'The connection given is none of pg, mysql2 or better-sqlite3.', {
      hint: 'Give a pg Client or Pool, a mysql2 connection or pool, a better-sqlite3 Database, or a Knex instance as knex.',
    });
  }
  const dialect = await loadDialect(name);
  return {
    dialect,
    session: await dialect.borrow(connection as object, options),
    display: `the ${name} connection given`,
  };
}

interface KnexClient {
  readonly dialect?: string;
  acquireConnection(): Promise<object>;
  releaseConnection(connection: object): Promise<void>;
}

/** Knex's own words for the dialects. */
const KNEX_DIALECTS: Readonly<Record<string, DialectName>> = {
  postgresql: 'postgres',
  mysql: 'mysql',
  sqlite3: 'sqlite',
};

async function borrowFromKnex(knex: Knex, options: BorrowOptions): Promise<Connected> {
  const client = (knex as Knex | null)?.client as Partial<KnexClient> | undefined;
  if (typeof client?.acquireConnection !== 'function' || typeof client.releaseConnection !== 'function') {
    throw new ToraleError('USAGE', 'What was given as knex is not a Knex instance.', {
      hint: 'Give what knex({ client, connection }) made.',
    });
  }
  if (knex.isTransaction === true) {
    throw new ToraleError('USAGE', 'The Knex given is a transaction.', { hint: 'Give the Knex instance itself.' });
  }
  const { raw, release } = await acquire(client as KnexClient);
  try {
    const { dialect, session } = await borrow(raw, options);
    const close = session.close.bind(session);
    session.close = async () => {
      try {
        await close();
      } finally {
        await release();
      }
    };
    return { dialect, session, display: `the ${dialect.name} connection of Knex` };
  } catch (error) {
    await release();
    throw error;
  }
}

async function acquire(client: KnexClient): Promise<{ raw: object; release: () => Promise<void> }> {
  try {
    const raw = await client.acquireConnection();
    return { raw, release: () => client.releaseConnection(raw) };
  } catch (error) {
    const name = KNEX_DIALECTS[client.dialect ?? ''];
    if (name === undefined) throw error;
    throw (await loadDialect(name)).borrowError(error, `the ${name} database of Knex`);
  }
}

/** By what each driver's objects can do, since any of the drivers may be a copy of its own. */
function dialectOf(connection: unknown): DialectName | null {
  if (typeof connection !== 'object' || connection === null) return null;
  const has = (...names: string[]): boolean => names.every((name) => name in connection);
  if (has('prepare', 'pragma', 'inTransaction')) return 'sqlite';
  if (has('totalCount', 'connect') || has('getTransactionStatus', 'query')) return 'postgres';
  if (has('getConnection') || has('query', 'execute')) return 'mysql';
  return null;
}
