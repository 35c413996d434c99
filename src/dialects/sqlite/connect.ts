import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type BetterSqlite from 'better-sqlite3';
import { ToraleError } from '../../errors.ts';
import type { QueryResult, Row, Session } from '../../session/session.ts';
import type { ConnectOptions } from '../dialect.ts';
import { importDriver } from '../driver.ts';
import type { SqliteUrl } from '../url.ts';
import { connectError } from './errors.ts';

type Database = BetterSqlite.Database;

/** better-sqlite3 tells a missing folder and a folder in the file's place by one and the same vague error. */
function checkPath(url: SqliteUrl, create: boolean): void {
  if (url.path === ':memory:') return;
  if (existsSync(url.path)) {
    if (statSync(url.path).isDirectory()) {
      throw new ToraleError('DATABASE_MISSING', `${url.display} is a directory, not a database file.`, {
        data: { url: url.display },
        hint: 'Name a file in it.',
      });
    }
    return;
  }
  const folder = dirname(url.path);
  if (!existsSync(folder)) {
    throw new ToraleError('DATABASE_MISSING', `${url.display}: the folder ${folder} does not exist.`, {
      data: { url: url.display },
      hint: 'Create the folder, or correct the path.',
    });
  }
  if (!statSync(folder).isDirectory()) {
    throw new ToraleError('DATABASE_MISSING', `${url.display}: ${folder} is a file, not a folder.`, {
      data: { url: url.display },
      hint: 'Correct the path.',
    });
  }
  if (!create) {
    throw new ToraleError('DATABASE_MISSING', `${url.display} does not exist.`, {
      // Told apart from a path that can never become a database.
      data: { url: url.display, missing: true },
      hint: `'torale upgrade head' creates it.`,
    });
  }
}

/** How long one statement waits for another connection's write to end. */
export const BUSY_TIMEOUT_MS = 5000;

/** @throws ToraleError DATABASE_MISSING, DENIED, UNREACHABLE */
export async function connect(url: SqliteUrl, options: ConnectOptions): Promise<Session> {
  const { default: Driver } = await importDriver<{ default: typeof BetterSqlite }>(
    'better-sqlite3',
    () => import('better-sqlite3'),
  );
  checkPath(url, options.create);
  let database: Database | undefined;
  try {
    // Never opened read-only by flag: SQLite could then not mend what a killed writer left behind
    // (https://www.sqlite.org/lockingv3.html#hot_journals). query_only keeps a reading command from writing.
    database = new Driver(url.path, { fileMustExist: !options.create, timeout: BUSY_TIMEOUT_MS });
    // The first access finds out whether the file is a database at all.
    database.pragma('schema_version');
    if (options.readOnly) database.pragma('query_only = 1');
    const opened = database;
    return new SqliteSession(opened, () => opened.close());
  } catch (error) {
    database?.close();
    throw connectError(error, url);
  }
}

/**
 * Run without a statement of its own: one stays until it is collected, and every change of the schema goes through all that
 * are there (half of the time of 3,200 such, and 15 of 90 MiB).
 */
const PLAIN_DDL = /^\s*CREATE\s+(?:(?:UNIQUE\s+)?INDEX\s|TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:\w+|"[^"]*")\s*\()/i;

export class SqliteSession implements Session {
  readonly dialect = 'sqlite';
  readonly id = null;
  readonly server;
  readonly driver: Database;
  readonly #close: () => void;
  readonly #statements = new Map<string, BetterSqlite.Statement>();

  constructor(database: Database, close: () => void) {
    this.driver = database;
    this.#close = close;
    const version = database.prepare('SELECT sqlite_version()').pluck().get() as string;
    this.server = { flavor: 'sqlite', version, title: `SQLite ${version}` } as const;
  }

  async query(sql: string, bindings: readonly unknown[] = []): Promise<QueryResult> {
    if (bindings.length === 0 && PLAIN_DDL.test(sql)) {
      this.driver.exec(sql);
      return { rows: [], rowCount: 0 };
    }
    return run(this.#prepare(sql), bindings);
  }

  async prepared(sql: string, bindings: readonly unknown[]): Promise<QueryResult> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.#prepare(sql)));
    return run(statement, bindings);
  }

  /** Numbers, whatever a caller's own database is set to. */
  #prepare(sql: string): BetterSqlite.Statement {
    return this.driver.prepare(sql).safeIntegers(false);
  }

  async inTransaction(): Promise<boolean> {
    return this.driver.inTransaction;
  }

  async close(): Promise<void> {
    this.#close();
  }
}

function run(statement: BetterSqlite.Statement, bindings: readonly unknown[]): QueryResult {
  const values = bindings.map(toParameter);
  if (statement.reader) {
    const rows = statement.all(...values) as Row[];
    return { rows, rowCount: rows.length };
  }
  return { rows: [], rowCount: statement.run(...values).changes };
}

/** SQLite has no booleans and no dates; Knex binds them this way too. */
function toParameter(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  // The driver binds every number as REAL, which would put 5.0 into a text column.
  if (Number.isSafeInteger(value)) return BigInt(value as number);
  if (value instanceof Date) return value.valueOf();
  return value === undefined ? null : value;
}
