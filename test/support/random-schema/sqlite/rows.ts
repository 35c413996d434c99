import type Database from 'better-sqlite3';

type Row = Readonly<Record<string, string | number | null>>;

interface StoredTable {
  readonly columns: ReadonlyMap<string, string>;
  readonly isStrict: boolean;
  readonly hasRowid: boolean;
  readonly alias: string | null;
  readonly counter: Row[string];
  readonly rows: readonly Row[];
}

/** All that ordinary tables hold, each value with its storage class; by names in lower case. */
export function storedRows(database: Database.Database): ReadonlyMap<string, StoredTable> {
  const ask = (sql: string, ...values: unknown[]): Row[] => database.prepare(sql).all(...values) as Row[];
  const tables = ask(
    `SELECT name, wr, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
  );
  const hasCounters = ask(`SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'`).length > 0;
  return new Map(
    tables.map(({ name, wr, strict }): [string, StoredTable] => {
      const info = ask('SELECT * FROM pragma_table_xinfo(?) WHERE hidden = 0', name);
      const quoted = (text: Row[string] | undefined): string => `"${String(text).replaceAll('"', '""')}"`;
      const key = info.filter(({ pk }) => pk !== 0);
      const indexed = ask(`SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk'`, name);
      const isAlias = wr === 0 && key.length === 1 && low(key[0]!['type']) === 'integer' && indexed.length === 0;
      const values = info.map(
        ({ name: column }) => `typeof(${quoted(column)}) || hex(${real(quoted(column))}) AS ${quoted(low(column))}`,
      );
      const rowid = wr === 0 ? ['rowid AS "the rowid"'] : [];
      const counters = hasCounters ? ask('SELECT seq FROM sqlite_sequence WHERE name = ?', name) : [];
      return [
        low(name),
        {
          columns: new Map(info.map((column) => [low(column['name']), low(column['type']).replaceAll(/\s+/g, ' ')])),
          isStrict: strict === 1,
          hasRowid: wr === 0,
          alias: isAlias ? low(key[0]!['name']) : null,
          counter: counters[0]?.['seq'] ?? null,
          rows: ask(`SELECT ${[...rowid, ...values].join(', ')} FROM ${quoted(name)}`),
        },
      ];
    }),
  );
}

/** hex() takes the text of a number, of which REAL has more digits than are printed. */
const real = (column: string): string => `CASE typeof(${column}) WHEN 'real' THEN quote(${column}) ELSE ${column} END`;

const low = (word: Row[string] | undefined): string => String(word).toLowerCase();

/**
 * What was lost of the rows: every row has to be there with its values in the columns that are on both sides and of one
 * type, with its rowid, and with the counter that its table gives numbers by.
 *
 * @param isExcused tells of a table, or of a column of it, that its values may go
 */
export function lostRows(
  before: ReadonlyMap<string, StoredTable>,
  after: ReadonlyMap<string, StoredTable>,
  isExcused: (table: string, column?: string) => boolean,
): string[] {
  const lost: string[] = [];
  for (const [name, old] of before) {
    const now = after.get(name);
    if (now === undefined || isExcused(name)) continue;
    const shared = [...old.columns].filter(
      ([column, type]) =>
        now.columns.get(column) === type &&
        !isExcused(name, column) &&
        !(type === 'any' && old.isStrict !== now.isStrict),
    );
    const names = shared.map(([column]) => column);
    if (old.hasRowid && now.hasRowid && old.alias === now.alias) names.push('the rowid');
    const left = new Map<string, number>();
    const signOf = (row: Row): string => names.map((column) => String(row[column])).join('|');
    for (const row of now.rows) left.set(signOf(row), (left.get(signOf(row)) ?? 0) + 1);
    for (const row of old.rows) {
      const count = left.get(signOf(row)) ?? 0;
      if (count === 0)
        lost.push(`a row of ${name}: ${names.map((column) => `${column} ${String(row[column])}`).join(', ')}`);
      left.set(signOf(row), count - 1);
    }
    if (old.counter !== null && now.counter !== null && old.counter !== now.counter)
      lost.push(`the counter of ${name}: ${String(old.counter)} → ${String(now.counter)}`);
  }
  return lost;
}
