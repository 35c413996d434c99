import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { torale } from '../support/cli.ts';
import { describeIf } from '../support/databases.ts';
import { sqliteRows } from '../support/raw.ts';
import { temporaryFolder, writeVersions } from '../support/revisions.ts';
import { BOUND_USER, contentsOf, exists, NEEDS_USER, permissionsCanBeTried, refuses } from './refusal.ts';

const TABLE = { id: 'a1', body: `await op.execute('CREATE TABLE t (id integer PRIMARY KEY, x text)');` };

function workplace(): { folder: string; db: string; args: string[] } {
  const folder = temporaryFolder();
  writeVersions([TABLE, { id: 'b2' }], join(folder, 'versions'));
  return { folder, db: join(folder, 'app.db'), args: ['--url', 'sqlite:./app.db'] };
}

async function made(
  options: { user?: { uid: number; gid: number } | undefined } = {},
): Promise<ReturnType<typeof workplace>> {
  const place = workplace();
  if (options.user !== undefined) chmodSync(place.folder, 0o777);
  expect((await torale(['upgrade', 'a1', ...place.args], { cwd: place.folder, ...options })).code).toBe(0);
  return place;
}

const COMMANDS = [['upgrade', 'head'], ['current'], ['stamp', 'head'], ['check'], ['ensure-version']];

describe('a SQLite path', () => {
  test('that does not exist is made by upgrade, stamp and ensure-version', async () => {
    for (const command of [['upgrade', 'head'], ['stamp', 'head'], ['ensure-version']]) {
      const { folder, db, args } = workplace();
      const { code, stderr } = await torale([...command, ...args], { cwd: folder });
      expect(code, stderr).toBe(0);
      expect(exists(db)).toBe(true);
    }
  });

  test.each([
    ['current', 0],
    ['check', 8],
    ['heads', 0],
    ['history', 0],
    ['config', 0],
    ['upgrade --dry-run', 0],
    ['upgrade --sql', 0],
  ])('that does not exist is not made by %s', async (command, exit) => {
    const { folder, args } = workplace();
    const before = contentsOf(folder);
    const { code, stderr } = await torale([...command.split(' '), ...args], { cwd: folder });
    expect(code, stderr).toBe(exit);
    expect(contentsOf(folder)).toEqual(before);
  });

  test.each([
    ['upgrade haed', 7],
    ['upgrade +9', 7],
    ['stamp haed', 7],
    ['upgrade --no-such-flag', 2],
  ])('that does not exist is not made by a mistake: %s', async (command, exit) => {
    const { folder, args } = workplace();
    const before = contentsOf(folder);
    const { code, stderr } = await torale([...command.split(' '), ...args], { cwd: folder });
    expect(code, stderr).toBe(exit);
    expect(contentsOf(folder)).toEqual(before);
  });

  test('in a folder that does not exist is refused', async () => {
    const { folder } = workplace();
    const before = contentsOf(folder);
    for (const command of COMMANDS) {
      const refusal = { exit: 3, code: 'DATABASE_MISSING', says: /folder .*data does not exist/ };
      await refuses([...command, '--url', 'sqlite:./data/app.db'], refusal, { cwd: folder });
    }
    expect(contentsOf(folder)).toEqual(before);
  });

  test('that is a directory is refused', async () => {
    const { folder, db, args } = workplace();
    mkdirSync(db);
    for (const command of COMMANDS) {
      await refuses(
        [...command, ...args],
        { exit: 3, code: 'DATABASE_MISSING', says: /app\.db is a directory/ },
        { cwd: folder },
      );
    }
  });

  test('that goes through a file is refused', async () => {
    const { folder } = workplace();
    writeFileSync(join(folder, 'data'), '');
    for (const command of COMMANDS) {
      const refusal = { exit: 3, code: 'DATABASE_MISSING', says: /data is a file, not a folder/ };
      await refuses([...command, '--url', 'sqlite:./data/app.db'], refusal, { cwd: folder });
    }
  });
});

describe('a file that is no SQLite database', () => {
  test.each([
    ['a text', (db: string) => writeFileSync(db, 'hello, I am a shopping list. '.repeat(100))],
    ['an encrypted database', (db: string) => writeFileSync(db, randomBytes(8192))],
    [
      'a database with a spoiled header',
      (db: string) => {
        new BetterSqlite(db).exec('CREATE TABLE kept (id integer)').close();
        const bytes = readFileSync(db);
        bytes.write('SQLite format 2', 0);
        writeFileSync(db, bytes);
      },
    ],
  ])('%s is refused and left alone', async (_, make) => {
    // prettier-ignore
    const { folder, db, args } = workplace();
    make(db);
    const before = contentsOf(folder);
    for (const command of COMMANDS) {
      await refuses(
        [...command, ...args],
        { exit: 3, code: 'UNREACHABLE', says: /app\.db is not a SQLite database/ },
        { cwd: folder },
      );
    }
    expect(contentsOf(folder)).toEqual(before);
  });

  test('a truncated database is refused as damaged', async () => {
    const { folder, db, args } = workplace();
    const made = new BetterSqlite(db);
    made.exec(
      'CREATE TABLE big (x text); INSERT INTO big VALUES (hex(randomblob(40000))); CREATE TABLE torale_version (version_num text)',
    );
    made.close();
    truncateSync(db, 4096 + 100);
    for (const command of COMMANDS) {
      const refusal = { exit: 3, code: 'UNREACHABLE', says: /app\.db.*damaged[^]*backup/ };
      await refuses([...command, ...args], refusal, { cwd: folder });
    }
  });

  test('a file of zero bytes is an empty database', async () => {
    const { folder, db, args } = workplace();
    writeFileSync(db, '');
    expect((await torale(['current', ...args], { cwd: folder })).code).toBe(0);
    expect(readFileSync(db).length).toBe(0);
    expect((await torale(['upgrade', 'head', ...args], { cwd: folder })).code).toBe(0);
  });
});

