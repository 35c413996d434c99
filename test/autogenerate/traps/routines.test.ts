import { beforeAll, expect, test } from 'vitest';
import { describeOn } from '../../support/databases.ts';
import { makeRoles, takeAcross, takeThereAndBack } from '../../support/schema-change.ts';

describeOn(['postgres'], 'routines', () => {
  beforeAll(makeRoles);

  const used = `CREATE TABLE t (k int DEFAULT f(1), CONSTRAINT c CHECK (f(k) > 0));
    CREATE INDEX i ON t (f(k)); CREATE VIEW v AS SELECT f(k) AS x FROM t; CREATE POLICY p ON t USING (f(k) > 0);
    GRANT EXECUTE ON FUNCTION f(int) TO td_r1; COMMENT ON FUNCTION f(int) IS 'f'; ALTER FUNCTION f(int) OWNER TO td_r2`;
  const made = (head: string, body = 'SELECT 1'): string =>
    `CREATE FUNCTION f(${head} LANGUAGE sql IMMUTABLE AS '${body}'; ${used}`;

  test.for([
    ['another result', 'a int) RETURNS int', 'a int) RETURNS bigint'],
    ['another name of a parameter', 'a int) RETURNS int', 'b int) RETURNS int'],
    ['a default less', 'a int DEFAULT 1) RETURNS int', 'a int) RETURNS int'],
  ] as const)('%s cannot be replaced in place, and what uses it stays', async ([, before, after]) => {
    const { query } = await takeThereAndBack(made(before), made(after), { seed: 'INSERT INTO t VALUES (5)' });
    expect(await query('SELECT k FROM t')).toEqual([{ k: 5 }]);
  });

  test('another body is replaced in place, its rights and its owner kept', async () => {
    const { sql } = await takeThereAndBack(made('a int) RETURNS int'), made('a int) RETURNS int', 'SELECT 2'));
    expect(sql).toMatch(/CREATE OR REPLACE FUNCTION/);
    expect(sql).not.toMatch(/DROP|GRANT|OWNER/);
  });

  test('bodies that name what comes later, or each other', async () => {
    await takeThereAndBack(
      '',
      `CREATE TABLE later (a int);
       CREATE FUNCTION a() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM later';
       CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1';
       CREATE FUNCTION b() RETURNS int LANGUAGE sql AS 'SELECT g()';
       CREATE OR REPLACE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT CASE WHEN false THEN b() END'`,
    );
  });

  test('an index on a function that gives other values now is built anew', async () => {
    const before = `CREATE FUNCTION n(x text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN lower(x); END';
      CREATE TABLE t (a text); CREATE INDEX i ON t (n(a))`;
    const { query } = await takeThereAndBack(before, before.replace('lower', 'upper'), {
      seed: "INSERT INTO t VALUES ('A')",
    });
    const found = "SET enable_seqscan = off; SELECT count(*)::int AS n FROM t WHERE n(a) = 'A'";
    expect(await query(found)).toEqual([{ n: 1 }]);
  });

  test('one of several with the same name', async () => {
    const both =
      "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE PROCEDURE f(date) LANGUAGE sql AS 'SELECT 1'; CREATE AGGREGATE f(float8) (SFUNC = float8pl, STYPE = float8)";
    const { sql } = await takeThereAndBack(both, both.replace('f(text)', 'f(text, text)'));
    expect(sql.match(/FUNCTION/g)).toHaveLength(2);
    await takeAcross(both, both.replace("'SELECT 1'", "'SELECT 2'"));
  });
});
