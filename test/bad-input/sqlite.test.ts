import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { torale } from '../support/cli.ts';
import { contentsOf, exists, refuses } from './refusal.ts';
import { workplace } from './workplace.ts';

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
