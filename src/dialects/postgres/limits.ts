import type { Session } from '../../session/session.ts';
import type { SessionLimits } from '../dialect.ts';
import { CLIENT_CHECK } from './connect.ts';
import { endBegunAhead } from './transaction.ts';

export async function limitSession(
  session: Session,
  { lockTimeoutMs, statementTimeoutMs }: SessionLimits,
): Promise<void> {
  await endBegunAhead(session);
  // A run that dies takes its statement with it, but for those that have no limit: an index that the server goes on to
  // build need not be built again. '0' is a server that cannot look, NULL one that does not know it.
  const check = lockTimeoutMs === 0 && statementTimeoutMs === 0 ? '10d' : CLIENT_CHECK;
  await session.query(
    `SET lock_timeout = ${Math.round(lockTimeoutMs)}; SET statement_timeout = ${Math.round(statementTimeoutMs)};
     SELECT pg_catalog.set_config('client_connection_check_interval', '${check}', false)
     WHERE pg_catalog.current_setting('client_connection_check_interval', true) OPERATOR(pg_catalog.<>) '0'`,
  );
}

/** https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SESSION */
export async function blockersOf(side: Session, id: number): Promise<string[]> {
  const { rows } = await side.query(
    `SELECT a.pid, a.application_name AS name, a.usename::text AS role, a.state,
       pg_catalog.round(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)) AS age
     FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids($1)) AS b(pid) JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid`,
    [id],
  );
  return rows.map(({ pid, name, role, state, age }) => {
    const since = age === null ? '' : `, its transaction is ${Number(age)} s old`;
    return `${String((name || role || 'a session') as string)} (server process ${String(pid)}, ${String(state)}${since})`;
  });
}

export async function cancel(side: Session, id: number): Promise<void> {
  await side.query('SELECT pg_catalog.pg_cancel_backend($1)', [id]);
}
