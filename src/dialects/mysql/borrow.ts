import type { Connection } from 'mysql2';
import { ToraleError } from '../../errors.ts';
import type { Session } from '../../session/session.ts';
import { MysqlSession } from './connect.ts';

/** What a revision may change for the session, and the caller must find again. */
const SETTINGS = ['time_zone', 'autocommit', 'foreign_key_checks', 'unique_checks', 'sql_mode', 'lock_wait_timeout', 'innodb_lock_wait_timeout'];

interface Pool {
  getConnection(callback: (error: Error | null, connection: Connection & { release(): void }) => void): void;
}

/** A session on the caller's own mysql2 connection or pool (also the promise kind); afterwards its settings are as before. */
export async function borrow(given: object): Promise<Session> {
  const { connection: core, pool: corePool } = given as { connection?: Connection; pool?: Pool };
  const plain = typeof core?.query === 'function' ? core : typeof corePool?.getConnection === 'function' ? corePool : given;
  const isPool = 'getConnection' in plain;
  const connection = isPool ? await fromPool(plain as Pool) : (plain as Connection & { release?: () => void });
  const giveBack = (): void => {
    if (isPool) connection.release?.();
  };
  try {
    const session = new MysqlSession(connection, async () => {
      try {
        await restore(session, before);
      } finally {
        giveBack();
      }
    });
    if (await session.inTransaction()) {
      throw new ToraleError('USAGE', 'The connection given is inside a transaction.', {
        hint: 'Commit or roll back first, or give a connection of its own.',
      });
    }
    const columns = SETTINGS.map((name) => `@@SESSION.${name} AS ${name}`).join(', ');
    const before = (await session.query(`SELECT DATABASE() AS db, ${columns}`)).rows[0] ?? {};
    await session.query("SET SESSION time_zone = '+00:00', autocommit = 1");
    return session;
  } catch (error) {
    giveBack();
    throw error;
  }
}

async function restore(session: Session, before: Readonly<Record<string, unknown>>): Promise<void> {
  const settings = SETTINGS.map((name) => `${name} = ?`).join(', ');
  await session.query(
    `SET SESSION ${settings}`,
    SETTINGS.map((name) => before[name]),
  );
  if (typeof before['db'] === 'string') await session.query(`USE \`${before['db'].replaceAll('`', '``')}\``);
}

function fromPool(pool: Pool): Promise<Connection & { release(): void }> {
  return new Promise((resolve, reject) => {
    pool.getConnection((error, connection) => (error ? reject(error) : resolve(connection)));
  });
}
