import { expect, test } from 'vitest';
import { describeOn } from '../../support/databases.ts';
import { become, inspect, open, planBetween, shown, thereAndBack } from './database.ts';

const T = 'CREATE TABLE t (id int PRIMARY KEY, a int)';

async function triggersOf(session: Awaited<ReturnType<typeof open>>): Promise<string[]> {
  const { rows } = await session.query(
    'SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY ACTION_ORDER',
  );
  return rows.map(({ name }) => String(name));
}

describeOn(['mysql'], 'views', () => {
  test('come after what they use, change after columns come and go, and keep what is said of them', async () => {
    const statements = await thereAndBack(
      [T, 'CREATE VIEW v AS SELECT id, a FROM t WHERE a > 0'],
      [
        'CREATE TABLE t (id int PRIMARY KEY, b int)',
        'CREATE FUNCTION f(x int) RETURNS int DETERMINISTIC RETURN x + 1',
        'CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW v AS SELECT id, b FROM t WHERE b > 0 WITH LOCAL CHECK OPTION',
        'CREATE VIEW a_first AS SELECT f(id) AS x FROM v',
      ],
    );
    const at = (pattern: RegExp): number => statements.findIndex((sql) => pattern.test(sql));
    expect(at(/DROP COLUMN/)).toBeLessThan(at(/VIEW `v`/));
    expect(at(/VIEW `v`/)).toBeLessThan(at(/VIEW `a_first`/));
    expect(at(/FUNCTION `f`/)).toBeLessThan(at(/VIEW `a_first`/));
  });

  test('are read alike in databases of other names, also where an alias is the name of the database', async () => {
    const session = await open(T);
    const name = String((await session.query('SELECT DATABASE() AS name')).rows[0]!['name']);
    await session.query(`CREATE VIEW v AS SELECT \`${name}\`.id FROM t AS \`${name}\``);
    const { schema } = await inspect(session);
    expect(schema.find('view', ['v'])?.definition.definition).toContain(
      `\`${name}\`.\`id\` AS \`id\` from \`t\` \`${name}\``,
    );
  });
});

describeOn(['mysql'], 'triggers', () => {
  const g = (name: string, value: number, place = ''): string =>
    `CREATE TRIGGER ${name} BEFORE INSERT ON t FOR EACH ROW ${place} SET NEW.a = ${value}`;

  test('are made again only as far as their order asks for it', async () => {
    const [session, other] = [
      await open(T, g('g1', 1), g('g2', 2), g('g3', 3)),
      await open(T, g('g3', 3), g('g0', 0), g('g1', 1), g('g2', 5), g('g9', 9)),
    ];
    const statements = await become(session, other);
    expect(statements).toHaveLength(4);
    expect(await triggersOf(session)).toEqual(['g3', 'g0', 'g1', 'g2', 'g9']);
    await become(session, await open(T, g('g9', 9), g('g1', 1)));
    expect(await triggersOf(session)).toEqual(['g9', 'g1']);
  });

  test('keep the sql_mode and the collation that they were made under, and the session its own', async () => {
    const target = await open(
      T,
      "SET SESSION sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT', collation_connection = 'utf8mb4_bin'",
      "CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW SET NEW.a = \"NEW\".\"id\" + ('a' || 'b' = 'ab')",
    );
    const session = await open(T);
    const settings = 'SELECT @@sql_mode AS mode, @@collation_connection AS collation';
    const before = (await session.query(settings)).rows;
    await become(session, target);
    expect((await session.query(settings)).rows).toEqual(before);
    const { rows } = await session.query('SHOW CREATE TRIGGER g');
    expect(rows[0]).toMatchObject({ sql_mode: 'PIPES_AS_CONCAT,ANSI_QUOTES', collation_connection: 'utf8mb4_bin' });
    await session.query('INSERT INTO t VALUES (4, 0)');
    await session.query('UPDATE t SET a = 1');
    expect((await session.query('SELECT a FROM t')).rows).toEqual([{ a: 5 }]);
  });
});

