import type { Connection } from 'mysql2';
import { insideTransaction, keepFromCrashing } from '../borrowing.ts';
import type { BorrowOptions } from '../dialect.ts';
import type { Session } from '../../session/session.ts';
import { connectLike, MysqlSession, sessionSettings } from './connect.ts';
import { connectError } from './errors.ts';

/** What Torale or a revision may change for the session, and the caller must find again. Each server knows its own of them. */
const SETTINGS = [
  'alter_algorithm',
  'autocommit',
  'character_set_client',
  'character_set_results',
  'check_constraint_checks',
  'collation_connection',
  'default_storage_engine',
  'explicit_defaults_for_timestamp',
  'foreign_key_checks',
  'group_concat_max_len',
  'innodb_lock_wait_timeout',
  'innodb_strict_mode',
  'interactive_timeout',
  'lock_wait_timeout',
  'long_query_time',
  'max_allowed_packet',
  'max_execution_time',
  'max_recursive_iterations',
  'max_statement_time',
  'net_read_timeout',
  'net_write_timeout',
  'old_mode',
  'sql_auto_is_null',
  'sql_big_selects',
  'sql_generate_invisible_primary_key',
  'sql_log_bin',
  'sql_mode',
  'sql_notes',
  'sql_quote_show_create',
  'sql_require_primary_key',
  'sql_safe_updates',
  'sql_select_limit',
  'sql_warnings',
  'system_versioning_alter_history',
  'time_zone',
  'transaction_isolation',
  'transaction_read_only',
  'tx_isolation',
  'tx_read_only',
  'unique_checks',
  'wait_timeout',
];

interface Pool {
  getConnection(callback: (error: Error | null, connection: Connection & { release(): void }) => void): void;
}

/** A session on the caller's own mysql2 connection or pool (also the promise kind); afterwards its settings are as before. */
export async function borrow(given: object, options: BorrowOptions): Promise<Session> {
  const { connection: core, pool: corePool } = given as { connection?: Connection; pool?: Pool };
  const plain =
    typeof core?.query === 'function' ? core : typeof corePool?.getConnection === 'function' ? corePool : given;
  const isPool = 'getConnection' in plain;
  const connection = isPool ? await fromPool(plain as Pool) : (plain as Connection & { release?: () => void });
  const unguard = keepFromCrashing(connection);
  const giveBack = (isBroken: boolean): void => {
    unguard();
    if (isPool && isBroken) connection.destroy();
    else if (isPool) connection.release?.();
  };
  try {
    const session = new MysqlSession(connection, async () => {
      try {
        await restore(session, before, database);
        giveBack(false);
      } catch (error) {
        // A pool must not hand out a connection whose settings are somebody else's.
        giveBack(true);
        throw error;
      }
    });
    if (await session.inTransaction()) throw insideTransaction();
    const database = (await session.query('SELECT DATABASE() AS name')).rows[0]?.['name'];
    const before = await readSettings(session);
    for (const statement of sessionSettings(options, session.server)) await session.query(statement);
    session.openAnother = () => connectLike(connection, { ...options, readOnly: false });
    return session;
  } catch (error) {
    giveBack(false);
    throw connectError(error, { display: 'the mysql connection given' });
  }
}

export async function readSettings(session: Session): Promise<ReadonlyMap<string, string>> {
  const names = SETTINGS.map((name) => `'${name}'`).join(', ');
  const { rows } = await session.query(`SHOW SESSION VARIABLES WHERE Variable_name IN (${names})`);
  return new Map(rows.map((row) => [String(row['Variable_name']), String(row['Value'])]));
}

/** Puts back what was changed, and leaves a transaction that was left open. */
export async function restore(session: Session, before: ReadonlyMap<string, string>, database: unknown): Promise<void> {
  // What a failed run may have left open.
  if (await session.inTransaction()) await session.query('ROLLBACK');
  const now = await readSettings(session);
  const changed = [...before].filter(([name, value]) => now.get(name) !== value);
  if (changed.length > 0) {
    await session.query(`SET SESSION ${changed.map(([name, value]) => `${name} = ${toLiteral(value)}`).join(', ')}`);
  }
  if (typeof database === 'string') await session.query(`USE \`${database.replaceAll('`', '``')}\``);
}

/** A variable that counts takes no text. */
function toLiteral(value: string): string {
  if (/^-?\d+(?:\.\d+)?$/.test(value)) return value;
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

function fromPool(pool: Pool): Promise<Connection & { release(): void }> {
  return new Promise((resolve, reject) => {
    pool.getConnection((error, connection) => {
      if (error) reject(connectError(error, { display: 'the mysql pool given' }));
      else resolve(connection);
    });
  });
}
