import type { Session } from '../../../session/session.ts';

/** One row of `sqlite_schema`. */
export interface StoredObject {
  /** `table`, `index`, `view`, `trigger`. */
  readonly type: string;
  readonly name: string;
  /** The table or view that it is on. */
  readonly table: string;
  readonly sql: string;
}

export interface ListedTable {
  readonly name: string;
  /** `table`, `view`, `virtual`, `shadow`. */
  readonly type: string;
  readonly withoutRowid: number;
  readonly strict: number;
}

export interface SaidColumn {
  readonly name: string;
  readonly type: string;
  readonly notNull: number;
  readonly default: string | null;
  /** From 1 where it is part of the primary key, else 0. */
  readonly key: number;
  /** 1: hidden; 2: generated and virtual; 3: generated and stored. */
  readonly hidden: number;
}

export interface SaidForeignKey {
  readonly table: string;
  readonly id: number;
  readonly seq: number;
  readonly to: string;
  readonly fromColumn: string;
  readonly toColumn: string | null;
  readonly onUpdate: string;
  readonly onDelete: string;
}

export interface SaidKeyColumn {
  readonly table: string;
  readonly index: string;
  readonly name: string;
  readonly collation: string;
}

/** All that SQLite says of a table beside its text. */
export interface SaidTable {
  readonly columns: readonly SaidColumn[];
  readonly foreignKeys: readonly SaidForeignKey[];
  readonly keys: readonly SaidKeyColumn[];
}

/** The tables that are schema: not SQLite's own, not those that virtual tables keep their data in, not views. */
const TABLES = `
  WITH tables AS MATERIALIZED (
    SELECT s.name FROM main.sqlite_schema s
    WHERE s.type = 'table' AND s.sql IS NOT NULL AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
      AND s.sql NOT LIKE 'CREATE VIRTUAL%'
  )`;

/** What SQLite makes by itself has no text: the indexes of keys. */
const OBJECTS = `
  SELECT type, name, tbl_name AS "table", sql FROM main.sqlite_schema
  WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`;

const LISTED = `SELECT name, type, wr AS withoutRowid, strict FROM pragma_table_list WHERE schema = 'main'`;

/** One text for each table: as rows, those of 5,000 tables would be 10 MiB at a time. */
const COLUMNS = `${TABLES}
  SELECT t.name AS "table", (
    SELECT json_group_array(json_array(c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden))
    FROM pragma_table_xinfo(t.name, 'main') c
  ) AS columns
  FROM tables t`;

const FOREIGN_KEYS = `${TABLES}
  SELECT t.name AS "table", f.id, f.seq, f."table" AS "to", f."from" AS fromColumn, f."to" AS toColumn,
    f.on_update AS onUpdate, f.on_delete AS onDelete
  FROM tables t CROSS JOIN pragma_foreign_key_list(t.name, 'main') f ORDER BY t.name, f.id, f.seq`;

const KEYS = `${TABLES}
  SELECT t.name AS "table", l.name AS "index", x.name, x.coll AS collation
  FROM tables t CROSS JOIN pragma_index_list(t.name, 'main') l CROSS JOIN pragma_index_xinfo(l.name, 'main') x
  WHERE l.origin IN ('u', 'pk') AND x.key = 1`;

/** A module that is not loaded makes every question about its tables fail. */
const MODULES = 'SELECT lower(name) AS name FROM pragma_module_list';

const VIRTUAL_COLUMNS = `SELECT name FROM pragma_table_xinfo(?, 'main') WHERE hidden = 0`;

type ColumnRow = readonly [string, string, number, string | null, number, number];

export class Pragmas {
  readonly objects: readonly StoredObject[];
  readonly listed: ReadonlyMap<string, ListedTable>;
  readonly #columns: ReadonlyMap<string, string>;
  readonly #foreignKeys: ReadonlyMap<string, readonly SaidForeignKey[]>;
  readonly #keys: ReadonlyMap<string, readonly SaidKeyColumn[]>;

  private constructor(
    objects: readonly StoredObject[],
    listed: readonly ListedTable[],
    columns: readonly { readonly table: string; readonly columns: string }[],
    foreignKeys: readonly SaidForeignKey[],
    keys: readonly SaidKeyColumn[],
  ) {
    this.objects = objects;
    this.listed = new Map(listed.map((table) => [table.name, table]));
    this.#columns = new Map(columns.map((row) => [row.table, row.columns]));
    this.#foreignKeys = Map.groupBy(foreignKeys, ({ table }) => table);
    this.#keys = Map.groupBy(keys, ({ table }) => table);
  }

  /** Asks about all tables at once: as many questions for a thousand as for one. */
  static async ask(session: Session): Promise<Pragmas> {
    const rowsOf = async <T>(sql: string): Promise<readonly T[]> => (await session.query(sql)).rows as readonly T[];
    return new Pragmas(
      await rowsOf(OBJECTS),
      await rowsOf(LISTED),
      await rowsOf(COLUMNS),
      await rowsOf(FOREIGN_KEYS),
      await rowsOf(KEYS),
    );
  }

  of(table: string): SaidTable {
    return {
      columns: this.columnsOf(table),
      foreignKeys: this.#foreignKeys.get(table) ?? [],
      keys: this.#keys.get(table) ?? [],
    };
  }

  columnsOf(table: string): readonly SaidColumn[] {
    const rows = JSON.parse(this.#columns.get(table) ?? '[]') as readonly ColumnRow[];
    return rows.map(([name, type, notNull, byDefault, key, hidden]) => {
      return { name, type, notNull, default: byDefault, key, hidden };
    });
  }
}

export async function loadedModules(session: Session): Promise<ReadonlySet<string>> {
  const { rows } = await session.query(MODULES);
  return new Set(rows.map(({ name }) => String(name)));
}

/** Without those that only commands to the module go through. */
export async function virtualColumns(session: Session, table: string): Promise<string[]> {
  const { rows } = await session.query(VIRTUAL_COLUMNS, [table]);
  return rows.map(({ name }) => String(name));
}
