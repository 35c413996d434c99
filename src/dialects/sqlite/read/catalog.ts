import type { Kind, LooseKinds } from '../../../schema/kinds.ts';
import { idOf, type ObjectId, type Path, type SchemaObject } from '../../../schema/object.ts';
import type { ObjectPool } from '../../../schema/pool.ts';
import { Schema, type Entry, type Need } from '../../../schema/schema.ts';
import type { Token } from '../../sql/token.ts';
import type { Names } from '../kinds/text.ts';
import { nameIn } from '../kinds/ident.ts';

/** What the reader of one kind leaves for the next. */
export class Catalog {
  readonly #pool: ObjectPool;
  readonly #entries = new Map<ObjectId, Entry>();
  /** Tables and views, by their names in lower case. */
  readonly #relations = new Map<string, ObjectId>();
  readonly #relationNames = new Map<string, string>();
  /** The columns of each table, by its name in lower case, each as Names has them. */
  readonly #columns = new Map<string, Map<string, string>>();

  constructor(pool: ObjectPool) {
    this.#pool = pool;
  }

  schema(): Schema {
    return new Schema(this.#pool.settle(this.#entries));
  }

  put<K extends Kind>(kind: K, path: Path, definition: LooseKinds[K], needs: readonly Need[], text?: string): void {
    const object = this.#pool.make(kind, path, definition) as unknown as SchemaObject;
    const id = idOf(kind, path);
    this.#entries.set(id, { id, object, needs, text });
  }

  has(id: ObjectId): boolean {
    return this.#entries.has(id);
  }

  /** Makes a table known before anything that may name it is read. */
  announce(kind: 'table' | 'view', name: string, columns: readonly string[]): void {
    const lower = name.toLowerCase();
    this.#relations.set(lower, idOf(kind, [name]));
    this.#relationNames.set(lower, name);
    this.#columns.set(lower, new Map(columns.map((column) => [column.toLowerCase(), column])));
  }

  /** A name in the spelling in which the table or view is declared; as it stands where there is none. */
  relation(name: string): string {
    return this.#relationNames.get(name.toLowerCase()) ?? name;
  }

  relationId(name: string): ObjectId | null {
    return this.#relations.get(name.toLowerCase()) ?? null;
  }

  column(table: string, name: string): string {
    return this.columnsOf(table).get(name.toLowerCase()) ?? name;
  }

  columnsOf(table: string): ReadonlyMap<string, string> {
    return this.#columns.get(table.toLowerCase()) ?? NONE;
  }

  /** What names stand for where only one table's columns may be named. */
  namesOf(table: string): Names {
    return { columns: this.columnsOf(table), tables: NONE, own: table };
  }

  /** The columns of a table that a text names, as needs of it. */
  columnsNamed(table: string, sql: string, tokens: readonly Token[]): Need[] {
    const columns = this.columnsOf(table);
    const found = new Set<string>();
    for (const name of mentionsIn(sql, tokens)) {
      const column = columns.get(name);
      if (column !== undefined) found.add(column);
    }
    return [...found].map((column) => use(idOf('column', [this.relation(table), column])));
  }

  /** The tables and views that a query or a trigger mentions, and their columns that it names: by name, as a reader would. */
  mentioned(sql: string, tokens: readonly Token[]): { readonly names: Names; readonly needs: readonly Need[] } {
    const mentions = mentionsIn(sql, tokens);
    const columns = new Map<string, string>();
    const unclear = new Set<string>();
    const needs: Need[] = [];
    for (const mention of mentions) {
      const id = this.relationId(mention);
      if (id === null) continue;
      needs.push(use(id));
      for (const [lower, column] of this.columnsOf(mention)) {
        if ((columns.get(lower) ?? column) !== column) unclear.add(lower);
        columns.set(lower, column);
        if (mentions.has(lower)) needs.push(use(idOf('column', [this.relation(mention), column])));
      }
    }
    // Two tables spell it in two ways: then it stands as it was typed.
    for (const lower of unclear) columns.delete(lower);
    return { names: { columns, tables: this.#relationNames, own: null }, needs };
  }
}

const NONE: ReadonlyMap<string, string> = new Map();

export const own = (id: ObjectId): Need => ({ id, strength: 'own' });
export const use = (id: ObjectId): Need => ({ id, strength: 'use' });

/** All that may be a name, in lower case: strings too, which SQLite takes for names where only a name can stand. */
function mentionsIn(sql: string, tokens: readonly Token[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { kind, start, end } of tokens) {
    if (kind === 'word' || kind === 'name' || kind === 'string') names.add(nameIn(sql.slice(start, end)).toLowerCase());
  }
  return names;
}
