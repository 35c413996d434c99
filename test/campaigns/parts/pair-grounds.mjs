// Where pairs of schemas are tried: databases of a server, or in memory.
import mysql from 'mysql2/promise';
import pg from 'pg';
import { loadDialect } from '../../../src/dialects/load.ts';
import { parseDatabaseUrl } from '../../../src/dialects/registry.ts';

/**
 * @typedef {object} Ground
 * @property {(pair: object) => boolean} takes
 * @property {(pair: object) => Promise<void>} prepare
 * @property {(sql: string) => Promise<{ session: object, drop: () => Promise<void> }>} database a new one with this in it
 * @property {() => Promise<void>} close
 */

/** @returns {Promise<Ground>} */
export async function openPostgres(base) {
  const admin = new pg.Client({ connectionString: base });
  await admin.connect();
  const { rows: versions } = await admin.query('SHOW server_version_num');
  const major = Math.floor(Number(versions[0].server_version_num) / 10_000);
  const dialect = await loadDialect('postgres');
  const drop = (name) => admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  return {
    takes: (pair) => (pair.min_version ?? 0) <= major && (pair.max_version ?? major) >= major,
    async prepare(pair) {
      for (const role of pair.roles ?? []) {
        await admin.query(`DO $$BEGIN CREATE ROLE "${role}"; EXCEPTION WHEN duplicate_object THEN END$$`);
      }
    },
    async database(sql) {
      const name = `pair_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
      await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`);
      const url = new URL(base);
      url.pathname = `/${name}`;
      const session = await dialect.connect(parseDatabaseUrl(url.href, { cwd: '.' }), {
        connectTimeoutMs: 5000,
        readOnly: false,
        create: false,
      });
      try {
        if (sql.trim() !== '') await session.query(sql);
      } catch (error) {
        await session.close();
        await drop(name);
        throw new Error(`load: ${error.message}`, { cause: error });
      }
      await session.query('DISCARD ALL');
      return {
        session,
        async drop() {
          await dropSubscriptions(session);
          await session.close();
          await drop(name);
        },
      };
    },
    close: () => admin.end(),
  };
}

async function dropSubscriptions(session) {
  const { rows } = await session.query(
    'SELECT subname FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database()',
  );
  for (const { subname } of rows) {
    await session.query(`ALTER SUBSCRIPTION ${String(subname)} DISABLE`);
    await session.query(`ALTER SUBSCRIPTION ${String(subname)} SET (slot_name = NONE)`);
    await session.query(`DROP SUBSCRIPTION ${String(subname)}`);
  }
}

/** @returns {Promise<Ground>} */
export async function openSqlite() {
  const dialect = await loadDialect('sqlite');
  const memory = { dialect: 'sqlite', path: ':memory:', display: 'in memory' };
  return {
    takes: () => true,
    async prepare() {},
    async database(sql) {
      const session = await dialect.connect(memory, { connectTimeoutMs: 0, readOnly: false, create: true });
      try {
        session.driver.exec(`PRAGMA foreign_keys = OFF; ${sql}`);
      } catch (error) {
        await session.close();
        throw new Error(`load: ${error.message}`, { cause: error });
      }
      return { session, drop: () => session.close() };
    },
    async close() {},
  };
}

/** @returns {Promise<Ground>} */
export async function openMysql(base) {
  const admin = await mysql.createConnection({ uri: base, multipleStatements: true });
  const dialect = await loadDialect('mysql');
  return {
    takes: () => true,
    async prepare() {},
    async database(sql) {
      const name = `pair_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
      const url = new URL(base);
      url.pathname = `/${name}`;
      await admin.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4; USE ${name}; SET foreign_key_checks = 0`);
      try {
        // One of them may need DELIMITER lines.
        for (const { text } of dialect.split(sql)) await admin.query(text);
      } catch (error) {
        await admin.query(`DROP DATABASE ${name}`);
        throw new Error(`load: ${error.message}`, { cause: error });
      }
      const session = await dialect.connect(parseDatabaseUrl(url.href, { base: '.' }), {
        connectTimeoutMs: 5000,
        readOnly: false,
        create: false,
      });
      return {
        session,
        async drop() {
          await session.close();
          await admin.query(`DROP DATABASE ${name}`);
        },
      };
    },
    close: () => admin.end(),
  };
}
