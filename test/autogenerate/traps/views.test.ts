import { beforeAll, expect, test } from 'vitest';
import { describeOn } from '../../support/databases.ts';
import { makeRoles, takeAcross, takeThereAndBack } from '../../support/schema-change.ts';

describeOn(['postgres'], 'views', () => {
  beforeAll(makeRoles);

  test('a star stands for the columns of the day it was written', async () => {
    const before = 'CREATE TABLE t (id int, a int); CREATE VIEW v AS SELECT * FROM t; CREATE VIEW w AS SELECT * FROM v';
    const after = before.replace('a int)', 'a int, m int)');
    const { sql } = await takeThereAndBack(before, after);
    expect(sql).toMatch(/CREATE OR REPLACE VIEW public\.v/);
    const stale = 'CREATE TABLE t (id int, a int); CREATE VIEW v AS SELECT * FROM t; ALTER TABLE t ADD m int';
    expect(
      (
        await takeAcross(
          stale,
          before.replace('CREATE VIEW w AS SELECT * FROM v', '').replace('a int)', 'a int, m int)'),
        )
      ).sql,
    ).toMatch(/^CREATE OR REPLACE VIEW/);
  });

  test('columns in another order cannot be replaced in place', async () => {
    const before =
      'CREATE TABLE t (id int, a int); CREATE VIEW v AS SELECT id, a FROM t; CREATE VIEW w AS SELECT a FROM v';
    const { sql } = await takeThereAndBack(before, before.replace('SELECT id, a', 'SELECT a, id'));
    expect(sql).toMatch(/DROP VIEW public\.w/);
  });

  test('a column in the midst of a table that a star view shows comes at the end and shows nothing twice', async () => {
    await takeAcross(
      'CREATE TABLE t (id int, a int); CREATE VIEW v AS SELECT id, a FROM t',
      'CREATE TABLE t (id int, m int, a int); CREATE VIEW v AS SELECT * FROM t',
    );
  });

  test('options outlast another query', async () => {
    const before = 'CREATE TABLE t (id int); CREATE VIEW v WITH (security_barrier = true) AS SELECT id FROM t';
    const { query } = await takeThereAndBack(before, `${before} WHERE id > 0 WITH LOCAL CHECK OPTION`);
    const [row] = await query("SELECT reloptions FROM pg_class WHERE relname = 'v'");
    expect(row!['reloptions']).toEqual(['security_barrier=true', 'check_option=local']);
  });

  test('what hangs on a view outlasts its replacement', async () => {
    const before = `CREATE TABLE t (id int, a int);
      CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
      CREATE VIEW v AS SELECT a, id FROM t;
      GRANT SELECT ON v TO td_r1; GRANT UPDATE (id) ON v TO td_r2; COMMENT ON VIEW v IS 'c'; COMMENT ON COLUMN v.id IS 'd';
      ALTER VIEW v ALTER id SET DEFAULT 3;
      CREATE TRIGGER g INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f();
      CREATE RULE r AS ON DELETE TO v DO INSTEAD NOTHING;
      CREATE VIEW w AS SELECT id FROM v; GRANT SELECT ON w TO td_r2;
      ALTER VIEW v OWNER TO td_r1`;
    const { query } = await takeThereAndBack(before, before.replace('SELECT a, id', 'SELECT id'));
    expect(await query("SELECT relowner::regrole::text AS owner FROM pg_class WHERE relname = 'v'")).toEqual([
      { owner: 'td_r1' },
    ]);
  });

  test('a chain of views comes in the order of its needs', async () => {
    await takeThereAndBack(
      '',
      'CREATE TABLE z (a int); CREATE VIEW y AS SELECT a FROM z; CREATE VIEW x AS SELECT a FROM y; CREATE MATERIALIZED VIEW b AS SELECT a FROM x; CREATE VIEW a AS SELECT * FROM b',
    );
  });
});