describeOn(['mysql'], 'routines, events and sequences', () => {
  test('procedures and functions of one name', async () => {
    await thereAndBack(
      [
        "CREATE PROCEDURE p(IN a int) COMMENT 'x' SELECT a",
        'CREATE FUNCTION p(a int) RETURNS int DETERMINISTIC RETURN a',
      ],
      [
        'CREATE PROCEDURE p(IN a int, OUT b varchar(9)) SQL SECURITY INVOKER BEGIN SELECT a + 1 INTO b; SET b = b; END',
        'CREATE FUNCTION p(a int) RETURNS bigint DETERMINISTIC NO SQL RETURN a + 1',
        'CREATE AGGREGATE FUNCTION ag(x int) RETURNS int BEGIN DECLARE s int DEFAULT 0; DECLARE CONTINUE HANDLER FOR NOT FOUND RETURN s; LOOP FETCH GROUP NEXT ROW; SET s = s + x; END LOOP; END',
      ],
    );
  });

  test('packages, which are made under sql_mode ORACLE', async () => {
    await thereAndBack(
      [],
      [
        "SET SESSION sql_mode = 'ORACLE'",
        'CREATE PACKAGE pk AS PROCEDURE q(a int); END',
        'CREATE PACKAGE BODY pk AS PROCEDURE q(a int) AS BEGIN NULL; END; END',
      ],
    );
  });

  test('a definer is named where it is another than who runs the revisions', async () => {
    const statements = await thereAndBack(
      [T, 'CREATE VIEW v AS SELECT 1 AS x', 'CREATE PROCEDURE p() SELECT 1'],
      [T, 'CREATE DEFINER=someone@`%` VIEW v AS SELECT 1 AS x', 'CREATE DEFINER=someone@`%` PROCEDURE p() SELECT 1'],
    );
    expect(statements).toEqual([
      expect.stringMatching(/^CREATE OR REPLACE DEFINER=`someone`@`%` PROCEDURE `p`/),
      expect.stringMatching(/^CREATE OR REPLACE DEFINER=`someone`@`%` VIEW `v`/),
    ]);
  });

  test('events whose times were told from then on, whenever they were made', async () => {
    const every = 'CREATE EVENT e1 ON SCHEDULE EVERY 1 DAY DO SET @x = 1';
    const session = await open(every);
    await new Promise((resolve) => void setTimeout(resolve, 1500));
    expect(await planBetween(session, await open(every))).toEqual({ changes: [], statements: [] });
    await become(
      session,
      await open(
        "CREATE EVENT e1 ON SCHEDULE EVERY 2 HOUR STARTS CURRENT_TIMESTAMP + INTERVAL 1 DAY ENDS '2037-01-01 00:00:00' ON COMPLETION PRESERVE DISABLE COMMENT 'a DO b' DO SET @x = 2",
        'CREATE EVENT e2 ON SCHEDULE AT CURRENT_TIMESTAMP + INTERVAL 2 HOUR DO BEGIN SET @x = 1; END',
      ),
    );
    await become(session, await open());
  });

  test('a sequence goes on counting where it is', async () => {
    const [session, more, other] = [
      await open('CREATE SEQUENCE s'),
      await open(
        'CREATE SEQUENCE s START 5 INCREMENT 5 MINVALUE 5 MAXVALUE 9000 CACHE 10 CYCLE',
        'CREATE TABLE t (id int DEFAULT nextval(s))',
      ),
      await open('CREATE SEQUENCE s START -1 INCREMENT -1 MINVALUE -9 MAXVALUE -1'),
    ];
    await session.query('SELECT SETVAL(s, 41)');
    await become(session, more);
    expect((await session.query('SELECT NEXTVAL(s) AS n')).rows).toEqual([{ n: 42 }]);
    const { statements } = await planBetween(session, other);
    expect(statements.some(({ hazard }) => /counts anew from -1/.test(hazard ?? ''))).toBe(true);
    await become(session, other);
    expect(await shown(session, 'SHOW CREATE SEQUENCE s')).toContain('maxvalue -1');
  });
});
