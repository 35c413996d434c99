import { expect, onTestFinished, test } from 'vitest';
import { loadDialect } from '../../../src/dialects/load.ts';
import { parseDatabaseUrl } from '../../../src/dialects/registry.ts';
import type { OwnStatement } from '../../../src/session/session.ts';
import { describeOn, freshDatabase, query } from '../../support/databases.ts';

const UNSHARED = { schema: '', table: '', timeoutMs: 0, onWait: () => undefined };
const LAST = { isFollowed: false };
const FOLLOWED = { isFollowed: true };

describeOn(['postgres'], 'what ends a revision in one round trip', () => {
  async function setUp() {
    const { url } = await freshDatabase('postgres');
    await query(url, 'CREATE TABLE a (id int PRIMARY KEY, text text)');
    const dialect = await loadDialect('postgres');
    const options = { connectTimeoutMs: 5000, readOnly: false, create: false };
    const session = await dialect.connect(parseDatabaseUrl(url, { base: '.' }), options);
    onTestFinished(() => session.close());
    const begin = () => dialect.beginRevision(session, { lock: UNSHARED, foreignKeys: false });
    const setting = async (name: string) => (await session.query(`SHOW ${name}`)).rows[0]![name];
    return { dialect, session, begin, setting, all: () => query(url, 'SELECT id, text FROM a ORDER BY id') };
  }
  const insert = (id: number, text: string | null, rows = 1): OwnStatement => ({
    sql: 'INSERT INTO public.a (id, text) SELECT $1, $2 WHERE true',
    bindings: [id, text],
    rows,
  });
  const move = (from: number, to: number): OwnStatement => ({
    sql: 'UPDATE public.a SET id = $1 WHERE id OPERATOR(pg_catalog.=) $2',
    bindings: [to, from],
    rows: 1,
  });

  test('is all there, with its values as given, whatever a revision has set', async () => {
    const { session, begin, all } = await setUp();
    for (const [id, strings] of ['on', 'off'].entries()) {
      const transaction = await begin();
      await session.query(`SET standard_conforming_strings = ${strings}`);
      await session.query(`CREATE SCHEMA IF NOT EXISTS evil;
        CREATE OR REPLACE FUNCTION evil.eq(bigint, int) RETURNS boolean LANGUAGE sql AS 'SELECT false';
        DROP OPERATOR IF EXISTS evil.= (bigint, int); CREATE OPERATOR evil.= (LEFTARG = bigint, RIGHTARG = int, FUNCTION = evil.eq);
        SET search_path = evil, pg_catalog`);
      const statements = [insert(id, `it's "\\' $1`), insert(id + 8, null), move(id + 8, id + 2)];
      expect(await transaction.writeAndCommit!(statements, LAST)).toBeNull();
      expect(await session.inTransaction()).toBe(false);
    }
    expect(await all()).toEqual([
      { id: 0, text: `it's "\\' $1` },
      { id: 1, text: `it's "\\' $1` },
      { id: 2, text: null },
      { id: 3, text: null },
    ]);
  });

  test.each([
    [[insert(1, 'x'), move(8, 9)], { index: 1, found: 0 }],
    [[insert(1, 'x', 2), insert(2, 'y')], { index: 0, found: 1 }],
  ])('is nothing where a statement changes another number of rows', async (statements, differs) => {
    const { session, begin, all } = await setUp();
    const transaction = await begin();
    await session.query("INSERT INTO a VALUES (7, 'of the revision')");
    expect(await transaction.writeAndCommit!(statements, FOLLOWED)).toEqual(differs);
    await transaction.rollback();
    expect(await session.inTransaction()).toBe(false);
    expect(await all()).toEqual([]);
  });

  test('is nothing where a statement or the COMMIT fails', async () => {
    const { session, begin, all } = await setUp();
    const first = await begin();
    await expect(first.writeAndCommit!([insert(1, 'x'), insert(1, 'y')], FOLLOWED)).rejects.toThrow(/duplicate key/);
    await first.rollback();
    const second = await begin();
    await session.query('ALTER TABLE a ADD parent int REFERENCES a DEFERRABLE INITIALLY DEFERRED');
    await session.query('INSERT INTO a (id, parent) VALUES (2, 3)');
    await expect(second.writeAndCommit!([insert(1, 'x')], FOLLOWED)).rejects.toThrow(/foreign key/);
    await second.rollback();
    expect(await session.inTransaction()).toBe(false);
    expect(await all()).toEqual([]);
  });

  test('begins the next one too, which is rolled back by itself', async () => {
    const { session, begin, all } = await setUp();
    expect(await (await begin()).writeAndCommit!([insert(1, 'x')], FOLLOWED)).toBeNull();
    expect(await session.inTransaction()).toBe(true);
    const next = await begin();
    await session.query("INSERT INTO a VALUES (2, 'y')");
    await next.rollback();
    expect(await all()).toEqual([{ id: 1, text: 'x' }]);
    await (await begin()).commit();
    expect(await session.inTransaction()).toBe(false);
  });

  test('which may still be given another isolation', async () => {
    const { session, begin, setting } = await setUp();
    await (
      await begin()
    ).writeAndCommit!([insert(1, 'x')], FOLLOWED);
    const next = await begin();
    await session.query('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE');
    expect(await setting('transaction_isolation')).toBe('serializable');
    await next.rollback();
  });

  test('limits set in between outlast a rollback', async () => {
    const { dialect, session, begin, setting } = await setUp();
    await (
      await begin()
    ).writeAndCommit!([insert(1, 'x')], FOLLOWED);
    await dialect.limitSession(session, { lockTimeoutMs: 1234, statementTimeoutMs: 0 });
    await (await begin()).rollback();
    expect(await setting('lock_timeout')).toBe('1234ms');
  });
});
