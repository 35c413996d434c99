import { codeOf } from '../../sql/classify.ts';
import { nameIn } from '../kinds/ident.ts';
import { lexer } from '../lex.ts';
import type { CreateTable } from '../read/create-table.ts';
import type { RowidFacts } from '../rebuild.ts';
import type { Session } from '../../../session/session.ts';

/** What a rebuild must know of a table. */
export interface TableFacts extends RowidFacts {
  readonly name: string;
  /** Those of the columns that are computed. */
  readonly generated: readonly string[];
  /** AUTOINCREMENT. */
  readonly isCounted: boolean;
}

/** As SQLite says; null where there is no such table. */
export async function readFacts(session: Pick<Session, 'query'>, table: string): Promise<TableFacts | null> {
  const { rows: found } = await session.query(
    `SELECT l.name, l.wr, s.sql FROM pragma_table_list l JOIN sqlite_schema s ON s.name = l.name AND s.type = 'table'
     WHERE l.schema = 'main' AND l.type = 'table' AND l.name = ? COLLATE NOCASE AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    [table],
  );
  const [row] = found;
  if (row === undefined) return null;
  const name = String(row['name']);
  const { rows: columns } = await session.query('SELECT name, type, pk, hidden FROM pragma_table_xinfo(?)', [name]);
  const { rows: keys } = await session.query(`SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk'`, [name]);
  const primary = columns.filter(({ pk }) => pk !== 0);
  // One that is not the rowid itself, such as INTEGER PRIMARY KEY DESC, has an index:
  // https://www.sqlite.org/lang_createtable.html#rowid
  const isAlias = primary.length === 1 && String(primary[0]!['type']).toUpperCase() === 'INTEGER' && keys.length === 0;
  const sql = String(row['sql']);
  return {
    name,
    columns: columns.map((column) => String(column['name'])),
    generated: columns.filter(({ hidden }) => hidden !== 0).map((column) => String(column['name'])),
    alias: isAlias ? String(primary[0]!['name']) : null,
    hasRowid: row['wr'] === 0,
    isCounted: codeOf(sql, lexer(sql)).includes('AUTOINCREMENT'),
  };
}

/** As a statement that has not run yet says. */
export function factsOf(table: CreateTable): TableFacts {
  const { sql, columns, constraints, options } = table;
  const hasRowid = !options.includes('WITHOUT ROWID');
  const keys = [...columns.flatMap((column) => column.constraints), ...constraints].flatMap((clause) =>
    clause.kind === 'PRIMARY KEY' ? [clause] : [],
  );
  const isInteger = new Set(
    columns
      .filter(
        ({ typeTokens: [first, ...more] }) =>
          first !== undefined && more.length === 0 && typeOf(sql, first) === 'INTEGER',
      )
      .map(({ name }) => name.toLowerCase()),
  );
  const inline = columns.find((column) =>
    column.constraints.some((clause) => clause.kind === 'PRIMARY KEY' && !clause.isDescending),
  );
  const only = keys.flatMap((key) => (key.keys?.length === 1 ? [key.keys[0]![0]!] : []))[0];
  const key = inline?.name ?? (only === undefined ? null : nameIn(sql.slice(only.start, only.end)));
  const alias = columns.find(({ name }) => name.toLowerCase() === key?.toLowerCase())?.name ?? null;
  return {
    name: table.name,
    columns: columns.map(({ name }) => name),
    generated: columns.filter((column) => column.isGenerated).map(({ name }) => name),
    alias: hasRowid && alias !== null && isInteger.has(alias.toLowerCase()) ? alias : null,
    hasRowid,
    isCounted: keys.some((clause) => clause.isAutoincrement),
  };
}

function typeOf(sql: string, { start, end }: { readonly start: number; readonly end: number }): string {
  return nameIn(sql.slice(start, end)).toUpperCase();
}