describeIf(permissionsCanBeTried, NEEDS_USER, 'a SQLite database that may not be written', () => {
  const as = { user: BOUND_USER };

  test('a read-only file is read, and an upgrade says so', async () => {
    const { folder, db, args } = await made(as);
    chmodSync(db, 0o444);
    const rows = (): unknown => sqliteRows(db, 'SELECT * FROM torale_version');
    expect((await torale(['current', ...args], { cwd: folder, ...as })).code).toBe(0);
    for (const command of [
      ['upgrade', 'head'],
      ['stamp', 'head'],
    ]) {
      const refusal = { exit: 5, code: 'WRITE_FAILED', says: /app\.db: it is read-only/ };
      await refuses([...command, ...args], refusal, { cwd: folder, ...as });
    }
    expect(rows()).toEqual([{ version_num: 'a1' }]);
    expect((await torale(['upgrade', 'a1', ...args], { cwd: folder, ...as })).code).toBe(0);
  });

  test('in a read-only folder an upgrade says so', async () => {
    const { folder, db, args } = await made(as);
    chmodSync(folder, 0o555);
    const before = contentsOf(folder);
    const refusal = { exit: 5, code: 'WRITE_FAILED', says: /app\.db: it is read-only[^]*folder/ };
    await refuses(['upgrade', 'head', ...args], refusal, { cwd: folder, ...as });
    expect(contentsOf(folder)).toEqual(before);
    expect(sqliteRows(db, 'SELECT * FROM torale_version')).toEqual([{ version_num: 'a1' }]);
  });

  test('a folder in which no file can be made', async () => {
    const { folder, args } = workplace();
    chmodSync(folder, 0o555);
    const refusal = { exit: 13, code: 'DENIED', says: /app\.db cannot be opened[^]*permissions/ };
    await refuses(['upgrade', 'head', ...args], refusal, { cwd: folder, ...as });
    expect(exists(join(folder, 'app.db'))).toBe(false);
  });

  test('a file that may not even be read', async () => {
    const { folder, db, args } = await made(as);
    chmodSync(db, 0);
    for (const command of [['upgrade', 'head'], ['current']]) {
      const refusal = { exit: 13, code: 'DENIED', says: /app\.db cannot be opened[^]*permissions/ };
      await refuses([...command, ...args], refusal, { cwd: folder, ...as });
    }
  });
});

/** A limit on the size of files is met like a full disk, without one having to be filled. */
const LIMITED = ['sh', '-c', 'ulimit -f "$0" && exec "$@"'];
const canLimit = spawnSync('sh', ['-c', 'ulimit -f 64']).status === 0;

describeIf(canLimit, 'a shell with ulimit -f', 'a full disk', () => {
  test('while the tables of Torale are made', async () => {
    const { folder, args } = workplace();
    const refusal = { exit: 5, code: 'WRITE_FAILED', says: /app\.db: there is no room[^]*run the same command again/ };
    const [shell, option, script] = LIMITED as [string, string, string];
    await refuses(['upgrade', 'head', ...args], refusal, { cwd: folder, under: [shell, option, script, '8'] });
    const { code, stderr } = await torale(['upgrade', 'head', ...args], { cwd: folder });
    expect(code, stderr).toBe(0);
  });

  test('in a revision takes it back as a whole', async () => {
    const { folder, db, args } = workplace();
    const rows = `await op.execute("INSERT INTO t (x) VALUES (hex(randomblob(200000)))");`;
    writeVersions([TABLE, { id: 'b2', body: rows }], join(folder, 'versions'));
    const [shell, option, script] = LIMITED as [string, string, string];
    const under = [shell, option, script, '128'];
    const error = await refuses(
      ['upgrade', 'head', ...args],
      { exit: 5, code: 'WRITE_FAILED', says: /b2[^]*there is no room[^]*Rolled back: the database is at a1/ },
      { cwd: folder, under },
    );
    expect(error).toMatchObject({ state: 'rolledBack', heads: ['a1'] });
    expect(sqliteRows(db, 'SELECT count(*) AS n FROM t')).toEqual([{ n: 0 }]);
    expect(sqliteRows(db, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect((await torale(['upgrade', 'head', ...args], { cwd: folder })).code).toBe(0);
  });
});

describe('a SQLite database in use', () => {
  test('by a writer is waited for as long as said, then told', async () => {
    const { folder, db, args } = await made();
    const other = new BetterSqlite(db);
    try {
      other.exec('BEGIN IMMEDIATE');
      const refusal = { exit: 4, code: 'LOCKED', says: /migration lock is held/ };
      await refuses(['upgrade', 'head', ...args, '--lock-timeout', '0'], refusal, { cwd: folder });
      expect((await torale(['current', ...args], { cwd: folder })).code).toBe(0);
    } finally {
      other.close();
    }
    expect((await torale(['upgrade', 'head', ...args], { cwd: folder })).code).toBe(0);
  });
});
