import { expect, test } from 'vitest';
import { check, current, stamp, upgrade } from '../../src/index.ts';
import { DIALECTS, type DialectName } from '../../src/dialects/names.ts';
import { describeOn, freshDatabase } from '../support/databases.ts';
import { writeVersions } from '../support/revisions.ts';
import { SHAPES } from './borrowed.ts';

const TABLE = { id: 'a1', body: `await op.execute('CREATE TABLE t (id integer PRIMARY KEY)');` };

/** What the caller has set, what a revision sets, and how both are read. */
const SETTINGS: Record<
  DialectName,
  { readonly mine: readonly string[]; readonly theirs: readonly string[]; readonly read: string }
> = {
  postgres: {
    mine: [
      'SET search_path = pg_catalog, public',
      "SET statement_timeout = '31s'",
      "SET lock_timeout = '32s'",
      "SET TimeZone = 'Asia/Tokyo'",
      "SET work_mem = '7MB'",
      "SET idle_in_transaction_session_timeout = '33s'",
    ],
    theirs: [
      'SET search_path = public',
      'SET statement_timeout = 0',
      'SET lock_timeout = 0',
      "SET TimeZone = 'UTC'",
      "SET work_mem = '8MB'",
      'SET ROLE pg_monitor',
      'RESET ROLE',
      'SET default_transaction_read_only = off',
      "SET DateStyle = 'German'",
      'SET check_function_bodies = off',
    ],
    read: `SELECT name, setting FROM pg_settings WHERE context IN ('user', 'superuser')
      UNION ALL SELECT 'role', current_setting('role') UNION ALL SELECT 'user', current_user ORDER BY 1`,
  },
  mysql: {
    mine: [
      "SET SESSION sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES'",
      "SET SESSION time_zone = '+09:00'",
      'SET SESSION foreign_key_checks = 0',
      'SET SESSION lock_wait_timeout = 77',
      'SET SESSION innodb_lock_wait_timeout = 78',
      'SET SESSION wait_timeout = 1000',
      'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
      'SET NAMES latin1',
    ],
    theirs: [
      "SET SESSION sql_mode = ''",
      'SET SESSION foreign_key_checks = 1',
      'SET SESSION unique_checks = 0',
      'SET SESSION lock_wait_timeout = 5',
      'SET SESSION group_concat_max_len = 4096',
      'SET NAMES utf8mb4',
      'USE information_schema',
    ],
    read: `SHOW SESSION VARIABLES WHERE Variable_name NOT IN ('error_count', 'identity', 'in_transaction', 'insert_id', 'last_gtid',
      'last_insert_id', 'pseudo_thread_id', 'rand_seed1', 'rand_seed2', 'statement_id', 'timestamp', 'warning_count')`,
  },
  sqlite: {
    mine: [
      'PRAGMA foreign_keys = 1',
      'PRAGMA busy_timeout = 1234',
      'PRAGMA recursive_triggers = 1',
      'PRAGMA cache_size = -3000',
    ],
    theirs: [
      'PRAGMA recursive_triggers = 0',
      'PRAGMA legacy_alter_table = 1',
      'PRAGMA cache_size = -100',
      'PRAGMA ignore_check_constraints = 1',
    ],
    read: `SELECT foreign_keys, timeout, recursive_triggers, cache_size, legacy_alter_table, ignore_check_constraints, query_only
      FROM pragma_foreign_keys, pragma_busy_timeout, pragma_recursive_triggers, pragma_cache_size, pragma_legacy_alter_table,
      pragma_ignore_check_constraints, pragma_query_only`,
  },
};

