import type { Session } from '../../session/session.ts';
import type { ColumnTypes, FoundTable } from '../dialect.ts';

export const columnTypes: ColumnTypes = {
  id: 'varchar(255)',
  text: 'text',
  short: 'varchar(100)',
  integer: 'integer',
  timestamp: 'text',
  serial: 'id integer PRIMARY KEY AUTOINCREMENT',
  tableOptions: '',
};

const FIND = (marks: string): string => `
  SELECT s.name, s.type AS kind,
    (SELECT json_group_array(c.name) FROM pragma_table_xinfo(s.name) c) AS columns,
    (SELECT c.type FROM pragma_table_xinfo(s.name) c WHERE c.name = 'version_num') AS type,
    EXISTS (SELECT 1 FROM sqlite_schema t WHERE t.type = 'trigger' AND t.tbl_name = s.name COLLATE NOCASE) AS "trigger"
  FROM sqlite_schema s WHERE s.type IN ('table', 'view') AND s.name IN (${marks})`;

/** A column that takes texts for numbers would lose the zeros that an id begins with: https://www.sqlite.org/datatype3.html */
function numberLike(type: unknown): string[] {
  return typeof type !== 'string' || type === '' || /char|clob|text|blob/i.test(type)
    ? []
    : [`version_num of type ${type}`];
}

export async function findTables(
  session: Session,
  schema: string | null,
  names: readonly string[],
): Promise<{ schema: string; tables: FoundTable[] }> {
  const { rows } = await session.query(FIND(names.map(() => '?').join(', ')), names);
  const tables = rows.map((row) => ({
    name: String(row['name']),
    kind: String(row['kind']),
    columns: JSON.parse(String(row['columns'])) as string[],
    foreign: [...(row['trigger'] === 1 ? ['trigger'] : []), ...numberLike(row['type'])],
  }));
  return { schema: schema ?? 'main', tables };
}
