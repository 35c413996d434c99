import { ToraleError } from '../../errors.ts';
import type { Session } from '../../session/session.ts';
import type { ColumnTypes, FoundTable } from '../dialect.ts';

export const columnTypes: ColumnTypes = {
  id: 'varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
  text: 'text',
  short: 'varchar(100)',
  integer: 'bigint',
  timestamp: 'datetime(3)',
  serial: 'id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY',
  // The journal is in step with the data only on an engine with transactions.
  tableOptions: ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4',
};

// The names are compared as constants: only then does the server open these tables instead of every one
// (https://dev.mysql.com/doc/refman/8.4/en/information-schema-optimization.html).
const COLUMNS = (marks: string): string => `
  SELECT t.TABLE_NAME AS name, t.TABLE_TYPE AS kind, c.COLUMN_NAME AS col, c.DATA_TYPE AS type
  FROM information_schema.TABLES t
  JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME
  WHERE t.TABLE_SCHEMA = ? AND t.TABLE_NAME IN (${marks}) AND c.TABLE_SCHEMA = ? AND c.TABLE_NAME IN (${marks})
  ORDER BY c.ORDINAL_POSITION`;

const TRIGGERS = (marks: string): string => `
  SELECT DISTINCT EVENT_OBJECT_TABLE AS name FROM information_schema.TRIGGERS
  WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE IN (${marks})`;

export async function findTables(
  session: Session,
  schema: string | null,
  names: readonly string[],
): Promise<{ schema: string; tables: FoundTable[] }> {
  const database = schema ?? (await session.query('SELECT DATABASE() AS name')).rows[0]?.['name'];
  if (typeof database !== 'string') {
    throw new ToraleError('NO_DATABASE', 'The connection has no current database.');
  }
  const marks = names.map(() => '?').join(', ');
  const { rows } = await session.query(COLUMNS(marks), [database, ...names, database, ...names]);
  const tables = new Map<string, { name: string; kind: string; columns: string[]; foreign: string[] }>();
  for (const row of rows) {
    const name = String(row['name']);
    let table = tables.get(name);
    if (table === undefined) {
      table = {
        name,
        kind: row['kind'] === 'BASE TABLE' ? 'table' : String(row['kind']).toLowerCase(),
        columns: [],
        foreign: [],
      };
      tables.set(name, table);
    }
    table.columns.push(String(row['col']));
    const type = String(row['type']).toLowerCase();
    if (row['col'] === 'version_num' && !/char|text/.test(type)) table.foreign.push(`version_num of type ${type}`);
  }
  if (tables.size > 0) {
    const triggers = await session.query(TRIGGERS(marks), [database, ...names]);
    for (const row of triggers.rows) tables.get(String(row['name']))?.foreign.push('trigger');
  }
  return { schema: database, tables: [...tables.values()] };
}
