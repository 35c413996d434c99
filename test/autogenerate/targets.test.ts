import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { brokenLiteral } from '../../src/autogenerate/knex-losses.ts';
import { outputOf } from '../../src/autogenerate/target-command.ts';
import { findSqlFiles } from '../../src/autogenerate/target-files.ts';
import { diff, type SchemaSide } from '../../src/index.ts';
import { describeOn, freshDatabase } from '../support/databases.ts';
import { temporaryFolder, writeVersions } from '../support/revisions.ts';

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

describe('SQL files', () => {
  const files = { 'b.sql': '', 'a/2.sql': '', 'a/1.sql': '', 'a/x.txt': '', 'a/deep/3.sql': '' };

  test.each([
    ['b.sql', ['b.sql']],
    ['.', ['a/1.sql', 'a/2.sql', 'a/deep/3.sql', 'b.sql']],
    ['a', ['a/1.sql', 'a/2.sql', 'a/deep/3.sql']],
    ['a/*.sql', ['a/1.sql', 'a/2.sql']],
    ['**/*.sql', ['a/1.sql', 'a/2.sql', 'a/deep/3.sql', 'b.sql']],
    ['a/[12].sql', ['a/1.sql', 'a/2.sql']],
    ['{b,c}.sql', ['b.sql']],
    ['a/?.sql', ['a/1.sql', 'a/2.sql']],
  ])('%s', (name, found) => {
    const folder = folderOf(files);
    expect(findSqlFiles([name], folder)).toEqual(found.map((file) => join(folder, file)));
  });

  test.each(['none.sql', 'none/*.sql', 'a/*.txt.sql'])('%s is no file', (name) => {
    expect(() => findSqlFiles([name], folderOf(files))).toThrow(/no file|No file/i);
  });
});

describe('a program', () => {
  const command = (code: string) => ({ argv: [process.execPath, '-e', code], folder: '.', variables: process.env });
  const signal = new AbortController().signal;

  test('what it prints on stdout', async () => {
    const code = "console.log('CREATE TABLE t (a int);'); console.error('done')";
    expect((await outputOf(command(code), 'export', signal)).text).toBe('CREATE TABLE t (a int);\n');
  });

  test('that fails is told with the end of its stderr', async () => {
    const failing = outputOf(command("console.error('no such config'); process.exitCode = 3"), 'export', signal);
    await expect(failing).rejects.toMatchObject({ code: 'TARGET_FAILED', exitCode: 5 });
    await expect(failing).rejects.toThrow(/'export' failed: it ended with exit code 3\.\n {4}no such config/);
  });

  test('that is not there', async () => {
    const missing = { argv: ['torale-no-such-program'], folder: '.', variables: process.env };
    await expect(outputOf(missing, 'export', signal)).rejects.toThrow('torale-no-such-program was not found');
  });

  test('that says nothing is ended, as is one that is stopped', async () => {
    await expect(outputOf(command('setInterval(() => 0, 1000)'), 'export', signal, 300)).rejects.toThrow(
      /said nothing/,
    );
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('stopped')), 200);
    await expect(outputOf(command('setInterval(() => 0, 1000)'), 'export', controller.signal)).rejects.toThrow(
      'stopped',
    );
  });
});

test.each([
  ["select 'what?'", "'what?'"],
  ["select 'what\\\\?'", null],
  ['create function f() returns text language sql as $$ select $q$a?$q$ $$', '$$ select $q$a?$q$ $$'],
  ['insert into t values (?, ?)', null],
])('literals that Knex breaks: %s', (sql, literal) => {
  expect(brokenLiteral('postgres', sql)).toBe(literal);
  expect(brokenLiteral('sqlite', sql)).toBeNull();
});

