import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { upgrade, type Pending } from '../../src/index.ts';
import { torale } from '../support/cli.ts';
import { describeOn, freshDatabase, query } from '../support/databases.ts';
import { temporaryFolder, writeVersions } from '../support/revisions.ts';

const CHAIN = [
  { id: 'a1', body: `await op.execute('CREATE TABLE a (id integer)');` },
  { id: 'b2', body: `await op.execute('CREATE TABLE b (id integer)');` },
  { id: 'c3', body: `await op.execute('CREATE TABLE c (id integer)');` },
];

async function rowsOf(file: string, table: string): Promise<number> {
  return (await query(`sqlite:${file}`, `SELECT * FROM ${table}`)).length;
}

describeOn(['sqlite'], 'upgrade --backup', (dialect) => {
  test('copies the database as it was before the first pending revision', async () => {
    const { url, name } = await freshDatabase(dialect);
    const versions = writeVersions(CHAIN);
    await upgrade({ url, versions, revision: 'a1' });
    await query(url, 'INSERT INTO a VALUES (1)');
    chmodSync(name, 0o640);
    const backup = join(dirname(name), "it's a backup.db");
    const { code } = await torale(['upgrade', '--backup', backup, '--url', url, '--versions', versions]);
    expect(code).toBe(0);
    expect(await rowsOf(backup, 'a')).toBe(1);
    expect(await query(`sqlite:${backup}`, 'SELECT version_num FROM torale_version')).toEqual([{ version_num: 'a1' }]);
    await expect(rowsOf(backup, 'b')).rejects.toThrow('no such table');
    expect(statSync(backup).mode & 0o777).toBe(0o640);
    expect(await rowsOf(name, 'b')).toBe(0);
  });

  test('makes none where nothing is pending', async () => {
    const { url, name } = await freshDatabase(dialect);
    const versions = writeVersions(CHAIN);
    await upgrade({ url, versions });
    const backup = join(dirname(name), 'backup.db');
    await upgrade({ url, versions, backup });
    expect(existsSync(backup)).toBe(false);
  });

  test('is made in a run that is one transaction, and of a database that is new', async () => {
    const { url, name } = await freshDatabase(dialect);
    const backup = join(dirname(name), 'backup.db');
    await upgrade({ url, versions: writeVersions(CHAIN), backup, singleTransaction: true });
    expect(await query(`sqlite:${backup}`, 'SELECT name FROM sqlite_schema')).toEqual([]);
  });

  test('that fails stops the run before anything is applied', async () => {
    const { url, name } = await freshDatabase(dialect);
    const versions = writeVersions(CHAIN);
    await query(url, 'CREATE TABLE mine (id integer)');
    const backup = join(dirname(name), 'backup.db');
    writeFileSync(backup, 'something else');
    await expect(upgrade({ url, versions, backup })).rejects.toMatchObject({ code: 'BACKUP_FAILED', exitCode: 5 });
    expect(readFileSync(backup, 'utf8')).toBe('something else');
    const nowhere = join(dirname(name), 'no folder', 'backup.db');
    await expect(upgrade({ url, versions, backup: nowhere })).rejects.toMatchObject({ code: 'BACKUP_FAILED' });
    expect(await query(url, 'SELECT name FROM sqlite_schema')).toEqual([{ name: 'mine' }]);
  });

  test('is made again where another run came between', async () => {
    const { url, name } = await freshDatabase(dialect);
    const versions = writeVersions(CHAIN);
    const backup = join(dirname(name), 'backup.db');
    const beforeUpgrade = async (): Promise<void> => void (await upgrade({ url, versions, revision: 'b2' }));
    const { applied } = await upgrade({ url, versions, backup, beforeUpgrade });
    expect(applied.map(({ revision }) => revision)).toEqual(['c3']);
    expect(await query(`sqlite:${backup}`, 'SELECT version_num FROM torale_version')).toEqual([{ version_num: 'b2' }]);
  });
});

describeOn(['postgres', 'mysql'], 'upgrade --backup', (dialect) => {
  test('is refused, with what to do instead', async () => {
    const { url } = await freshDatabase(dialect);
    const refused = upgrade({ url, versions: writeVersions(CHAIN), backup: 'backup.db' });
    await expect(refused).rejects.toMatchObject({ code: 'USAGE', hint: expect.stringContaining('beforeUpgrade') });
  });
});

describeOn(['postgres', 'mysql', 'sqlite'], 'beforeUpgrade', (dialect) => {
  function configured(url: string, script: string, program: readonly string[] = [process.execPath, './before.mjs']) {
    const folder = temporaryFolder();
    writeVersions(CHAIN, join(folder, 'versions'));
    writeFileSync(join(folder, 'before.mjs'), script);
    writeFileSync(join(folder, 'torale.config.json'), JSON.stringify({ url, beforeUpgrade: [...program, '; exit 0'] }));
    const run = (...args: string[]) => torale(['upgrade', ...args], { cwd: folder, env: { SHOWN: 'yes' } });
    return { folder, run };
  }

  test('runs a program once before the first pending revision, which it is told', async () => {
    const { url } = await freshDatabase(dialect);
    const { folder, run } = configured(
      url,
      `import { appendFileSync } from 'node:fs';
       const { TORALE_PENDING, TORALE_HEADS, SHOWN } = process.env;
       appendFileSync('told', JSON.stringify([TORALE_PENDING, TORALE_HEADS, SHOWN, process.argv[2]]) + '\\n');
       console.log('dumping');`,
    );
    const first = await run('b2', '--json');
    expect(first.code).toBe(0);
    expect(first.stderr).toContain('dumping');
    expect(JSON.parse(first.stdout)).toMatchObject({ heads: ['b2'] });
    await run();
    await run();
    expect(
      readFileSync(join(folder, 'told'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      ['a1,b2', '', 'yes', '; exit 0'],
      ['c3', 'b2', 'yes', '; exit 0'],
    ]);
  });

  test.each([
    ['fails', 'process.exitCode = 3;', undefined, 'ended with exit code 3'],
    ['is killed', `process.kill(process.pid, 'SIGKILL');`, undefined, 'ended with SIGKILL'],
    ['is not there', '', ['no-such-program'], 'no-such-program was not found'],
  ])('that %s stops the run before anything is applied', async (_, script, program, message) => {
    const { url, dump } = await freshDatabase(dialect);
    if (dialect === 'sqlite') await query(url, 'CREATE TABLE mine (id integer)');
    const before = await dump();
    const { run } = configured(url, script, program);
    const { code, stderr } = await run();
    expect(code).toBe(5);
    expect(stderr).toContain(message);
    expect(await dump()).toBe(before);
  });

  test('may be a function of the library', async () => {
    const { url } = await freshDatabase(dialect);
    const versions = writeVersions(CHAIN);
    const told: Pending[] = [];
    const beforeUpgrade = (pending: Pending): void => void told.push(pending);
    await upgrade({ url, versions, beforeUpgrade });
    await upgrade({ url, versions, beforeUpgrade });
    expect(told).toEqual([{ revisions: ['a1', 'b2', 'c3'], heads: [] }]);
    writeVersions([...CHAIN, { id: 'd4' }], versions);
    const failing = upgrade({ url, versions, beforeUpgrade: () => Promise.reject(new Error('no room')) });
    await expect(failing).rejects.toMatchObject({ code: 'BACKUP_FAILED', message: expect.stringContaining('no room') });
  });
});
