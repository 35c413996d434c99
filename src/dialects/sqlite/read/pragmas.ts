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
  readonly table: string;
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

const COLUMNS = `${TABLES}
  SELECT t.name AS "table", c.name, c.type, c."notnull" AS "notNull", c.dflt_value AS "default", c.pk AS "key", c.hidden
  FROM tables t CROSS JOIN pragma_table_xinfo(t.name, 'main') c`;

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

export class Pragmas {
  readonly objects: readonly StoredObject[];
  readonly listed: ReadonlyMap<string, ListedTable>;
  readonly #tables: ReadonlyMap<string, SaidTable>;

  private constructor(
    objects: readonly StoredObject[],
    listed: ReadonlyMap<string, ListedTable>,
    tables: ReadonlyMap<string, SaidTable>,
  ) {
    this.objects = objects;
    this.listed = listed;
    this.#tables = tables;
  }

  /** Asks about all tables at once: as many questions for a thousand as for one. */
  static async ask(session: Session): Promise<Pragmas> {
    const rowsOf = async <T>(sql: string): Promise<readonly T[]> => (await session.query(sql)).rows as readonly T[];
    const objects = await rowsOf<StoredObject>(OBJECTS);
    const listed = await rowsOf<ListedTable>(LISTED);
    const columns = Map.groupBy(await rowsOf<SaidColumn>(COLUMNS), ({ table }) => table);
    const foreignKeys = Map.groupBy(await rowsOf<SaidForeignKey>(FOREIGN_KEYS), ({ table }) => table);
    const keys = Map.groupBy(await rowsOf<SaidKeyColumn>(KEYS), ({ table }) => table);
    const tables = new Map(
      [...columns].map(([name, list]) => [
        name,
        { columns: list, foreignKeys: foreignKeys.get(name) ?? [], keys: keys.get(name) ?? [] },
      ]),
    );
    return new Pragmas(objects, new Map(listed.map((table) => [table.name, table])), tables);
  }

  of(table: string): SaidTable {
    return this.#tables.get(table) ?? { columns: [], foreignKeys: [], keys: [] };
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
