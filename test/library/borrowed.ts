import BetterSqlite from 'better-sqlite3';
import knexOf, { type Knex } from 'knex';
import mysql from 'mysql2';
import mysqlPromise from 'mysql2/promise';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { DialectName } from '../../src/dialects/names.ts';
import type { TestDatabase } from '../support/databases.ts';

type Rows = Record<string, unknown>[];

/** A connection of the caller's, in one of the shapes that drivers have. */
export interface Given {
  readonly options: { readonly connection: object } | { readonly knex: Knex };
  /** Runs SQL on what was given, to look at it afterwards. */
  readonly run: (sql: string) => Promise<Rows>;
  /** The connections that are out of the pool; nothing for a single connection. */
  readonly busy?: () => number;
  /** One connection, on which a transaction can be left open. */
  readonly single: boolean;
}

/** Shapes by the name that a test shows. */
export const SHAPES: Record<DialectName, Record<string, (db: TestDatabase) => Promise<Given>>> = {
  postgres: {
    'pg.Client': async ({ url }) => {
      const client = new pg.Client(url);
      await client.connect();
      onTestFinished(() => client.end());
      return { options: { connection: client }, single: true, run: async (sql) => lastRows(await client.query(sql)) };
    },
    'pg.Pool': async ({ url }) => {
      const pool = new pg.Pool({ connectionString: url, max: 1 });
      onTestFinished(() => pool.end());
      return {
        options: { connection: pool },
        single: false,
        run: async (sql) => lastRows(await pool.query(sql)),
        busy: () => pool.totalCount - pool.idleCount,
      };
    },
    Knex: (db) => onKnex('pg', db.url),
  },
  mysql: {
    'mysql2 connection': async ({ url }) => {
      const connection = mysql.createConnection({ uri: url, multipleStatements: true });
      onTestFinished(() => connection.end());
      return {
        options: { connection },
        single: true,
        run: async (sql) => toRows((await connection.promise().query(sql))[0]),
      };
    },
    'mysql2 connection with rows as arrays': async ({ url }) => {
      const connection = mysql.createConnection({ uri: url, rowsAsArray: true, dateStrings: true, typeCast: false });
      const reader = mysql.createConnection({ uri: url });
      onTestFinished(() => {
        connection.end();
        reader.end();
      });
      return {
        options: { connection },
        single: true,
        run: async (sql) => toRows((await connection.promise().query({ sql, rowsAsArray: false, typeCast: true }))[0]),
      };
    },
    'mysql2 pool': async ({ url }) => {
      const pool = mysql.createPool({ uri: url, connectionLimit: 1 });
      onTestFinished(() => pool.promise().end());
      return {
        options: { connection: pool },
        single: false,
        run: async (sql) => toRows((await pool.promise().query(sql))[0]),
        busy: () => busyOf(pool),
      };
    },
    'mysql2/promise connection': async ({ url }) => {
      const connection = await mysqlPromise.createConnection({ uri: url });
      onTestFinished(() => connection.end());
      return { options: { connection }, single: true, run: async (sql) => toRows((await connection.query(sql))[0]) };
    },
    'mysql2/promise pool': async ({ url }) => {
      const pool = mysqlPromise.createPool({ uri: url, connectionLimit: 1 });
      onTestFinished(() => pool.end());
      const core = (pool as unknown as { pool: object }).pool;
      return {
        options: { connection: pool },
        single: false,
        run: async (sql) => toRows((await pool.query(sql))[0]),
        busy: () => busyOf(core),
      };
    },
    Knex: (db) => onKnex('mysql2', db.url),
  },
  sqlite: {
    'better-sqlite3': async ({ name }) => {
      const database = new BetterSqlite(name);
      onTestFinished(() => void database.close());
      return { options: { connection: database }, single: true, run: (sql) => runSqlite(database, sql) };
    },
    'better-sqlite3 with BigInts': async ({ name }) => {
      const database = new BetterSqlite(name);
      database.defaultSafeIntegers(true);
      onTestFinished(() => void database.close());
      return { options: { connection: database }, single: true, run: (sql) => runSqlite(database, sql) };
    },
    Knex: (db) => onKnex('better-sqlite3', db.name),
  },
};

async function onKnex(client: string, target: string): Promise<Given> {
  const isSqlite = client === 'better-sqlite3';
  const knex = knexOf({
    client,
    connection: isSqlite ? { filename: target } : target,
    pool: { min: 0, max: 1 },
    ...(isSqlite ? { useNullAsDefault: true } : {}),
  });
  onTestFinished(() => knex.destroy());
  const { pool } = knex.client as { pool: { numUsed(): number } };
  return {
    options: { knex },
    single: false,
    run: async (sql) => {
      const answer: unknown = await knex.raw(sql);
      if (isSqlite) return answer as Rows;
      return client === 'pg' ? lastRows(answer as pg.QueryResult) : toRows((answer as unknown[])[0]);
    },
    busy: () => pool.numUsed(),
  };
}

function lastRows(result: pg.QueryResult | pg.QueryResult[]): Rows {
  return ([result].flat().at(-1)?.rows ?? []) as Rows;
}

function toRows(result: unknown): Rows {
  return Array.isArray(result) ? (result as Rows) : [];
}

function busyOf(pool: object): number {
  const { _allConnections, _freeConnections } = pool as Record<
    '_allConnections' | '_freeConnections',
    { length: number }
  >;
  return _allConnections.length - _freeConnections.length;
}

async function runSqlite(database: BetterSqlite.Database, sql: string): Promise<Rows> {
  const statement = database.prepare(sql);
  if (statement.reader) return statement.safeIntegers(false).all() as Rows;
  statement.run();
  return [];
}
