import type pg from 'pg';
import { ToraleError } from '../../errors.ts';
import type { Session } from '../../session/session.ts';
import { PostgresSession } from './connect.ts';

/** What a revision may change for the session, and the caller must find again. */
const SETTINGS = ['search_path', 'role', 'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'TimeZone'];

type Poolable = pg.Client & { release?: (destroy?: boolean) => void };

/** A session on the caller's own pg client or pool; afterwards its settings are as before. */
export async function borrow(connection: object): Promise<Session> {
  const isPool = 'totalCount' in connection && 'connect' in connection;
  const client = (isPool ? await (connection as pg.Pool).connect() : connection) as Poolable;
  const giveBack = (): void => {
    if (isPool) client.release?.();
  };
  try {
    const { rows } = await client.query<{ name: string; setting: string; version: string }>(
      `SELECT s.name, pg_catalog.current_setting(s.name) AS setting, pg_catalog.current_setting('server_version') AS version
       FROM pg_catalog.unnest($1::text[]) AS s(name)`,
      [SETTINGS],
    );
    if (client.getTransactionStatus() !== 'I') throw insideTransaction();
    return new PostgresSession(client, rows[0]?.version ?? '', async () => {
      try {
        for (const { name, setting } of rows) await client.query('SELECT pg_catalog.set_config($1, $2, false)', [name, setting]);
      } finally {
        giveBack();
      }
    });
  } catch (error) {
    giveBack();
    throw error;
  }
}

function insideTransaction(): ToraleError {
  return new ToraleError('USAGE', 'The connection given is inside a transaction.', {
    hint: 'Commit or roll back first, or give a connection of its own.',
  });
}
