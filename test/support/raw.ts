// The bare drivers, for set-up and for looking at a database without going through Torale.
import BetterSqlite3 from 'better-sqlite3';
import mysql from 'mysql2/promise';
import pg from 'pg';

export type Row = Record<string, unknown>;

export async function postgresRows(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    // Several statements give several results.
    const results = [await client.query<Row>(sql)].flat();
    return results.at(-1)?.rows ?? [];
  } finally {
    await client.end();
  }
}

export async function mysqlRows(url: string, sql: string): Promise<Row[]> {
  const connection = await mysql.createConnection({ uri: url, connectTimeout: 5000, multipleStatements: true });
  try {
    const [result] = await connection.query(sql);
    if (!Array.isArray(result)) return [];
    const several = result.some((one) => Array.isArray(one) || 'affectedRows' in one);
    const last: unknown = several ? result.at(-1) : result;
    return Array.isArray(last) ? last : [];
  } finally {
    await connection.end();
  }
}

export function sqliteRows(file: string, sql: string): Row[] {
  const db = new BetterSqlite3(file);
  try {
    let statement;
    try {
      statement = db.prepare<[], Row>(sql);
    } catch (error) {
      // better-sqlite3 prepares one statement at a time.
      if (!(error instanceof RangeError)) throw error;
      db.exec(sql);
      return [];
    }
    if (statement.reader) return statement.all();
    statement.run();
    return [];
  } finally {
    db.close();
  }
}
