import { createHash } from 'node:crypto';
import type { Row, Session } from '../../session/session.ts';
import { applicationName, callerText, NAME_LENGTH } from '../caller.ts';
import type { Lock, LockHolder, LockOptions, LockTarget, ServerLocks } from '../dialect.ts';
import { lockLost, pollLock } from '../waiting.ts';
import type { PostgresSession } from './connect.ts';
import { lease } from './lease.ts';
import { literal } from './literal.ts';
import { worthOf } from './product.ts';

/** Computed here: the server's own hash functions promise nothing between versions. */
function lockKey(schema: string, table: string): bigint {
  const digest = createHash('sha256').update(`torale\0${schema}\0${table}`).digest();
  return digest.readBigInt64BE(0);
}

function keyOf({ schema, table }: LockTarget): bigint {
  return lockKey(schema ?? '', table);
}

/** pg_locks does not know since when, so it is written behind the name in the statement that takes the lock. */
const TAKE = (key: bigint): string => `
  SELECT l.locked, pg_catalog.pg_backend_pid() AS pid,
    CASE WHEN l.locked THEN pg_catalog.set_config('application_name', pg_catalog.concat(
      pg_catalog."left"(COALESCE(NULLIF(pg_catalog.current_setting('application_name'), ''), ${literal(applicationName())}), ${NAME_LENGTH}),
      ' @', EXTRACT(epoch FROM pg_catalog.clock_timestamp())::bigint), false) END AS name
  FROM (SELECT pg_catalog.pg_try_advisory_lock(${key}) AS locked OFFSET 0) AS l`;

// A bigint key is shown as two halves, with objsubid 1: https://www.postgresql.org/docs/current/view-pg-locks.html
const HELD = (key: bigint): string => `
  l.locktype OPERATOR(pg_catalog.=) 'advisory' AND l.granted AND l.objsubid OPERATOR(pg_catalog.=) 1
  AND l.database OPERATOR(pg_catalog.=) (SELECT d.oid FROM pg_catalog.pg_database d
    WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
  AND l.classid OPERATOR(pg_catalog.=) ${BigInt.asUintN(32, key >> 32n)}::oid
  AND l.objid OPERATOR(pg_catalog.=) ${BigInt.asUintN(32, key)}::oid`;

/**
 * Polls, and never waits inside the server: a session that blocks in pg_advisory_lock() holds a snapshot, and
 * CREATE INDEX CONCURRENTLY waits for every snapshot, so that the two deadlock.
 *
 * The lock lives as long as the session does, and a session that is gone fails its next statement. What is left is code
 * of a revision that releases it (pg_advisory_unlock_all, DISCARD ALL): the statement that records a revision asks for
 * that on the way. Behind a pooler the backend is compared before each revision as well.
 */
async function acquire(session: Session, options: LockOptions): Promise<Lock> {
  const key = keyOf(options);
  let backend: unknown;
  await pollLock(
    options,
    async () => {
      const { rows } = await session.query(TAKE(key));
      backend = rows[0]?.['pid'];
      return rows[0]?.['locked'] === true;
    },
    () => holder(session, options),
  );
  return {
    condition: `EXISTS (SELECT FROM pg_catalog.pg_locks l
      WHERE ${HELD(key)} AND l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid())`,
    lost: null,
    async verify() {
      if (!(session as PostgresSession).isProxied) return;
      const { rows } = await session.query('SELECT pg_catalog.pg_backend_pid() AS pid');
      if (rows[0]?.['pid'] !== backend) throw lockLost('a pooler has moved this run to another server connection');
    },
    confirm: () => Promise.resolve(),
    async release() {
      await session.query(`SELECT pg_catalog.pg_advisory_unlock(${key})`);
    },
  };
}

async function holder(session: Session, target: LockTarget): Promise<LockHolder | null> {
  const { rows } = await session.query(`
    SELECT l.pid, a.application_name::text AS name, a.client_addr::text AS address, a.usename::text AS role,
      EXTRACT(epoch FROM pg_catalog.clock_timestamp()) AS now
    FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid
    WHERE ${HELD(keyOf(target))}`);
  return rows[0] === undefined ? null : describeHolder(rows[0]);
}

export function describeHolder({ name, pid, address, role, now }: Row): LockHolder {
  const [, text = '', at] = /^(.*?)(?: @(\d+))?$/.exec(typeof name === 'string' ? name : '') ?? [];
  const [, program, host, own] = /^(torale\/\S+) (.+):(\d+)$/.exec(text) ?? [];
  const where = typeof address === 'string' ? ` from ${address}` : '';
  const whose = text || (typeof role === 'string' ? role : 'a session');
  return {
    description:
      program === undefined || host === undefined || own === undefined
        ? `${whose}${where} (server process ${String(pid)})`
        : callerText({ program, host, pid: own }),
    sinceMs: at === undefined ? null : Math.max(0, Math.round((Number(now) - Number(at)) * 1000)),
    connection: Number(pid),
  };
}

async function end(session: Session, target: LockTarget, connection: number): Promise<boolean> {
  const { rows } = await session.query(`
    SELECT pg_catalog.pg_terminate_backend(l.pid) AS ended FROM pg_catalog.pg_locks l
    WHERE ${HELD(keyOf(target))} AND l.pid OPERATOR(pg_catalog.=) ${connection}`);
  return rows[0]?.['ended'] === true;
}

export const locks: ServerLocks = {
  appraise: (session) => Promise.resolve(worthOf(session.server.product)),
  acquire,
  holder,
  end,
  lease,
};
