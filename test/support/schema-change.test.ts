import { beforeAll, expect, test } from 'vitest';
import { describeOn, query } from './databases.ts';
import { factsOf } from './postgres-facts.ts';
import { lentDatabase } from './postgres-pool.ts';
import { makeRoles } from './schema-change.ts';

describeOn(['postgres'], 'the facts of a schema', () => {
  beforeAll(makeRoles);

  test.for([
    'ALTER TABLE t ALTER a SET NOT NULL',
    'ALTER TABLE t OWNER TO td_r1',
    'GRANT SELECT (a) ON t TO td_r1',
    "COMMENT ON COLUMN t.a IS 'c'",
    'ALTER TABLE t DISABLE TRIGGER g',
    'ALTER TABLE t CLUSTER ON i',
    'ALTER TABLE t SET UNLOGGED',
    'ALTER TABLE t ALTER a SET STATISTICS 7',
    'CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION ef()',
    'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO td_r1',
    'CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE u () USING heap2',
  ])('%s is told, and gone when the database is lent again', async (statement) => {
    const url = await lentDatabase();
    await query(
      url,
      `CREATE TABLE t (a int, b int GENERATED ALWAYS AS IDENTITY); CREATE INDEX i ON t (a);
       CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
       CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
       CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()`,
    );
    const before = await factsOf(url);
    await query(url, statement);
    expect(await factsOf(url)).not.toEqual(before);
    expect(await factsOf(await lentDatabase())).toEqual([]);
  });

  test('the order of columns and of grants is not', async () => {
    const [one, other] = [await lentDatabase(), await lentDatabase()];
    await query(one, 'CREATE TABLE t (a int, b int); GRANT SELECT ON t TO td_r1; GRANT SELECT ON t TO td_r2');
    await query(other, 'CREATE TABLE t (b int, a int); GRANT SELECT ON t TO td_r2; GRANT SELECT ON t TO td_r1');
    expect(await factsOf(one)).toEqual(await factsOf(other));
  });
});
