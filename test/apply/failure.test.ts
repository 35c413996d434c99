import { describe, expect, test } from 'vitest';
import { ToraleError, upgrade } from '../../src/index.ts';
import { DIALECTS } from '../../src/dialects/names.ts';
import { describeOn, freshDatabase } from '../support/databases.ts';
import { writeVersions, type RevisionText } from '../support/revisions.ts';

async function failureOf(
  url: string,
  revisions: readonly RevisionText[],
  versions = writeVersions(revisions),
): Promise<ToraleError> {
  const error: unknown = await upgrade({ url, versions }).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ToraleError);
  return error as ToraleError;
}

const NOTHING_STAYS = ['postgres', 'sqlite'] as const;

describeOn(DIALECTS, 'a failing revision', (dialect) => {
  const good = { id: 'a1', body: `await op.execute('CREATE TABLE t (id integer PRIMARY KEY)');` };

  test('is told with file, line, statement, SQL and the words of the server', async () => {
    const { url, query } = await freshDatabase(dialect);
    const error = await failureOf(url, [
      good,
      {
        id: 'b2',
        body: [
          "  await op.execute('INSERT INTO t (id) VALUES (1)');",
          '  await op.execute(`',
          '    INSERT INTO t (id) VALUES (2);',
          '    INSERT INTO t (id) VALUES (1);',
          '    INSERT INTO t (id) VALUES (3)',
          '  `);',
        ].join('\n'),
      },
    ]);
    expect(error).toMatchObject({ code: 'REVISION_FAILED', exitCode: 5 });
    expect(error.data).toMatchObject({ revision: 'b2', statement: 3, state: 'rolledBack', heads: ['a1'] });
    expect(error.message).toMatch(/^Revision b2 failed at statement 3 of 4, .*b2\.ts:18\n/);
    expect(error.message).toContain('INSERT INTO t (id) VALUES (1)');
    const code = { postgres: '23505', mysql: '1062', sqlite: 'SQLITE_CONSTRAINT_PRIMARYKEY' }[dialect];
    expect(error.message).toContain(`${code}: `);
    expect(error.message).toContain('Rolled back: the database is at a1, nothing of b2 remains.');
    expect(await query('SELECT id FROM t')).toEqual([]);
    expect(await query('SELECT version_num FROM torale_version')).toEqual([{ version_num: 'a1' }]);
    expect(await query('SELECT * FROM torale_journal')).toEqual([]);
  });

  test('leaves the revisions before it applied, and runs when it is mended', async () => {
    const { url, query } = await freshDatabase(dialect);
    const broken = writeVersions([good, { id: 'b2', body: `await op.execute('INSERT INTO nowhere VALUES (1)');` }]);
    await failureOf(url, [], broken);
    writeVersions([good, { id: 'b2', body: `await op.execute('INSERT INTO t (id) VALUES (7)');` }], broken);
    expect((await upgrade({ url, versions: broken })).applied.map(({ revision }) => revision)).toEqual(['b2']);
    expect(await query('SELECT id FROM t')).toEqual([{ id: 7 }]);
  });

  test('that throws by itself is told with its line', async () => {
    const { url } = await freshDatabase(dialect);
    const error = await failureOf(url, [
      { id: 'a1', body: '  const rows: unknown[] = [];\n  throw new Error(`no rows: ${rows.length}`);' },
    ]);
    expect(error.message).toMatch(/^Revision a1 failed, .*a1\.ts:16\n {2}no rows: 0\n/);
    expect(error.data).toMatchObject({ line: 16, state: 'rolledBack' });
  });

  test.each([
    [
      "op.execute('INSERT INTO t (id) VALUES (1)');",
      /^Revision b2 failed, .*b2\.ts\n {2}op\.execute at .*b2\.ts:15 was not awaited/,
    ],
    ["op.knex('t').insert({ id: 1 });", /op\.knex at .*b2\.ts:15 was not awaited/],
    [
      "op.knex.schema.createTable('u', (u) => { u.integer('id'); });",
      /op\.knex\.schema at .*b2\.ts:15 was not awaited/,
    ],
    ["op.knex.raw('DELETE FROM t');", /op\.knex\.raw at .*b2\.ts:15 was not awaited/],
    [
      "void op.autocommit(async () => { await op.execute('SELECT 1'); });",
      /op\.autocommit at .*b2\.ts:15 was not awaited/,
    ],
  ])('that forgets to await fails: %s', async (body, message) => {
    const { url, query } = await freshDatabase(dialect);
    const error = await failureOf(url, [good, { id: 'b2', body: `  ${body}` }]);
    expect(error.message).toMatch(message);
    expect(await query('SELECT version_num FROM torale_version')).toEqual([{ version_num: 'a1' }]);
    if (dialect !== 'mysql') expect(await query('SELECT id FROM t')).toEqual([]);
  });

  test.each(['COMMIT', 'ROLLBACK', 'BEGIN'])('that says %s is refused, however it says it', async (word) => {
    for (const call of [
      `op.execute('${word}')`,
      `op.execute('INSERT INTO t (id) VALUES (1); ${word}')`,
      `op.knex.raw('${word}')`,
    ]) {
      const { url, query } = await freshDatabase(dialect);
      const error = await failureOf(url, [good, { id: 'b2', body: `await ${call};` }]);
      expect(error.message).toMatch(
        new RegExp(`${word}.* a transaction; Torale holds the transaction of a revision`, 's'),
      );
      expect(await query('SELECT id FROM t')).toEqual([]);
    }
  });

  test('may take one savepoint back and go on', async () => {
    const { url, query } = await freshDatabase(dialect);
    const versions = writeVersions([
      good,
      {
        id: 'b2',
        body: `
          await op.execute('INSERT INTO t (id) VALUES (1)');
          await op.execute('SAVEPOINT one');
          await op.execute('INSERT INTO t (id) VALUES (2)');
          await op.execute('ROLLBACK TO one');
          await op.execute('INSERT INTO t (id) VALUES (3)');`,
      },
    ]);
    await upgrade({ url, versions });
    expect(await query('SELECT id FROM t ORDER BY id')).toEqual([{ id: 1 }, { id: 3 }]);
  });

  test.each([
    [
      "op.execute({ postgres: 'SELECT 1', mysql: 'SELECT 1', sqlite: 'SELECT 1', oracel: 'x' } as never)",
      /'oracel' is no dialect/,
    ],
    ['op.execute({} as never)', new RegExp(`has no SQL for ${dialect}`)],
    ["op.execute('SELECT 1; SELECT 2', [1])", /bindings with 2 statements/],
    ['op.execute(42 as never)', /takes SQL text/],
    ['op.execute("SELECT \'open")', /'open|unterminated|never closed|not closed|end/i],
  ])('that calls op.execute wrongly is told so: %s', async (call, message) => {
    const { url } = await freshDatabase(dialect);
    const error = await failureOf(url, [{ id: 'a1', body: `await ${call};` }]);
    expect(error.exitCode).toBe(5);
    expect(error.message).toMatch(message);
  });

  test('stops between statements when it is aborted', async () => {
    const { url, query } = await freshDatabase(dialect);
    const versions = writeVersions([
      good,
      {
        id: 'b2',
        body: `await op.execute('INSERT INTO t (id) VALUES (1)'); op.log('now'); await op.execute('INSERT INTO t (id) VALUES (2)');`,
      },
    ]);
    const controller = new AbortController();
    const run = upgrade({
      url,
      versions,
      signal: controller.signal,
      onEvent: (event) => event.type === 'log' && controller.abort(new ToraleError('INTERRUPTED', 'stopped')),
    });
    await expect(run).rejects.toMatchObject({ code: 'INTERRUPTED', exitCode: 130 });
    expect(await query('SELECT id FROM t')).toEqual([]);
  });
});

describeOn(NOTHING_STAYS, 'a transaction of everything', (dialect) => {
  test('takes back all revisions when one fails', async () => {
    const { url, query } = await freshDatabase(dialect);
    const versions = writeVersions([
      { id: 'a1', body: `await op.execute('CREATE TABLE t (id integer)');` },
      { id: 'b2', body: `await op.execute('INSERT INTO nowhere VALUES (1)');` },
    ]);
    await expect(upgrade({ url, versions, singleTransaction: true })).rejects.toMatchObject({
      code: 'REVISION_FAILED',
    });
    const tables =
      dialect === 'sqlite'
        ? await query('SELECT name FROM sqlite_schema')
        : await query("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace");
    expect(tables).toEqual([]);
    writeVersions([{ id: 'b2', down: 'a1' }], versions);
    expect((await upgrade({ url, versions, singleTransaction: true })).heads).toEqual(['b2']);
  });

  test('refuses op.autocommit', async () => {
    const { url } = await freshDatabase(dialect);
    const versions = writeVersions([
      { id: 'a1', body: `await op.autocommit(async () => { await op.execute('SELECT 1'); });` },
    ]);
    await expect(upgrade({ url, versions, singleTransaction: true })).rejects.toThrow(/op\.autocommit cannot run/);
  });
});

describeOn(['postgres'], 'op.autocommit', () => {
  test('splits the revision; what is committed stays, and the next run goes on', async () => {
    const { url, query } = await freshDatabase('postgres');
    const body = (last: string): string => `
      await op.execute('CREATE TABLE t (id integer)');
      await op.execute('INSERT INTO t (id) SELECT generate_series(1, 3)');
      await op.autocommit(async () => { await op.execute('CREATE INDEX CONCURRENTLY t_id ON t (id)'); });
      await op.execute('INSERT INTO ${last} (id) VALUES (4)');`;
    const versions = writeVersions([{ id: 'a1', body: body('t2') }]);
    const error = await failureOf(url, [], versions);
    expect(error.data).toMatchObject({ state: 'resumable', statement: 4 });
    expect(error.message).toContain('Statements 1, 2, 3 stay');
    expect((await query('SELECT statement, state FROM torale_journal ORDER BY statement')).map(Object.values)).toEqual([
      ['1', 'done'],
      ['2', 'done'],
      ['3', 'done'],
    ]);
    await query('CREATE TABLE t2 (id integer)');
    await upgrade({ url, versions });
    expect(await query('SELECT count(*)::int AS n FROM t')).toEqual([{ n: 3 }]);
    expect(await query('SELECT id FROM t2')).toEqual([{ id: 4 }]);
    expect(await query('SELECT * FROM torale_journal')).toEqual([]);
  });

  test('is advised where the server refuses a statement inside a transaction', async () => {
    const { url } = await freshDatabase('postgres');
    const error = await failureOf(url, [{ id: 'a1', body: `await op.execute('VACUUM');` }]);
    expect(error.hint).toContain('op.autocommit');
  });
});

describeOn(['mysql'], 'a failing revision', () => {
  const steps = (second: string): RevisionText => ({
    id: 'a1',
    body: [
      "  await op.execute('CREATE TABLE tags (id integer PRIMARY KEY, name varchar(20))');",
      "  await op.execute(\"INSERT INTO tags VALUES (1, 'cat'), (2, 'cat')\");",
      "  await op.execute('ALTER TABLE tags ADD COLUMN slug varchar(80)');",
      `  await op.execute('${second}');`,
      "  await op.execute('ALTER TABLE tags MODIFY slug varchar(90)');",
    ].join('\n'),
  });

  test('names the statements that stay, and goes on after them', async () => {
    const { url, query } = await freshDatabase('mysql');
    const versions = writeVersions([steps('CREATE UNIQUE INDEX tags_name_key ON tags (name)')]);
    const error = await failureOf(url, [], versions);
    expect(error.data).toMatchObject({
      state: 'resumable',
      statement: 4,
      committed: [{ statement: 1 }, { statement: 2 }, { statement: 3 }],
    });
    expect(error.message.split('\n').slice(1, 7)).toEqual([
      '    1  done     CREATE TABLE tags (id integer PRIMARY KEY, name varchar(20))',
      "    2  done     INSERT INTO tags VALUES (1, 'cat'), (2, 'cat')",
      '    3  done     ALTER TABLE tags ADD COLUMN slug varchar(80)',
      '    4  failed   CREATE UNIQUE INDEX tags_name_key ON tags (name)',
      expect.stringContaining("1062: Duplicate entry 'cat' for key 'tags_name_key'"),
      '    5  not run  ALTER TABLE tags MODIFY slug varchar(90)',
    ]);
    expect(error.message).toMatch(/commits each DDL statement, so statements 1, 2, 3 stay.*goes on at statement 4\./);
    await query("UPDATE tags SET name = 'dog' WHERE id = 2");
    await upgrade({ url, versions });
    expect((await query('SELECT name FROM tags ORDER BY id')).map((row) => row['name'])).toEqual(['cat', 'dog']);
    expect(await query('SELECT * FROM torale_journal')).toEqual([]);
  });

  test('that was edited in what is done already is refused', async () => {
    const { url } = await freshDatabase('mysql');
    const versions = writeVersions([steps('CREATE UNIQUE INDEX tags_name_key ON tags (name)')]);
    await failureOf(url, [], versions);
    writeVersions(
      [{ ...steps('SELECT 1'), body: steps('SELECT 1').body!.replace("'cat'), (2", "'cow'), (2") }],
      versions,
    );
    const error = await failureOf(url, [], versions);
    expect(error).toMatchObject({ code: 'UNRESOLVED', exitCode: 6 });
  });
});

describe('foreign keys on SQLite', () => {
  const tables = {
    id: 'a1',
    body: `await op.execute(\`
      CREATE TABLE p (id integer PRIMARY KEY);
      CREATE TABLE c (id integer PRIMARY KEY, p integer REFERENCES p (id) ON DELETE CASCADE);
      INSERT INTO p VALUES (1), (2);
      INSERT INTO c VALUES (10, 1), (20, 2)\`);`,
  };

  test('are held off while a table is rebuilt, so that no row is lost', async () => {
    const { url, query } = await freshDatabase('sqlite');
    await upgrade({
      url,
      versions: writeVersions([
        tables,
        {
          id: 'b2',
          body: `await op.execute(\`
            CREATE TABLE p_new (id integer PRIMARY KEY, name text);
            INSERT INTO p_new (id) SELECT id FROM p;
            DROP TABLE p;
            ALTER TABLE p_new RENAME TO p\`);`,
        },
      ]),
    });
    expect(await query('SELECT id, p FROM c ORDER BY id')).toEqual([
      { id: 10, p: 1 },
      { id: 20, p: 2 },
    ]);
  });

  test('are checked before the commit', async () => {
    const { url, query } = await freshDatabase('sqlite');
    const error = await failureOf(url, [tables, { id: 'b2', body: `await op.execute('DELETE FROM p WHERE id = 1');` }]);
    expect(error.message).toMatch(/1 row would break a foreign key, the first in c \(rowid 10\), which refers to p/);
    expect(await query('SELECT id FROM p')).toHaveLength(2);
  });

  test('what was broken before is not held against a revision', async () => {
    const { url, query } = await freshDatabase('sqlite');
    const versions = writeVersions([tables]);
    await upgrade({ url, versions });
    await query('PRAGMA foreign_keys = 0; INSERT INTO c VALUES (30, 99)');
    writeVersions([{ id: 'b2', down: 'a1', body: `await op.execute('INSERT INTO p VALUES (3)');` }], versions);
    await upgrade({ url, versions });
    expect(await query('SELECT id FROM p')).toHaveLength(3);
  });

  test('are enforced where a revision asks for it', async () => {
    const { url, query } = await freshDatabase('sqlite');
    await upgrade({
      url,
      versions: writeVersions([
        tables,
        {
          id: 'b2',
          extra: 'export const options = { foreignKeys: true };',
          body: `await op.execute('DELETE FROM p WHERE id = 1');`,
        },
      ]),
    });
    expect(await query('SELECT id FROM c')).toEqual([{ id: 20 }]);
  });
});
