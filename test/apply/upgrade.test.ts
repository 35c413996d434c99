import { describe, expect, test } from 'vitest';
import { current, stamp, upgrade, type ToraleEvent } from '../../src/index.ts';
import { DIALECTS } from '../../src/dialects/names.ts';
import { describeOn, freshDatabase } from '../support/databases.ts';
import { torale } from '../support/cli.ts';
import { writeVersions } from '../support/revisions.ts';

describeOn(DIALECTS, 'upgrade', (dialect) => {
  const chain = [
    { id: 'a1', body: `await op.execute('CREATE TABLE a (id integer PRIMARY KEY)');` },
    { id: 'b2', body: `await op.execute('CREATE TABLE b (id integer PRIMARY KEY)');` },
    { id: 'c3', body: `await op.execute('INSERT INTO a (id) VALUES (1), (2); INSERT INTO b (id) SELECT id FROM a');` },
  ];

  test('applies what is missing, in order, and records it', async () => {
    const { url, query } = await freshDatabase(dialect);
    const versions = writeVersions(chain);
    const first = await upgrade({ url, versions, revision: 'a1' });
    expect(first.applied.map(({ revision }) => revision)).toEqual(['a1']);
    expect(first.heads).toEqual(['a1']);
    const rest = await upgrade({ url, versions });
    expect(rest.applied.map(({ revision }) => revision)).toEqual(['b2', 'c3']);
    expect(await query('SELECT version_num FROM torale_version')).toEqual([{ version_num: 'c3' }]);
    const history = await query('SELECT revision, parents, action, duration_ms FROM torale_history ORDER BY id');
    expect(history.map((row) => [row['revision'], row['parents'], row['action']])).toEqual([
      ['a1', '[]', 'upgrade'],
      ['b2', '["a1"]', 'upgrade'],
      ['c3', '["b2"]', 'upgrade'],
    ]);
    expect(await query('SELECT * FROM torale_journal')).toEqual([]);
    expect(Number((await query('SELECT count(*) AS n FROM b'))[0]!['n'])).toBe(2);
  });

  test('at head does nothing, writes nothing and takes no lock', async () => {
    const { url, dump } = await freshDatabase(dialect);
    const versions = writeVersions(chain);
    await upgrade({ url, versions });
    const before = await dump();
    const events: ToraleEvent[] = [];
    const report = await upgrade({ url, versions, lockTimeout: 0, onEvent: (event) => events.push(event) });
    expect(report).toEqual({ applied: [], heads: ['c3'] });
    expect(events.map(({ type }) => type)).toEqual(['plan', 'up-to-date']);
    expect(await dump()).toBe(before);
  });

  test('takes a branch, a dependency and a merge to their rows', async () => {
    const { url, query } = await freshDatabase(dialect);
    const versions = writeVersions([
      { id: 'a1' },
      { id: 'b2', down: 'a1' },
      { id: 'c3', down: 'a1' },
      { id: 'd4', down: null, dependsOn: 'c3' },
    ]);
    await upgrade({ url, versions, revision: 'heads' });
    const rows = await query('SELECT version_num FROM torale_version ORDER BY version_num');
    expect(rows.map((row) => row['version_num'])).toEqual(['b2', 'd4']);
    writeVersions([{ id: 'e5', down: ['b2', 'd4'] }], versions);
    await upgrade({ url, versions, revision: 'e5' });
    expect(await query('SELECT version_num FROM torale_version')).toEqual([{ version_num: 'e5' }]);
    expect((await current({ url, versions })).state).toBe('head');
  });

  test('is not recorded where the version table has changed under it, and rolled back', async () => {
    const { url, query } = await freshDatabase(dialect);
    const versions = writeVersions([
      ...chain,
      {
        id: 'd4',
        body: `await op.execute("INSERT INTO a (id) VALUES (9); UPDATE torale_version SET version_num = 'x'");`,
      },
    ]);
    await expect(upgrade({ url, versions })).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      message: expect.stringContaining('expected 1 row, found 0') as string,
    });
    expect(await query('SELECT version_num FROM torale_version')).toEqual([{ version_num: 'c3' }]);
    expect(await query('SELECT id FROM a WHERE id = 9')).toEqual([]);
  });

  test('runs Knex on the connection and in the transaction of the revision', async () => {
    const { url, query } = await freshDatabase(dialect);
    const versions = writeVersions([
      {
        id: 'a1',
        body: `
          await op.knex.schema.createTable('t', (t) => { t.integer('id').primary(); t.string('name'); });
          await op.knex('t').insert([{ id: 1, name: 'what?' }, { id: 2, name: null }]);
          await op.knex.transaction(async (trx) => { await trx('t').where({ id: 2 }).update({ name: 'kept' }); });
          await op.knex.transaction(async (trx) => {
            await trx('t').insert({ id: 3, name: 'taken back' });
            throw new Error('taken back');
          }).catch((error) => { if (error.message !== 'taken back') throw error; });
          const [{ n }] = await op.knex('t').count({ n: '*' });
          if (Number(n) !== 2) throw new Error('rows: ' + n);`,
      },
      {
        id: 'b2',
        body: `await op.knex.transaction(async (trx) => { await trx('t').where({ id: 1 }).update({ name: 'what?' }); });`,
      },
    ]);
    await upgrade({ url, versions });
    expect(await query('SELECT id, name FROM t ORDER BY id')).toEqual([
      { id: 1, name: 'what?' },
      { id: 2, name: 'kept' },
    ]);
  });

  test('binds with the placeholders of the server, and never rewrites text without bindings', async () => {
    const { url, query } = await freshDatabase(dialect);
    const mark = dialect === 'postgres' ? '$1' : '?';
    const versions = writeVersions([
      {
        id: 'a1',
        body: `
          await op.execute('CREATE TABLE t (name varchar(50))');
          await op.execute("INSERT INTO t (name) VALUES (${mark})", ["it's a $1 and a ?"]);
          await op.execute("INSERT INTO t (name) VALUES ('what? \\$1')");
          const { rows, rowCount } = await op.execute('SELECT name FROM t ORDER BY name');
          if (rows.length !== 2 || rowCount !== 2) throw new Error(JSON.stringify(rows));`,
      },
    ]);
    await upgrade({ url, versions });
    const rows = await query('SELECT name FROM t');
    expect(rows.map((row) => String(row['name'] as string)).toSorted((a, b) => a.localeCompare(b))).toEqual([
      "it's a $1 and a ?",
      'what? $1',
    ]);
  });

  test('an older image against a newer database finds it ahead and does nothing', async () => {
    const { url } = await freshDatabase(dialect);
    await upgrade({ url, versions: writeVersions(chain) });
    const older = writeVersions(chain.slice(0, 2));
    const events: ToraleEvent[] = [];
    expect(await upgrade({ url, versions: older, onEvent: (event) => events.push(event) })).toEqual({
      applied: [],
      heads: ['c3'],
    });
    expect(events).toContainEqual({ type: 'ahead', unknown: ['c3'], codeHeads: ['b2'] });
    expect((await current({ url, versions: older })).state).toBe('ahead');
  });

  test('another history is refused', async () => {
    const { url } = await freshDatabase(dialect);
    await upgrade({ url, versions: writeVersions([{ id: 'zz' }]) });
    const versions = writeVersions(chain);
    await expect(upgrade({ url, versions })).rejects.toMatchObject({
      code: 'DATABASE_AHEAD',
      exitCode: 7,
      data: { revisions: ['zz'] },
    });
    expect((await current({ url, versions })).state).toBe('diverged');
    await stamp({ url, versions, revision: 'a1', purge: true });
    expect((await current({ url, versions })).heads).toEqual(['a1']);
  });

  test('stamp records each revision it newly covers', async () => {
    const { url, query } = await freshDatabase(dialect);
    const versions = writeVersions(chain);
    await upgrade({ url, versions, revision: 'a1' });
    expect(await stamp({ url, versions, revision: 'head' })).toEqual({ heads: ['c3'] });
    const rows = await query('SELECT revision, action, checksum FROM torale_history ORDER BY id');
    expect(rows.map((row) => [row['revision'], row['action']])).toEqual([
      ['a1', 'upgrade'],
      ['b2', 'stamp'],
      ['c3', 'stamp'],
    ]);
    for (const row of rows) expect(row['checksum']).toMatch(/^sha256:ts:[0-9a-f]{64}$/);
  });

  test('the version table of Alembic is taken as it is', async () => {
    const { url, query } = await freshDatabase(dialect);
    await query(
      'CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))',
    );
    await query("INSERT INTO alembic_version (version_num) VALUES ('a1')");
    const versions = writeVersions([{ id: 'a1', body: `throw new Error('never')` }, { id: 'b2' }]);
    await upgrade({ url, versions, versionTable: 'alembic_version' });
    expect(await query('SELECT version_num FROM alembic_version')).toEqual([{ version_num: 'b2' }]);
    expect(await query('SELECT revision FROM alembic_history')).toEqual([{ revision: 'b2' }]);
  });

  test('an edited and a deleted revision are told of, and change nothing', async () => {
    const { url } = await freshDatabase(dialect);
    await upgrade({ url, versions: writeVersions(chain) });
    const edited = writeVersions([
      { ...chain[0]!, body: '// edited' },
      { ...chain[2]!, down: 'a1' },
    ]);
    const events: ToraleEvent[] = [];
    await upgrade({ url, versions: edited, onEvent: (event) => events.push(event) });
    const codes = events.flatMap((event) => (event.type === 'warning' ? [event.code] : []));
    expect(codes.sort()).toEqual(['REVISION_DELETED', 'REVISION_EDITED', 'REVISION_EDITED']);
  });

  test('twenty runners started together apply each revision once', async () => {
    const { url, query } = await freshDatabase(dialect);
    const versions = writeVersions([
      { id: 'a1', body: `await op.execute('CREATE TABLE runs (revision varchar(10))');` },
      ...['b2', 'c3', 'd4'].map((id) => ({
        id,
        body: `await op.execute("INSERT INTO runs (revision) VALUES ('${id}')");`,
      })),
    ]);
    const results = await Promise.all(
      Array.from({ length: 20 }, () => torale(['upgrade', 'head', '--url', url, '--versions', versions])),
    );
    expect(results.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual(Array.from({ length: 20 }, () => 0));
    const rows = await query('SELECT revision FROM runs ORDER BY revision');
    expect(rows.map((row) => row['revision'])).toEqual(['b2', 'c3', 'd4']);
    expect((await query('SELECT revision FROM torale_history')).length).toBe(4);
  }, 120_000);
});

