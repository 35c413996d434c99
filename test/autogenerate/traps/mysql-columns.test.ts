import { describe, expect, test } from 'vitest';
import { describeOn, flavorOf } from '../../support/databases.ts';
import { databaseWith, takeAcross, takeThereAndBack } from '../../support/mysql-change.ts';
import { diff } from '../../../src/index.ts';

const onMariadb = test.skipIf(flavorOf('mysql') !== 'mariadb');

describeOn(['mysql'], 'columns', () => {
  test.for([
    ["varchar(9) DEFAULT 'NULL'", 'varchar(9)'],
    ["varchar(9) DEFAULT 'NULL'", "varchar(9) DEFAULT ''"],
    ["varchar(30) DEFAULT 'current_timestamp()'", 'varchar(30)'],
    ["varchar(9) DEFAULT '1'", "varchar(9) DEFAULT '01'"],
    ['int DEFAULT 1', 'int'],
    ['int DEFAULT 0', 'int NOT NULL DEFAULT 0'],
  ])('%s and %s are two defaults', async ([one, other]) => {
    const { sql } = await takeThereAndBack(`CREATE TABLE t (a ${one})`, `CREATE TABLE t (a ${other})`, {
      seed: "INSERT INTO t VALUES ('7')",
    });
    expect(sql).toMatch(/^ALTER TABLE `t` MODIFY COLUMN `a`/);
  });

  onMariadb('json is a text with a check of its own, which comes and goes with the word', async () => {
    const seed = `INSERT INTO t VALUES ('{"a": 1}')`;
    const { sql, query } = await takeThereAndBack('CREATE TABLE t (j longtext)', 'CREATE TABLE t (j json)', { seed });
    expect(sql).toBe(
      'ALTER TABLE `t` MODIFY COLUMN `j` longtext COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`j`))',
    );
    await expect(query("INSERT INTO t VALUES ('{')")).rejects.toThrow(/CONSTRAINT `t.j`/);
    const same = 'CREATE TABLE t (j longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin CHECK (json_valid(j)))';
    expect((await takeAcross('CREATE TABLE t (j json)', same)).sql).toBe('');
  });

  test('keep all that is said of them when one word of it changes', async () => {
    const rest = "CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'q' COMMENT 'it''s'";
    const { query } = await takeThereAndBack(
      `CREATE TABLE t (id int PRIMARY KEY, a varchar(10) ${rest}, b datetime(3) NOT NULL DEFAULT now(3) ON UPDATE now(3), c int INVISIBLE DEFAULT 5)`,
      `CREATE TABLE t (id int PRIMARY KEY, a varchar(20) ${rest}, b datetime(6) NOT NULL DEFAULT now(6) ON UPDATE now(6), c bigint INVISIBLE DEFAULT 5)`,
      { seed: 'INSERT INTO t (id) VALUES (1)' },
    );
    expect(await query('SELECT a, c FROM t')).toEqual([{ a: 'q', c: 5 }]);
  });

  test('of type timestamp have no default that nobody wrote, whatever the server is set to', async () => {
    const implicit = 'SET SESSION explicit_defaults_for_timestamp = 0;';
    const from = await databaseWith(`${implicit} CREATE TABLE t (id int PRIMARY KEY, a timestamp, b timestamp)`);
    const to = await databaseWith('CREATE TABLE t (id int PRIMARY KEY, a timestamp, b timestamp)');
    const written = await databaseWith(
      `CREATE TABLE t (id int PRIMARY KEY, a timestamp NOT NULL DEFAULT now() ON UPDATE now(), b timestamp NOT NULL DEFAULT '2001-01-01')`,
    );
    const { statements } = await diff({ from: from.url, to: to.url, renames: 'none' });
    expect(statements.map(({ sql }) => sql).join()).toMatch(
      /MODIFY COLUMN `a` timestamp NULL DEFAULT NULL,\s+MODIFY COLUMN `b` timestamp NULL DEFAULT NULL/,
    );
    await takeThereAndBack(
      'CREATE TABLE t (id int PRIMARY KEY)',
      `${implicit} CREATE TABLE t (id int PRIMARY KEY, a timestamp, b timestamp, c timestamp NULL)`,
      { seed: 'INSERT INTO t VALUES (1)' },
    );
    const same = await diff({ from: written.url, to: written.url, renames: 'none' });
    expect(same.statements).toEqual([]);
  });

  test.for([
    ['int', 'int(11)'],
    ['bigint unsigned', 'bigint(20) unsigned'],
    ['boolean', 'tinyint(1)'],
    ['numeric', 'decimal(10,0)'],
    ['char', 'char(1)'],
    ['varchar(9) CHARACTER SET utf8', 'varchar(9) CHARACTER SET utf8mb3'],
    ['varchar(9) CHARACTER SET latin1', 'varchar(9) COLLATE latin1_swedish_ci'],
    ["datetime DEFAULT '2001-02-03'", "datetime DEFAULT '2001-02-03 00:00:00'"],
    ["enum('a', 'b ')", "ENUM ('a','b')"],
  ])('%s and %s are one type, however they are written', async ([one, other]) => {
    expect((await takeAcross(`CREATE TABLE t (a ${one})`, `CREATE TABLE t (a ${other})`)).sql).toBe('');
  });

  test('keep their character set when that of the table changes, and change it when it does not', async () => {
    const { sql } = await takeThereAndBack(
      'CREATE TABLE t (a varchar(9), b varchar(9) CHARACTER SET utf8mb4, c text) CHARACTER SET latin1',
      'CREATE TABLE t (a varchar(9) CHARACTER SET latin1, b varchar(9), c text CHARACTER SET latin1) CHARACTER SET utf8mb4',
      { seed: "INSERT INTO t VALUES ('é', '🂡', 'ü')" },
    );
    // Nothing is converted: no text becomes a mediumtext.
    expect(sql).not.toMatch(/CONVERT TO|MODIFY/);
    const { sql: converted, query } = await takeThereAndBack(
      'CREATE TABLE t (a varchar(9), c text) CHARACTER SET latin1',
      'CREATE TABLE t (a varchar(9), c text) CHARACTER SET utf8mb4',
      { seed: "INSERT INTO t VALUES ('é', 'ü')" },
    );
    expect(converted).toMatch(/MODIFY COLUMN `a`.*MODIFY COLUMN `c`/s);
    expect(await query('SELECT a, HEX(c) AS c FROM t')).toEqual([{ a: 'é', c: 'C3BC' }]);
  });

  test('whose character set gets too small for a value stop, and nothing is cut', async () => {
    const [wide, narrow] = ['utf8mb4', 'latin1'].map((set) => `CREATE TABLE t (a varchar(9) CHARACTER SET ${set})`);
    await expect(takeAcross(wide!, narrow!, { seed: "INSERT INTO t VALUES ('🂡')" })).rejects.toThrow(
      /Incorrect string value/,
    );
  });

  describe('stand where they stand in the target', () => {
    test.for([
      ['a int, c int', 'a int, b int, c int'],
      ['a int, c int', 'z int, a int, c int, d int'],
      ['a int, b int, c int, d int', 'd int, a int, b int, c int'],
      ['a int, b int, c int, d int', 'd int, c int, b int, a int'],
      ['a int, b int, c int', 'c bigint, x int, a int'],
      ['a int, g int AS (a + 1), b int', 'b int, g int AS (a + 1), a int'],
    ])('%s → %s', async ([before, after]) => {
      const { query } = await takeThereAndBack(`CREATE TABLE t (${before})`, `CREATE TABLE t (${after})`, {
        seed: 'INSERT INTO t (a, c) VALUES (1, 3)'.replaceAll('c', before!.includes('c int') ? 'c' : 'b'),
      });
      expect(await query('SELECT a FROM t')).toEqual(after!.includes('a int') ? [{ a: 1 }] : []);
    });

    test('and as few as can be are moved', async () => {
      const { sql } = await takeAcross(
        'CREATE TABLE t (a int, b int, c int, d int, e int)',
        'CREATE TABLE t (e int, a int, b int, c int, d int)',
      );
      expect(sql).toMatch(/^ALTER TABLE `t` MODIFY COLUMN `e` int\S* DEFAULT NULL FIRST$/);
    });
  });

  test.for([
    [String.raw`varchar(20) DEFAULT 'it''s \\ "x"'`, String.raw`it's \ "x"`],
    [String.raw`varchar(20) DEFAULT 'a\nb,\tc'`, 'a\nb,\tc'],
    ["varchar(20) DEFAULT ') ENGINE=x'", ') ENGINE=x'],
    ["varchar(20) DEFAULT '`a` int,'", '`a` int,'],
    ["varchar(20) DEFAULT '/*!80000 x */ -- y'", '/*!80000 x */ -- y'],
  ])('%s is one text, whatever is in it', async ([column, value]) => {
    const { query } = await takeThereAndBack(
      'CREATE TABLE t (id int)',
      `CREATE TABLE t (id int, a ${column} COMMENT ${/'.*'/s.exec(column!)![0]})`,
    );
    await query('INSERT INTO t (id) VALUES (1)');
    expect(await query('SELECT a FROM t')).toEqual([{ a: value }]);
  });

  test.for(['ANSI_QUOTES', 'NO_BACKSLASH_ESCAPES', 'ANSI,ORACLE', ''])(
    'texts are the same under the sql_mode %s',
    async (mode) => {
      const text = `CREATE TABLE t (a varchar(20) DEFAULT 'it''s', b varchar(9) DEFAULT 'x\\\\y' COMMENT 'a\\\\b', KEY k (a))`;
      const { url } = await databaseWith(text);
      const to = await databaseWith(
        `SET sql_mode = '${mode}'; ${/BACK/.test(mode) ? text.replaceAll('\\\\', '\\') : text}`,
      );
      expect((await diff({ from: url, to: to.url, renames: 'none' })).statements).toEqual([]);
    },
  );
});
