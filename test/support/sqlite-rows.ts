import type { Database } from 'better-sqlite3';

interface TableRows {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly hidden: number }[];
  /** The name of the rowid: that of a column, one of SQLite's own, or null where there is none. */
  readonly rowid: string | null;
  readonly isAlias: boolean;
  readonly rows: readonly Record<string, string>[];
  /** Of AUTOINCREMENT. */
  readonly counter: unknown;
}

export interface Loss {
  readonly table: string;
  readonly lost: unknown;
  readonly instead: unknown;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The rows of all tables, virtual ones too. */
export function rowsOf(db: Database): TableRows[] {
  const tables = db
    .prepare<[], { name: string; type: string; wr: number }>(
      `SELECT name, type, wr FROM pragma_table_list
       WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT GLOB 'sqlite_*'`,
    )
    .all();
  const hasCounters = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").get() !== undefined;
  return tables.map(({ name, type, wr }): TableRows => {
    const columns = db
      .prepare<[string], { name: string; type: string; hidden: number; pk: number }>(
        'SELECT name, lower(type) AS type, hidden, pk FROM pragma_table_xinfo(?)',
      )
      .all(name)
      .filter(({ hidden }) => type === 'table' || hidden === 0);
    const keys = columns.filter(({ pk }) => pk > 0);
    const hasKeyIndex = db.prepare("SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk'").get(name) !== undefined;
    const alias = wr === 0 && keys.length === 1 && keys[0]!.type === 'integer' && !hasKeyIndex ? keys[0]!.name : null;
    const isTaken = (word: string): boolean => columns.some((column) => column.name.toLowerCase() === word);
    const rowid = wr === 1 ? null : (alias ?? ['rowid', '_rowid_', 'oid'].find((word) => !isTaken(word)) ?? null);
    const names = [...(rowid === null || alias !== null ? [] : [rowid]), ...columns.map((column) => column.name)];
    // As literals, which tell 1 from 1.0 and text from bytes.
    const list = names.map((one) => `quote(${quoted(one)}) AS ${quoted(one)}`);
    const rows = db.prepare<[], Record<string, string>>(`SELECT ${list.join(', ')} FROM ${quoted(name)}`).all();
    const counter = hasCounters
      ? db.prepare('SELECT seq FROM sqlite_sequence WHERE name = ?').pluck().get(name)
      : undefined;
    return { name, columns, rowid, isAlias: alias !== null, rows, counter };
  });
}

/** What is not there any more in tables and columns that both have, under one name and with one type. */
export function lostRows(before: readonly TableRows[], after: readonly TableRows[]): Loss[] {
  const losses: Loss[] = [];
  for (const old of before) {
    const now = after.find(({ name }) => name.toLowerCase() === old.name.toLowerCase());
    if (now === undefined) continue;
    const pairs = old.columns.flatMap((column) => {
      const other = now.columns.find(({ name }) => name.toLowerCase() === column.name.toLowerCase());
      // Generated columns have hidden 2 or 3.
      return other === undefined || other.type !== column.type || other.hidden + column.hidden > 0
        ? []
        : [[column.name, other.name] as const];
    });
    const isSameKey = old.isAlias === now.isAlias && old.rowid?.toLowerCase() === now.rowid?.toLowerCase();
    if (isSameKey && old.rowid !== null && !old.isAlias) pairs.unshift([old.rowid, now.rowid!]);
    const told = (rows: TableRows['rows'], which: 0 | 1): string[] =>
      rows.map((row) => JSON.stringify(pairs.map((pair) => row[pair[which]]))).sort();
    const [lost, instead] = [told(old.rows, 0), told(now.rows, 1)];
    if (JSON.stringify(lost) !== JSON.stringify(instead)) losses.push({ table: old.name, lost, instead });
    const counts = old.counter !== undefined && now.counter !== undefined;
    if (counts && old.counter !== now.counter)
      losses.push({ table: old.name, lost: old.counter, instead: now.counter });
  }
  return losses;
}
