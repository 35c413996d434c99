import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runCheck } from '../../src/apply/check.ts';
import { createRun } from '../../src/apply/project.ts';
import { applyUpgrade } from '../../src/apply/upgrade.ts';
import { autogenerate, type AutogenerateRequest } from '../../src/autogenerate/autogenerate.ts';
import { compareSchemas } from '../../src/autogenerate/compare-schemas.ts';
import { foldAt } from '../../src/autogenerate/fold.ts';
import { writeSnapshots } from '../../src/autogenerate/snapshot.ts';
import type { Config } from '../../src/config/config.ts';
import { libraryConfig } from '../../src/config/library.ts';
import type { DialectName } from '../../src/dialects/names.ts';
import { describeOn, freshDatabase, type TestDatabase } from '../support/databases.ts';
import { temporaryFolder, writeVersions } from '../support/revisions.ts';

const FIRST = {
  sqlite: 'CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, note text);',
  postgres: 'CREATE TABLE users (id bigserial PRIMARY KEY, name text NOT NULL, note text);',
};
const RENAMED = {
  sqlite: 'CREATE TABLE users (id integer PRIMARY KEY, full_name text NOT NULL, note text);',
  postgres: 'CREATE TABLE users (id bigserial PRIMARY KEY, full_name text NOT NULL, note text);',
};

