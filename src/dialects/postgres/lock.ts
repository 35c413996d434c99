import { createHash } from 'node:crypto';
import type { Session } from '../../session/session.ts';
import type { Lock, LockHolder, LockOptions } from '../dialect.ts';
import { pollLock } from '../waiting.ts';

/** Computed here: the server's own hash functions promise nothing between versions. */
export function lockKey(schema: string, table: string): bigint {
  const digest = createHash('sha256').update(`torale\0${schema}\0${table}`).digest();
  return digest.readBigInt64BE(0);
}

/**
 * Polls, and never waits inside the server: a session that blocks in pg_advisory_lock() holds a snapshot, and
 * CREATE INDEX CONCURRENTLY waits for every snapshot, so that the two deadlock.
 */
export async function acquireLock(session: Session, options: LockOptions): Promise<Lock> {
  const key = lockKey(options.schema ?? '', options.table);
  await pollLock(
    options,
    async () => {
      const { rows } = await session.query(`SELECT pg_catalog.pg_try_advisory_lock(${key}) AS locked`);
      return rows[0]?.['locked'] === true;
    },
    () => lockHolder(session, key),
  );
  return {
    async verify() {
      const { rows } = await session.query(`${HELD(key)} AND l.pid = pg_catalog.pg_backend_pid()`);
      return rows.length > 0;
    },
    async release() {
      await session.query(`SELECT pg_catalog.pg_advisory_unlock(${key})`);
    },
  };
}

// A bigint key is shown as two halves, with objsubid 1: https://www.postgresql.org/docs/current/view-pg-locks.html
const HELD = (key: bigint): string => `
  SELECT a.pid, a.application_name, a.client_addr::text AS address, a.usename::text AS role,
    EXTRACT(epoch FROM pg_catalog.clock_timestamp() - a.backend_start) * 1000 AS since
  FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
    AND l.classid = ${BigInt.asUintN(32, key >> 32n)}::oid AND l.objid = ${BigInt.asUintN(32, key)}::oid`;

export async function lockHolder(session: Session, key: bigint): Promise<LockHolder | null> {
  const { rows } = await session.query(HELD(key));
  const row = rows[0];
  if (row === undefined) return null;
  const name = String(row['application_name'] || row['role'] || 'a session');
  const where = row['address'] ? ` from ${row['address']}` : '';
  return {
    description: `${name}${where} (server process ${row['pid']})`,
    sinceMs: row['since'] === null ? null : Number(row['since']),
  };
}
