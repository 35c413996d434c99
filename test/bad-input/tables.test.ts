import { expect, test } from 'vitest';
import { DIALECTS, type DialectName } from '../../src/dialects/names.ts';
import { current, stamp, upgrade } from '../../src/index.ts';
import { torale } from '../support/cli.ts';
import { describeOn, freshDatabase, type TestDatabase } from '../support/databases.ts';
import { temporaryFolder, writeVersions } from '../support/revisions.ts';
import { refuses } from './refusal.ts';

const CHAIN = ['a1', 'b2', 'c3'].map((id) => ({
  id,
  body: `await op.execute('CREATE TABLE ${id} (id integer PRIMARY KEY)');`,
}));

/** A table of that name that is not Torale's. */
interface Foreign {
  readonly title: string;
  readonly sql: string | Partial<Record<DialectName, string>>;
  readonly says: RegExp;
}

const FOREIGN: readonly Foreign[] = [
  {
    title: "another program's version table",
    sql: 'CREATE TABLE torale_version (id integer PRIMARY KEY, name varchar(20))',
    says: /torale_version is not one of Torale's: it has no column version_num; it has a column id, name/,
  },
  {
    title: 'a version table with a column more',
    sql: 'CREATE TABLE torale_version (version_num varchar(32), dirty integer)',
    says: /it has a column dirty/,
  },
  {
    title: 'a version table of numbers',
    sql: 'CREATE TABLE torale_version (version_num integer)',
    says: /it has a version_num of type int/i,
  },
  {
    title: 'a view',
    sql: 'CREATE TABLE t (version_num varchar(32)); CREATE VIEW torale_version AS SELECT version_num FROM t',
    says: /it is a view/,
  },
  {
    title: 'a version table with a trigger',
    sql: {
      postgres: `CREATE TABLE torale_version (version_num varchar(32));
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER spy BEFORE INSERT ON torale_version FOR EACH ROW EXECUTE FUNCTION f()`,
      mysql: `CREATE TABLE torale_version (version_num varchar(32));
        CREATE TRIGGER spy BEFORE INSERT ON torale_version FOR EACH ROW SET NEW.version_num = UPPER(NEW.version_num)`,
      sqlite: `CREATE TABLE torale_version (version_num varchar(32)); CREATE TABLE seen (x text);
        CREATE TRIGGER spy AFTER INSERT ON torale_version BEGIN INSERT INTO seen VALUES (NEW.version_num); END`,
    },
    says: /it has a trigger/,
  },
  {
    title: 'a version table with a rule',
    sql: {
      postgres:
        'CREATE TABLE torale_version (version_num text); CREATE RULE r AS ON INSERT TO torale_version DO INSTEAD NOTHING',
    },
    says: /it has a rule/,
  },
  {
    title: 'a version table with row security',
    sql: {
      postgres: 'CREATE TABLE torale_version (version_num text); ALTER TABLE torale_version ENABLE ROW LEVEL SECURITY',
    },
    says: /it has a policy/,
  },
  {
    title: 'a version table with a default that runs code',
    sql: { postgres: 'CREATE TABLE torale_version (version_num text DEFAULT now()::text)' },
    says: /it has a default/,
  },
  {
    title: 'a sequence',
    sql: { postgres: 'CREATE SEQUENCE torale_version' },
    says: /it is a sequence/,
  },
  {
    title: "another program's history",
    sql: 'CREATE TABLE torale_history (id integer PRIMARY KEY, note varchar(20))',
    says: /torale_history is not one of Torale's: it has no column revision/,
  },
  {
    title: "another program's journal",
    sql: 'CREATE TABLE torale_journal (entry varchar(20))',
    says: /torale_journal is not one of Torale's/,
  },
  {
    title: 'a layout table that is foreign',
    sql: 'CREATE TABLE torale_layout (x integer)',
    says: /torale_layout is not one of Torale's/,
  },
];

async function run(db: TestDatabase, versions: string, ...command: string[]) {
  return torale([...command, '--url', db.url, '--versions', versions], { cwd: temporaryFolder() });
}