describeOn(['postgres'], 'revisions for several dialects', () => {
  /** A project on SQLite and PostgreSQL; the configured database is the SQLite file. */
  const setUp = async () => {
    const folder = temporaryFolder();
    const versions = join(folder, 'versions');
    const databases = { sqlite: await freshDatabase('sqlite'), postgres: await freshDatabase('postgres') };
    const configure = (settings: Partial<Config> = {}): Config => ({
      ...libraryConfig({
        url: databases.sqlite.url,
        versions,
        scratchUrl: { postgres: databases.postgres.url },
      }),
      dialects: ['sqlite', 'postgres'],
      target: { sqlite: 'sqlite.sql', postgres: 'postgres.sql' },
      targetBase: folder,
      ...settings,
    });
    const run = (settings: Partial<Config> = {}) => createRun(configure(settings));
    const want = (target: Partial<Record<DialectName, string>>): void => {
      for (const [dialect, sql] of Object.entries(target)) writeFileSync(join(folder, `${dialect}.sql`), sql);
    };
    const draft = (request: Partial<AutogenerateRequest> = {}, settings: Partial<Config> = {}) =>
      autogenerate(run(settings), {
        message: 'drafted',
        renames: undefined,
        fills: [],
        allowEmpty: false,
        unproven: false,
        assertions: true,
        ...request,
      });
    const upgrade = async (db: TestDatabase): Promise<void> => {
      const { url } = db;
      const database = libraryConfig({ url, versions }).database;
      await applyUpgrade(run({ database }), { target: 'head', singleTransaction: false });
    };
    const check = async (settings: Partial<Config> = {}) => {
      const one = run(settings);
      const report = await runCheck(one, {
        offline: false,
        compareSchemas: (applied) => compareSchemas(one, { applied, drift: false }),
      });
      const lines = report.lines.filter(({ subject }) => subject === 'target');
      return { exitCode: report.exitCode, lines: lines.map(({ text, verdict }) => `${verdict}: ${text}`) };
    };
    const bodyOf = (file: string): string => readFileSync(file, 'utf8').split('Promise<void> {\n')[1]!;
    return { folder, versions, databases, run, want, draft, upgrade, check, bodyOf };
  };

  test('one revision takes each database there, and the next finds nothing', async () => {
    const { databases, want, draft, upgrade, check, bodyOf } = await setUp();
    want(FIRST);
    const report = await draft();
    expect(report.dialects.map(({ dialect, changes, residue }) => [dialect, changes.length > 0, residue])).toEqual([
      ['sqlite', true, []],
      ['postgres', true, []],
    ]);
    expect(bodyOf(report.written!.file)).toMatch(
      /^ {2}await op\.execute\(\{\n {4}sqlite: `[^`]*CREATE TABLE users[^`]*`,\n {4}postgres: `[^`]*CREATE TABLE public\.users[^`]*`,\n {2}\}\);\n\}\n$/,
    );
    for (const db of Object.values(databases)) {
      await upgrade(db);
      await db.query("INSERT INTO users (name) VALUES ('Ada')");
    }
    expect(await draft()).toMatchObject({ written: null });
    expect(await check()).toEqual({
      exitCode: 0,
      lines: ['ok: sqlite: sqlite.sql equals head', 'ok: postgres: postgres.sql equals head'],
    });
  });

  test('the snapshots of all dialects lie in one file, and each folds by itself', async () => {
    const { want, draft, run } = await setUp();
    want(FIRST);
    const { written } = await draft();
    const one = run();
    expect((await foldAt(one, [written!.revision], 'sqlite')).schema.has('column:users.name')).toBe(true);
    expect((await foldAt(one, [written!.revision], 'postgres')).schema.has('column:public.users.name')).toBe(true);
    expect(await writeSnapshots(one, { all: false })).toEqual({ written: [], upToDate: 1, skipped: [] });
    const before = readFileSync(written!.deltaFile, 'utf8');
    expect((await writeSnapshots(run(), { all: true })).written).toEqual([
      expect.objectContaining({ revision: written!.revision, dialects: ['sqlite', 'postgres'] }),
    ]);
    expect(readFileSync(written!.deltaFile, 'utf8')).toBe(before);
  });

  test('what only one of them needs is null for the other', async () => {
    const { databases, want, draft, upgrade, bodyOf } = await setUp();
    want(FIRST);
    await draft();
    want({ postgres: `${FIRST.postgres} CREATE INDEX by_name ON users (lower(name));` });
    const { written, dialects } = await draft();
    expect(dialects.map(({ changes }) => changes.length)).toEqual([0, 1]);
    expect(bodyOf(written!.file)).toContain('    sqlite: null,\n    postgres: `CREATE INDEX by_name');
    for (const db of Object.values(databases)) await upgrade(db);
  });

  test('what stands outside a transaction on one does not end that of the other', async () => {
    const { databases, want, draft, upgrade, bodyOf } = await setUp();
    want({ sqlite: FIRST.sqlite, postgres: `CREATE TYPE mood AS ENUM ('sad'); ${FIRST.postgres}` });
    await draft();
    want({
      sqlite: `${FIRST.sqlite} CREATE TABLE days (id integer PRIMARY KEY, mood text DEFAULT 'glad');`,
      postgres: `CREATE TYPE mood AS ENUM ('sad', 'glad'); ${FIRST.postgres}
        CREATE TABLE days (id bigint PRIMARY KEY, mood mood DEFAULT 'glad');`,
    });
    const { written } = await draft();
    expect(bodyOf(written!.file)).toContain(
      "  if (op.dialect === 'postgres') {\n    await op.autocommit(async () => {\n      await op.execute(`ALTER TYPE",
    );
    for (const db of Object.values(databases)) {
      await upgrade(db);
      await db.query('INSERT INTO days (id) VALUES (1)');
      expect(await db.query('SELECT mood FROM days')).toEqual([{ mood: 'glad' }]);
    }
  });

  test('a schema.ts serves all of them', async () => {
    const { databases, folder, draft, upgrade } = await setUp();
    writeFileSync(
      join(folder, 'schema.ts'),
      `export default async (knex, { dialect }) => {
        await knex.schema.createTable('users', (table) => {
          table.bigIncrements('id');
          table.string('email', 320).notNullable().unique();
          if (dialect === 'postgres') table.specificType('tags', 'text[]');
        });
      };`,
    );
    const settings = { target: 'schema.ts' };
    const { written } = await draft({}, settings);
    expect(written).not.toBeNull();
    for (const db of Object.values(databases)) await upgrade(db);
    await databases.postgres.query("INSERT INTO users (email, tags) VALUES ('a', '{x}')");
    await databases.sqlite.query("INSERT INTO users (email) VALUES ('a')");
    expect(await draft({}, settings)).toMatchObject({ written: null });
  });

  test('a rename is asked once, and the answer holds for all', async () => {
    const { databases, want, draft, upgrade } = await setUp();
    want(FIRST);
    await draft();
    for (const db of Object.values(databases)) {
      await upgrade(db);
      await db.query("INSERT INTO users (name) VALUES ('Ada')");
    }
    want(RENAMED);
    const ask = vi.fn(() => Promise.resolve(true));
    expect((await draft({ ask })).written).not.toBeNull();
    expect(ask).toHaveBeenCalledTimes(1);
    for (const db of Object.values(databases)) {
      await upgrade(db);
      expect(await db.query('SELECT full_name FROM users')).toEqual([{ full_name: 'Ada' }]);
    }
  });

  test.each(['users.name:full_name', 'column:public.users.name:public.users.full_name'])(
    '--rename %s holds for all',
    async (text) => {
      const { want, draft, bodyOf } = await setUp();
      want(FIRST);
      await draft();
      want(RENAMED);
      await expect(draft()).rejects.toMatchObject({
        code: 'RENAME_UNDECIDED',
        message: expect.stringMatching(/^sqlite: /) as string,
      });
      const { written } = await draft({ renames: [text] });
      expect(bodyOf(written!.file).match(/RENAME COLUMN name TO full_name/g)).toHaveLength(2);
    },
  );

  test('a flag that says something in one of them alone is no mistake; in none it is', async () => {
    const { want, draft } = await setUp();
    want({ sqlite: FIRST.sqlite, postgres: `CREATE TYPE mood AS ENUM ('sad'); ${FIRST.postgres}` });
    await draft();
    want({ sqlite: FIRST.sqlite, postgres: `CREATE TYPE mood AS ENUM ('unhappy'); ${FIRST.postgres}` });
    await expect(draft({ renames: ['mood.sad:unhappy', 'users.x:y'] })).rejects.toMatchObject({ code: 'USAGE' });
    expect((await draft({ renames: ['mood.sad:unhappy'] })).written).not.toBeNull();
  });

  test('--fill gives each of them the value, and one that nothing asks for is a mistake', async () => {
    const { databases, want, draft, upgrade } = await setUp();
    want(FIRST);
    await draft();
    for (const db of Object.values(databases)) {
      await upgrade(db);
      await db.query("INSERT INTO users (name) VALUES ('Ada')");
    }
    want({
      sqlite: FIRST.sqlite.replace('note text', 'note text, email text NOT NULL'),
      postgres: FIRST.postgres.replace('note text', 'note text, email text NOT NULL'),
    });
    await expect(draft({ fills: ['users.mail=1'] })).rejects.toMatchObject({ code: 'USAGE' });
    await draft({ fills: ["users.email=name || '@example.com'"] });
    for (const db of Object.values(databases)) {
      await upgrade(db);
      expect(await db.query('SELECT email FROM users')).toEqual([{ email: 'Ada@example.com' }]);
    }
    await expect(draft({ fills: ["users.email=name || '@example.com'"] })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('a failure says in which of them, and nothing is written', async () => {
    const { want, draft, versions } = await setUp();
    want({ sqlite: FIRST.sqlite, postgres: 'CREATE TABLE users (id int PRIMARY KEY, x nosuchtype)' });
    await expect(draft()).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: expect.stringMatching(/^postgres: .*postgres\.sql:1/) as string,
      data: expect.objectContaining({ dialect: 'postgres' }) as object,
    });
    expect(() => readFileSync(versions)).toThrow(/ENOENT/);
  });

  test('a revision that says nothing for one of them is named', async () => {
    const { want, draft, versions } = await setUp();
    want(FIRST);
    const body = '  await op.execute({ sqlite: `CREATE TABLE a (id integer)` });';
    writeVersions([{ id: 'aaaa00000001', body }], versions);
    await expect(draft()).rejects.toMatchObject({
      code: 'REVISION_FAILED',
      message: expect.stringMatching(/aaaa00000001[^]*no SQL for postgres/) as string,
    });
  });

  test('a dialect without a server is refused with the way out; check and snapshot go on without it', async () => {
    const { want, draft, upgrade, check, run, databases } = await setUp();
    want(FIRST);
    const settings = { scratchUrls: [] };
    await expect(draft({}, settings)).rejects.toMatchObject({
      code: 'NO_DATABASE',
      exitCode: 2,
      message: expect.stringContaining('postgres') as string,
      hint: expect.stringContaining('scratchUrl: { postgres:') as string,
    });
    await draft();
    await upgrade(databases.sqlite);
    const { exitCode, lines } = await check(settings);
    expect(exitCode).toBe(0);
    expect(lines).toEqual([
      'ok: sqlite: sqlite.sql equals head',
      expect.stringMatching(/^not compared: postgres: not compared: .*no server/),
    ]);
    expect(await writeSnapshots(run(settings), { all: true })).toMatchObject({
      written: [{ dialects: ['sqlite'] }],
      skipped: [{ dialect: 'postgres', why: expect.stringContaining('no server') as string }],
    });
  });

  test('check names the dialect that differs, and how to see it', async () => {
    const { want, draft, upgrade, check, databases } = await setUp();
    want(FIRST);
    await draft();
    await upgrade(databases.sqlite);
    want({ postgres: `${FIRST.postgres} CREATE TABLE more (id int);` });
    expect(await check()).toEqual({
      exitCode: 9,
      lines: [
        'ok: sqlite: sqlite.sql equals head',
        expect.stringMatching(
          /^differs: postgres: postgres\.sql differs from head in 2 objects: torale diff .* --dialect postgres$/,
        ),
      ],
    });
  });

  test('a target that is a database, or for one of them only, does not do', async () => {
    const { want, draft, databases, check } = await setUp();
    want(FIRST);
    await expect(draft({ target: databases.postgres.url })).rejects.toMatchObject({
      code: 'TARGET_UNKNOWN',
      hint: expect.stringContaining('sqlite:') as string,
    });
    await expect(draft({}, { target: { sqlite: 'sqlite.sql' } })).rejects.toMatchObject({
      code: 'TARGET_UNKNOWN',
      message: expect.stringContaining('postgres') as string,
    });
    await draft();
    const { lines } = await check({ target: { sqlite: 'sqlite.sql' } });
    expect(lines[1]).toMatch(/^not compared: postgres: not compared: .*names no schema for postgres/);
  });
});
