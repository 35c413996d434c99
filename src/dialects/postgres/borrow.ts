import type pg from 'pg';
import { insideTransaction, keepFromCrashing, notOpen } from '../borrowing.ts';
import type { BorrowOptions } from '../dialect.ts';
import type { Session } from '../../session/session.ts';
import { PostgresSession, prepareSession } from './connect.ts';
import { connectError } from './errors.ts';
import { productOf } from './product.ts';

interface Setting {
  readonly name: string;
  readonly setting: string;
}

/** The first two stand in no list; they come back first, since the others may need the rights of the role. */
const SETTINGS = `
  SELECT s.name, pg_catalog.current_setting(s.name) AS setting
  FROM pg_catalog.unnest('{session_authorization,role}'::text[]) AS s(name)
  UNION ALL
  (SELECT p.name, pg_catalog.current_setting(p.name, true) FROM pg_catalog.pg_settings p
   WHERE p.context OPERATOR(pg_catalog.=) ANY ('{user,superuser}'::text[]) ORDER BY p.name)`;

type Poolable = pg.Client & { release?: (destroy?: boolean) => void; _connected?: boolean; _ended?: boolean };

/** A session on the caller's own pg client or pool; afterwards its settings are as before. */
export async function borrow(connection: object, options: BorrowOptions): Promise<Session> {
  const isPool = 'totalCount' in connection && 'connect' in connection;
  const client = (isPool ? await fromPool(connection as pg.Pool) : connection) as Poolable;
  const unguard = keepFromCrashing(client);
  const giveBack = (isBroken: boolean): void => {
    unguard();
    if (isPool) client.release?.(isBroken);
  };
  try {
    // A query would wait for ever for a client that nobody connects, and fail in a transaction that failed.
    if (client._connected === false || client._ended === true) throw notOpen();
    if (isInTransaction(client)) throw insideTransaction();
    const { rows: before } = await client.query<Setting>(SETTINGS);
    // Queries of the caller's own may have been under way.
    if (isInTransaction(client)) throw insideTransaction();
    const { rows } = await client.query<{ version: string; full: string }>(
      "SELECT pg_catalog.current_setting('server_version') AS version, pg_catalog.version() AS full",
    );
    const { version = '', full = '' } = rows[0] ?? {};
    const product = productOf(version) ?? productOf(full);
    const ground = { product, display: 'the postgres connection given', openAnother: () => twinOf(client) };
    const isProxied = await prepareSession(client, options, ground).catch(async (error: unknown) => {
      await restore(client, before).catch(() => undefined);
      throw error;
    });
    const greeting = product === 'CockroachDB' ? { version, crdbVersion: full } : { version };
    const session = new PostgresSession(client, greeting, isProxied, async () => {
      try {
        await restore(client, before);
        giveBack(false);
      } catch (error) {
        // A pool must not hand out a connection whose settings are somebody else's.
        giveBack(true);
        throw error;
      }
    });
    session.openAnother = async () => {
      const twin = await twinOf(client);
      const isTwinProxied = await prepareSession(twin, { ...options, readOnly: false }, ground);
      return new PostgresSession(twin, greeting, isTwinProxied, () => twin.end());
    };
    return session;
  } catch (error) {
    giveBack(false);
    throw connectError(error, { display: 'the postgres connection given' });
  }
}

async function restore(client: Poolable, before: readonly Setting[]): Promise<void> {
  // What a failed run may have left open.
  if (isInTransaction(client)) await client.query('ROLLBACK');
  // The role may not see every setting.
  const identity = before.slice(0, 2);
  for (const { name, setting } of identity)
    await client.query('SELECT pg_catalog.set_config($1, $2, false)', [name, setting]);
  const { rows: after } = await client.query<Setting>(SETTINGS);
  const now = new Map(after.map(({ name, setting }) => [name, setting]));
  for (const { name, setting } of before) {
    if (now.get(name) !== setting) await client.query('SELECT pg_catalog.set_config($1, $2, false)', [name, setting]);
  }
}

/** A client of its own to the same server: one out of a pool may be the last that the pool has. */
async function twinOf(client: Poolable): Promise<pg.Client> {
  const { connectionParameters, password, constructor } = client as unknown as {
    connectionParameters: { host: string; port: number; user: string; database: string; ssl: pg.ClientConfig['ssl'] };
    password: string | undefined;
    constructor: typeof pg.Client;
  };
  const { host, port, user, database, ssl } = connectionParameters;
  const twin = new constructor({ host, port, user, database, ssl, password, connectionTimeoutMillis: 5000 });
  keepFromCrashing(twin);
  await twin.connect();
  return twin;
}

function isInTransaction(client: Poolable): boolean {
  const status = client.getTransactionStatus();
  return status === 'T' || status === 'E';
}

async function fromPool(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw connectError(error, { display: 'the postgres pool given' });
  }
}