describe('an application that upgrades itself', () => {
  test('does so on SQLite', async () => {
    const { url } = await freshDatabase('sqlite');
    const report = await upgrade({ url, versions: writeVersions([{ id: 'a1' }]), auto: true });
    expect(report.heads).toEqual(['a1']);
  });

  test('leaves a server to the deploy step, with a message, unless forced', async () => {
    const events: ToraleEvent[] = [];
    // No server is asked: the port answers nobody.
    const url = 'postgres://app@127.0.0.1:1/app';
    const report = await upgrade({ url, auto: true, onEvent: (event) => events.push(event) });
    expect(report).toEqual({ applied: [], heads: [] });
    expect(events).toMatchObject([{ type: 'warning', code: 'LEFT_TO_DEPLOY' }]);
    await expect(
      upgrade({ url, versions: writeVersions([{ id: 'a1' }]), auto: true, force: true }),
    ).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });

  test('hands over modules instead of files', async () => {
    const { url, query } = await freshDatabase('sqlite');
    const revisions = [
      {
        revision: 'b2',
        downRevision: 'a1',
        upgrade: async (op: { execute(sql: string): Promise<unknown> }) => op.execute('CREATE TABLE b (id integer)'),
      },
      {
        revision: 'a1',
        downRevision: null,
        upgrade: async (op: { execute(sql: string): Promise<unknown> }) => op.execute('CREATE TABLE a (id integer)'),
      },
    ];
    expect((await upgrade({ url, revisions })).applied.map(({ revision }) => revision)).toEqual(['a1', 'b2']);
    expect(await query('SELECT revision, checksum FROM torale_history')).toEqual([
      { revision: 'a1', checksum: null },
      { revision: 'b2', checksum: null },
    ]);
  });
});
