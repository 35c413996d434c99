import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BRANCHED, chain, project, revisionText } from './project.ts';

describe('init', () => {
  test('makes a configuration and a folder that work at once', async () => {
    const { run, json, folder } = project();
    const { code, stdout, stderr } = await run('init');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
      "Created torale.config.mjs   SQLite at ./torale.db, revisions in versions/, target schema.sql
      Created schema.sql          the schema you want: edit it
      Created versions/

      Next:  torale revision --autogenerate -m "first tables"
             torale upgrade head
      "
    `);
    const { document } = await json('revision', '-m', 'first tables');
    expect(document).toMatchObject({ downRevision: null, changes: 0 });
    expect(document.file).toBe(`versions/${document.revision}_first_tables.ts`);
    expect(await run('upgrade', 'head')).toMatchObject({ code: 0, stdout: `At head ${document.revision}.\n` });
    expect(existsSync(join(folder, 'torale.db'))).toBe(true);
  });

  test('the first minute: a schema, a revision, a database', async () => {
    const { run, json, folder, write } = project();
    await run('init');
    const drafted = await run('revision', '--autogenerate', '-m', 'first tables');
    expect(drafted).toMatchObject({ code: 0, stderr: '' });
    expect(drafted.stdout.replace(/\d\.\d+\.\d/, '3.x').replace(/\w{12}_/, 'ID_')).toMatchInlineSnapshot(`
      "schema.sql against an empty head, on a scratch SQLite 3.x

        posts  + table: 4 columns, primary key, 1 foreign key, 1 index
        users  + table: 3 columns, primary key, 1 unique

      Proved: running it takes the empty database to schema.sql.
      Wrote versions/ID_first_tables.ts (3 statements) and its snapshot.
      Review it, then:  torale upgrade head
      "
    `);
    expect(await run('upgrade', 'head')).toMatchObject({ code: 0 });
    expect((await json('check', '--drift')).document).toEqual({ exitCode: 0, findings: [] });
    expect((await run('check')).stdout).toMatch(/^target +schema\.sql equals head +ok$/m);
    write('schema.sql', `${readFileSync(join(folder, 'schema.sql'), 'utf8')}CREATE TABLE more (id integer);\n`);
    expect((await run('check')).code).toBe(9);
  });

  test('what it wrote fails no check, whatever is done instead of using it', async () => {
    const { run, write } = project();
    await run('init');
    const targetLine = async () => {
      const { code, stdout } = await run('check');
      return { code, line: /^target +(.*?) {2}/m.exec(stdout)?.[1] };
    };
    const unused = { code: 0, line: "not compared: schema.sql is still the example of 'torale init'" };
    expect(await targetLine()).toEqual(unused);
    write('versions/aaaa.mjs', revisionText('aaaa', { body: '  await op.execute(`CREATE TABLE mine (id integer)`);' }));
    await run('upgrade', 'head');
    expect(await targetLine()).toEqual(unused);
    await run('snapshot');
    expect(await targetLine()).toEqual(unused);
    expect((await run('check', '--drift')).code).toBe(0);
  });

  test('leaves alone a schema.sql that is there, and has it as the target', async () => {
    const { run, json, folder } = project({ 'schema.sql': '-- mine\n' });
    expect((await json('init')).document).toEqual({
      created: ['torale.config.mjs', 'versions/'],
      existing: ['schema.sql'],
      versions: ['versions'],
    });
    expect(readFileSync(join(folder, 'schema.sql'), 'utf8')).toBe('-- mine\n');
    expect((await run('check')).stdout).toContain('schema.sql holds no statement');
  });

  test('leaves alone what is there', async () => {
    const { run, json, folder } = project({ 'torale.config.json': '{"versions":"v"}' });
    mkdirSync(join(folder, 'versions'));
    const { stdout, code } = await run('init');
    expect(code).toBe(0);
    expect(stdout).toContain('torale.config.json is already there: left as it is.\nversions/ is already there');
    expect((await json('init')).document).toEqual({
      created: [],
      existing: ['torale.config.json', 'versions/'],
      versions: ['versions'],
    });
    expect(readdirSync(folder).sort()).toEqual(['torale.config.json', 'versions']);
  });

  test('writes the URL and the folder wanted, and no password', async () => {
    const { run, folder, json } = project();
    const refused = await run('init', '--url', 'mysql://app:verysecret@db/app');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('DATABASE_URL');
    expect(readdirSync(folder)).toEqual([]);
    await run('init', "db's", '--url', "mysql://app@db/o'app");
    expect(readFileSync(join(folder, 'torale.config.mjs'), 'utf8')).toContain(
      String.raw`url: 'mysql://app@db/o\'app',`,
    );
    const { document } = await json('config');
    const value = (key: string) => document.settings.find((row: any) => row.key === key).value;
    expect(value('url')).toContain('mysql://app@db');
    expect(value('versions')).toEqual(["db's"]);
  });
});

describe('revision and merge', () => {
  test('a branch is spliced, and heads are merged', async () => {
    const { run, json } = project(BRANCHED);
    const several = await run('revision', '-m', 'x');
    expect(several.stderr).toContain('--head');
    const written = await json('revision', '-m', 'more', '--head', 'billing', '--rev-id', 'dddd');
    expect(written.document).toMatchObject({ revision: 'dddd', downRevision: 'bbbb', file: 'versions/dddd_more.ts' });
    expect((await run('merge')).stdout).toMatch(
      /^Wrote versions\/\w+_merge_cccc_and_dddd\.ts, which merges cccc and dddd\nThen: {2}torale upgrade head\n$/,
    );
    expect((await run('merge')).stderr).toMatch(/^A merge needs several heads, and \w+ is the only one\.\n$/);
    expect((await run('merge', 'dddd')).code).toBe(2);
  });

  test('without a message and without a folder', async () => {
    const { run, folder } = project();
    expect((await run('revision', '--rev-id', 'abcd')).stdout).toBe(
      'Wrote versions/abcd_.ts\nFill in its upgrade(), then:  torale upgrade head\n',
    );
    const text = readFileSync(join(folder, 'versions/abcd_.ts'), 'utf8');
    expect(text.trimEnd().split('\n').slice(-3)[0]).toMatch(/^export async function upgrade/);
  });

  test('one of several folders', async () => {
    const { json, run } = project();
    const folders = ['--versions', 'one', '--versions', 'two'];
    expect((await run('revision', '-m', 'x', ...folders)).code).toBe(2);
    const { document } = await json('revision', '-m', 'x', '--version-path', 'two', ...folders);
    expect(document.file).toMatch(/^two\//);
  });

  test('several heads are told', async () => {
    const { run } = project(BRANCHED);
    const { stdout } = await run('revision', '-m', 'more', '--head', 'bbbb', '--rev-id', 'dddd');
    expect(stdout).toContain('The history has 2 heads now: cccc, dddd.');
  });
});

describe('what shows the history', () => {
  test('heads, branches, history and show', async () => {
    const { run } = project(BRANCHED);
    expect((await run('heads')).stdout).toBe('bbbb  add bbbb  [billing] (head)\ncccc  add cccc  (head)\n');
    expect((await run('branches')).stdout).toBe(
      'aaaa      add aaaa\n  → bbbb  add bbbb  [billing] (head)\n  → cccc  add cccc  (head)\n',
    );
    expect((await run('history')).stdout).toBe(
      [
        '*    cccc  add cccc  2026-11-14  (head)',
        '| *  bbbb  add bbbb  2026-11-14  [billing] (head)',
        '|/',
        '*    aaaa  add aaaa  2026-11-14',
        '',
      ].join('\n'),
    );
    expect((await run('show', 'billing')).stdout).toMatchInlineSnapshot(`
      "bbbb  add bbbb  [billing] (head)
        parent   aaaa  add aaaa
        branch   billing
        created  2026-11-14T12:00:00.000Z
        file     versions/bbbb.mjs
      "
    `);
    expect((await run('heads', '-v')).stdout).toContain('  file     versions/cccc.mjs');
  });

  test('an effective head, and the heads without it', async () => {
    const { run } = project({
      ...BRANCHED,
      'versions/cccc.mjs': revisionText('cccc', { down: 'aaaa', dependsOn: 'billing' }),
    });
    expect((await run('heads')).stdout).toContain('(effective head)');
    expect((await run('heads', '--resolve-dependencies')).stdout).toBe('cccc  add cccc  (head)\n');
  });

  test('show gives the rest of the comment', async () => {
    const text = revisionText('aaaa').replace(' * Revision ID', ' * It takes long:\n *   an hour.\n *\n * Revision ID');
    const { run, json } = project({ 'versions/aaaa.mjs': text });
    expect((await run('show', 'head')).stdout).toContain('\n\n    It takes long:\n      an hour.\n');
    expect((await json('show', 'head')).document.revisions[0].doc).toMatch(
      /^add aaaa\n\nIt takes long:\n {2}an hour\./,
    );
  });

  test('history marks a SQLite database by itself', async () => {
    const { run, json } = project(chain('sqlite'));
    expect((await json('history', '--url', 'sqlite:./x.db')).document.revisions[0].applied).toBeNull();
    await run('upgrade', 'bbbb', '--url', 'sqlite:./x.db');
    expect((await run('history', '--url', 'sqlite:./x.db')).stdout).toMatch(/bbbb .*← database\n/);
    expect((await json('history', '--url', 'sqlite:./x.db')).document.revisions.map((row: any) => row.applied)).toEqual(
      [false, true, true],
    );
  });

  test('there is nothing yet', async () => {
    const { run, folder } = project({ 'torale.config.mjs': 'export default {};' });
    mkdirSync(join(folder, 'versions'));
    expect((await run('history')).stdout).toBe('There are no revisions.\n');
    expect((await run('heads')).stdout).toMatch(/^There are no revisions yet\./);
    expect((await run('upgrade', '--url', 'sqlite:./x.db')).stdout).toBe(
      'Database is up to date. There are no revisions yet.\n',
    );
  });
});
