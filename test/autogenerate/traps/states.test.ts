import { expect, test } from 'vitest';
import { describeOn } from '../../support/databases.ts';
import { takeAcross, takeThereAndBack } from '../../support/schema-change.ts';

describeOn(['postgres'], 'what a text does not say', () => {
  test('a trigger, a rule or an event trigger that is off stays off when it is made anew', async () => {
    const before = `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN null; END';
      CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
      CREATE TABLE t (a int);
      CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t DISABLE TRIGGER g;
      CREATE TRIGGER h AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t ENABLE ALWAYS TRIGGER h;
      CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING; ALTER TABLE t DISABLE RULE r;
      CREATE EVENT TRIGGER et ON sql_drop EXECUTE FUNCTION ef(); ALTER EVENT TRIGGER et DISABLE`;
    const after = before
      .replaceAll('AFTER INSERT', 'AFTER UPDATE')
      .replace('DO INSTEAD NOTHING', 'DO INSTEAD SELECT 1')
      .replace('sql_drop', 'ddl_command_end');
    const { query } = await takeThereAndBack(before, after);
    expect(await query('SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname')).toEqual([
      { tgname: 'g', tgenabled: 'D' },
      { tgname: 'h', tgenabled: 'A' },
    ]);
  });

  test('a trigger that is put on or off is not made anew', async () => {
    const before = `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN null; END'; CREATE TABLE t (a int);
      CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();`;
    const { sql } = await takeThereAndBack(before, `${before} ALTER TABLE t DISABLE TRIGGER g`);
    expect(sql).toBe('ALTER TABLE public.t DISABLE TRIGGER g');
  });

  test('what hangs on an index outlasts its replacement', async () => {
    const before = `CREATE TABLE t (a int NOT NULL, b text); CREATE UNIQUE INDEX i ON t (a); CREATE INDEX j ON t (lower(b));
      ALTER TABLE t REPLICA IDENTITY USING INDEX i; ALTER TABLE t CLUSTER ON j;
      COMMENT ON INDEX i IS 'i'; ALTER INDEX j ALTER COLUMN 1 SET STATISTICS 400`;
    const after = before.replace('i ON t (a)', 'i ON t (a) INCLUDE (b)').replaceAll('lower', 'upper');
    await takeThereAndBack(before, after, { seed: "INSERT INTO t VALUES (1, 'a')" });
  });

  test('an index that a failed CONCURRENTLY left behind is not the index', async () => {
    const { sql, query } = await takeAcross(
      `CREATE TABLE t (a int); CREATE UNIQUE INDEX i ON t (a);
       UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass`,
      'CREATE TABLE t (a int); CREATE UNIQUE INDEX i ON t (a)',
    );
    expect(sql).toMatch(/DROP INDEX[\s\S]*CREATE UNIQUE INDEX/);
    expect(await query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass")).toEqual([
      { indisvalid: true },
    ]);
  });
});
