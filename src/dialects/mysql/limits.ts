import type { Session } from '../../session/session.ts';
import type { SessionLimits } from '../dialect.ts';

/** The servers count whole seconds, at least one; their defaults are a day and a year. */
const NO_LIMIT_S = 31_536_000;

export async function limitSession(
  session: Session,
  { lockTimeoutMs, statementTimeoutMs }: SessionLimits,
): Promise<void> {
  const seconds = lockTimeoutMs === 0 ? NO_LIMIT_S : Math.max(1, Math.ceil(lockTimeoutMs / 1000));
  const settings = [`lock_wait_timeout = ${seconds}`, `innodb_lock_wait_timeout = ${Math.min(seconds, 1_073_741_824)}`];
  // MySQL's max_execution_time is for SELECT only.
  if (session.server.flavor === 'mariadb') settings.push(`max_statement_time = ${statementTimeoutMs / 1000}`);
  await session.query(`SET SESSION ${settings.join(', ')}`);
}

/** Needs the PROCESS privilege; without it nobody is named. */
export async function blockersOf(side: Session, id: number): Promise<string[]> {
  const { rows } = await side.query(
    `SELECT p.ID AS id, p.USER AS user, p.HOST AS host, p.COMMAND AS command, TIMESTAMPDIFF(SECOND, t.trx_started, NOW()) AS age
     FROM information_schema.INNODB_TRX t JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id
     WHERE p.ID NOT IN (?, CONNECTION_ID()) ORDER BY t.trx_started LIMIT 5`,
    [id],
  );
  return rows.map(
    ({ id: other, user, host, command, age }) =>
      `${String(user)} from ${String(host)} (connection ${String(other)}, ${String(command)}, its transaction is ${String(age)} s old)`,
  );
}

export async function cancel(side: Session, id: number): Promise<void> {
  await side.query(`KILL QUERY ${id}`);
}
