import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startTorale } from '../support/cli.ts';
import { describeIf, describeOn, freshDatabase } from '../support/databases.ts';
import { project } from './project.ts';
import { expectValid } from './schemas.ts';

const TABLES = `CREATE TABLE users (id bigserial PRIMARY KEY, name text NOT NULL);
CREATE TABLE posts (id bigint PRIMARY KEY, author bigint REFERENCES users, title varchar(80), legacy text);
`;
const LATER = `CREATE TABLE users (id bigserial PRIMARY KEY, full_name text NOT NULL);
CREATE TABLE posts (id bigint PRIMARY KEY, author bigint REFERENCES users, title varchar(200));
CREATE INDEX posts_title_idx ON posts (lower(title));
`;

/** It makes the pseudo-terminal. */
const hasPython = spawnSync('python3', ['--version']).status === 0;

describeOn(['postgres'], 'revision --autogenerate', () => {
  const setUp = async (target: string) => {
    const db = await freshDatabase('postgres');
    const made = project({ 'schema.sql': target });
    made.write('torale.config.mjs', `export default { url: ${JSON.stringify(db.url)}, target: 'schema.sql' };\n`);
    return { ...made, db };
  };

  test('from an empty folder to a database at head, and nothing the second time', async () => {
    const { run, json, folder } = await setUp(TABLES);
    const first = await run('revision', '--autogenerate', '-m', 'first tables');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^schema\.sql against an empty head, on a scratch PostgreSQL /);
    expect(first.stdout).toContain('Proved: running it takes the empty database to schema.sql.');
    expect(first.stdout).toMatch(/Wrote versions\/\w{12}_first_tables\.ts \(\d statements\) and its snapshot\./);
    expect((await run('upgrade', 'head')).code).toBe(0);
    const again = await run('revision', '--autogenerate', '-m', 'x');
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toMatch(/^No differences: schema\.sql equals head \w{12}\. Nothing was written\.$/m);
    const { document } = await json('revision', '--autogenerate', '-m', 'x');
    expectValid('revision', document);
    expect(document).toMatchObject({ revision: null, file: null, changes: 0, proved: true });
    const checked = await json('check', '--drift');
    expectValid('check', checked.document);
    expect(checked.document).toEqual({ exitCode: 0, findings: [] });
    const snapshot = await json('snapshot', '--all');
    expectValid('snapshot', snapshot.document);
    expect(snapshot.document).toMatchObject({ upToDate: 0 });
    expect((await run('snapshot')).stdout).toBe('The snapshot is up to date.\n');
    expect(readFileSync(join(folder, snapshot.document.written[0].file), 'utf8')).toContain('"put":"table"');
  });

  test('several dialects: one revision, told dialect by dialect', async () => {
    const db = await freshDatabase('postgres');
    const config = { dialects: ['sqlite', 'postgres'], scratchUrl: { postgres: db.url }, url: 'sqlite:./app.db' };
    const { run, json, folder, write } = project({
      'torale.config.json': JSON.stringify({ ...config, target: { sqlite: 'lite.sql', postgres: 'pg.sql' } }),
      'lite.sql': 'CREATE TABLE a (id integer PRIMARY KEY, x text);',
      'pg.sql': 'CREATE TABLE a (id bigint PRIMARY KEY, x text);',
    });
    const { stdout, stderr } = await run('revision', '--autogenerate', '-m', 'first');
    expect(stderr).toBe('');
    const plain = stdout.replaceAll(/(?<=(?:SQLite|PostgreSQL) )\S+/g, 'N').replaceAll(/\w{12}_/g, 'ID_');
    expect(plain).toBe(`lite.sql, pg.sql against an empty head

sqlite, on a scratch SQLite N
  a  + table: 2 columns, primary key

postgres, on a scratch PostgreSQL N
  a  + table: 2 columns, primary key

Proved on each of them: running it takes the empty database to lite.sql, pg.sql.
Wrote versions/ID_first.ts (sqlite: 1 statement, postgres: 1 statement) and its snapshot.
Review it, then:  torale upgrade head
`);
    write('pg.sql', 'CREATE TABLE a (id bigint PRIMARY KEY, x text, y text);');
    const { document } = await json('revision', '--autogenerate', '-m', 'second');
    expectValid('revision', document);
    expect(document).toMatchObject({
      changes: 1,
      proved: true,
      statements: [{ dialect: 'postgres', sql: expect.stringContaining('ADD COLUMN y') as string }],
      dialects: [
        { dialect: 'sqlite', target: 'lite.sql', changes: 0, proved: true },
        { dialect: 'postgres', target: 'pg.sql', changes: 1, proved: true },
      ],
    });
    const rewritten = await json('snapshot', '--all');
    expectValid('snapshot', rewritten.document);
    expect(rewritten.document.written[1].dialects).toEqual(['sqlite', 'postgres']);
    expect(readFileSync(join(folder, rewritten.document.written[0].file), 'utf8')).not.toContain('"put":"schema"');
    expect((await run('revision', '--autogenerate', '-m', 'x')).stdout).toMatch(
      /^No differences: lite\.sql, pg\.sql equals head \w{12} on sqlite, postgres\. Nothing was written\.$/m,
    );
    // The password of a server for scratch databases is nobody's business.
    const broken = { ...config, scratchUrl: { postgres: 'postgres://app:verysecret@127.0.0.1:1/x' }, target: 'pg.sql' };
    write('torale.config.json', JSON.stringify(broken));
    const failed = await json('revision', '--autogenerate', '-m', 'x');
    expect(failed).toMatchObject({ code: 3, document: { error: { code: 'UNREACHABLE', dialect: 'postgres' } } });
    expect(failed.stdout + failed.stderr + (await run('config')).stdout).not.toContain('verysecret');
  });

  test('a look-alike stops with 12 and the flags; a flag decides', async () => {
    const { run, json, write } = await setUp(TABLES);
    await run('revision', '--autogenerate', '-m', 'first');
    write('schema.sql', LATER);
    const stopped = await run('revision', '--autogenerate', '-m', 'later');
    expect(stopped.code).toBe(12);
    expect(stopped.stdout).toBe('');
    expect(stopped.stderr).toContain('--rename column:public.users.name:public.users.full_name');
    expect(stopped.stderr).toContain('--no-renames');
    expect(stopped.stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(6);
    const failed = await json('revision', '--autogenerate', '-m', 'later');
    expectValid('error', failed.document);
    const done = await run('revision', '--autogenerate', '-m', 'later', '--rename', 'users.name:full_name');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toContain('its data is lost');
    expect(done.stdout).toContain('and no row is lost but what is marked');
    expect(done.stdout).toMatch(/Review it: 1 statement loses data/);
    const { document } = await json('history');
    expect(document.revisions).toHaveLength(2);
  });

  describeIf(hasPython, 'python3', 'on a terminal', () => {
    test('a rename is asked for', async () => {
      const { run, folder, write } = await setUp(TABLES);
      await run('revision', '--autogenerate', '-m', 'first');
      write('schema.sql', TABLES.replace('name text', 'full_name text'));
      const out = execFileSync(
        'python3',
        ['-c', ASK, process.execPath, join(import.meta.dirname, '../../dist/bin.cjs')],
        {
          cwd: folder,
          encoding: 'utf8',
          env: { ...process.env, CI: '', TORALE_URL: undefined },
        },
      );
      expect(out.replaceAll(/\s+/g, ' ')).toContain(
        'public.users.name is gone and public.users.full_name is new (column, text). What happened?',
      );
      expect(out).toContain('Proved:');
      const { document } = await project().json('history', '--versions', join(folder, 'versions'));
      const newest = readFileSync(document.revisions[0].file as string, 'utf8');
      expect(newest).toContain('RENAME COLUMN name TO full_name');
    });
  });

  test.each([
    ['no target', ['revision', '--autogenerate', '-m', 'x', '--config', 'none.json'], 2, /There is no target/],
    ['a target that is not there', ['revision', '--autogenerate', '-m', 'x', '--target', 'schma.sql'], 2, /schma\.sql/],
    [
      'a flag without --autogenerate',
      ['revision', '-m', 'x', '--no-renames'],
      2,
      /--no-renames says something about --autogenerate/,
    ],
    [
      'both words on renames',
      ['revision', '--autogenerate', '-m', 'x', '--no-renames', '--rename', 'a:b'],
      2,
      /no-renames/,
    ],
    [
      'a fill without a value',
      ['revision', '--autogenerate', '-m', 'x', '--fill', 'users.name'],
      2,
      /table\.column=EXPRESSION/,
    ],
    ['an unknown kind', ['revision', '--autogenerate', '-m', 'x', '--exclude', 'tabel'], 2, /'tabel' is no kind/],
    ['an unknown parent', ['revision', '--autogenerate', '-m', 'x', '--head', 'nope'], 7, /nope/],
  ])('%s is one clear line', async (_, args, code, message) => {
    const { run, db, write } = await setUp(TABLES);
    write('none.json', JSON.stringify({ url: db.url }));
    const result = await run(...args);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toMatch(message);
    expect(result.stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(6);
    expect(result.stderr).not.toMatch(/\bat .*\.ts:\d+/);
  });

  test('a password in the target is never printed', async () => {
    const { run } = await setUp(TABLES);
    const result = await run(
      'revision',
      '--autogenerate',
      '-m',
      'x',
      '--target',
      'postgres://me:hunter2secret@127.0.0.1:1/x',
    );
    expect(result.code).toBe(3);
    expect(result.stdout + result.stderr).not.toContain('hunter2secret');
  });

  test('diff of head and target, before the revision is written', async () => {
    const { run, json, write } = await setUp(TABLES);
    await run('revision', '--autogenerate', '-m', 'first');
    expect(await run('diff', 'head', 'target', '--check')).toMatchObject({ code: 0, stdout: 'No differences.\n' });
    write('schema.sql', `${TABLES} CREATE TABLE tags (id int);`);
    const shown = await run('diff', 'head', 'schema.sql', '--check');
    expect(shown.code).toBe(9);
    expect(shown.stdout).toContain('+ table: 1 column');
    expectValid('diff', (await json('diff', 'base', 'schema.sql')).document);
  });
});

/** Runs the command on a pseudo-terminal and answers the question with the first choice. */
const ASK = `
import os, pty, sys, select
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], [sys.argv[1], sys.argv[2], 'revision', '--autogenerate', '-m', 'later'])
text, sent = b'', False
while True:
    try:
        ready = select.select([fd], [], [], 90)[0]
        chunk = os.read(fd, 65536) if ready else b''
    except OSError:
        break
    if not chunk: break
    text += chunk
    if not sent and b'What happened?' in text and b'dropped and added' in text:
        os.write(fd, b'\\r')
        sent = True
os.waitpid(pid, 0)
import re
sys.stdout.write(re.sub(r'\\x1b\\[[0-9;?]*[A-Za-z]', '', text.decode()))
`;

describe('Ctrl-C while SQLite works, which never waits by itself', () => {
  const busy = (name: string): string =>
    `CREATE TABLE ${name} AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT count(*) AS c FROM n`;
  const began = (next: string): string => `import { writeFileSync } from 'node:fs';
export const revision = 'a';
export const downRevision = null;
export async function upgrade(op) {
  writeFileSync('began', '');
  ${next}
}
`;

  const few = `console.log('CREATE TABLE a (x int);');`;
  const minutes = `import { writeFileSync } from 'node:fs';
for (let at = 0; at < 20_000; at += 1) console.log(\`${busy('t${at}')};\`);
writeFileSync('began', '');
`;
  const sql = `for (let at = 0; ; at += 1) await op.execute(\`${busy('t${at}')}\`);`;
  const knex = `for (let at = 0; ; at += 1) await op.knex.schema.createTable(\`t\${at}\`, (t) => t.integer('x'));`;

  test.each([
    ['the revisions', began(sql), few],
    ['Knex in them', began(knex), few],
    ['the target', began(''), minutes],
  ])('ends a draft in the middle of %s', async (_, revision, printer) => {
    const config = `export default { url: 'sqlite:app.db', target: { command: ['${process.execPath}', 'print.mjs'] } };\n`;
    const files = { 'versions/a_first.mjs': revision, 'print.mjs': printer, 'torale.config.mjs': config };
    const { folder } = project(files);
    const child = startTorale(['revision', '--autogenerate', '-m', 'x'], { cwd: folder });
    onTestFinished(() => void child.kill('SIGKILL'));
    await vi.waitFor(() => expect(existsSync(join(folder, 'began'))).toBe(true), { timeout: 10_000 });
    child.kill('SIGINT');
    const { code, stderr } = await child.result;
    expect(stderr).toContain('Stopped by SIGINT.');
    expect(code).toBe(130);
    expect(readdirSync(join(folder, 'versions'))).toEqual(['a_first.mjs']);
  });
});

describeOn(['mysql'], 'what commits by itself on a scratch database', () => {
  const revision = (body: string) => `export const revision = 'a';
export const downRevision = null;
let calls = 0;
export async function upgrade(op) {
  calls += 1;
  ${body}
}
`;
  const inspected = async (body: string) => {
    const { url } = await freshDatabase('mysql');
    return project({ 'versions/a_first.mjs': revision(body) }).json('inspect', 'head', '--url', url);
  };

  test('is not run again by the next try of a revision', async () => {
    const { code, document } = await inspected(`
  await op.execute('CREATE TABLE a (x int)');
  await op.execute('INSERT INTO a VALUES (1)');
  await op.execute('CREATE TABLE b (x int)');
  if (calls === 1) await op.execute("SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1205, MESSAGE_TEXT = 'busy'");
  const { rows } = await op.execute('SELECT x FROM a');
  if (rows.length !== 1 || calls !== 2) throw new Error(\`\${rows.length} rows, call \${calls}\`);`);
    expect(code).toBe(0);
    expect(JSON.stringify(document)).toContain('"b"');
  });

  test('is told where a revision fails', async () => {
    const { code, document } = await inspected(`
  await op.execute('CREATE TABLE a (x int)');
  await op.execute('CREATE TABLE a (x int)');`);
    expect(code).toBe(5);
    expect(document.error).toMatchObject({ state: 'resumable', committed: [{ statement: 1 }], statement: 2 });
  });

  test('is told where a statement fails that did half of its work', async () => {
    const { document } = await inspected(`
  await op.execute('CREATE TABLE a (x int)');
  await op.execute('DROP TABLE a, b');`);
    expect(document.error).toMatchObject({ state: 'resumable', committed: [{ statement: 1 }], statement: 2 });
  });
});