describeOn(DIALECTS, "tables that are not Torale's", (dialect) => {
  const sqlOf = ({ sql }: Foreign): string | undefined => (typeof sql === 'string' ? sql : sql[dialect]);

  test.each(FOREIGN.filter((foreign) => sqlOf(foreign) !== undefined))('$title', async (foreign) => {
    const db = await freshDatabase(dialect);
    await db.query(sqlOf(foreign)!);
    const before = await db.dump();
    const versions = writeVersions(CHAIN);
    const args = ['--url', db.url, '--versions', versions];
    const refusal = { exit: 7, code: 'FOREIGN_VERSION_TABLE', says: foreign.says };
    await refuses(['upgrade', 'head', ...args], refusal);
    const { url } = db;
    await expect(current({ url, versions })).rejects.toMatchObject({ code: 'FOREIGN_VERSION_TABLE' });
    await expect(stamp({ url, versions, revision: 'head' })).rejects.toMatchObject({ code: 'FOREIGN_VERSION_TABLE' });
    expect(await db.dump()).toBe(before);
    // Under another name both live side by side.
    await upgrade({ url, versions, versionTable: 'app_version' });
    expect(await db.query('SELECT version_num FROM app_version')).toEqual([{ version_num: 'c3' }]);
  });

  test('tables of a newer Torale are left alone', async () => {
    const db = await freshDatabase(dialect);
    const versions = writeVersions(CHAIN);
    await upgrade({ url: db.url, versions, revision: 'a1' });
    await db.query('UPDATE torale_layout SET version = 9, compatible = 9');
    const refusal = { exit: 7, code: 'NEWER_LAYOUT', says: /layout 9[^]*Update Torale/ };
    await refuses(['upgrade', 'head', '--url', db.url, '--versions', versions], refusal);
    await expect(current({ url: db.url, versions })).rejects.toMatchObject({ code: 'NEWER_LAYOUT' });
    expect(await db.query('SELECT version_num FROM torale_version')).toEqual([{ version_num: 'a1' }]);
  });
});

describeOn(DIALECTS, 'a row that no file has', (dialect) => {
  test('whose parents the history knows means ahead: exit 0 with a warning', async () => {
    const db = await freshDatabase(dialect);
    await upgrade({ url: db.url, versions: writeVersions(CHAIN) });
    const older = writeVersions(CHAIN.slice(0, 2));
    const behind = await run(db, older, 'upgrade', 'head');
    expect(behind).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/the database is ahead: it has c3/) as string,
    });
    const look = await run(db, older, 'current', '--json');
    expect(JSON.parse(look.stdout)).toMatchObject({ heads: ['c3'], codeHeads: ['b2'], state: 'ahead', pending: [] });
    expect((await run(db, older, 'current', '--check')).code).toBe(0);
    expect(await db.query('SELECT version_num FROM torale_version')).toEqual([{ version_num: 'c3' }]);
  });

  test('and that nobody knows is refused, and changes nothing', async () => {
    const db = await freshDatabase(dialect);
    const versions = writeVersions(CHAIN);
    await upgrade({ url: db.url, versions, revision: 'a1' });
    await db.query("UPDATE torale_version SET version_num = 'ffffffffffff'");
    const before = await db.dump();
    const args = ['--url', db.url, '--versions', versions];
    const error = await refuses(['upgrade', 'head', ...args], {
      exit: 7,
      code: 'DATABASE_AHEAD',
      says: /ffffffffffff/,
    });
    expect(error).toMatchObject({ revisions: ['ffffffffffff'] });
    const look = await run(db, versions, 'current', '--json');
    expect(look.code).toBe(0);
    expect(JSON.parse(look.stdout)).toMatchObject({ state: 'diverged', heads: ['ffffffffffff'] });
    expect((await run(db, versions, 'current', '--check')).code).toBe(7);
    expect((await run(db, versions, 'check')).code).toBe(7);
    expect(await db.dump()).toBe(before);
    expect(await db.query('SELECT version_num FROM torale_version')).toEqual([{ version_num: 'ffffffffffff' }]);
  });

  test('beside one that is known is refused too', async () => {
    const db = await freshDatabase(dialect);
    const versions = writeVersions(CHAIN);
    await upgrade({ url: db.url, versions, revision: 'a1' });
    await db.query("INSERT INTO torale_version (version_num) VALUES ('ffffffffffff')");
    await refuses(['upgrade', 'head', '--url', db.url, '--versions', versions], {
      exit: 7,
      code: 'DATABASE_AHEAD',
      says: /ffffffffffff/,
    });
    expect((await db.query('SELECT version_num FROM torale_version')).length).toBe(2);
  });
});
