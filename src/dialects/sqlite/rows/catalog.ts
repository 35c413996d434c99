import type { Row, Session } from '../../../session/session.ts';
import type { SqliteSession } from '../connect.ts';
import { nameIn } from '../kinds/ident.ts';
import { lexer } from '../lex.ts';

/** What making up rows must know of a column. */
export interface RowColumn {
  readonly name: string;
  /** As declared, in upper case. */
  readonly type: string;
  readonly notNull: boolean;
  /** From 1 within the primary key; 0 outside. */
  readonly key: number;
  readonly isGenerated: boolean;
}

export interface RowForeignKey {
  readonly columns: readonly string[];
  /** In lower case. */
  readonly parent: string;
  /** Those of the parent; empty where it is its primary key. */
  readonly referenced: readonly string[];
}

export interface RowTable {
  readonly name: string;
  readonly isVirtual: boolean;
  readonly isStrict: boolean;
  readonly columns: readonly RowColumn[];
  readonly foreignKeys: readonly RowForeignKey[];
  /** Columns, in lower case, whose values tell rows apart: of its unique indexes and keys. */
  readonly unique: ReadonlySet<string>;
  /** The one column that is the rowid under another name. */
  readonly alias: string | null;
  /** CREATE TABLE with the indexes behind it: what is in them restricts the rows. */
  readonly text: string;
}

/**
 * Tables of the schema by their names in lower case; shadow tables belong to their virtual tables. What is known of each is
 * asked for when it is looked at: few of thousands are.
 */
export async function readRowTables(session: Session): Promise<ReadonlyMap<string, RowTable>> {
  const { rows } = await session.query(
    `SELECT l.name, l.type, l.strict, s.sql FROM pragma_table_list l
     JOIN sqlite_schema s ON s.name = l.name AND s.type = 'table'
     WHERE l.schema = 'main' AND l.type IN ('table', 'virtual') AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY s.rowid`,
  );
  const { driver } = session as SqliteSession;
  const texts = Map.groupBy((await session.query(INDEXES)).rows, (row) => String(row['of']).toLowerCase());
  const [columns, keys, unique] = [COLUMNS, KEYS, UNIQUE].map((sql) => {
    const statement = driver.prepare(sql).safeIntegers(false);
    return (name: string): readonly Row[] => statement.all(name) as readonly Row[];
  }) as [Ask, Ask, Ask];
  return new Map(
    rows.map((row): [string, RowTable] => {
      const name = String(row['name']);
      let known: Parts | null = null;
      let foreignKeys: readonly RowForeignKey[] | null = null;
      const parts = (): Parts => (known ??= partsOf(columns(name), unique(name)));
      const table: RowTable = {
        name,
        isVirtual: row['type'] === 'virtual',
        isStrict: row['strict'] === 1,
        get columns() {
          return parts().columns;
        },
        get foreignKeys() {
          return (foreignKeys ??= foreignKeysOf(keys(name)));
        },
        get unique() {
          return parts().unique;
        },
        get alias() {
          return parts().alias;
        },
        text: [row['sql'], ...(texts.get(name.toLowerCase()) ?? []).map(({ sql }) => sql)].join('\n'),
      };
      return [name.toLowerCase(), table];
    }),
  );
}

type Ask = (table: string) => readonly Row[];

const COLUMNS = `SELECT * FROM pragma_table_xinfo(?, 'main') WHERE hidden <> 1 ORDER BY cid`;

const KEYS = `SELECT * FROM pragma_foreign_key_list(?, 'main') ORDER BY id, seq`;

const UNIQUE = `
  SELECT i.origin, c.name AS "column" FROM pragma_index_list(?, 'main') i, pragma_index_info(i.name, 'main') c
  WHERE i."unique" ORDER BY i.seq, c.seqno`;

const INDEXES = `
  SELECT tbl_name AS "of", sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY rowid`;

type Parts = Pick<RowTable, 'columns' | 'unique' | 'alias'>;

function partsOf(columns: readonly Row[], indexed: readonly Row[]): Parts {
  const own = columns.map(columnOf);
  const primary = own.filter(({ key }) => key > 0);
  const isAlias =
    primary.length === 1 && primary[0]!.type === 'INTEGER' && !indexed.some(({ origin }) => origin === 'pk');
  return {
    columns: own,
    unique: new Set([
      ...indexed.flatMap(({ column }) => (typeof column === 'string' ? column.toLowerCase() : [])),
      ...primary.map((column) => column.name.toLowerCase()),
    ]),
    alias: isAlias ? primary[0]!.name : null,
  };
}

const columnOf = (row: Row): RowColumn => ({
  name: String(row['name']),
  type: String(row['type']).toUpperCase(),
  notNull: row['notnull'] === 1,
  key: Number(row['pk']),
  isGenerated: row['hidden'] === 2 || row['hidden'] === 3,
});

function foreignKeysOf(rows: readonly Row[]): RowForeignKey[] {
  return [...Map.groupBy(rows, ({ id }) => Number(id)).values()].map((parts) => ({
    columns: parts.map(({ from }) => String(from)),
    parent: String(parts[0]!['table']).toLowerCase(),
    referenced: parts.flatMap(({ to }) => (typeof to === 'string' ? [to] : [])),
  }));
}

/** What a foreign key points at, where that is there. */
export function parentOf(
  key: RowForeignKey,
  tables: ReadonlyMap<string, RowTable>,
): { readonly table: RowTable; readonly columns: readonly string[] } | undefined {
  const table = tables.get(key.parent);
  if (table === undefined) return undefined;
  const primary = table.columns.filter((column) => column.key > 0).toSorted((a, b) => a.key - b.key);
  const columns = key.referenced.length > 0 ? key.referenced : primary.map(({ name }) => name);
  return columns.length === key.columns.length ? { table, columns } : undefined;
}

/** The columns that a failed check looks at: by the text of its expression, or by its name. All where neither is found. */
export function columnsOfCheck(table: RowTable, said: string): readonly string[] {
  const escaped = said.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  const named = new RegExp(String.raw`\bCONSTRAINT\s+["'\x60[]?${escaped}["'\x60\]]?\s+CHECK\s*\(`, 'i').exec(
    table.text,
  );
  const text = named === null ? said : upToClosing(table.text.slice(named.index + named[0].length));
  const names = new Set(wordsIn(text).map((word) => word.toLowerCase()));
  const found = table.columns.map(({ name }) => name).filter((name) => names.has(name.toLowerCase()));
  return found.length > 0 ? found : table.columns.map(({ name }) => name);
}

function upToClosing(text: string): string {
  let depth = 1;
  const next = lexer(text);
  for (let token = next(); token !== undefined; token = next()) {
    const part = text.slice(token.start, token.end);
    if (part === '(') depth += 1;
    if (part === ')' && (depth -= 1) === 0) return text.slice(0, token.start);
  }
  return text;
}

/** Names and bare words. */
export function wordsIn(sql: string): string[] {
  const words: string[] = [];
  try {
    const next = lexer(sql);
    for (let token = next(); token !== undefined; token = next()) {
      if (token.kind === 'word' || token.kind === 'name') words.push(nameIn(sql.slice(token.start, token.end)));
    }
  } catch {
    // The text of an expression in an error message may be cut off.
  }
  return words;
}