describeOn(['postgres'], 'targets', () => {
  let url: string;
  beforeAll(async () => {
    ({ url } = await freshDatabase('postgres'));
  });

  /** The schemas that a side makes. */
  async function schemasOf(to: SchemaSide, folder: string, more: object = {}): Promise<string[]> {
    const { changes } = await diff({ from: '', to: absolute(to, folder), url, renames: 'none', ...more });
    return changes.flatMap((change) =>
      'object' in change && change.object.kind === 'schema' ? change.object.path : [],
    );
  }

  const absolute = (to: SchemaSide, folder: string): SchemaSide =>
    typeof to === 'string' && /\.(?:sql|ts|mjs)$|^\.$/.test(to) ? join(folder, to) : to;

  test('a dump of pg_dump, its settings and lines for psql included', async () => {
    const dump = `--
-- PostgreSQL database dump
--

\\restrict 1a2b

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);

CREATE SCHEMA audit;

\\connect other

CREATE SCHEMA app;

\\unrestrict 1a2b
`;
    expect(await schemasOf('dump.sql', folderOf({ 'dump.sql': dump }))).toEqual(['app', 'audit']);
  });

  test('each file of a folder begins on a fresh session', async () => {
    const folder = folderOf({
      '1.sql': "SELECT pg_catalog.set_config('search_path', '', false); CREATE SCHEMA one;",
      '2.sql': 'CREATE TYPE mood AS ENUM (); CREATE SCHEMA two;',
    });
    expect(await schemasOf('.', folder)).toEqual(['one', 'two']);
  });

  test('a statement that fails is shown with file, line and a caret', async () => {
    const text = 'CREATE SCHEMA app;\n\n-- the users\nCREATE TABLE app.users (\n  id bigint,\n  mood nope\n);\n';
    const failing = schemasOf('schema.sql', folderOf({ 'schema.sql': text }));
    await expect(failing).rejects.toMatchObject({ code: 'TARGET_FAILED', data: { line: 6 } });
    await expect(failing).rejects.toThrow(/schema\.sql:6: [\s\S]*\n {6}mood nope\n {11}\^\n {2}PostgreSQL 42704: /);
  });

  test.each([
    ['COPY app.t (a) FROM stdin;\n1\n\\.\n', /:1:\d+: COPY .* wants rows/],
    ['\\i other.sql\n', /:1:1: .*psql/],
    ['BEGIN; CREATE SCHEMA a;', /does not end it/],
    ["SELECT 'open", /never ends/],
  ])('%j is refused with its place', async (text, message) => {
    const failing = schemasOf('schema.sql', folderOf({ 'schema.sql': text }));
    await expect(failing).rejects.toMatchObject({ code: 'TARGET_FAILED' });
    await expect(failing).rejects.toThrow(message);
  });

  test('what would leave the scratch database is refused, unless a server of its own is named', async () => {
    const folder = folderOf({ 'schema.sql': 'CREATE SCHEMA a;\nCOMMENT ON DATABASE postgres IS NULL;\n' });
    const refused = schemasOf('schema.sql', folder);
    await expect(refused).rejects.toMatchObject({ code: 'SCRATCH_REFUSED', exitCode: 12, data: { line: 2 } });
    await expect(refused).rejects.toThrow(/schema\.sql:2: .*COMMENT ON DATABASE/);
    expect(await schemasOf('schema.sql', folder, { scratchUrl: url })).toEqual(['a']);
  });

  test('a schema.ts', async () => {
    const text = `
      export default async (knex: any, { dialect, flavor }: { dialect: string; flavor: string }) => {
        await knex.schema.createSchema(dialect);
        await knex.schema.createSchema(\`x_\${flavor}\`);
      };`;
    expect(await schemasOf('schema.ts', folderOf({ 'schema.ts': text }))).toEqual(['postgres', 'x_postgres']);
  });

  test.each([
    ['no default function', 'export const schema = 1;', /has no default function/],
    [
      'an await forgotten',
      "export default async (knex) => { knex.schema.createSchema('a'); };",
      /schema\.mjs:1.*not awaited/,
    ],
    ['what throws', "export default async () => {\n  throw new Error('no way');\n};", /schema\.mjs:2: [\s\S]*no way/],
    ['what cannot be imported', "import './nowhere.mjs';\nexport default () => {};", /cannot be imported/],
    [
      'what the server refuses',
      "export default async (knex) => {\n  await knex.raw('create nonsense');\n};",
      /schema\.mjs:2: [\s\S]*create nonsense\n {2}PostgreSQL 42601/,
    ],
    [
      'a question mark in a literal',
      'export default async (knex) => {\n  await knex.raw("comment on schema public is \'why?\'");\n};',
      /schema\.mjs:2: Knex takes the \? in 'why\?'/,
    ],
    [
      'a foreign key beside withSchema',
      "export default async (knex) => {\n  await knex.schema.withSchema('public').createTable('t', (t) => { t.integer('o').references('id').inTable('o'); });\n};",
      /inTable\('o'\) is not taken for a table of public/,
    ],
    [
      'a collation that is left out',
      "export default async (knex) => {\n  await knex.schema.createTable('t', (t) => { t.string('a').collate('C'); });\n};",
      /a\.collate\(\) is left out/,
    ],
    [
      'what leaves the scratch database',
      "export default async (knex) => {\n  await knex.raw('create role torale_never');\n};",
      /schema\.mjs:2: .*CREATE ROLE/,
    ],
  ])('a schema.ts with %s', async (_, text, message) => {
    await expect(schemasOf('schema.mjs', folderOf({ 'schema.mjs': text }))).rejects.toThrow(message);
  });

  test('a program, per dialect', async () => {
    const print = 'echo "CREATE SCHEMA printed;"';
    expect(await schemasOf({ postgres: { print }, sqlite: 'nowhere.sql' }, '.')).toEqual(['printed']);
    await expect(schemasOf({ sqlite: 'nowhere.sql' }, '.')).rejects.toMatchObject({ code: 'TARGET_UNKNOWN' });
  });

  test('a revision, replayed with those before it', async () => {
    const versions = writeVersions([
      { id: 'aaaa', body: "await op.execute('CREATE SCHEMA one');" },
      { id: 'bbbb', body: "if (op.scratch) await op.execute('CREATE SCHEMA two');" },
    ]);
    expect(await schemasOf('aaaa', '.', { versions })).toEqual(['one']);
    expect(await schemasOf('head', '.', { versions })).toEqual(['one', 'two']);
    expect(await schemasOf('base', '.', { versions })).toEqual([]);
  });

  test('a revision that fails says that it was replayed, one that leaves is refused', async () => {
    const broken = writeVersions([{ id: 'aaaa', body: "await op.execute('CREATE nonsense');" }]);
    const failing = schemasOf('head', '.', { versions: broken });
    await expect(failing).rejects.toMatchObject({ code: 'REVISION_FAILED', data: { revision: 'aaaa', scratch: true } });
    await expect(failing).rejects.toThrow(
      /aaaa failed at statement 1[\s\S]*CREATE nonsense[\s\S]*on a scratch database/,
    );
    const leaving = writeVersions([{ id: 'aaaa', body: "await op.execute('CREATE ROLE torale_never');" }]);
    const refused = schemasOf('head', '.', { versions: leaving });
    await expect(refused).rejects.toMatchObject({ code: 'SCRATCH_REFUSED' });
    await expect(refused).rejects.toThrow(/^Revision aaaa.*: this statement would leave .*CREATE ROLE/);
  });

  test.each(['nonsense', './nowhere.sql', 'nowhere.ts', 'app.db'])('%s is no schema', async (said) => {
    const unknown = diff({ from: '', to: said, url, versions: writeVersions([{ id: 'aaaa' }]) });
    await expect(unknown).rejects.toMatchObject({ code: 'TARGET_UNKNOWN', exitCode: 2 });
    await expect(unknown).rejects.toThrow(/A schema is a database URL, a \.sql file/);
  });
});
