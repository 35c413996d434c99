import type { Session } from '../../session/session.ts';
import type { ServerLocks } from '../dialect.ts';

/** Whatever a revision makes of the session's time zone. */
const NOW = 'UTC_TIMESTAMP(3)';

/** Galera: a node may lag behind what the others have committed (https://galeracluster.com/library/documentation/mysql-wsrep-options.html#wsrep-sync-wait). */
async function seeEverything(session: Session): Promise<() => Promise<void>> {
  const { rows } = await session.query("SHOW SESSION VARIABLES LIKE 'wsrep_sync_wait'");
  const before = rows[0]?.['Value'];
  if (before === undefined) return () => Promise.resolve();
  // Reads, updates and inserts.
  await session.query('SET SESSION wsrep_sync_wait = 7');
  return async () => void (await session.query(`SET SESSION wsrep_sync_wait = ${Number(before)}`));
}

export const lease: ServerLocks['lease'] = {
  now: NOW,
  in: (milliseconds) => `${NOW} + INTERVAL ${milliseconds * 1000} MICROSECOND`,
  seeEverything,
};
