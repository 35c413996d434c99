import { expect, test } from 'vitest';
import { diff } from '../../../src/index.ts';
import { adminUrl, describeOn, query as ask } from '../../support/databases.ts';
import { databaseWith, takeAcross, takeThereAndBack } from '../../support/mysql-change.ts';

describeOn(['mysql'], 'views and programs', () => {
  test('say the same in databases of two names', async () => {
    const sql = `CREATE TABLE t (a int, b varchar(9)); CREATE FUNCTION f(x int) RETURNS int DETERMINISTIC RETURN x + 1;
      CREATE VIEW v AS SELECT t.a, f(t.a) AS g, (SELECT count(*) FROM t AS o WHERE o.b = t.b) AS n FROM t;
      CREATE VIEW w AS SELECT v.a FROM v JOIN t USING (a);
      CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = f(NEW.a);
      CREATE PROCEDURE p() SELECT * FROM v; CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t`;
    expect((await takeAcross(sql, sql)).sql).toBe('');
  });

  test('a view is whole after a column goes that it no longer names', async () => {
    await takeThereAndBack(
      'CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a, b FROM t; CREATE VIEW w AS SELECT a FROM v',
      'CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v',
    );
  });

  test('a view of all columns that loses one, and is not made again by the target, is that of the target', async () => {
    const { query } = await takeAcross(
      'CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT * FROM t',
      'CREATE TABLE t (a int, c int); CREATE VIEW v AS SELECT * FROM t',
      { seed: 'INSERT INTO t VALUES (1, 2)' },
    );
    expect(await query('SELECT * FROM v')).toEqual([{ a: 1, c: null }]);
  });

  test('views change into tables and back', async () => {
    await takeThereAndBack(
      'CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t',
      'CREATE TABLE t (a int); CREATE TABLE v (a int)',
      { loses: ['v'] },
    );
  });

  test('who made a program says nothing, unless it is another than who runs the revisions', async () => {
    const user = `torale_maker_${process.pid}`;
    await ask(adminUrl('mysql'), `CREATE USER ${user}@localhost`);
    try {
      const programs = (definer: string): string => `CREATE TABLE t (a int);
        CREATE ${definer} VIEW v AS SELECT 1 AS x; CREATE ${definer} PROCEDURE p() SELECT 1; CREATE ${definer} TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET @a = 1;
        CREATE ${definer} EVENT e ON SCHEDULE EVERY 1 DAY DO SET @a = 1`;
      expect((await takeAcross(programs(''), programs('DEFINER = CURRENT_USER'))).sql).toBe('');
      const { sql } = await takeThereAndBack(programs(''), programs(`DEFINER = ${user}@localhost`));
      expect(sql.match(/DEFINER=`torale_maker_\d+`@`localhost`/g)).toHaveLength(4);
      const { sql: plain } = await takeAcross('', programs(''));
      expect(plain).not.toMatch(/DEFINER/);
    } finally {
      await ask(adminUrl('mysql'), `DROP USER ${user}@localhost`);
    }
  });

  test('an event that was made at another moment is the same event', async () => {
    const sql = 'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SET @x = 1';
    const from = await databaseWith(sql);
    await new Promise((resolve) => setTimeout(resolve, 2100));
    const to = await databaseWith(sql);
    expect((await diff({ from: from.url, to: to.url, renames: 'none' })).statements).toEqual([]);
    const { query } = await takeThereAndBack(
      sql,
      "CREATE EVENT e ON SCHEDULE EVERY 2 HOUR STARTS '2035-01-02 03:04:05' ON COMPLETION PRESERVE DISABLE COMMENT 'c' DO SET @x = 2",
    );
    const [event] = await query('SELECT * FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()');
    expect(event).toMatchObject({ STATUS: 'DISABLED', INTERVAL_VALUE: '2' });
  });

  test.for(['', 'ANSI_QUOTES', 'NO_BACKSLASH_ESCAPES', 'PIPES_AS_CONCAT,STRICT_ALL_TABLES'])(
    "the sql_mode '%s' stays with the programs that were made under it",
    async (mode) => {
      const programs = (sqlMode: string): string => `CREATE TABLE t (a varchar(9));
        SET sql_mode = '${sqlMode}', collation_connection = utf8mb4_bin;
        CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 'a' || 'b';
        CREATE PROCEDURE p() SELECT 'x'; CREATE FUNCTION f() RETURNS int DETERMINISTIC RETURN 1;
        CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SET @x = 1`;
      const { query, sql } = await takeThereAndBack(programs('STRICT_TRANS_TABLES'), programs(mode));
      expect(sql).toMatch(/TRIGGER[^]*FUNCTION|FUNCTION[^]*TRIGGER/);
      await query("INSERT INTO t VALUES ('x')");
      expect(await query('SELECT a FROM t')).toEqual([{ a: mode.startsWith('PIPES') ? 'ab' : '0' }]);
    },
  );

  test.for([
    ['g1 g2', 'g2 g1'],
    ['g1 g2 g3', 'g3 g1 g2'],
    ['g1 g3', 'g1 g2 g3'],
    ['g1 g2 g3', 'g2 g3'],
    ['g1 g2 g3', 'g4 g2 g1'],
  ])('triggers fire in the order of the target: %s → %s', async ([before, after]) => {
    const triggers = (names: string): string =>
      `CREATE TABLE t (a varchar(40)); ${names
        .split(' ')
        .map((name) => `CREATE TRIGGER ${name} BEFORE INSERT ON t FOR EACH ROW SET NEW.a = CONCAT(NEW.a, ' ${name}')`)
        .join('; ')}`;
    const { query } = await takeThereAndBack(triggers(before!), triggers(after!));
    await query("INSERT INTO t VALUES ('')");
    expect(await query('SELECT a FROM t')).toEqual([{ a: ` ${after}` }]);
  });

  test('a trigger of which only one word changes stays in its place', async () => {
    const triggers = (value: number): string => `CREATE TABLE t (a int, b int);
      CREATE TRIGGER g1 BEFORE INSERT ON t FOR EACH ROW SET NEW.a = ${value};
      CREATE TRIGGER g2 BEFORE INSERT ON t FOR EACH ROW SET NEW.b = NEW.a`;
    const { query, sql } = await takeThereAndBack(triggers(1), triggers(2));
    expect(sql).not.toMatch(/TRIGGER `g2` BEFORE/);
    await query('INSERT INTO t VALUES (0, 0)');
    expect(await query('SELECT * FROM t')).toEqual([{ a: 2, b: 2 }]);
  });
});
