import { expect, test } from 'vitest';
import { describeOn, freshDatabase, type TestDatabase } from '../support/databases.ts';
import { project, revisionText, type Project } from './project.ts';
import { expectValid } from './schemas.ts';

const FILE = 'versions/aaaa.mjs';

/** What must be committed one by one: DDL on MySQL, op.autocommit on PostgreSQL. */
function body(database: TestDatabase, statements: readonly string[]): string {
  const calls = statements.map((sql) => `  await op.execute(\`${sql}\`);`).join('\n');
  if (database.dialect === 'mysql') return calls;
  return `await op.autocommit(async () => {\n${calls}\n});`;
}

const SOUND = ['CREATE TABLE a (id integer)', 'CREATE TABLE b (id integer)'];

interface Place extends Project {
  readonly database: TestDatabase;
  readonly url: readonly string[];
}

/** A database in which two statements are done and the third failed. */
async function halfway(dialect: 'postgres' | 'mysql'): Promise<Place> {
  const database = await freshDatabase(dialect);
  const place = project({ [FILE]: revisionText('aaaa', { body: body(database, [...SOUND, 'CREATE NONSENSE']) }) });
  const url = ['--url', database.url];
  expect(await place.run('upgrade', ...url)).toMatchObject({ code: 5 });
  return { ...place, database, url };
}

/** As a run leaves it that dies in statement 2 and could not look at what it names. */
async function doubt({ database, write }: Place): Promise<void> {
  await database.query("UPDATE torale_journal SET state = 'started', fingerprint = '[]' WHERE statement = 2");
  write(FILE, revisionText('aaaa', { body: body(database, SOUND) }));
}