describeOn(DIALECTS, "a caller's own", (dialect) => {
  const { mine, theirs, read } = SETTINGS[dialect];
  const changing = theirs.map((sql) => `await op.execute(${JSON.stringify(sql)});`).join('\n');

  test.for(Object.entries(SHAPES[dialect]))(
    '%s is used on one connection and left as it was found',
    async ([, make]) => {
      const db = await freshDatabase(dialect);
      if (dialect === 'postgres') await db.query('CREATE SCHEMA IF NOT EXISTS public');
      const given = await make(db);
      for (const sql of mine) await given.run(sql);
      const before = await given.run(read);
      const versionTableSchema = dialect === 'postgres' ? { versionTableSchema: 'public' } : {};
      const options = {
        ...given.options,
        ...versionTableSchema,
        versions: writeVersions([
          { ...TABLE, body: dialect === 'postgres' ? TABLE.body.replace('TABLE t', 'TABLE public.t') : TABLE.body },
          { id: 'b2', body: changing },
          { id: 'c3', body: `await op.execute('SELECT 1');` },
        ]),
      };

      expect((await current(options)).state).toBe('empty');
      expect(await given.run(read)).toEqual(before);
      expect((await upgrade({ ...options, revision: 'a1' })).heads).toEqual(['a1']);
      expect(await given.run(read)).toEqual(before);
      expect((await upgrade(options)).heads).toEqual(['c3']);
      expect(await given.run(read)).toEqual(before);
      expect((await check(options)).exitCode).toBe(0);
      expect((await stamp({ ...options, revision: 'a1', purge: true })).heads).toEqual(['a1']);
      expect(await given.run(read)).toEqual(before);
      expect(given.busy?.() ?? 0).toBe(0);
      expect(await locksOf(dialect, db)).toEqual([]);
      if (dialect === 'mysql') expect(Object.values((await given.run('SELECT DATABASE()'))[0]!)).toEqual([db.name]);
    },
  );

  test.for(Object.entries(SHAPES[dialect]))('%s is left as it was found by a failure', async ([, make]) => {
    const db = await freshDatabase(dialect);
    const given = await make(db);
    for (const sql of mine) await given.run(sql);
    const before = await given.run(read);
    const versionTableSchema = dialect === 'postgres' ? { versionTableSchema: 'public' } : {};
    const failing = `${changing}\nawait op.execute('SELECT * FROM nowhere');`;
    const options = {
      ...given.options,
      ...versionTableSchema,
      versions: writeVersions([{ id: 'a1' }, { id: 'b2', body: failing }]),
    };
    await expect(upgrade(options)).rejects.toMatchObject({ code: 'REVISION_FAILED', data: { heads: ['a1'] } });
    expect(await given.run(read)).toEqual(before);
    expect(given.busy?.() ?? 0).toBe(0);
    expect(await locksOf(dialect, db)).toEqual([]);
    expect((await current(options)).heads).toEqual(['a1']);
  });

  test.for(Object.entries(SHAPES[dialect]))(
    '%s inside a transaction is refused, and the transaction lives on',
    async ([, make]) => {
      const db = await freshDatabase(dialect);
      await db.query('CREATE TABLE kept (id integer)');
      const given = await make(db);
      if (!given.single) return;
      await given.run('BEGIN');
      await given.run('INSERT INTO kept VALUES (1)');
      const options = { ...given.options, versions: writeVersions([TABLE]) };
      for (const work of [() => upgrade(options), () => current(options)]) {
        await expect(work()).rejects.toMatchObject({
          code: 'USAGE',
          exitCode: 2,
          message: expect.stringMatching(/inside a transaction/) as string,
        });
      }
      await given.run('COMMIT');
      expect(await db.query('SELECT id FROM kept')).toEqual([{ id: 1 }]);
      expect((await upgrade(options)).heads).toEqual(['a1']);
    },
  );

  test('Knex transaction is refused', async () => {
    const { options } = await SHAPES[dialect]['Knex']!(await freshDatabase(dialect));
    if (!('knex' in options)) throw new Error('no Knex');
    await options.knex.transaction(async (trx) => {
      const failure = upgrade({ knex: trx, versions: writeVersions([TABLE]) });
      await expect(failure).rejects.toMatchObject({ code: 'USAGE', message: 'The Knex given is a transaction.' });
    });
  });
});

describeOn(['postgres'], 'a PostgreSQL connection', () => {
  test('whose transaction has failed is refused', async () => {
    const { options, run } = await SHAPES.postgres['pg.Client']!(await freshDatabase('postgres'));
    await run('BEGIN');
    await run('SELECT * FROM nowhere').catch(() => undefined);
    await expect(upgrade({ ...options, versions: writeVersions([TABLE]) })).rejects.toMatchObject({ code: 'USAGE' });
    await run('ROLLBACK');
  });

  test('that nobody connected is refused instead of waited for', async () => {
    const { Client } = (await import('pg')).default;
    const client = new Client('postgres://app@127.0.0.1:1/app');
    await expect(upgrade({ connection: client, versions: writeVersions([TABLE]) })).rejects.toMatchObject({
      code: 'USAGE',
      message: 'The connection given is not open.',
    });
  });

  test('takes role and search path, for this run alone', async () => {
    const db = await freshDatabase('postgres');
    await db.query('CREATE SCHEMA app');
    const { options, run } = await SHAPES.postgres['pg.Client']!(db);
    await upgrade({ ...options, searchPath: 'app', versions: writeVersions([TABLE]) });
    expect(await db.query('SELECT version_num FROM app.torale_version')).toEqual([{ version_num: 'a1' }]);
    expect(await db.query("SELECT to_regclass('app.t') IS NOT NULL AS there")).toEqual([{ there: true }]);
    expect(await run('SHOW search_path')).toEqual([{ search_path: '"$user", public' }]);
  });

  test('that breaks during the run leaves the pool usable and ends nothing', async () => {
    const db = await freshDatabase('postgres');
    const given = await SHAPES.postgres['pg.Pool']!(db);
    // Its own connection must not be the one that is killed.
    const body = `await op.execute('SELECT pg_terminate_backend(pg_backend_pid())');`;
    const failure = upgrade({ ...given.options, versions: writeVersions([{ id: 'a1', body }]) });
    await expect(failure).rejects.toMatchObject({ code: 'CONNECTION_LOST', exitCode: 3 });
    expect(await given.run('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(given.busy?.()).toBe(0);
  });
});

/** Locks of Torale that a session still holds in this database. */
async function locksOf(
  dialect: DialectName,
  db: { query(sql: string): Promise<unknown[]>; name: string },
): Promise<unknown[]> {
  switch (dialect) {
    case 'postgres':
      return db.query(
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
      );
    case 'mysql': {
      const { lockName } = await import('../../src/dialects/mysql/lock.ts');
      return db.query(`SELECT 1 AS held WHERE IS_USED_LOCK('${lockName(db.name, 'torale_version')}') IS NOT NULL`);
    }
    case 'sqlite':
      return db.query('BEGIN IMMEDIATE');
  }
}
