import { expect, test } from 'vitest';
import { describeOn } from '../../support/databases.ts';
import { become, inspect, open, planBetween, shown, thereAndBack } from './database.ts';

describeOn(['mysql'], 'tables', () => {
  // https://mariadb.com/kb/en/foreign-keys/: errors 1833, 1553 and 121 are what an order that is not kept leads to.
  test('foreign keys make way for changed types, and are not made again in the statement that drops them', async () => {
    const parent = (type: string): string => `CREATE TABLE p (id ${type} PRIMARY KEY)`;
    const child = (type: string, rest: string): string =>
      `CREATE TABLE c (id int PRIMARY KEY, p ${type}, x int, ${rest})`;
    const statements = await thereAndBack(
      [parent('int'), child('int', 'KEY k (p), CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id)')],
      [
        parent('bigint'),
        child('bigint', 'KEY k2 (p, x), CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE'),
      ],
    );
    expect(statements[0]).toContain('DROP FOREIGN KEY `fk`');
    expect(statements.at(-1)).toContain('ADD CONSTRAINT `fk` FOREIGN KEY (`p`)');
    expect(statements).toHaveLength(4);
  });

  test('a foreign key stays where only what it needs is replaced', async () => {
    const table = (key: string): string[] => [
      'CREATE TABLE p (id int PRIMARY KEY)',
      `CREATE TABLE c (p int, x int, ${key}, CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id))`,
    ];
    expect(await thereAndBack(table('KEY k (p)'), table('KEY k2 (p, x)'))).toEqual([
      expect.stringMatching(/^ALTER TABLE `c`\s+ADD KEY `k2` \(`p`,`x`\),\s+DROP KEY `k`$/),
    ]);
  });

  test('a foreign key keeps its index, which the server made, when it refers to another table', async () => {
    const refers = (to: string): string[] => [
      'CREATE TABLE a (id int PRIMARY KEY)',
      'CREATE TABLE b (id int PRIMARY KEY)',
      `CREATE TABLE c (p int, FOREIGN KEY (p) REFERENCES ${to} (id))`,
    ];
    await thereAndBack(refers('a'), refers('b'));
  });

  test('a foreign key that refers to nothing is made as it was, and one over the primary key is replaced', async () => {
    const dangling = (rest: string): string[] => [
      'SET SESSION foreign_key_checks = 0',
      `CREATE TABLE c (p int PRIMARY KEY, a int, KEY fk (a), ${rest})`,
      'CREATE TABLE p (id int PRIMARY KEY)',
      'SET SESSION foreign_key_checks = 1',
    ];
    await thereAndBack(
      dangling('CONSTRAINT pk FOREIGN KEY (p) REFERENCES p (id)'),
      dangling(
        'CONSTRAINT pk FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE, CONSTRAINT fk FOREIGN KEY (a) REFERENCES gone (id)',
      ),
    );
    await thereAndBack([], dangling('CONSTRAINT fk FOREIGN KEY (a) REFERENCES gone (id)'));
  });

  test('tables that refer to each other come and go', async () => {
    const statements = await thereAndBack(
      [],
      [
        'CREATE TABLE a (id int PRIMARY KEY, b int)',
        'CREATE TABLE b (id int PRIMARY KEY, a int, CONSTRAINT f1 FOREIGN KEY (a) REFERENCES a (id), CONSTRAINT ab CHECK (a <> id))',
        'ALTER TABLE a ADD CONSTRAINT f2 FOREIGN KEY (b) REFERENCES b (id)',
      ],
    );
    expect(statements).toHaveLength(3);
  });

  test('a column whose name changes in its case alone is renamed, and keeps its values', async () => {
    const [before, after] = [
      await open('CREATE TABLE t (ID int, a int)'),
      await open('CREATE TABLE t (id bigint, a int)'),
    ];
    await before.query('INSERT INTO t VALUES (7, 8)');
    await become(before, after);
    expect((await before.query('SELECT * FROM t')).rows).toEqual([{ id: 7, a: 8 }]);
  });

  test('how a column is computed changes at its place, with the indexes over it', async () => {
    const [before, after] = [
      await open('CREATE TABLE t (a int, v int AS (a * 2) VIRTUAL, s int AS (a * 3) STORED, z int, KEY kv (v))'),
      await open(
        'CREATE TABLE t (a int, v int AS (a * 2) STORED, s int AS (a * 5) STORED, z int, KEY kv (v), CHECK (s > v))',
      ),
    ];
    await before.query('INSERT INTO t (a, z) VALUES (1, 9)');
    const statements = await become(before, after);
    expect(statements).toHaveLength(1);
    expect((await before.query('SELECT * FROM t')).rows).toEqual([{ a: 1, v: 2, s: 5, z: 9 }]);
  });

  test('the character set of a table and those of its columns are two things', async () => {
    const [before, after] = [
      await open('CREATE TABLE t (a varchar(9), b varchar(9) CHARACTER SET latin1) DEFAULT CHARSET latin1'),
      await open(
        'CREATE TABLE t (a varchar(9) CHARACTER SET latin1, b varchar(9)) DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_bin',
      ),
    ];
    await before.query("INSERT INTO t VALUES ('é', 'è')");
    await become(before, after);
    expect((await before.query('SELECT a, b, HEX(a) AS x, HEX(b) AS y FROM t')).rows).toEqual([
      { a: 'é', b: 'è', x: 'E9', y: 'C3A8' },
    ]);
  });

  test('a versioned table is altered with its history kept; without versioning the history goes, and that is said', async () => {
    const table = (columns: string, versioned: string): string =>
      `CREATE TABLE t (id int PRIMARY KEY, ${columns}) ${versioned}`;
    const [session, more, plain] = [
      await open(table('a int', 'WITH SYSTEM VERSIONING')),
      await open(table('a int, b int WITHOUT SYSTEM VERSIONING', 'WITH SYSTEM VERSIONING')),
      await open(table('a int, b int', '')),
    ];
    await session.query('INSERT INTO t VALUES (1, 2)');
    await session.query('UPDATE t SET a = 3');
    await become(session, more);
    expect((await session.query('SELECT COUNT(*) AS n FROM t FOR SYSTEM_TIME ALL')).rows).toEqual([{ n: 2 }]);
    const { statements } = await planBetween(session, plain);
    expect(
      statements.some(({ hazard, loses }) => /history of t/.test(hazard ?? '') && loses?.includes('table:t')),
    ).toBe(true);
    await become(session, plain);
    await become(session, more);
    expect((await session.query('SELECT @@system_versioning_alter_history AS h')).rows).toEqual([{ h: 'ERROR' }]);
  });

  test('periods, with the index that hangs on one', async () => {
    const columns = 'id int, s date NOT NULL, e date NOT NULL';
    await thereAndBack(
      [`CREATE TABLE t (${columns})`],
      [`CREATE TABLE t (${columns}, PERIOD FOR p (s, e), UNIQUE (id, p WITHOUT OVERLAPS))`],
    );
  });

  test('options, what compresses and where a geometry is', async () => {
    await thereAndBack(
      ["CREATE TABLE t (id int PRIMARY KEY, a text) COMMENT 'old'"],
      [
        "CREATE TABLE t (id int PRIMARY KEY, a text COMPRESSED, p point REF_SYSTEM_ID=4326 NOT NULL, SPATIAL KEY (p)) COMMENT 'n''ew \\\\ x' PAGE_COMPRESSED=1 STATS_PERSISTENT=1 MAX_ROWS=9",
      ],
    );
    await thereAndBack(
      ['CREATE TABLE t (id int PRIMARY KEY, a int, KEY k (a))'],
      ['CREATE TABLE t (id int PRIMARY KEY, a int, KEY k (a)) ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8'],
    );
  });

  test('values for rows that have none where a column asks for one', async () => {
    const [before, after] = [
      await open('CREATE TABLE t (id int PRIMARY KEY, a int)'),
      await open('CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, b varchar(9) NOT NULL)'),
    ];
    await before.query('INSERT INTO t VALUES (1, NULL), (2, 5)');
    const plain = await planBetween(before, after);
    const hazards = plain.statements.map(({ hazard }) => hazard).join(' ');
    expect(hazards).toContain('Fails where a row has no value in t.a.');
    expect(hazards).toContain('get the empty value of its type in t.b');
    await become(before, after, {
      fills: new Map([
        ['column:t.a', 'id * 10'],
        ['column:t.b', "CONCAT('x', id)"],
      ]),
    });
    expect((await before.query('SELECT * FROM t')).rows).toEqual([
      { id: 1, a: 10, b: 'x1' },
      { id: 2, a: 5, b: 'x2' },
    ]);
  });

  test("values that do not fit fail, whatever the site's sql_mode, which is put back", async () => {
    const [before, after] = [await open('CREATE TABLE t (a varchar(9))'), await open('CREATE TABLE t (a varchar(2))')];
    await before.query("SET SESSION sql_mode = 'NO_ZERO_DATE'");
    await before.query("INSERT INTO t VALUES ('longer')");
    await expect(become(before, after)).rejects.toThrow(/truncated/);
    await before.query("SET SESSION sql_mode = 'NO_ZERO_DATE'");
    await before.query('DELETE FROM t');
    await become(before, after);
    expect((await before.query('SELECT @@sql_mode AS mode')).rows).toEqual([{ mode: 'NO_ZERO_DATE' }]);
  });

  test('zeros stay zeros in a column that begins to count, and dates of zeros are dates', async () => {
    const [before, after] = [
      await open('CREATE TABLE t (id int PRIMARY KEY, d date)'),
      await open(
        "SET SESSION sql_mode = ''",
        "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, d date, ts timestamp NOT NULL DEFAULT '0000-00-00 00:00:00', n timestamp, m timestamp NULL)",
      ),
    ];
    await before.query('INSERT INTO t VALUES (0, NULL), (1, NULL)');
    await before.query("SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE'");
    await become(before, after);
    expect((await before.query('SELECT id FROM t ORDER BY id')).rows).toEqual([{ id: 0 }, { id: 1 }]);
    expect(await shown(before, 'SHOW CREATE TABLE t')).toContain('`n` timestamp NULL DEFAULT NULL');
  });

  test('the database itself, new tables and programs after it', async () => {
    const [before, after] = [
      await open('ALTER DATABASE CHARACTER SET latin1'),
      await open(
        'ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
        "ALTER DATABASE COMMENT 'it''s'",
        'CREATE TABLE t (a varchar(9))',
      ),
    ];
    const statements = await become(before, after);
    expect(statements[0]).toBe("ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT 'it''s'");
    await become(before, await open('ALTER DATABASE CHARACTER SET latin1', 'ALTER DATABASE COMMENT ""'));
  });

  test('what reads it leaves the session as it was', async () => {
    const session = await open(
      "SET SESSION sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES', time_zone = '+03:00'",
      'CREATE TABLE t (a int)',
    );
    const settings = 'SELECT @@sql_mode AS mode, @@time_zone AS zone, @@sql_quote_show_create AS q';
    const before = (await session.query(settings)).rows;
    const { schema } = await inspect(session);
    expect(schema.find('column', ['t', 'a'])?.definition).toEqual({
      type: 'int(11)',
      position: '',
      clauses: ['DEFAULT NULL'],
    });
    expect((await session.query(settings)).rows).toEqual(before);
  });
});
