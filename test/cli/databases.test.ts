import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DIALECTS } from '../../src/dialects/names.ts';
import { describeOn, freshDatabase } from '../support/databases.ts';
import { BRANCHED, chain, project, revisionText, runScript, stateOf } from './project.ts';

describeOn(DIALECTS, 'the commands', (dialect) => {
  test('upgrade applies what is missing, and then nothing', async () => {
    const db = await freshDatabase(dialect);
    const { run } = project(chain(dialect));
    const first = await run('upgrade', '--url', db.url);
    expect(first).toMatchObject({ code: 0, stdout: 'At head cccc.\n' });
    expect(first.stderr).toMatch(
      /torale: 3 revisions to apply, \(base\) → cccc\ntorale: applied aaaa add aaaa \(\d+ ms\)\n/,
    );
    expect(await run('upgrade', '--url', db.url)).toEqual({
      code: 0,
      stdout: 'Database is up to date. At head cccc.\n',
      stderr: '',
    });
    expect(await db.query('SELECT name FROM users')).toEqual([{ name: String.raw`O'Neill \ ;--` }]);
  });

  test('a partial upgrade says how far it is', async () => {
    const db = await freshDatabase(dialect);
    const { run, json } = project(chain(dialect));
    expect((await run('upgrade', '+1', '--url', db.url)).stdout).toBe('At aaaa, 2 revisions behind cccc.\n');
    expect((await run('current', '--url', db.url)).stdout).toBe('aaaa  add aaaa  2 revisions behind head cccc\n');
    const { document } = await json('current', '--url', db.url);
    expect(document).toMatchObject({
      heads: ['aaaa'],
      codeHeads: ['cccc'],
      state: 'behind',
      pending: ['bbbb', 'cccc'],
    });
    expect((await run('history', '-i', '--url', db.url)).stdout).toMatch(/aaaa +add aaaa +2026-11-14 +← database\n/);
    const history = await json('history', '-r', 'current:', '-i', '--url', db.url);
    expect(history.document.revisions.map((row: any) => [row.revision, row.applied])).toEqual([
      ['cccc', false],
      ['bbbb', false],
      ['aaaa', true],
    ]);
  });

  test('the script of --sql does what upgrade does', async () => {
    const [one, other] = [await freshDatabase(dialect), await freshDatabase(dialect)];
    const { run } = project(chain(dialect));
    await run('upgrade', '--url', one.url);
    const { code, stdout, stderr } = await run('upgrade', '--sql', '--url', other.url);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    runScript(other, stdout);
    expect(await stateOf(other)).toBe(await stateOf(one));
    expect(await other.query('SELECT name FROM users')).toEqual([{ name: String.raw`O'Neill \ ;--` }]);
    const check = await run('check', '--url', other.url);
    expect(check).toMatchObject({ code: 0 });
  });

  test('the script of FROM:TO needs no database', async () => {
    const db = await freshDatabase(dialect);
    const { run } = project(chain(dialect));
    await run('upgrade', 'aaaa', '--url', db.url);
    const { code, stdout } = await run('upgrade', 'aaaa:head', '--sql', '--dialect', dialect);
    expect(code).toBe(0);
    expect(stdout).not.toContain('CREATE TABLE users');
    runScript(db, stdout);
    expect((await run('current', '--check', '--url', db.url)).code).toBe(0);
  });

  test('the script of stamp and of ensure-version does what they do', async () => {
    const [one, other] = [await freshDatabase(dialect), await freshDatabase(dialect)];
    const { run } = project(chain(dialect));
    await run('stamp', 'bbbb', '--url', one.url);
    const tables = await run('ensure-version', '--sql', '--url', other.url);
    runScript(other, tables.stdout);
    runScript(other, (await run('stamp', 'bbbb', '--sql', '--url', other.url)).stdout);
    expect(await stateOf(other)).toBe(await stateOf(one));
  });

  test('a dry run writes nothing', async () => {
    const db = await freshDatabase(dialect);
    const { run, json } = project(chain(dialect));
    await run('upgrade', 'aaaa', '--url', db.url);
    const before = await stateOf(db);
    const { code, stdout, stderr } = await run('upgrade', '--dry-run', '--url', db.url);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('2 revisions would be applied');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe("No changes were applied. Run 'torale upgrade head' to apply.");
    const { document } = await json('upgrade', '--dry-run', '--url', db.url);
    expect(document.pending.map(({ revision }: any) => revision)).toEqual(['bbbb', 'cccc']);
    expect(await stateOf(db)).toBe(before);
  });

  const READING = [
    ['current'],
    ['current', '-v'],
    ['current', '--check'],
    ['check'],
    ['history'],
    ['history', '-i'],
    ['history', '-r', 'current:'],
    ['show', 'current'],
    ['heads'],
    ['branches'],
    ['upgrade', '--sql'],
    ['upgrade', '--dry-run'],
    ['stamp', 'head', '--sql'],
    ['ensure-version', '--sql'],
    ['config'],
    ['reset'],
  ];

  test.each([
    ['an empty database', 'base'],
    ['one at a revision', 'bbbb'],
  ])('what only reads leaves %s as it was', async (_, at) => {
    const db = await freshDatabase(dialect);
    const { run } = project(chain(dialect));
    if (at !== 'base') await run('upgrade', at, '--url', db.url);
    const isAbsent = dialect === 'sqlite' && at === 'base';
    const before = isAbsent ? '' : await stateOf(db);
    const codes: Record<string, number> = {};
    for (const args of READING) {
      const { code, stderr } = await run(...args, '--url', db.url);
      if (code !== 0) codes[args.join(' ')] = code;
      expect(stderr.split('\n').length).toBeLessThan(4);
    }
    expect(codes).toEqual({ 'current --check': 8, check: 8, reset: 12 });
    if (isAbsent) expect(existsSync(db.name)).toBe(false);
    else expect(await stateOf(db)).toBe(before);
  });

  test('all revisions in one transaction, where the server can', async () => {
    const db = await freshDatabase(dialect);
    const { run, write } = project(chain(dialect));
    write('versions/dddd.mjs', revisionText('dddd', { down: 'cccc', body: '  await op.execute(`CREATE TABEL x`);' }));
    const { code, stderr } = await run('upgrade', '--single-transaction', '--url', db.url);
    if (dialect === 'mysql') {
      expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('commit each DDL statement') });
    } else {
      expect(code).toBe(5);
    }
    expect((await run('current', '--url', db.url)).stdout).toMatch(/^No revision is applied\./);
  });

  test('stamp tells from where to where, several rows and a purge', async () => {
    const db = await freshDatabase(dialect);
    const { run, json } = project(BRANCHED);
    expect((await run('stamp', 'billing', 'cccc', '--url', db.url)).stdout).toBe(
      'Stamped bbbb, cccc (was base). No revision was run.\n',
    );
    expect((await json('stamp', '--purge', 'aaaa', '--url', db.url)).document).toEqual({
      heads: ['aaaa'],
      before: ['bbbb', 'cccc'],
    });
    expect((await run('stamp', 'base', '--url', db.url)).stdout).toBe(
      'Stamped base (was aaaa). No revision was run.\n',
    );
  });

  test('check finds edited, deleted and pending revisions', async () => {
    const db = await freshDatabase(dialect);
    const { run, json, write } = project(chain(dialect));
    await run('upgrade', '--url', db.url);
    expect((await run('check', '--url', db.url)).stdout).toMatch(/^graph +3 revisions, one head cccc +ok\n/);
    write('versions/dddd.mjs', revisionText('dddd', { down: 'cccc' }));
    expect(await json('check', '--url', db.url)).toMatchObject({
      code: 8,
      document: { exitCode: 8, findings: [{ code: 'PENDING', revisions: ['dddd'] }] },
    });
    write('versions/aaaa_users.mjs', revisionText('aaaa', { body: '// edited' }));
    const edited = await json('check', '--url', db.url);
    expect(edited.code).toBe(7);
    expect(edited.document.findings.map(({ code }: any) => code)).toEqual(['REVISION_EDITED', 'PENDING']);
    expect((await run('check', '--offline')).code).toBe(0);
  });

  test('ensure-version makes the tables once', async () => {
    const db = await freshDatabase(dialect);
    const { json, run } = project(chain(dialect));
    expect((await json('ensure-version', '--url', db.url)).document).toEqual({ created: true });
    expect((await json('ensure_version', '--url', db.url)).document).toEqual({ created: false });
    expect((await run('current', '--url', db.url)).stdout).toBe(
      'No revision is applied. 3 revisions pending, up to cccc.\n',
    );
  });

  test('reset needs the configuration and a yes, and leaves an empty database', async () => {
    const db = await freshDatabase(dialect);
    const { run, json, write } = project(chain(dialect));
    await run('upgrade', '--url', db.url);
    const before = await stateOf(db);
    expect((await run('reset', '--yes', '--url', db.url)).code).toBe(12);
    write('torale.config.mjs', "export default { versions: 'versions', development: true };\n");
    const refused = await run('reset', '--url', db.url);
    expect(refused.code).toBe(12);
    expect(refused.stderr).toContain('torale reset --yes');
    expect(await stateOf(db)).toBe(before);
    expect((await json('reset', '--yes', '--url', db.url)).document.dropped).toHaveLength(1);
    expect((await json('current', '--url', db.url)).document).toMatchObject({ heads: [], state: 'empty' });
    expect((await run('upgrade', '--url', db.url)).stdout).toBe('At head cccc.\n');
    expect(await stateOf(db)).toBe(before);
  });

  test('a failed revision names its place, its statement and what became of it', async () => {
    const db = await freshDatabase(dialect);
    const { run, json, write } = project(chain(dialect));
    write(
      'versions/dddd.mjs',
      revisionText('dddd', { down: 'cccc', body: '  await op.execute(`CREATE TABEL x (id int)`);' }),
    );
    const failed = await run('upgrade', '--url', db.url);
    expect(failed.code).toBe(5);
    expect(failed.stderr).toContain('versions/dddd.mjs:13');
    expect(failed.stderr).toContain('CREATE TABEL x (id int)');
    expect(
      failed.stderr.slice(failed.stderr.indexOf('Revision dddd')).trimEnd().split('\n').length,
    ).toBeLessThanOrEqual(14);
    const { document } = await json('upgrade', '--url', db.url);
    expect(document.error).toMatchObject({ code: 'REVISION_FAILED', exitCode: 5, revision: 'dddd', heads: ['cccc'] });
  });
});
