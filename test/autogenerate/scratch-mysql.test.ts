import { expect, test } from 'vitest';
import { withScratch, type ScratchRequest } from '../../src/autogenerate/scratch.ts';
import { loadDialect } from '../../src/dialects/load.ts';
import { parseDatabaseUrl } from '../../src/dialects/registry.ts';
import { scratchName } from '../../src/dialects/scratch-dialect.ts';
import { adminUrl, describeOn, flavorOf, freshDatabase, query, type TestDatabase } from '../support/databases.ts';
import { sessionOn } from '../support/mysql-change.ts';
import { rowsOf } from '../support/mysql-rows.ts';
import { writeVersions } from '../support/revisions.ts';
import { Project } from './project.ts';

const CONFIG = { protected: false, connectTimeoutMs: 5000, role: null, searchPath: null, versionTableSchema: null };

function requestFor(url: string, isDedicated = false): ScratchRequest {
  return {
    dialect: 'mysql',
    host: { url: parseDatabaseUrl(url, { base: '.' }), isDedicated },
    config: CONFIG,
    signal: new AbortController().signal,
    onEvent: () => undefined,
  };
}

async function databases(): Promise<string[]> {
  const rows = await query(adminUrl('mysql'), 'SELECT schema_name AS name FROM information_schema.schemata');
  return rows.map((row) => String(row['name']));
}

/** All that could have changed in it; fails where it is gone. */
async function stateOf(db: TestDatabase): Promise<string> {
  const settings = await db.query('SELECT @@character_set_database AS charset, @@collation_database AS collation');
  return JSON.stringify([await db.dump(), await rowsOf(db.url), settings]);
}

/** Each of them changes a database beside the scratch database, or the server itself. */
const ESCAPES = [
  'DROP TABLE other.t',
  'DELETE FROM other.t',
  'INSERT INTO other.t VALUES (2)',
  'UPDATE other.t SET a = 2',
  'ALTER TABLE other.t ADD b int',
  'CREATE TABLE other.u (a int)',
  'CREATE TABLE u (a int); RENAME TABLE u TO other.u',
  'RENAME TABLE other.t TO t',
  'USE other; DROP TABLE t',
  'DROP DATABASE other',
  'ALTER DATABASE other CHARACTER SET latin1',
  'CREATE VIEW other.v AS SELECT 1 AS x',
  'CREATE VIEW v AS SELECT a FROM other.t; DELETE FROM v',
  'CREATE TABLE u (a int); CREATE TRIGGER g AFTER INSERT ON u FOR EACH ROW DELETE FROM other.t; INSERT INTO u VALUES (1)',
  'CREATE TRIGGER other.g BEFORE INSERT ON other.t FOR EACH ROW SET NEW.a = 1',
  'CREATE PROCEDURE p() DELETE FROM other.t; CALL p()',
  'CREATE PROCEDURE other.p() SELECT 1',
  'CREATE FUNCTION f() RETURNS int DETERMINISTIC BEGIN DELETE FROM other.t; RETURN 1; END; DO f()',
  "PREPARE s FROM 'DELETE FROM other.t'; EXECUTE s",
  "SET @a = CONCAT('DELETE FROM ', 'other', '.t'); PREPARE s FROM @a; EXECUTE s",
  "CREATE PROCEDURE p(x text) BEGIN PREPARE s FROM x; EXECUTE s; END; CALL p(CONCAT('DELETE FROM ', 'other', '.t'))",
  '/*!50000 DROP TABLE `other`.`t` */',
  'SET sql_mode = \'ANSI_QUOTES\'; DELETE FROM "other"."t"',
  'BEGIN NOT ATOMIC DELETE FROM other.t; END',
  "EXECUTE IMMEDIATE 'DELETE FROM other.t'",
] as const;
const MARIADB_ONLY = /^(?:BEGIN NOT|EXECUTE IMM)/;

