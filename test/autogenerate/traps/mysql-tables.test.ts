import { expect, test } from 'vitest';
import { diff } from '../../../src/index.ts';
import { describeOn, flavorOf, freshDatabase } from '../../support/databases.ts';
import { change, databaseWith, runStatements, takeAcross, takeThereAndBack } from '../../support/mysql-change.ts';
import { Project } from '../project.ts';

const onMariadb = test.skipIf(flavorOf('mysql') !== 'mariadb');

describeOn(['mysql'], 'tables', () => {
  test.for([
    ['v int AS (a * 2) VIRTUAL', 'v int AS (a * 2) STORED'],
    ['v int AS (a * 2) STORED', 'v int AS (a * 2) VIRTUAL'],
    ['v int AS (a * 2) VIRTUAL', 'v int AS (a * 3) VIRTUAL'],
    ['v int AS (a * 2) STORED', 'v bigint AS (a * 2) STORED'],
    ['v int AS (a * 2) STORED', 'v int'],
    ['v int', 'v int AS (a * 2) VIRTUAL'],
  ])('compute a column in another way, at its place and with its indexes: %s → %s', async ([before, after]) => {
    const table = (column: string): string =>
      `CREATE TABLE t (id int PRIMARY KEY, a int, ${column}, z int, KEY k (v, z))`;
    const { query } = await takeThereAndBack(table(before!), table(after!), {
      seed: 'INSERT INTO t (id, a, z) VALUES (1, 4, 9)',
      loses: ['t'],
    });
    expect((await query('SHOW COLUMNS FROM t')).map((row) => row['Field'])).toEqual(['id', 'a', 'v', 'z']);
    expect(await query('SELECT id, a, z FROM t')).toEqual([{ id: 1, a: 4, z: 9 }]);
  });

  test('have counted to somewhere, which is no difference', async () => {
    const [from, to] = [
      await databaseWith('CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY)', 'INSERT INTO t VALUES (41)'),
      await databaseWith('CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 7'),
    ];
    expect((await diff({ from: from.url, to: to.url, renames: 'none' })).statements).toEqual([]);
  });

  test('go on counting where they are when they change', async () => {
    const table = (type: string): string => `CREATE TABLE t (id ${type} AUTO_INCREMENT PRIMARY KEY, a int)`;
    const { query } = await takeAcross(table('int'), table('bigint'), {
      seed: 'INSERT INTO t VALUES (41, 1); DELETE FROM t',
    });
    await query('INSERT INTO t (a) VALUES (1)');
    expect(await query('SELECT id FROM t')).toEqual([{ id: 42 }]);
  });

  test('stay as far as they came when a statement fails, and what is left is planned from there', async () => {
    const from = await databaseWith('CREATE TABLE a (x int); CREATE TABLE b (x int)', 'INSERT INTO b VALUES (NULL)');
    const to = await databaseWith('CREATE TABLE a (x int, y int); CREATE TABLE b (x int NOT NULL)');
    const { statements } = await diff({ from: from.url, to: to.url, renames: 'none' });
    await expect(runStatements(from.url, statements)).rejects.toThrow(/Invalid use of NULL|truncated/);
    await from.query('DELETE FROM b');
    const { sql } = await change(from, to);
    expect(sql).toMatch(/^ALTER TABLE `b`[^;]*$/);
  });

  onMariadb('with system versioning are altered with their history kept', async () => {
    const table = (columns: string): string => `CREATE TABLE t (${columns}) WITH SYSTEM VERSIONING`;
    const { query } = await takeThereAndBack(
      table('id int PRIMARY KEY, a int'),
      table('id int PRIMARY KEY, a bigint, b int NOT NULL DEFAULT 3, KEY k (b)'),
      { seed: 'INSERT INTO t VALUES (1, 1); UPDATE t SET a = 2' },
    );
    expect(await query('SELECT a FROM t FOR SYSTEM_TIME ALL ORDER BY a')).toEqual([{ a: 1 }, { a: 2 }]);
    expect(await query('SELECT @@system_versioning_alter_history AS kept')).toEqual([{ kept: 'ERROR' }]);
    expect((await takeAcross(table('a int'), table('a int'))).sql).toBe('');
  });

  onMariadb('are not sequences, which are listed among them', async () => {
    const { sql, query } = await takeThereAndBack(
      'CREATE SEQUENCE s; CREATE TABLE t (a int)',
      'CREATE SEQUENCE s INCREMENT BY 10 CACHE 5; CREATE TABLE t (a int, b bigint DEFAULT nextval(s)); CREATE SEQUENCE z MAXVALUE 9 CYCLE',
    );
    expect(sql).not.toMatch(/DROP|CREATE TABLE/);
    expect(await query('SELECT NEXTVAL(z) AS n')).toEqual([{ n: 1 }]);
  });

  test('of names that differ in their case alone are two where the server takes them for two', async () => {
    const { query } = await freshDatabase('mysql');
    const [setting] = await query('SELECT @@lower_case_table_names AS folding');
    if (setting!['folding'] !== 0) return;
    await takeThereAndBack(
      'CREATE TABLE Abc (a int); CREATE TABLE abc (b int)',
      'CREATE TABLE Abc (a int, b int); CREATE TABLE ABC (c int); CREATE VIEW V AS SELECT a FROM Abc',
      { seed: 'INSERT INTO Abc VALUES (1)', loses: ['abc'] },
    );
    const { sql } = await takeAcross('CREATE TABLE abc (a int)', 'CREATE TABLE Abc (a int)', {
      renames: ['abc:Abc'],
      seed: 'INSERT INTO abc VALUES (1)',
    });
    expect(sql).toBe('RENAME TABLE `abc` TO `Abc`');
  });

  test('are drafted, proved with rows and found unchanged afterwards', async () => {
    const project = new Project(await freshDatabase('mysql'));
    const target = `CREATE TABLE p (id int AUTO_INCREMENT PRIMARY KEY, a varchar(9) NOT NULL DEFAULT 'x', KEY k (a));
      CREATE TABLE c (p int, CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id)); CREATE VIEW v AS SELECT a FROM p`;
    await project.draft(target);
    await project.upgrade();
    const changed = target.replace('id int', 'id bigint').replace('(p int', '(p bigint');
    const report = await project.draft(changed);
    expect(project.textOf(report)).toMatch(/MODIFY COLUMN/);
    await project.upgrade();
    expect((await project.draft(changed)).written).toBeNull();
    // What the database itself is set to is in no revision.
    expect(project.events.filter((event) => event.type === 'warning')).toEqual([]);
  });
});
