import { onTestFinished } from 'vitest';
import type { DialectName } from '../../src/dialects/names.ts';
import { freshDatabase } from '../support/databases.ts';

export { describeOn, flavorOf } from '../support/databases.ts';

/** One connection of the bare driver: statements are sent one by one, just as they are. */
export interface Wire {
  /** The rows as arrays of the server's values. Rejects with the driver's error. */
  readonly run: (sql: string, bindings?: readonly unknown[]) => Promise<unknown[][]>;
}

/** A connection to a database of the test's own, closed when the test ends. */
export async function freshWire(dialect: DialectName): Promise<Wire> {
  const { url } = await freshDatabase(dialect);
  switch (dialect) {
    case 'postgres':
      return postgresWire(url);
    case 'mysql':
      return mysqlWire(url);
    case 'sqlite':
      return sqliteWire(url.replace(/^sqlite:/, ''));
  }
}

async function postgresWire(url: string): Promise<Wire> {
  const { default: pg } = await import('pg');
  const client = new pg.Client(url);
  await client.connect();
  onTestFinished(() => client.end());
  return {
    run: async (text, values) => {
      const query = { text, rowMode: 'array' as const, ...(values ? { values: [...values] } : {}) };
      return (await client.query(query)).rows ?? [];
    },
  };
}

async function mysqlWire(url: string): Promise<Wire> {
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection({ uri: url, charset: 'utf8mb4', timezone: 'Z', dateStrings: true });
  onTestFinished(() => connection.end());
  return {
    run: async (sql, values) => {
      const options = { sql, rowsAsArray: true, supportBigNumbers: true };
      const [rows] = await (values ? connection.execute(options, [...values] as never[]) : connection.query(options));
      return Array.isArray(rows) ? (rows as unknown[][]) : [];
    },
  };
}

async function sqliteWire(file: string): Promise<Wire> {
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(file);
  onTestFinished(() => void database.close());
  return {
    run: async (sql, values = []) => {
      const statement = database.prepare(sql).safeIntegers();
      if (statement.reader) return statement.raw().all(...values) as unknown[][];
      statement.run(...values);
      return [];
    },
  };
}
