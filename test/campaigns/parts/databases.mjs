// Databases of a campaign's own, on servers of its own: a campaign opens many connections and may kill the server.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import mysql from 'mysql2/promise';
import pg from 'pg';
import {
  embeddedPostgres,
  mysqlBinaries,
  postgresBinaries,
  reapServers,
  startMysql,
  startPostgres,
} from '../../support/private-server.ts';
import { mysqlRows, postgresRows, sqliteRows } from '../../support/raw.ts';

/** @typedef {'sqlite' | 'postgres' | 'mysql'} DialectName */
/** @typedef {Record<string, unknown>} Row */

export const DIALECTS = /** @type {const} */ (['postgres', 'mysql', 'sqlite']);

/**
 * @typedef {object} Server
 * @property {DialectName} dialect
 * @property {string} version
 * @property {() => Promise<Database>} database a new, empty one
 * @property {() => Promise<void>} crash all its processes are killed
 * @property {() => Promise<void>} restart and waits until it answers
 * @property {() => void} stop
 * @property {string} [admin] where databases are made
 */

/**
 * @typedef {object} Database
 * @property {DialectName} dialect
 * @property {string} url
 * @property {(sql: string) => Promise<Row[]>} query
 * @property {() => Promise<void>} drop
 */

/** A crash must not lose what was committed, so the shortcuts that test servers take are taken back. */
const DURABLE = {
  postgres: { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' },
  mysql: { 'innodb-flush-log-at-trx-commit': '1' },
};

/**
 * @param {DialectName} dialect
 * @param {object} [options]
 * @param {boolean} [options.durable] what was committed survives a crash of the server
 * @param {string} [options.url] an existing server instead
 * @param {Record<string, string>} [options.settings]
 * @returns {Promise<Server>}
 */
export async function openServer(dialect, { durable = false, url, settings = {} } = {}) {
  if (dialect === 'sqlite') return sqlite();
  const wanted = {
    ...(durable ? DURABLE[dialect] : {}),
    ...(dialect === 'postgres' ? { max_connections: '400' } : { 'max-connections': '400' }),
    ...settings,
  };
  const own = url === undefined ? await start(dialect, wanted) : undefined;
  const admin = url ?? own.url;
  if (own !== undefined) process.once('exit', () => own.stop());
  const rows = dialect === 'postgres' ? postgresRows : mysqlRows;
  const answer = async () => {
    for (let tries = 0; ; tries++) {
      try {
        return await rows(admin, 'SELECT version() AS version');
      } catch (error) {
        const died = own?.died();
        if (died !== undefined || tries > 600) throw new Error(died ?? String(error), { cause: error });
        await pause(50);
      }
    }
  };
  const [row] = await answer();
  return {
    dialect,
    admin,
    version: `${dialect === 'postgres' ? 'PostgreSQL ' : ''}${String(row.version).replace('PostgreSQL ', '').split(' ')[0]}`,
    database: async () => {
      const name = `torale_test_${Math.floor(Date.now() / 1000).toString(36)}_${randomBytes(4).toString('hex')}`;
      await rows(
        admin,
        dialect === 'postgres'
          ? `CREATE DATABASE ${name} TEMPLATE template0`
          : `CREATE DATABASE ${name} CHARACTER SET utf8mb4`,
      );
      const at = new URL(admin);
      at.pathname = `/${name}`;
      return {
        dialect,
        url: at.href,
        query: (sql) => rows(at.href, sql),
        drop: async () =>
          void (await rows(admin, `DROP DATABASE IF EXISTS ${name}${dialect === 'postgres' ? ' WITH (FORCE)' : ''}`)),
      };
    },
    crash: async () => own.crash(),
    restart: async () => {
      own.restart();
      await answer();
    },
    stop: () => own?.stop(),
  };
}

/** @param {DialectName} dialect */
async function start(dialect, settings) {
  reapServers();
  if (dialect === 'postgres') return startPostgres(postgresBinaries() ?? (await embeddedPostgres()), { settings });
  const binaries = mysqlBinaries();
  if (binaries === undefined) throw new Error('No mariadbd or mysqld is installed.');
  return startMysql(binaries, { settings });
}

/** @returns {Server} */
function sqlite() {
  const [{ version }] = sqliteRows(':memory:', 'SELECT sqlite_version() AS version');
  return {
    dialect: 'sqlite',
    version: `SQLite ${String(version)}`,
    database: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'torale-test-sqlite-'));
      const file = join(folder, 'test.db');
      return {
        dialect: 'sqlite',
        url: `sqlite:${file}`,
        query: async (sql) => sqliteRows(file, sql),
        drop: async () => rmSync(folder, { recursive: true, force: true }),
      };
    },
    crash: () => Promise.reject(new Error('SQLite has no server.')),
    restart: () => Promise.resolve(),
    stop: () => undefined,
  };
}

/**
 * One connection that stays open: what a campaign asks many times, or holds.
 *
 * @param {Database} database
 */
export async function connection(database) {
  if (database.dialect === 'postgres') {
    const client = new pg.Client({ connectionString: database.url });
    client.on('error', () => undefined);
    await client.connect();
    return { query: async (sql) => (await client.query(sql)).rows, close: () => client.end() };
  }
  if (database.dialect === 'mysql') {
    const client = await mysql.createConnection({ uri: database.url });
    client.on('error', () => undefined);
    return { query: async (sql) => (await client.query(sql))[0], close: () => client.end() };
  }
  const client = new BetterSqlite3(database.url.replace('sqlite:', ''));
  return { query: async (sql) => client.prepare(sql).all(), close: async () => void client.close() };
}

const OWN = /^(torale_|alembic_version$|knex_)/;

const TABLES = {
  postgres: "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  mysql:
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = database() AND table_type = 'BASE TABLE' ORDER BY 1",
  sqlite: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1",
};

/**
 * A checksum of the rows of every table but the tools' own.
 *
 * A column named `serial` is left out: a rolled-back INSERT uses up numbers of a sequence, as it does without a crash.
 *
 * @param {Database} database
 * @returns {Promise<Record<string, string>>} rows and digest by table
 */
export async function dataOf(database) {
  /** @type {Record<string, string>} */
  const result = {};
  for (const { name } of await database.query(TABLES[database.dialect])) {
    if (OWN.test(String(name))) continue;
    const rows = await database.query(`SELECT * FROM ${String(name)}`);
    const lines = rows.map((row) => JSON.stringify({ ...row, serial: undefined })).toSorted();
    result[String(name)] =
      `${lines.length} ${createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16)}`;
  }
  return result;
}
