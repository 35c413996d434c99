import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCheck } from '../../src/apply/check.ts';
import { compareSchemas } from '../../src/autogenerate/compare-schemas.ts';
import { deltaFile } from '../../src/autogenerate/delta-store.ts';
import { foldAt } from '../../src/autogenerate/fold.ts';
import { writeSnapshots } from '../../src/autogenerate/snapshot.ts';
import { loadSchemaDialect } from '../../src/dialects/load-schema.ts';
import { diff } from '../../src/diff/diff.ts';
import { loadDialect } from '../../src/dialects/load.ts';
import { describeOn, freshDatabase } from '../support/databases.ts';
import { writeVersions } from '../support/revisions.ts';
import { Project } from './project.ts';

const USERS = 'CREATE TABLE users (id bigserial PRIMARY KEY, name varchar(80) NOT NULL);';

describeOn(['postgres'], 'check and snapshots', () => {
  const project = async (): Promise<Project> => new Project(await freshDatabase('postgres'));

  const check = (one: Project, settings: object = {}, drift = false) => {
    const run = one.run(settings);
    return runCheck(run, { offline: false, compareSchemas: (applied) => compareSchemas(run, { applied, drift }) });
  };
  const lineOf = ({ lines }: Awaited<ReturnType<typeof check>>, subject: string) =>
    lines.filter((line) => line.subject === subject).map(({ text, verdict }) => `${verdict}: ${text}`);

  test('tells whether head gives the target', async () => {
    const one = await project();
    await one.draft(USERS);
    await one.upgrade();
    const target = join(one.folder, 'schema.sql');
    const settings = { target, targetBase: one.folder };
    expect(lineOf(await check(one, settings), 'target')).toEqual([`ok: ${target} equals head`]);
    writeFileSync(target, `${USERS} CREATE TABLE posts (id int);`);
    const report = await check(one, settings);
    expect(report.exitCode).toBe(9);
    expect(report.findings).toEqual([expect.objectContaining({ code: 'DIFFERS' })]);
    expect(lineOf(report, 'target')).toEqual([
      expect.stringMatching(/^differs: .* differs from head in 2 objects: torale diff head /),
    ]);
  });

  test('does not compare, and says why, without a target, a statement in it, or a scratch database', async () => {
    const one = await project();
    await one.draft(USERS);
    await one.upgrade();
    const target = join(one.folder, 'schema.sql');
    expect(lineOf(await check(one), 'target')).toEqual(['not compared: not compared: no target is configured']);
    writeFileSync(target, '-- to come\n');
    const settings = { target, targetBase: one.folder };
    expect(lineOf(await check(one, settings), 'target')).toEqual([expect.stringMatching(/holds no statement$/)]);
    writeFileSync(target, USERS);
    const guarded = await check(one, { ...settings, protected: true });
    expect(guarded.exitCode).toBe(0);
    expect(lineOf(guarded, 'target')).toEqual([expect.stringMatching(/^not compared: .*protected/)]);
  });

  test('7 wins over 9, 9 over 8', async () => {
    const one = await project();
    const { written } = await one.draft(USERS);
    const target = join(one.folder, 'other.sql');
    writeFileSync(target, `${USERS} CREATE TABLE posts (id int);`);
    const settings = { target, targetBase: one.folder };
    expect((await check(one, settings)).exitCode).toBe(9);
    await one.upgrade();
    writeFileSync(written!.file, `${readFileSync(written!.file, 'utf8')}\n// edited`);
    expect((await check(one, settings)).exitCode).toBe(7);
  });

  test('names what somebody changed by hand', async () => {
    const one = await project();
    await one.draft(`${USERS} CREATE VIEW names AS SELECT id FROM users;`);
    await one.upgrade();
    expect(lineOf(await check(one, {}, true), 'drift')).toEqual([
      expect.stringMatching(/^ok: none: the database is as \w{12} left it$/),
    ]);
    await one.db.query('ALTER TABLE users ALTER name TYPE varchar(255)');
    await one.db.query('CREATE TABLE by_hand (id int, note text)');
    await one.db.query('CREATE SCHEMA elsewhere');
    await one.db.query('CREATE TABLE elsewhere.other (id int)');
    await one.db.query('DROP VIEW names');
    const report = await check(one, { protected: true }, true);
    expect(report.exitCode).toBe(9);
    expect(lineOf(report, 'drift')).toEqual([
      'differs: column public.users.name: type is character varying(255), not character varying(80)',
      'differs: table public.by_hand is there, and no revision made it',
      'differs: view public.names is gone',
    ]);
  });

  test('compares with what is applied, not with head', async () => {
    const one = await project();
    await one.draft(USERS);
    await one.upgrade();
    await one.draft(`${USERS} CREATE TABLE posts (id int);`);
    const report = await check(one, {}, true);
    expect(lineOf(report, 'drift')).toEqual([expect.stringMatching(/^ok: none/)]);
    expect(report.exitCode).toBe(8);
  });

  test('a revision without a snapshot is named, with the way out', async () => {
    const one = await project();
    writeVersions([{ id: 'aaaa00000001', body: '  await op.execute(`CREATE TABLE a (id int)`);' }], one.versions);
    await one.upgrade();
    await expect(check(one, {}, true)).rejects.toMatchObject({
      code: 'SNAPSHOT_MISSING',
      exitCode: 7,
      data: { revisions: ['aaaa00000001'] },
    });
    const report = await writeSnapshots(one.run(), { all: false });
    expect(report).toMatchObject({ written: [{ revision: 'aaaa00000001' }], upToDate: 0 });
    expect(lineOf(await check(one, {}, true), 'drift')).toEqual([expect.stringMatching(/^ok: none/)]);
    expect(await writeSnapshots(one.run(), { all: false })).toEqual({ written: [], upToDate: 1, skipped: [] });
  });

  test('a snapshot of another major version of the server is refused, both named', async () => {
    const one = await project();
    const { written } = await one.draft(USERS);
    await one.upgrade();
    const file = written!.deltaFile;
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"version":"[^"]*"/, '"version":"9.6"'));
    await expect(check(one, {}, true)).rejects.toMatchObject({
      code: 'SERVER_MISMATCH',
      message: expect.stringMatching(/PostgreSQL \d+.*postgres 9\.6/) as string,
    });
  });

  test('branches: what they leave adds up to what their replay leaves', async () => {
    const one = await project();
    writeVersions(
      [
        { id: 'aaaa00000001', body: '  await op.execute(`CREATE TABLE a (id int, x text)`);' },
        { id: 'aaaa00000002', body: '  await op.execute(`ALTER TABLE a ADD y int`);' },
        {
          id: 'aaaa00000003',
          down: 'aaaa00000001',
          body: '  await op.execute(`ALTER TABLE a ADD z int; CREATE INDEX i ON a (x)`);',
        },
        {
          id: 'aaaa00000004',
          down: ['aaaa00000002', 'aaaa00000003'] as never,
          body: '  await op.execute(`ALTER TABLE a DROP y`);',
        },
      ],
      one.versions,
    );
    await writeSnapshots(one.run(), { all: true });
    await one.upgrade();
    const run = one.run();
    const { schema } = await foldAt(run, run.graph.heads, 'postgres');
    const dialect = await loadDialect('postgres');
    const session = await dialect.connect(run.config.database!, {
      connectTimeoutMs: 5000,
      readOnly: true,
      create: false,
    });
    const rules = await loadSchemaDialect('postgres');
    const live = await rules.inspect(session, ({ path }) => path.some((part) => part.startsWith('torale_')));
    await session.close();
    expect(diff(schema, live.schema)).toEqual([]);
    expect((await foldAt(run, ['aaaa00000003'], 'postgres')).schema.has('column:public.a.y')).toBe(false);
  });

  test('a broken snapshot is an error in one line, and is written anew', async () => {
    const one = await project();
    const { written } = await one.draft(USERS);
    await one.upgrade();
    writeFileSync(written!.deltaFile, '{"format":1');
    await expect(check(one, {}, true)).rejects.toMatchObject({ code: 'SNAPSHOT_INVALID', exitCode: 7 });
    expect((await writeSnapshots(one.run(), { all: false })).written).toHaveLength(1);
    rmSync(written!.deltaFile);
    expect((await writeSnapshots(one.run(), { all: false })).written).toHaveLength(1);
    expect(existsSync(deltaFile(written!.file, written!.revision))).toBe(true);
  });

  test('a password goes into no file', async () => {
    const one = await project();
    const mapping = `CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
      CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (user 'me', password 'hunter2');`;
    await expect(one.draft(mapping)).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringContaining('password') as string,
    });
    expect(one.files()).toEqual([]);
    writeVersions([{ id: 'aaaa00000001', body: `  await op.execute(${JSON.stringify(mapping)});` }], one.versions);
    const { written } = await writeSnapshots(one.run(), { all: false });
    expect(readFileSync(written[0]!.file, 'utf8')).not.toContain('hunter2');
    expect(await one.draft(mapping, { exclude: ['userMapping'] })).toMatchObject({ written: null });
  });
});
