import { expect, test } from 'vitest';
import { preparesBlocks } from '../../../src/dialects/mysql/flavor.ts';
import type { OwnStatement } from '../../../src/session/session.ts';
import { describeOn, freshDatabase, query } from '../../support/databases.ts';
import { sessionOn } from '../../support/mysql-change.ts';

describeOn(['mysql'], 'statements in one transaction and one round trip', () => {
  async function setUp() {
    const { url } = await freshDatabase('mysql');
    await query(url, 'CREATE TABLE a (id int PRIMARY KEY, text varchar(40))');
    const session = await sessionOn(url);
    const transact = (...statements: readonly OwnStatement[]) => session.transact!(statements);
    return { session, transact, all: () => query(url, 'SELECT id, text FROM a ORDER BY id') };
  }
  const insert = (id: number, text: string | null): OwnStatement => ({
    sql: 'INSERT INTO a (id, text) VALUES (?, ?)',
    bindings: [id, text],
    rows: 1,
  });
  const move = (from: number, to: number): OwnStatement => ({
    sql: 'UPDATE a SET id = ? WHERE id = ?',
    bindings: [to, from],
    rows: 1,
  });

  test('are all there, with their values as given', async () => {
    const { session, transact, all } = await setUp();
    const statements = [
      insert(1, `it's "\\ ?`),
      insert(2, null),
      move(1, 3),
      { sql: 'DELETE FROM a WHERE id = 9', bindings: [] },
    ];
    if (!preparesBlocks(session.server)) {
      expect(await transact(...statements)).toBe(false);
      expect(await all()).toEqual([]);
      return;
    }
    expect(await transact(...statements)).toBe(true);
    expect(await all()).toEqual([
      { id: 2, text: null },
      { id: 3, text: `it's "\\ ?` },
    ]);
    expect(await session.inTransaction()).toBe(false);
  });

  test('none is where one changes another number of rows', async () => {
    const { session, transact, all } = await setUp();
    expect(await transact(insert(1, 'x'), move(8, 9))).toBe(false);
    expect(await all()).toEqual([]);
    expect(await session.inTransaction()).toBe(false);
  });

  test('none is where one fails, once that is rolled back', async () => {
    const { session, transact, all } = await setUp();
    if (!preparesBlocks(session.server)) return;
    await expect(transact(insert(1, 'x'), insert(1, 'y'))).rejects.toThrow(/Duplicate entry/);
    await session.query('ROLLBACK');
    expect(await all()).toEqual([]);
  });

  test('in whatever SQL a revision has left the session in', async () => {
    const { session, transact, all } = await setUp();
    if (!preparesBlocks(session.server)) return;
    for (const [id, mode] of ['ORACLE', 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', 'EMPTY_STRING_IS_NULL'].entries()) {
      await session.query(`SET SESSION sql_mode = '${mode}'`);
      expect(await transact(insert(id, '\\'))).toBe(true);
    }
    expect((await all()).map(({ text }) => text)).toEqual(['\\', '\\', '\\']);
  });
});
