import { createHash } from 'node:crypto';
import { ToraleError } from '../../errors.ts';
import type { Session } from '../../session/session.ts';
import type { Lock, LockHolder, LockOptions } from '../dialect.ts';
import { pollLock } from '../waiting.ts';

/**
 * Named locks are of the whole server, hence the database in the name; MySQL takes 64 characters and folds case
 * (https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html).
 */
export function lockName(schema: string, table: string): string {
  return `torale:${createHash('sha256').update(`${schema}\0${table}`).digest('hex').slice(0, 40)}`;
}

/** Polls: a wait inside the server could not see the signal to stop. Only 1 is success; 0 is busy, NULL an error. */
export async function acquireLock(session: Session, options: LockOptions): Promise<Lock> {
  const name = lockName(options.schema ?? '', options.table);
  await pollLock(
    options,
    async () => {
      const { rows } = await session.query(`SELECT GET_LOCK('${name}', 0) AS locked`);
      const locked = rows[0]?.['locked'];
      if (locked === null || locked === undefined) {
        throw new ToraleError('LOCKED', 'The server answered GET_LOCK with an error (NULL).');
      }
      return Number(locked) === 1;
    },
    () => lockHolder(session, name),
  );
  return {
    async verify() {
      const { rows } = await session.query(`SELECT IS_USED_LOCK('${name}') = CONNECTION_ID() AS mine`);
      return Number(rows[0]?.['mine']) === 1;
    },
    async release() {
      await session.query(`SELECT RELEASE_LOCK('${name}')`);
    },
  };
}

export async function lockHolder(session: Session, name: string): Promise<LockHolder | null> {
  const { rows } = await session.query(
    `SELECT ID AS id, USER AS user, HOST AS host, TIME AS seconds FROM information_schema.PROCESSLIST WHERE ID = IS_USED_LOCK('${name}')`,
  );
  const row = rows[0];
  if (row === undefined) return null;
  return { description: `${row['user']} from ${row['host']} (connection ${row['id']})`, sinceMs: null };
}
