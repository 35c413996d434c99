import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { torale } from '../support/cli.ts';
import { describeIf } from '../support/databases.ts';
import { sqliteRows } from '../support/raw.ts';
import { writeVersions } from '../support/revisions.ts';
import { BOUND_USER, contentsOf, exists, NEEDS_USER, permissionsCanBeTried, refuses } from './refusal.ts';
import { made, TABLE, workplace } from './workplace.ts';

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
