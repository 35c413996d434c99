import { createHash } from 'node:crypto';
import { ToraleError } from '../../errors.ts';
import type { Row, Session } from '../../session/session.ts';
import { callerText } from '../caller.ts';
import type { Lock, LockHolder, LockOptions, LockTarget, LockWorth, ServerLocks } from '../dialect.ts';
import { formatSeconds, lockLost, pollLock } from '../waiting.ts';
import { lease } from './lease.ts';
import { CLUSTER_VARIABLES, worthOf } from './product.ts';

/**
 * Named locks are of the whole server, hence the database in the name; MySQL takes 64 characters and folds case
 * (https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html).
 */
export function lockName(schema: string, table: string): string {
  return `torale:${createHash('sha256').update(`${schema}\0${table}`).digest('hex').slice(0, 40)}`;
}

function nameOf({ schema, table }: LockTarget): string {
  return lockName(schema ?? '', table);
}

/**
 * Polls: a wait inside the server could not see the signal to stop. Only 1 is success; 0 is busy, NULL an error.
 *
 * The lock lives as long as the connection does, and one that is gone fails its next statement; so it is asked for
 * after a revision only where that ran code that could have released it. Not within the statement that records: a
 * statement with IS_USED_LOCK() would do something else on a replica
 * (https://dev.mysql.com/doc/refman/8.4/en/replication-rbr-safe-unsafe.html).
 */
async function acquire(session: Session, options: LockOptions): Promise<Lock> {
  const name = nameOf(options);
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
    () => holder(session, options),
  );
  return {
    condition: null,
    lost: null,
    verify: () => Promise.resolve(),
    async confirm(isTouched) {
      if (!isTouched) return;
      const { rows } = await session.query(`SELECT IS_USED_LOCK('${name}') = CONNECTION_ID() AS mine`);
      if (Number(rows[0]?.['mine']) !== 1) throw lockLost('this connection holds it no longer');
    },
    async release() {
      await session.query(`SELECT RELEASE_LOCK('${name}')`);
    },
  };
}

async function appraise(session: Session): Promise<LockWorth> {
  const { product } = session.server;
  if (product !== undefined) return worthOf(product, new Map());
  const names = CLUSTER_VARIABLES.map((name) => `'${name}'`).join(', ');
  const { rows } = await session.query(`SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names})`);
  return worthOf(undefined, new Map(rows.map((row) => [String(row['Variable_name']), String(row['Value'])])));
}

/** The server does not tell since when a lock is held; what it tells instead is in the description. */
async function holder(session: Session, target: LockTarget): Promise<LockHolder | null> {
  const { rows } = await session.query(
    `SELECT IS_USED_LOCK('${nameOf(target)}') AS id, p.USER AS user, p.HOST AS host, p.COMMAND AS command, p.TIME AS seconds
     FROM (SELECT 1 AS one) AS one LEFT JOIN information_schema.PROCESSLIST p ON p.ID = IS_USED_LOCK('${nameOf(target)}')`,
  );
  const row = rows[0];
  if (row?.['id'] === null || row?.['id'] === undefined) return null;
  return describeHolder(row, await attributesOf(session, Number(row['id'])));
}

/** What the client said of itself when it connected; nothing where the performance schema is off, MariaDB's default. */
async function attributesOf(session: Session, id: number): Promise<ReadonlyMap<string, string>> {
  try {
    const { rows } = await session.query(
      `SELECT ATTR_NAME AS name, ATTR_VALUE AS value FROM performance_schema.session_account_connect_attrs WHERE PROCESSLIST_ID = ${id}`,
    );
    return new Map(rows.map((row) => [String(row['name']), String(row['value'])]));
  } catch {
    return new Map();
  }
}

export function describeHolder(row: Row, attributes: ReadonlyMap<string, string>): LockHolder {
  const { id, user, host: address, command, seconds } = row;
  const program = attributes.get('program_name');
  const [host, pid] = [attributes.get('client_host'), attributes.get('_pid')];
  const busy = command === 'Query' ? `, ${formatSeconds(Number(seconds) * 1000)} in its statement` : '';
  // The list shows other users' connections only to who may see them.
  const account = typeof user === 'string' ? `${user} from ${String(address)}` : 'another user';
  return {
    description:
      program === undefined || host === undefined || pid === undefined
        ? `${account} (connection ${String(id)}${busy})`
        : `${callerText({ program, host, pid })}${busy}`,
    sinceMs: null,
    connection: Number(id),
  };
}

/** ER_NO_SUCH_THREAD */
const GONE = 1094;

async function end(session: Session, target: LockTarget, connection: number): Promise<boolean> {
  const { rows } = await session.query(`SELECT IS_USED_LOCK('${nameOf(target)}') AS id`);
  if (Number(rows[0]?.['id']) !== connection) return false;
  try {
    await session.query(`KILL CONNECTION ${connection}`);
    return true;
  } catch (error) {
    if ((error as { errno?: number }).errno === GONE) return false;
    throw error;
  }
}

export const locks: ServerLocks = { appraise, acquire, holder, end, lease };
