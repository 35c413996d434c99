import { isToraleError } from '../../errors.ts';
import { objectOf, type SchemaObject } from '../../schema/object.ts';
import { ObjectPool } from '../../schema/pool.ts';
import type { Session } from '../../session/session.ts';
import type { Inspection } from '../schema-dialect.ts';
import { disagreement } from './read/agree.ts';
import { Catalog } from './read/catalog.ts';
import { type CreateTable, readCreateTable } from './read/create-table.ts';
import { putIndex, putTrigger, putView, putVirtualTable, readVirtualTable } from './read/other-objects.ts';
import { loadedModules, Pragmas, type StoredObject, virtualColumns } from './read/pragmas.ts';
import { putTable } from './read/table-objects.ts';

/**
 * Reads the text of every CREATE statement, which is where SQLite keeps its schema, and holds each table against what the
 * pragmas say of it.
 */
export async function inspect(
  session: Session,
  isOwn: (object: SchemaObject) => boolean,
  pool = new ObjectPool(),
): Promise<Inspection> {
  await session.query('BEGIN');
  try {
    const reading = new Reading(await Pragmas.ask(session), isOwn, pool);
    reading.tables();
    await reading.virtualTables(session);
    reading.others();
    const { flavor, version } = session.server;
    return {
      schema: reading.catalog.schema(),
      server: { flavor, version, number: numberOf(version) },
      unread: reading.unread.sort(),
    };
  } finally {
    await session.query('ROLLBACK');
  }
}

/** 3.54.1 is 3054001: https://www.sqlite.org/c3ref/c_source_id.html */
function numberOf(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return major * 1_000_000 + minor * 1000 + patch;
}

class Reading {
  catalog: Catalog;
  readonly unread: string[] = [];
  readonly #pragmas: Pragmas;
  readonly #pool: ObjectPool;
  /** What is no part of the schema or could not be read, in lower case: what stands on it goes with it. */
  readonly #aside = new Set<string>();

  constructor(pragmas: Pragmas, isOwn: (object: SchemaObject) => boolean, pool: ObjectPool) {
    this.#pragmas = pragmas;
    this.#pool = pool;
    this.catalog = new Catalog(pool);
    for (const { name, type } of pragmas.listed.values()) {
      if (type === 'shadow' || isOwn(objectOf('table', [name], {}))) this.#aside.add(name.toLowerCase());
    }
  }

  tables(): void {
    // What cannot be read is no name either: without it the rest is read once more.
    while (!this.#readTables()) this.catalog = new Catalog(this.#pool);
  }

  /**
   * Every name is known before the first expression is read: it may name any of them. Each table's text is then read and
   * forgotten: the tokens of 5,000 tables are 40 MiB.
   *
   * @returns whether all could be read
   */
  #readTables(): boolean {
    const tables = this.#of('table').filter((object) => !isVirtual(object));
    for (const { name } of tables) {
      this.catalog.announce(
        'table',
        name,
        this.#pragmas.columnsOf(name).map((column) => column.name),
      );
    }
    for (const { name } of this.#of('view')) this.catalog.announce('view', name, []);
    const before = this.unread.length;
    for (const stored of tables) {
      const table = this.#attempt(stored, () => this.#checked(stored));
      if (table !== null) putTable(table, this.catalog);
    }
    return this.unread.length === before;
  }

  async virtualTables(session: Session): Promise<void> {
    const virtual = this.#of('table').filter(isVirtual);
    if (virtual.length === 0) return;
    const modules = await loadedModules(session);
    for (const stored of virtual) {
      const { name, sql } = stored;
      const table = this.#attempt(stored, () => readVirtualTable(sql));
      if (table === null) continue;
      if (!modules.has(table.module)) {
        this.#leave(stored, `module ${table.module} is not loaded`);
        continue;
      }
      try {
        const columns = await virtualColumns(session, name);
        this.catalog.announce('table', name, columns);
        putVirtualTable(name, sql, columns, this.catalog);
      } catch (error) {
        this.#leave(stored, error instanceof Error ? error.message : String(error));
      }
    }
  }

  others(): void {
    for (const stored of this.#of('index')) this.#attempt(stored, () => putIndex(stored, this.catalog));
    for (const stored of this.#of('view')) this.#attempt(stored, () => putView(stored, this.catalog));
    for (const stored of this.#of('trigger')) this.#attempt(stored, () => putTrigger(stored, this.catalog));
  }

  #of(type: string): StoredObject[] {
    return this.#pragmas.objects.filter(
      (object) => object.type === type && !this.#aside.has(object.table.toLowerCase()),
    );
  }

  #checked({ name, sql }: StoredObject): CreateTable | null {
    const table = readCreateTable(sql);
    const problem = disagreement(table, this.#pragmas.of(name), this.#pragmas.listed.get(name));
    if (problem === null) return table;
    this.#leave({ type: 'table', name, table: name, sql }, problem);
    return null;
  }

  #attempt<T>(stored: StoredObject, read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      if (!isToraleError(error) || error.code !== 'SQL_UNREADABLE') throw error;
      this.#leave(stored, error.message);
      return null;
    }
  }

  #leave(stored: StoredObject, why: string): void {
    const { type, name, table } = stored;
    if (type === 'table' || type === 'view') this.#aside.add(table.toLowerCase());
    this.unread.push(`${isVirtual(stored) ? 'virtual table' : type} ${name} (${why})`);
  }
}

function isVirtual({ sql }: StoredObject): boolean {
  return /^create\s+virtual\b/i.test(sql);
}