describeOn(['mysql'], 'a scratch database', () => {
  const SETTINGS = `SELECT @@sql_mode AS mode, @@lower_case_table_names AS folding, @@character_set_database AS charset,
    @@collation_database AS collation, @@collation_connection AS spoken, @@time_zone AS zone,
    @@explicit_defaults_for_timestamp AS plain`;

  test('has the character set and collation of its home, and sessions as there', async () => {
    const { url, query: ask } = await freshDatabase('mysql');
    await ask('ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_german2_ci');
    const session = await sessionOn(url);
    const [home] = (await session.query(SETTINGS)).rows;
    const made = await withScratch(requestFor(url), async (scratch) => (await scratch.session.query(SETTINGS)).rows[0]);
    expect(home).toMatchObject({ charset: 'latin1', collation: 'latin1_german2_ci' });
    expect(made).toEqual(home);
  });

  test('its session is put back to how it began', async () => {
    const { url } = await freshDatabase('mysql');
    await withScratch(requestFor(url), async (scratch) => {
      const { session } = scratch;
      const [before] = (await session.query(SETTINGS)).rows;
      await session.query("SET sql_mode = 'ANSI', time_zone = '+05:00', collation_connection = latin1_bin");
      await session.query('USE information_schema');
      await session.query('START TRANSACTION');
      await scratch.reset();
      expect(await session.inTransaction()).toBe(false);
      expect((await session.query(SETTINGS)).rows[0]).toEqual(before);
    });
  });

  test('what a dead run left behind is dropped by the next, once it surely is dead', async () => {
    const { url } = await freshDatabase('mysql');
    const living = scratchName('m');
    const dead = living.replace(/[0-9a-z]+(?=_m_)/, (Date.now() - 7 * 3_600_000).toString(36));
    await query(adminUrl('mysql'), `CREATE DATABASE ${dead}; CREATE DATABASE ${living}`);
    try {
      await withScratch(requestFor(url), async () => undefined);
      expect(await databases()).toContain(living);
      expect(await databases()).not.toContain(dead);
    } finally {
      await query(adminUrl('mysql'), `DROP DATABASE ${living}; DROP DATABASE IF EXISTS ${dead}`);
    }
  });

  test('a user that may make none is told the ways out', async () => {
    const { url, name } = await freshDatabase('mysql');
    const user = `${name}_u`.slice(-32);
    await query(url, `CREATE USER ${user} IDENTIFIED BY 'pw'; GRANT ALL ON ${name}.* TO ${user}`);
    try {
      const other = new URL(url);
      other.username = user;
      other.password = 'pw';
      await expect(withScratch(requestFor(other.href), async () => undefined)).rejects.toMatchObject({
        code: 'DENIED',
        exitCode: 13,
        hint: expect.stringMatching(/GRANT ALL ON `torale\\_scratch\\_%`[\s\S]*scratchUrl/) as string,
      });
    } finally {
      await query(url, `DROP USER ${user}`);
    }
  });

  test.for(ESCAPES.filter((sql) => flavorOf('mysql') === 'mariadb' || !MARIADB_ONLY.test(sql)))(
    'is not left by: %s',
    async (escape) => {
      const [home, other] = [await freshDatabase('mysql'), await freshDatabase('mysql')];
      await other.query('CREATE TABLE t (a int); INSERT INTO t VALUES (1)');
      // Where a text is put together as it runs, the name is in pieces.
      const text = escape.replaceAll(/\bother\b/g, other.name);
      const before = await stateOf(other);
      const dialect = await loadDialect('mysql');
      const run = (isDedicated: boolean): Promise<void> => {
        return withScratch(requestFor(home.url, isDedicated), async ({ session, guard }) => {
          for (const { text: sql } of dialect.split(text)) {
            guard(sql);
            await session.query(sql);
          }
        });
      };
      await expect(run(false)).rejects.toMatchObject({ code: 'SCRATCH_REFUSED', exitCode: 12 });
      expect(await stateOf(other)).toBe(before);
      // Let through, it does harm: this is about statements that the server takes.
      await run(true);
      expect(await stateOf(other).catch(() => 'gone')).not.toBe(before);
    },
  );

  test.for([
    ['a target', (sql: string) => ({ target: sql, revision: null })],
    ['a revision', (sql: string) => ({ target: 'CREATE TABLE k (a int)', revision: sql })],
  ] as const)('%s that names another database is refused with the reason and the ways out', async ([, make]) => {
    const [project, other] = [new Project(await freshDatabase('mysql')), await freshDatabase('mysql')];
    await other.query('CREATE TABLE t (a int)');
    const { target, revision } = make(`CREATE TABLE a (x int); INSERT INTO ${other.name}.t VALUES (1)`);
    if (revision !== null)
      writeVersions([{ id: '0a', body: `await op.execute(${JSON.stringify(revision)});` }], project.versions);
    await expect(project.draft(target)).rejects.toMatchObject({
      code: 'SCRATCH_REFUSED',
      message: expect.stringMatching(new RegExp(`another database, ${other.name}`)) as string,
      hint: expect.stringMatching(/scratchUrl[\s\S]*op\.scratch/) as string,
    });
    expect(await other.query('SELECT * FROM t')).toEqual([]);
  });
});
