import { expect, test } from 'vitest';
import { describeOn } from './databases.ts';
import { databaseWith } from './mysql-change.ts';
import { factsOf } from './mysql-facts.ts';
import { lostRows, rowsOf } from './mysql-rows.ts';

const told = async (sql: string): Promise<string> => JSON.stringify(await factsOf((await databaseWith(sql)).url));

describeOn(['mysql'], 'the facts of a schema', () => {
  test.for([
    [
      'columns',
      ['a int, b int', 'b int, a int', 'a int, b bigint', 'a int, b int NOT NULL', "a int, b int COMMENT 'x'"],
    ],
    ['keys', ['a int, b int', 'a int, b int, KEY k (a)', 'a int, b int, KEY l (a)', 'a int, b int, KEY k (a DESC)']],
    ['checks', ['a int, CHECK (a > 0)', 'a int, CHECK (a > 1)', 'a int, CONSTRAINT c CHECK (a > 0)']],
    ['texts', ['a varchar(9)', 'a varchar(9) COLLATE utf8mb4_bin', "a varchar(9) DEFAULT 'NULL'"]],
  ] as const)('tell %s apart', async ([, tables]) => {
    const facts = await Promise.all(tables.map((columns) => told(`CREATE TABLE t (${columns})`)));
    expect(new Set(facts).size).toBe(tables.length);
  });

  test.for([
    [
      'views',
      ['SELECT a FROM t', 'SELECT b FROM t', 'SELECT a FROM t WHERE a > 0'].map((query) => `VIEW v AS ${query}`),
    ],
    ['triggers', ['BEFORE', 'AFTER'].map((time) => `TRIGGER v ${time} INSERT ON t FOR EACH ROW SET @a = 1`)],
    [
      'routines',
      ['PROCEDURE v() SELECT 1', 'PROCEDURE v(x int) SELECT 1', 'FUNCTION v() RETURNS int DETERMINISTIC RETURN 1'],
    ],
    [
      'events',
      ['1 DAY', '2 DAY', "1 DAY STARTS '2035-01-01 00:00:00'"].map(
        (time) => `EVENT v ON SCHEDULE EVERY ${time} DO SET @a = 1`,
      ),
    ],
  ] as const)('tell %s apart, and the mode that programs run under', async ([what, texts]) => {
    const make = (sql: string): string => `CREATE TABLE t (a int, b int); CREATE ${sql}`;
    const facts = await Promise.all(texts.map((sql) => told(make(sql))));
    expect(new Set(facts).size).toBe(texts.length);
    const other = await told(`SET sql_mode = 'ANSI_QUOTES'; ${make(texts[0]!)}`);
    expect(other === facts[0]).toBe(what === 'views');
  });

  test('know a view that is broken', async () => {
    const db = await databaseWith('CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT b FROM t');
    expect(await factsOf(db.url)).toContain('view v: whole');
    await db.query('ALTER TABLE t DROP COLUMN b');
    expect(await factsOf(db.url)).toContain('view v: broken');
  });

  test('leave aside rows, counters, the order of keys and the name of the database', async () => {
    const [one, other] = await Promise.all([
      told(
        'CREATE TABLE t (a int AUTO_INCREMENT PRIMARY KEY, b int, KEY k (b), KEY l (a, b)); CREATE VIEW v AS SELECT a FROM t',
      ),
      told(
        'CREATE TABLE t (a int AUTO_INCREMENT PRIMARY KEY, b int, KEY l (a, b), KEY k (b)); INSERT INTO t VALUES (5, 1); CREATE VIEW v AS SELECT a FROM t',
      ),
    ]);
    expect(one).toBe(other);
  });

  test('rows that are gone or others are told, whatever their type', async () => {
    const db = await databaseWith(
      "CREATE TABLE t (a int, b blob, c point, d decimal(9,3), e varchar(9), f datetime(3), g int AS (a + 1)); INSERT INTO t VALUES (1, x'00ff', POINT(1, 2), 1.5, 'é', '2001-02-03 04:05:06.789', DEFAULT)",
    );
    const before = await rowsOf(db.url);
    expect(lostRows(before, await rowsOf(db.url))).toEqual([]);
    for (const change of ["b = x'00fe'", 'c = POINT(1, 3)', 'd = 1.501', "e = 'e'", "f = '2001-02-03 04:05:06.788'"]) {
      await db.query(`UPDATE t SET ${change}`);
      expect(lostRows(before, await rowsOf(db.url)), change).toHaveLength(1);
      await db.query("UPDATE t SET b = x'00ff', c = POINT(1, 2), d = 1.5, e = 'é', f = '2001-02-03 04:05:06.789'");
    }
    await db.query('DELETE FROM t');
    expect(lostRows(before, await rowsOf(db.url))).toHaveLength(1);
  });
});
