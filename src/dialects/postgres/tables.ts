import { ToraleError } from '../../errors.ts';
import type { Session } from '../../session/session.ts';
import type { ColumnTypes, FoundTable } from '../dialect.ts';

export const columnTypes: ColumnTypes = {
  id: 'varchar(255)',
  text: 'text',
  short: 'varchar(100)',
  integer: 'bigint',
  timestamp: 'timestamptz',
  serial: 'id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
  tableOptions: '',
};

const KINDS: Record<string, string> = { v: 'view', m: 'materialized view', f: 'foreign table', S: 'sequence' };

// Every name is qualified: under a search_path that others can write to, an unqualified function or operator may be
// theirs (CVE-2018-1058, https://wiki.postgresql.org/wiki/A_Guide_to_CVE-2018-1058).
// Names twice: a `name` has an index, but is cut at 63 bytes.
const FIND = `
  SELECT n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind,
    (SELECT pg_catalog.json_agg(a.attname ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
      WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped) AS columns,
    (SELECT pg_catalog.format_type(a.atttypid, NULL) FROM pg_catalog.pg_attribute a
      JOIN pg_catalog.pg_type y ON y.oid OPERATOR(pg_catalog.=) a.atttypid
      WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attname OPERATOR(pg_catalog.=) 'version_num'
        AND NOT a.attisdropped AND y.typcategory OPERATOR(pg_catalog.<>) 'S') AS "number",
    EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid OPERATOR(pg_catalog.=) c.oid AND NOT t.tgisinternal) AS trigger,
    EXISTS (SELECT FROM pg_catalog.pg_attrdef d WHERE d.adrelid OPERATOR(pg_catalog.=) c.oid) AS default,
    EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid OPERATOR(pg_catalog.=) c.oid
      AND k.contype OPERATOR(pg_catalog.=) 'c') AS check,
    c.relhasrules AS rule, c.relrowsecurity AS policy
  FROM (SELECT COALESCE($1::text, pg_catalog.current_schema()::text) AS name) AS wanted
  LEFT JOIN pg_catalog.pg_namespace n ON n.nspname::text OPERATOR(pg_catalog.=) wanted.name
  LEFT JOIN pg_catalog.pg_class c ON c.relnamespace OPERATOR(pg_catalog.=) n.oid
    AND c.relname OPERATOR(pg_catalog.=) ANY ($2::text[]::pg_catalog.name[])
    AND c.relname::text OPERATOR(pg_catalog.=) ANY ($2::text[])
    AND c.relkind OPERATOR(pg_catalog.<>) 'i'`;

export async function findTables(
  session: Session,
  schema: string | null,
  names: readonly string[],
): Promise<{ schema: string; tables: FoundTable[] }> {
  const { rows } = await session.query(FIND, [schema, names]);
  const found = rows[0]?.['schema'];
  if (typeof found !== 'string') {
    throw schema === null
      ? new ToraleError(
          'CONFIG_INVALID',
          'No schema of the search path exists, so there is none to keep the version table in.',
          {
            hint: 'Set searchPath or versionTableSchema.',
          },
        )
      : new ToraleError('CONFIG_INVALID', `The schema ${schema} for the version table does not exist.`, {
          hint: `CREATE SCHEMA ${schema}, or set versionTableSchema to another.`,
        });
  }
  const tables = rows
    .filter((row) => row['name'] !== null)
    .map((row) => ({
      name: String(row['name']),
      kind: row['kind'] === 'r' || row['kind'] === 'p' ? 'table' : (KINDS[String(row['kind'])] ?? 'relation'),
      columns: row['columns'] as string[],
      foreign: [
        ...(['trigger', 'default', 'check', 'rule', 'policy'] as const).filter((what) => row[what] === true),
        ...(typeof row['number'] === 'string' ? [`version_num of type ${row['number']}`] : []),
      ],
    }));
  return { schema: found, tables };
}
