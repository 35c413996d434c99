import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createRun } from '../../src/apply/project.ts';
import { resolveRevision } from '../../src/apply/resolve.ts';
import { settle, type Fingerprint } from '../../src/apply/settle.ts';
import { libraryConfig } from '../../src/config/library.ts';
import { current, upgrade, type ToraleEvent } from '../../src/index.ts';
import { startTorale } from '../support/cli.ts';
import { adminUrl, describeOn, freshDatabase, query as queryUrl, type TestDatabase } from '../support/databases.ts';
import { writeVersions } from '../support/revisions.ts';

const print = (value: string): Fingerprint => ({ object: { kind: 'table', schema: null, name: 't' }, value });

describe('a statement that was cut off', () => {
  test.each([
    ['changed nothing', [print('a')], [print('a')], true, 'notApplied'],
    ['changed its object', [print('a')], [print('b')], true, 'applied'],
    ['changed both objects of a rename', [print('a'), print('absent')], [print('absent'), print('a')], true, 'applied'],
    ['changed one of two', [print('a'), print('b')], [print('absent'), print('b')], true, 'ambiguous'],
    ['changed something on a server that may leave halves', [print('a')], [print('b')], false, 'ambiguous'],
    ['left no word of how things were', [], [], true, 'ambiguous'],
  ])('and %s', (_, before, now, atomic, verdict) => {
    expect(settle(before, now, atomic)).toBe(verdict);
  });
});

/** Runs until the statement shows up on the server, then kills the runner as the kernel would. */
async function killIn(database: TestDatabase, versions: string, statement: RegExp): Promise<void> {
  const runner = startTorale(['upgrade', 'head', '--url', database.url, '--versions', versions]);
  for (let tries = 0; tries < 200; tries++) {
    const running = await queryUrl(
      adminUrl('mysql'),
      `SELECT INFO FROM information_schema.PROCESSLIST WHERE DB = '${database.name}'`,
    );
    if (running.some(({ INFO }) => statement.test(String(INFO)))) break;
    await sleep(20);
  }
  runner.kill('SIGKILL');
  await runner.result;
}

describeOn(['mysql'], 'a runner killed in a statement that commits by itself', () => {
  const body = `
    await op.execute('CREATE TABLE before_it (id integer)');
    await op.execute('INSERT INTO before_it VALUES (1)');
    await op.execute('CREATE TABLE slow AS SELECT SLEEP(1.5) AS s');
    await op.execute('CREATE TABLE after_it (id integer)');`;

  test('which the server completed: the next run goes on after it', async () => {
    const database = await freshDatabase('mysql');
    const versions = writeVersions([{ id: 'a1', body }]);
    await killIn(database, versions, /CREATE TABLE slow/);
    const events: ToraleEvent[] = [];
    await upgrade({ url: database.url, versions, onEvent: (event) => events.push(event) });
    expect(events).toContainEqual({ type: 'statement-settled', revision: 'a1', statement: 3, verdict: 'applied' });
    expect(await database.query('SELECT id FROM before_it')).toEqual([{ id: 1 }]);
    expect(await database.query('SELECT s FROM slow')).toHaveLength(1);
    expect(await database.query('SELECT * FROM torale_journal')).toEqual([]);
  });

  test('which the server gave up: the next run runs it', async () => {
    const database = await freshDatabase('mysql');
    const versions = writeVersions([{ id: 'a1', body: body.replace('1.5', '30') }]);
    await killIn(database, versions, /CREATE TABLE slow/);
    const [running] = await queryUrl(
      adminUrl('mysql'),
      `SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '${database.name}' AND INFO LIKE 'CREATE TABLE slow%'`,
    );
    await queryUrl(adminUrl('mysql'), `KILL ${Number(running!['ID'])}`);
    expect((await current({ url: database.url, versions })).unresolved).toEqual({ revision: 'a1', resumable: true });
    // The file is corrected meanwhile: the statement never took effect, so the new text counts.
    writeVersions([{ id: 'a1', body: body.replace('1.5', '0') }], versions);
    const events: ToraleEvent[] = [];
    await upgrade({ url: database.url, versions, onEvent: (event) => events.push(event) });
    expect(events).toContainEqual({ type: 'statement-settled', revision: 'a1', statement: 3, verdict: 'notApplied' });
    expect(await database.query('SELECT id FROM before_it')).toEqual([{ id: 1 }]);
    expect(await database.query('SELECT s FROM slow')).toHaveLength(1);
  });

  test('is decided by hand where it cannot be told', async () => {
    const { url, query } = await freshDatabase('mysql');
    const versions = writeVersions([
      {
        id: 'a1',
        body: `await op.execute('CREATE TABLE a (id integer)'); await op.execute('CREATE TABLE b (id integer)'); await op.execute('CREATE NONSENSE');`,
      },
    ]);
    await expect(upgrade({ url, versions })).rejects.toMatchObject({ code: 'REVISION_FAILED' });
    await query("UPDATE torale_journal SET state = 'started', fingerprint = '[]' WHERE statement = 2");
    writeVersions(
      [
        {
          id: 'a1',
          body: `await op.execute('CREATE TABLE a (id integer)'); await op.execute('CREATE TABLE b (id integer)');`,
        },
      ],
      versions,
    );
    await expect(upgrade({ url, versions })).rejects.toMatchObject({ code: 'UNRESOLVED', exitCode: 6 });
    expect((await current({ url, versions })).state).toBe('unresolved');
    const run = createRun(libraryConfig({ url, versions }));
    await resolveRevision(run, { revision: null, resolution: 'skip-statement' });
    await upgrade({ url, versions });
    expect((await current({ url, versions })).state).toBe('head');
  });

  test.each([
    ['mark-applied', ['a1'], 0],
    ['abandon', [], 0],
  ] as const)('can be given up: %s', async (resolution, heads, left) => {
    const { url, query } = await freshDatabase('mysql');
    const versions = writeVersions([
      { id: 'a1', body: `await op.execute('CREATE TABLE a (id integer)'); await op.execute('CREATE NONSENSE');` },
    ]);
    await expect(upgrade({ url, versions })).rejects.toMatchObject({ code: 'REVISION_FAILED' });
    const run = createRun(libraryConfig({ url, versions }));
    const report = await resolveRevision(run, { revision: 'a1', resolution });
    expect(report).toMatchObject({ revision: 'a1', resolution, statement: null, done: [1], heads });
    expect(await query('SELECT * FROM torale_journal')).toHaveLength(left);
    expect((await current({ url, versions })).heads).toEqual(heads);
    await expect(resolveRevision(run, { revision: null, resolution: 'abandon' })).rejects.toMatchObject({
      code: 'USAGE',
    });
  });

  test('a body with Knex, conditions and reads is resumed like any other', async () => {
    const { url, query } = await freshDatabase('mysql');
    const conditional = (third: string): string => `
      await op.knex.schema.createTable('t', (t) => { t.integer('id').primary(); t.string('name', 20); });
      await op.knex('t').insert([{ id: 1, name: 'x' }, { id: 2, name: 'x' }]);
      const [{ n }] = await op.knex('t').count({ n: '*' });
      if (Number(n) === 2) await op.knex.schema.alterTable('t', (t) => { t.string('extra', 10); });
      ${third}
      await op.knex('t').where({ id: 2 }).update({ extra: 'late' });`;
    const versions = writeVersions([
      { id: 'a1', body: conditional(`await op.knex.schema.alterTable('t', (t) => { t.unique(['name']); });`) },
    ]);
    await expect(upgrade({ url, versions })).rejects.toMatchObject({ data: { state: 'resumable' } });
    await query("UPDATE t SET name = 'y' WHERE id = 2");
    await upgrade({ url, versions });
    expect((await query('SELECT id, name, extra FROM t ORDER BY id')).map((row) => ({ ...row }))).toEqual([
      { id: 1, name: 'x', extra: null },
      { id: 2, name: 'y', extra: 'late' },
    ]);
  });

  test('a body that makes random values stops rather than guess', async () => {
    const { url } = await freshDatabase('mysql');
    const versions = writeVersions([
      {
        id: 'a1',
        body: `
          await op.execute('CREATE TABLE t (id varchar(40))');
          await op.execute('INSERT INTO t VALUES (?)', [String(Math.random())]);
          await op.execute('CREATE NONSENSE');`,
      },
    ]);
    await expect(upgrade({ url, versions })).rejects.toMatchObject({ code: 'REVISION_FAILED' });
    // The insert shares its transaction with nothing that committed, unless DDL follows it.
    await expect(upgrade({ url, versions })).rejects.toMatchObject({ code: 'UNRESOLVED', data: { statement: 2 } });
  });
});

