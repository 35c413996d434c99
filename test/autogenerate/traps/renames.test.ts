import { expect, test } from 'vitest';
import { describeOn } from '../../support/databases.ts';
import { takeAcross } from '../../support/schema-change.ts';

describeOn(['postgres'], 'renames', () => {
  test('of a table leave alone what names it', async () => {
    const before = `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
      CREATE TABLE o (a int REFERENCES t); CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT a FROM t;
      CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE POLICY p ON t USING (a > 0);
      COMMENT ON TABLE t IS 'c'`;
    const table = 'CREATE TABLE t (a int PRIMARY KEY CHECK (a > 0));';
    const { statements, query } = await takeAcross(table + before, (table + before).replaceAll(/\bt\b/g, 'u'), {
      renames: ['t:u'],
      seed: 'INSERT INTO t VALUES (1)',
    });
    expect(statements.map(({ sql }) => sql).filter((sql) => !/RENAME CONSTRAINT/.test(sql))).toEqual([
      'ALTER TABLE public.t RENAME TO u',
    ]);
    expect(await query('SELECT a FROM v')).toEqual([{ a: 1 }]);
  });

  test('of a column come before what else becomes of it', async () => {
    const before =
      'CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT a AS x FROM t; CREATE POLICY p ON t USING (a > 0)';
    const { query } = await takeAcross(
      before,
      before.replace('(a int', '(c bigint').replaceAll('(a', '(c').replace('SELECT a', 'SELECT c'),
      {
        renames: ['t.a:c'],
        seed: 'INSERT INTO t VALUES (1, 2)',
      },
    );
    expect(await query('SELECT c::int AS c, b FROM t')).toEqual([{ c: 1, b: 2 }]);
  });

  test.for(['id serial', 'id int GENERATED ALWAYS AS IDENTITY'] as const)(
    'of a table take the counter of %s along',
    async (column) => {
      const { query, sql } = await takeAcross(
        `CREATE TABLE t (${column}, a int)`,
        `CREATE TABLE u (${column}, a int)`,
        {
          renames: ['t:u'],
          seed: 'INSERT INTO t (a) VALUES (1), (2)',
        },
      );
      expect(sql).not.toMatch(/DROP|CREATE/);
      expect(await query("SELECT pg_get_serial_sequence('u', 'id') AS name")).toEqual([{ name: 'public.u_id_seq' }]);
      expect(await query('INSERT INTO u (a) VALUES (3) RETURNING id')).toEqual([{ id: 3 }]);
    },
  );

  test('that swap two tables keep the rows of both', async () => {
    const { query } = await takeAcross(
      'CREATE TABLE a (x int); CREATE TABLE b (y text)',
      'CREATE TABLE a (y text); CREATE TABLE b (x int)',
      { renames: ['a:b', 'b:a'], seed: "INSERT INTO a VALUES (1); INSERT INTO b VALUES ('q')" },
    );
    expect(await query('SELECT y, x FROM a, b')).toEqual([{ y: 'q', x: 1 }]);
  });

  test('that swap two columns keep the values of both', async () => {
    const { query } = await takeAcross(
      'CREATE TABLE t (x int, y text); CREATE VIEW v AS SELECT x AS n FROM t',
      'CREATE TABLE t (y int, x text); CREATE VIEW v AS SELECT y AS n FROM t',
      { renames: ['t.x:y', 't.y:x'], seed: "INSERT INTO t VALUES (1, 'q')" },
    );
    expect(await query('SELECT x, y FROM t')).toEqual([{ x: 'q', y: 1 }]);
  });
});