describeOn(['mysql', 'postgres'], 'resolve', (name) => {
  const dialect = name as 'postgres' | 'mysql';

  test('has nothing to say of a database where nothing is unfinished', async () => {
    const { url } = await freshDatabase(dialect);
    const { run } = project({ [FILE]: revisionText('aaaa') });
    expect(await run('resolve', '--url', url)).toEqual({
      code: 0,
      stdout: 'Nothing is unfinished: no revision is partly applied.\n',
      stderr: '',
    });
    const { code, stderr } = await run('resolve', '--abandon', '--url', url);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'No revision is partly applied: there is nothing to resolve.\n',
    });
  });

  test('what goes on by itself is pending, and nothing is to be decided', async () => {
    const { run, json, url } = await halfway(dialect);
    const shown = await run('resolve', ...url);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain(`Revision aaaa (add aaaa), ${FILE}, is partly applied.`);
    expect(shown.stdout).toMatch(/^ {2}1 {2}done {4}CREATE TABLE a \(id integer\)$/m);
    expect(shown.stdout).toMatch(/^ {2}3 {2}to run {2}CREATE NONSENSE$/m);
    expect(shown.stdout).toContain("'torale upgrade' goes on with it by itself.");
    const { document } = await json('resolve', ...url);
    expectValid('resolve', document);
    expect(document.unfinished.statements.map(({ state }: { state: string }) => state)).toEqual([
      'done',
      'done',
      'toRun',
    ]);

    const check = await json('check', ...url);
    expectValid('check', check.document);
    expect(check).toMatchObject({ code: 8, document: { findings: [{ code: 'PENDING', revisions: ['aaaa'] }] } });
    expect((await run('check', ...url)).stdout).toContain("aaaa is partly applied: 'torale upgrade' goes on with it");
    expect((await run('current', '--check', ...url)).code).toBe(8);

    const dry = await run('upgrade', '--dry-run', ...url);
    expect(dry.stdout.match(/-- done by an earlier run\n/g)).toHaveLength(2);
    const pending = await json('upgrade', '--dry-run', ...url);
    expectValid('upgrade', pending.document);
    expect(pending.document.pending[0].done).toEqual([1, 2]);
    expect((await run('upgrade', '--sql', ...url)).code).toBe(12);
  });

  test('a statement in doubt: who decides what', async () => {
    const place = await halfway(dialect);
    await doubt(place);
    const { run, json, url } = place;
    expect(await run('upgrade', ...url)).toMatchObject({ code: 6, stderr: expect.stringContaining('torale resolve') });
    expect((await run('check', ...url)).code).toBe(6);
    expect((await run('current', '--check', ...url)).code).toBe(6);
    const shown = await run('resolve', ...url);
    expect(shown.code).toBe(6);
    expect(shown.stdout).toMatch(/^ {2}2 {2}in doubt {2}CREATE TABLE b .*\(the objects it names do not tell/m);
    for (const way of ['--retry', '--skip-statement', '--mark-applied', '--abandon'])
      expect(shown.stdout).toContain(`torale resolve aaaa ${way} `);
    const { code, document } = await json('resolve', ...url);
    expectValid('resolve', document);
    expect(code).toBe(6);
    expect(document.unfinished.statements[1]).toMatchObject({ state: 'inDoubt', verdict: 'ambiguous' });

    expect((await run('resolve', 'zzzz', '--retry', ...url)).code).toBe(2);
    const decided = await json('resolve', 'aa', '--skip-statement', ...url);
    expectValid('resolve', decided.document);
    expect(decided.document).toMatchObject({ revision: 'aaaa', resolution: 'skip-statement', statement: 2 });
    expect((await run('resolve', '--retry', ...url)).code).toBe(2);
    expect((await run('upgrade', ...url)).code).toBe(0);
    expect((await run('current', '--check', ...url)).code).toBe(0);
  });

  test('--retry runs it again', async () => {
    const place = await halfway(dialect);
    const { database, run, url } = place;
    await database.query('DROP TABLE b');
    await doubt(place);
    expect((await run('resolve', '--retry', ...url)).stdout).toContain('Statement 2 of aaaa counts as not run.');
    expect((await run('upgrade', ...url)).code).toBe(0);
    expect(await database.query('SELECT * FROM b')).toEqual([]);
  });

  test('--mark-applied and --abandon', async () => {
    const { run, url, database, write } = await halfway(dialect);
    expect((await run('resolve', '--abandon', ...url)).stdout).toContain(
      'done were 1, 2: they must be taken back first',
    );
    await database.query('DROP TABLE a');
    await database.query('DROP TABLE b');
    expect((await run('upgrade', ...url)).code).toBe(5);
    expect((await run('resolve', '--mark-applied', ...url)).stdout).toContain('the database is at aaaa');
    expect((await run('current', '--check', ...url)).code).toBe(0);
    write(FILE, revisionText('aaaa'));
  });

  test.runIf(dialect === 'mysql')('a file that was edited where it is done already', async () => {
    const { run, json, url, write, database } = await halfway(dialect);
    write(FILE, revisionText('aaaa', { body: body(database, ['CREATE TABLE other (id integer)', SOUND[1]!]) }));
    expect((await run('check', ...url)).code).toBe(6);
    expect((await run('upgrade', ...url)).code).toBe(6);
    const { code, stdout } = await run('resolve', ...url);
    expect(code).toBe(6);
    expect(stdout).toContain('The file has other statements by now than those that took effect (1).');
    expect((await json('resolve', ...url)).document.unfinished.statements[0]).toMatchObject({ edited: true });
  });

  test('what a newer image began does not concern an older one, which has all that it knows', async () => {
    const database = await freshDatabase(dialect);
    const url = ['--url', database.url];
    const files = { [FILE]: revisionText('aaaa') };
    const newer = project({
      ...files,
      'versions/bbbb.mjs': revisionText('bbbb', { down: 'aaaa', body: body(database, [...SOUND, 'CREATE NONSENSE']) }),
    });
    expect((await newer.run('upgrade', ...url)).code).toBe(5);
    const older = project(files);
    for (const command of [['current', '--check'], ['wait', '--for-head'], ['upgrade']])
      expect({ command, ...(await older.run(...command, ...url)) }).toMatchObject({ command, code: 0 });
    const check = await older.run('check', ...url);
    expect(check).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('bbbb, which no file here has, is partly'),
    });
    const { code, stdout } = await older.run('resolve', ...url);
    expect(code).toBe(6);
    expect(stdout).toContain('Revision bbbb, which no file here has, is partly applied.');
    expect((await newer.run('current', '--check', ...url)).code).toBe(8);
  });
});