describeOn(['postgres'], 'a concurrent index build that failed', () => {
  test('leaves no invalid index, and is built by the next run', async () => {
    const { url, query } = await freshDatabase('postgres');
    const versions = writeVersions([
      { id: 'a1', body: `await op.execute('CREATE TABLE t (id integer); INSERT INTO t VALUES (1), (1)');` },
      {
        id: 'b2',
        body: `await op.autocommit(async () => { await op.execute('CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_id ON t (id)'); });`,
      },
    ]);
    await expect(upgrade({ url, versions })).rejects.toMatchObject({
      data: { server: { code: '23505' }, state: 'rolledBack' },
    });
    expect(await query('SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid')).toEqual([]);
    await query('DELETE FROM t');
    await upgrade({ url, versions });
    expect(await query("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_id'::regclass")).toEqual([
      { indisvalid: true },
    ]);
  });

  test('also where somebody else left one of its name', async () => {
    const { url, query } = await freshDatabase('postgres');
    await query('CREATE TABLE t (id integer)');
    await query('INSERT INTO t VALUES (1), (1)');
    await query('CREATE UNIQUE INDEX CONCURRENTLY t_id ON t (id)').catch(() => undefined);
    expect(await query("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_id'::regclass")).toEqual([
      { indisvalid: false },
    ]);
    await query('DELETE FROM t');
    const versions = writeVersions([
      {
        id: 'a1',
        body: `await op.autocommit(async () => { await op.execute('CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_id ON t (id)'); });`,
      },
    ]);
    await upgrade({ url, versions });
    expect(await query("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_id'::regclass")).toEqual([
      { indisvalid: true },
    ]);
  });
});

describeOn(['sqlite'], 'op.autocommit', () => {
  test('keeps other runs out while its statement is between two transactions', async () => {
    const { url, query } = await freshDatabase('sqlite');
    const versions = writeVersions([
      {
        id: 'a1',
        body: `
          await op.execute('CREATE TABLE t (id integer)');
          await op.autocommit(async () => {
            await new Promise((resolve) => setTimeout(resolve, 400));
            await op.execute('INSERT INTO t VALUES (1)');
          });`,
      },
    ]);
    const runners = Array.from({ length: 4 }, () =>
      startTorale(['upgrade', 'head', '--url', url, '--versions', versions]),
    );
    expect(await Promise.all(runners.map(async (runner) => (await runner.result).code))).toEqual([0, 0, 0, 0]);
    expect(await query('SELECT id FROM t')).toEqual([{ id: 1 }]);
    expect(await query('SELECT revision FROM torale_history')).toEqual([{ revision: 'a1' }]);
  });
});
