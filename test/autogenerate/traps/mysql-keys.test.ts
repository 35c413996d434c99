import { expect, test } from 'vitest';
import { describeOn, flavorOf } from '../../support/databases.ts';
import { takeAcross, takeThereAndBack } from '../../support/mysql-change.ts';

const onMariadb = test.skipIf(flavorOf('mysql') !== 'mariadb');

describeOn(['mysql'], 'keys', () => {
  test('that lose a column are made again, in the statement that drops it', async () => {
    const { sql } = await takeThereAndBack(
      'CREATE TABLE t (id int PRIMARY KEY, a int, b int, c int, KEY k (a, b), UNIQUE KEY u (b, c), KEY gone (b))',
      'CREATE TABLE t (id int PRIMARY KEY, a int, c int, KEY k (a), UNIQUE KEY u (c))',
      { seed: 'INSERT INTO t VALUES (1, 1, 2, 3), (2, 1, 2, 4)' },
    );
    expect(sql.split(';\n')).toHaveLength(1);
    expect(sql).toMatch(/DROP KEY `gone`/);
  });

  test('of a foreign key that the server made stay behind it only where the target has them', async () => {
    const [p, c] = ['CREATE TABLE p (id int PRIMARY KEY)', 'p int'];
    const key = 'CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id)';
    const { sql } = await takeThereAndBack(`${p}; CREATE TABLE c (${c}, ${key})`, `${p}; CREATE TABLE c (${c})`);
    expect(sql).toMatch(/DROP FOREIGN KEY `fk`/);
    expect(sql).toMatch(/DROP KEY `fk`/);
    const { sql: kept } = await takeThereAndBack(
      `${p}; CREATE TABLE c (${c}, ${key})`,
      `${p}; CREATE TABLE c (${c}, KEY fk (p))`,
    );
    expect(kept).not.toMatch(/DROP KEY/);
  });

  test('that a foreign key needs are replaced in one statement', async () => {
    const [p, key] = ['CREATE TABLE p (id int PRIMARY KEY)', 'CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id)'];
    const { sql } = await takeThereAndBack(
      `${p}; CREATE TABLE c (id int PRIMARY KEY, p int, x int, KEY k (p), ${key})`,
      `${p}; CREATE TABLE c (id int PRIMARY KEY, p int, x int, KEY k2 (p, x), ${key})`,
      { seed: 'INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1, 1)' },
    );
    expect(sql).not.toMatch(/FOREIGN KEY/);
    expect(sql.split(';\n')).toEqual([expect.stringMatching(/(?=[^]*DROP KEY `k`)(?=[^]*ADD KEY `k2`)/)]);
  });

  test.for([
    ['id int AUTO_INCREMENT PRIMARY KEY, a int NOT NULL', 'id int AUTO_INCREMENT, a int NOT NULL, PRIMARY KEY (id, a)'],
    [
      'id int AUTO_INCREMENT PRIMARY KEY, a int NOT NULL',
      'id int AUTO_INCREMENT, a int NOT NULL, KEY (id), PRIMARY KEY (a)',
    ],
    ['id int AUTO_INCREMENT PRIMARY KEY, a int NOT NULL', 'id int NOT NULL, a int NOT NULL'],
    ['id int AUTO_INCREMENT PRIMARY KEY, a int NOT NULL', 'id int NOT NULL, a int AUTO_INCREMENT PRIMARY KEY'],
    ['id int AUTO_INCREMENT PRIMARY KEY, a int NOT NULL', 'a int NOT NULL'],
  ])('of what counts itself change: %s → %s', async ([before, after]) => {
    const { sql } = await takeThereAndBack(`CREATE TABLE t (${before})`, `CREATE TABLE t (${after})`, {
      seed: 'INSERT INTO t VALUES (5, 7), (6, 8)',
    });
    expect(sql.split(';\n')).toHaveLength(1);
  });

  test('with foreign keys on them change their type on both ends, and rows still have to match', async () => {
    const tables = (
      type: string,
    ): string => `CREATE TABLE p (id ${type} PRIMARY KEY, up ${type}, KEY up (up), CONSTRAINT own FOREIGN KEY (up) REFERENCES p (id));
      CREATE TABLE c (p ${type} NOT NULL, CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE)`;
    const { query } = await takeThereAndBack(tables('int'), tables('bigint unsigned'), {
      seed: 'INSERT INTO p VALUES (1, NULL), (2, 1); INSERT INTO c VALUES (2)',
    });
    await expect(query('INSERT INTO c VALUES (9)')).rejects.toThrow(/foreign key constraint fails/);
    await query('DELETE FROM p WHERE id = 2');
    expect(await query('SELECT * FROM c')).toEqual([]);
  });

  test('that refer to others change what they do, in a statement behind the one that drops them', async () => {
    const tables = (action: string): string =>
      `CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int, CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id) ${action})`;
    const { sql } = await takeThereAndBack(tables(''), tables('ON DELETE CASCADE ON UPDATE SET NULL'), {
      seed: 'INSERT INTO p VALUES (1); INSERT INTO c VALUES (1)',
    });
    expect(sql.split(';\n')).toEqual([
      expect.stringMatching(/DROP FOREIGN KEY `fk`/),
      expect.stringMatching(/ADD CONSTRAINT `fk` FOREIGN KEY/),
    ]);
  });

  onMariadb('become ignored and not at their place', async () => {
    const { sql, query } = await takeThereAndBack(
      'CREATE TABLE t (a int, KEY k (a))',
      'CREATE TABLE t (a int, KEY k (a) IGNORED)',
    );
    expect(sql).toBe('ALTER TABLE `t` ALTER INDEX `k` IGNORED');
    expect((await query('SHOW KEYS FROM t'))[0]).toMatchObject({ Ignored: 'YES' });
    await takeThereAndBack(
      'CREATE TABLE t (a int, b int, KEY k (a))',
      'CREATE TABLE t (a int, b int, KEY k (a, b) IGNORED)',
    );
  });

  test.for([
    ['', 'FULLTEXT KEY f (a)'],
    ['KEY f (a(10))', 'FULLTEXT KEY f (a)'],
    ['', 'SPATIAL KEY s (p)'],
    ['KEY s (p(25))', 'SPATIAL KEY s (p)'],
    ['KEY k (b)', 'KEY k (b(10))'],
    ['KEY k (b(10))', 'UNIQUE KEY k (b(12))'],
    ['FULLTEXT KEY f (a)', 'FULLTEXT KEY f (a, b)'],
  ])('over parts of values, words and places: from %s to %s', async ([before, after]) => {
    const table = (key: string): string =>
      `CREATE TABLE t (id int PRIMARY KEY, a text, b varchar(200), p point NOT NULL${key === '' ? '' : `, ${key}`})`;
    await takeThereAndBack(table(before!), table(after!), {
      seed: "INSERT INTO t VALUES (1, 'a b', 'c', POINT(1, 2))",
    });
  });

  test('of an unchanged table are never in the way', async () => {
    const tables = `CREATE TABLE p (id int PRIMARY KEY, a text, b varchar(99), g point NOT NULL, n int, KEY (b(7)), FULLTEXT KEY (a, b),
      SPATIAL KEY (g), UNIQUE KEY (n DESC, b), CHECK (n > 0)) COMMENT 'x';
      CREATE TABLE c (id bigint unsigned AUTO_INCREMENT UNIQUE, p int, FOREIGN KEY (p) REFERENCES p (id))`;
    expect((await takeAcross(tables, tables, { seed: 'INSERT INTO c VALUES (41, NULL)' })).sql).toBe('');
  });

  test.for([
    [
      'it moves',
      'p int, CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id)',
      'p int',
      'p int, CONSTRAINT FK FOREIGN KEY (p) REFERENCES p (id)',
    ],
    [
      'two change places',
      'p int, CONSTRAINT f1 FOREIGN KEY (p) REFERENCES p (id)',
      'p int, CONSTRAINT f2 FOREIGN KEY (p) REFERENCES p (id)',
      'p int, CONSTRAINT f1 FOREIGN KEY (p) REFERENCES p (id)',
    ],
  ] as const)('of foreign keys have names that only one in a database can have: %s', async ([, one, other, moved]) => {
    const tables = (zz: string, aa: string): string =>
      `CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE zz (${zz}); CREATE TABLE aa (${aa})`;
    await takeThereAndBack(tables(one, other), tables(other, moved), {
      seed: 'INSERT INTO p VALUES (1); INSERT INTO zz VALUES (1); INSERT INTO aa VALUES (1)',
    });
    await takeThereAndBack(`CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE zz (${one})`, tables('p int', moved));
  });

  test('that the server named after the table are named anew with it', async () => {
    const tables = (name: string): string => `CREATE TABLE p (id int PRIMARY KEY);
      CREATE TABLE ${name} (p int, q int, up int UNIQUE, FOREIGN KEY (p) REFERENCES p (id), FOREIGN KEY (q) REFERENCES ${name} (up), CHECK (q > 0));
      CREATE TABLE c (q int, FOREIGN KEY (q) REFERENCES ${name} (up))`;
    const { sql } = await takeThereAndBack(tables('t1'), tables('t2'), {
      renames: ['t1:t2'],
      seed: 'INSERT INTO p VALUES (1); INSERT INTO t1 VALUES (1, 1, 1); INSERT INTO c VALUES (1)',
    });
    expect(sql).toBe('RENAME TABLE `t1` TO `t2`');
  });
});
