import { expect, test } from 'vitest';
import { describeOn } from '../../support/databases.ts';
import { postgresMajor, takeAcross, takeThereAndBack } from '../../support/schema-change.ts';

const seed = 'INSERT INTO t (a) VALUES (5), (6)';
const SUM = 'SELECT sum(a)::int AS sum FROM t';

/** From int to bigint and back, with rows, under what depends on the column. */
async function widen(before: string): Promise<string> {
  const after = before.replaceAll('a int', 'a bigint');
  const { query, sql } = await takeAcross(before, after, { seed });
  expect(await query(SUM)).toEqual([{ sum: 11 }]);
  const back = await takeAcross(after, before, { seed });
  expect(await back.query(SUM)).toEqual([{ sum: 11 }]);
  return sql;
}

const TRIGGER = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';";

describeOn(['postgres'], 'the type of a column', () => {
  test.for([
    [
      'views on views',
      'CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v; CREATE MATERIALIZED VIEW m AS SELECT a FROM w; CREATE INDEX m_a ON m (a)',
    ],
    [
      'a policy',
      'CREATE TABLE t (a int); CREATE TABLE o (b int); CREATE POLICY p ON t USING (a > 0); CREATE POLICY q ON o USING (b IN (SELECT a FROM t))',
    ],
    [
      'a trigger',
      `${TRIGGER} CREATE TABLE t (a int); CREATE TRIGGER g BEFORE UPDATE OF a ON t FOR EACH ROW WHEN (old.a <> new.a) EXECUTE FUNCTION f(); ALTER TABLE t DISABLE TRIGGER g`,
    ],
    [
      'a rule',
      'CREATE TABLE t (a int); CREATE TABLE l (x bigint); CREATE RULE r AS ON DELETE TO t DO ALSO INSERT INTO l VALUES (old.a)',
    ],
    [
      'a generated column',
      "CREATE TABLE t (a int, g bigint GENERATED ALWAYS AS (a * 2) STORED); CREATE INDEX i ON t (g); COMMENT ON COLUMN t.g IS 'g'; CREATE VIEW v AS SELECT g FROM t",
    ],
    [
      'indexes, constraints and statistics',
      'CREATE TABLE t (a int PRIMARY KEY CHECK (a > 0)); CREATE INDEX i ON t ((a + 1)) WHERE a > 2; CREATE TABLE c (x bigint REFERENCES t); CREATE STATISTICS s ON (a + 1), (a + 2) FROM t',
    ],
    [
      'a view with a rule and a trigger of its own',
      `${TRIGGER} CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE TRIGGER g INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f(); CREATE RULE r AS ON DELETE TO v DO INSTEAD NOTHING`,
    ],
    [
      'children by INHERITS',
      'CREATE TABLE t (a int); CREATE TABLE c (b int) INHERITS (t); CREATE VIEW v AS SELECT a FROM c',
    ],
  ] as const)('changes under %s', async ([, before]) => {
    await widen(before);
  });

  test.skipIf(postgresMajor() < 14)('changes under a function that the server looks into', async () => {
    await widen(
      'CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(a) FROM t; END; CREATE VIEW v AS SELECT f() AS x',
    );
  });

  test('a default that cannot be cast goes before and comes after', async () => {
    const { query } = await takeThereAndBack(
      "CREATE TABLE t (a text DEFAULT 'zero')",
      'CREATE TABLE t (a int DEFAULT 0)',
      { seed: "INSERT INTO t VALUES ('5')" },
    );
    await query('INSERT INTO t DEFAULT VALUES');
    expect(await query('SELECT a FROM t ORDER BY a')).toEqual([{ a: 0 }, { a: 5 }]);
  });

  test('a cast that is not implicit is written, and only then', async () => {
    const { sql, statements, query } = await takeAcross(
      'CREATE TABLE t (a text, b text, c int)',
      'CREATE TABLE t (a int, b json, c bigint)',
      { seed: `INSERT INTO t VALUES ('5', '{"x": 1}', 3)` },
    );
    expect(sql.match(/USING/g)).toHaveLength(2);
    expect(statements.some(({ hazard }) => hazard !== undefined)).toBe(true);
    expect(await query("SELECT a + 1 AS a, b ->> 'x' AS b, c::int AS c FROM t")).toEqual([{ a: 6, b: '1', c: 3 }]);
  });

  test('types between which nothing is cast: no value is taken over in silence', async () => {
    const { statements, sql } = await takeAcross(
      'CREATE TABLE t (a int, b int)',
      'CREATE TABLE t (a timestamp, b int)',
    );
    expect(statements.find((statement) => /\ba\b/.test(statement.sql))?.hazard, sql).toBeDefined();
  });

  test('stays where columns of other tables hold whole rows of its table: refused, with a way', async () => {
    const before = 'CREATE TABLE t (a int); CREATE TABLE u (id int, x t)';
    await expect(takeAcross(before, before.replace('a int', 'a bigint'))).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringContaining('public.u.x holds whole rows of public.t') as string,
      hint: expect.any(String) as string,
    });
  });
});
