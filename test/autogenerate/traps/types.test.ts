import { expect, test } from 'vitest';
import { describeOn } from '../../support/databases.ts';
import { takeAcross, takeThereAndBack } from '../../support/schema-change.ts';

describeOn(['postgres'], 'types', () => {
  test('a new value of an enum is used by a default, a check, an index, a view and a function', async () => {
    const { query } = await takeThereAndBack(
      "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (k int, x e DEFAULT 'a')",
      `CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE t (k int, x e DEFAULT 'c', CONSTRAINT c CHECK (x <> 'c' OR k > 0));
       CREATE INDEX i ON t (k) WHERE x = 'c'; CREATE VIEW v AS SELECT k FROM t WHERE x = 'c';
       CREATE FUNCTION f(y e DEFAULT 'c') RETURNS e LANGUAGE sql AS 'SELECT y'`,
      { seed: "INSERT INTO t VALUES (1, 'b')" },
    );
    await query('INSERT INTO t (k) VALUES (2)');
    expect(await query('SELECT x FROM t ORDER BY k')).toEqual([{ x: 'b' }, { x: 'c' }]);
  });

  test('new values of an enum come in their place', async () => {
    const { query, sql } = await takeThereAndBack(
      "CREATE TYPE e AS ENUM ('c', 'f')",
      "CREATE TYPE e AS ENUM ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'it''s')",
    );
    expect(sql).not.toMatch(/CREATE TYPE/);
    expect(await query('SELECT enum_range(NULL::e)::text AS all')).toEqual([{ all: "{a,b,c,d,e,f,g,it's}" }]);
  });

  const under = (values: string): string => `CREATE TYPE e AS ENUM (${values});
    CREATE TYPE pair AS (l e, r int);
    CREATE DOMAIN d AS e CHECK (value <> 'b');
    CREATE TABLE t (x e DEFAULT 'a', y e[] DEFAULT '{a,b}', z d, CONSTRAINT c CHECK (x <> 'b' OR y IS NOT NULL),
      g bool GENERATED ALWAYS AS (x = 'a') STORED);
    CREATE INDEX i ON t (x) WHERE x = 'a';
    CREATE VIEW v AS SELECT x, y FROM t WHERE x = 'b';
    CREATE POLICY q ON t USING (x = 'a');
    CREATE FUNCTION f(e) RETURNS e LANGUAGE sql AS 'SELECT $1';
    CREATE VIEW w AS SELECT f(x) AS fx FROM t;
    GRANT USAGE ON TYPE e TO PUBLIC; COMMENT ON TYPE e IS 'e';`;

  test('a value of an enum goes, under everything that uses the type', async () => {
    const { query } = await takeAcross(under("'a', 'b', 'c'"), under("'a', 'b'"), {
      seed: "INSERT INTO t (x, z) VALUES ('a', 'a'), ('b', NULL)",
    });
    expect(await query('SELECT x, y, z, g FROM t ORDER BY x')).toEqual([
      { x: 'a', y: '{a,b}', z: 'a', g: true },
      { x: 'b', y: '{a,b}', z: null, g: false },
    ]);
  });

  test('a value of an enum goes under a table that is partitioned by it', async () => {
    const made = (
      values: string,
    ): string => `CREATE TYPE e AS ENUM (${values}); CREATE TABLE p (x e) PARTITION BY LIST (x);
      CREATE TABLE p_a PARTITION OF p FOR VALUES IN ('a')`;
    const { query } = await takeAcross(made("'a', 'b'"), made("'a'"), { seed: "INSERT INTO p VALUES ('a')" });
    expect(await query('SELECT x FROM p_a')).toEqual([{ x: 'a' }]);
  });

  test('the order of an enum changes under its rows', async () => {
    const { query } = await takeThereAndBack(under("'a', 'b', 'c'"), under("'c', 'b', 'a'"), {
      seed: "INSERT INTO t (x, z) VALUES ('a', 'a'), ('b', NULL)",
    });
    expect(await query('SELECT x FROM t ORDER BY x')).toEqual([{ x: 'b' }, { x: 'a' }]);
  });

  test('the base of a domain changes under its rows', async () => {
    const before = `CREATE DOMAIN d AS int DEFAULT 7 CHECK (value > 0); CREATE TABLE t (a d, b d[]); CREATE INDEX i ON t (a);
      CREATE VIEW v AS SELECT a FROM t; COMMENT ON DOMAIN d IS 'd'; CREATE FUNCTION f(d) RETURNS d LANGUAGE sql AS 'SELECT $1'`;
    const { query } = await takeThereAndBack(before, before.replace('AS int', 'AS bigint'), {
      seed: "INSERT INTO t VALUES (5, '{6}')",
    });
    expect(await query('SELECT a::int AS a, b[1]::int AS b FROM t')).toEqual([{ a: 5, b: 6 }]);
  });

  test('an attribute of a composite type changes its type under its rows', async () => {
    const before =
      'CREATE TYPE c AS (x int, y text); CREATE TABLE t (v c, w c[]); CREATE VIEW u AS SELECT (v).x FROM t';
    const { query } = await takeThereAndBack(before, before.replace('x int', 'x bigint'), {
      seed: "INSERT INTO t VALUES (ROW(1, 'a'), ARRAY[ROW(2, 'b')::c])",
    });
    expect(await query('SELECT (v).x::int AS x, (v).y, (w[1]).x::int AS w FROM t')).toEqual([{ x: 1, y: 'a', w: 2 }]);
  });

  test('attributes of a composite type come and go under its rows', async () => {
    const { query } = await takeThereAndBack(
      'CREATE TYPE c AS (x int, y text); CREATE TABLE t (v c)',
      'CREATE TYPE c AS (x int, z date); CREATE TABLE t (v c)',
      { seed: "INSERT INTO t VALUES (ROW(1, 'a'))" },
    );
    expect(await query('SELECT (v).x, (v).z FROM t')).toEqual([{ x: 1, z: null }]);
  });

  test('attributes of a composite type come and go with the tables of that type', async () => {
    const { query } = await takeThereAndBack(
      'CREATE TYPE c AS (x int, y text); CREATE TABLE o OF c',
      'CREATE TYPE c AS (x int, z date); CREATE TABLE o OF c',
      { seed: "INSERT INTO o VALUES (2, 'b')" },
    );
    expect(await query('SELECT x, z FROM o')).toEqual([{ x: 2, z: null }]);
  });
});
