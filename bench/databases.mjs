// Databases of one run's own on servers that are there already.
import { rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import mysql from 'mysql2/promise';
import pg from 'pg';

/** @typedef {'sqlite' | 'postgres' | 'mysql'} DialectName */

/**
 * One database, made anew as often as wanted.
 *
 * @typedef {object} BenchDatabase
 * @property {DialectName} dialect
 * @property {string} url a file for SQLite
 * @property {() => Promise<void> | void} renew makes it, empty
 * @property {() => Promise<void> | void} drop
 * @property {(sql: string | string[]) => Promise<object[] | void> | object[] | void} run a list where the server takes one statement at a time; answers the rows of the last
 * @property {() => Promise<number> | number} tables how many tables `t_…` it has
 */

export const TITLES = { sqlite: 'SQLite', postgres: 'PostgreSQL', mysql: 'MariaDB' };

const SERVERS = {
  postgres: process.env.TORALE_TEST_POSTGRES_URL ?? `postgres://${userInfo().username}@127.0.0.1:5432/postgres`,
  mysql: process.env.TORALE_TEST_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306/',
};

const SEND = {
  async postgres(url, statements) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
    await client.connect();
    try {
      let rows;
      for (const sql of statements) ({ rows } = await client.query(sql));
      return rows;
    } finally {
      await client.end();
    }
  },
  async mysql(url, statements) {
    const connection = await mysql.createConnection({ uri: url, connectTimeout: 5000 });
    try {
      let rows;
      for (const sql of statements) [rows] = await connection.query(sql);
      return rows;
    } finally {
      await connection.end();
    }
  },
};

/**
 * The servers that answer, with their versions; the reason for those that do not.
 *
 * @returns {Promise<{ postgres?: string, mysql?: string, missing: string[] }>}
 */
export async function findServers() {
  const found = { missing: [] };
  for (const dialect of ['postgres', 'mysql']) {
    try {
      const [row] = await SEND[dialect](SERVERS[dialect], ['SELECT version() AS version']);
      found[dialect] = row.version;
    } catch (error) {
      found.missing.push(`${dialect}: ${error.message || error.code}`);
    }
  }
  return found;
}

/** @returns {BenchDatabase} */
export function sqliteFile(folder) {
  const file = join(folder, 'torale.db');
  const drop = () => {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(file + suffix, { force: true });
  };
  const run = (sql) => {
    const db = new Database(file);
    db.exec([sql].flat().join(';\n'));
    db.close();
  };
  const tables = () => {
    const db = new Database(file, { readonly: true });
    const count = db.prepare(
      `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name LIKE 't\\_%' ESCAPE '\\'`,
    );
    const number = count.pluck().get();
    db.close();
    return number;
  };
  return { dialect: 'sqlite', url: file, renew: drop, drop, run, tables };
}

/** @returns {BenchDatabase} */
export function serverDatabase(dialect, name) {
  const server = SERVERS[dialect];
  const url = new URL(server);
  url.pathname = `/${name}`;
  const drop = `DROP DATABASE IF EXISTS ${name}${dialect === 'postgres' ? ' WITH (FORCE)' : ''}`;
  return {
    dialect,
    url: url.href,
    renew: () => SEND[dialect](server, [drop, `CREATE DATABASE ${name}`]),
    drop: () => SEND[dialect](server, [drop]),
    run: (sql) => SEND[dialect](url.href, [sql].flat()),
    tables: async () => {
      const [row] = await SEND[dialect](url.href, [
        `SELECT count(*) AS number FROM information_schema.tables WHERE table_name LIKE 't|_%' ESCAPE '|'
         AND table_schema = ${dialect === 'postgres' ? `'public'` : 'database()'}`,
      ]);
      return Number(row.number);
    },
  };
}
