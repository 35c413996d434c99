import { describe, expect, test } from 'vitest';
import { freshDatabase } from '../../support/databases.ts';
import { takeAcross, takeThereAndBack } from '../../support/sqlite-change.ts';
import { Project } from '../project.ts';

describe('columns on SQLite', () => {
  test.for([
    ['text DEFAULT CURRENT_TIMESTAMP', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/],
    ['text DEFAULT current_date', /^\d{4}-\d\d-\d\d$/],
    ['int DEFAULT (abs(-5))', /^5$/],
    ["text DEFAULT ('a' || 'b')", /^ab$/],
    ['int NOT NULL DEFAULT (1 + 1)', /^2$/],
  ] as const)('one that comes with %s gives it to the rows that are there', async ([clause, value]) => {
    const { query } = await takeThereAndBack('CREATE TABLE t (a int)', `CREATE TABLE t (a int, b ${clause})`, {
      seed: 'INSERT INTO t VALUES (1), (2)',
    });
    const rows = query('SELECT b FROM t');
    expect(rows).toHaveLength(2);
    for (const { b } of rows) expect(String(b)).toMatch(value);
  });

  test.for([
    "text NOT NULL DEFAULT 'x'",
    'int DEFAULT -5',
    'blob DEFAULT NULL',
    "text DEFAULT x'00'",
    'real DEFAULT TRUE',
  ])('one that comes with %s is added in place', async (clause) => {
    const { sql } = await takeThereAndBack('CREATE TABLE t (a int)', `CREATE TABLE t (a int, b ${clause})`, {
      seed: 'INSERT INTO t VALUES (1), (2)',
    });
    expect(sql).toBe(`ALTER TABLE t ADD COLUMN b ${clause}`);
  });

  test('one that must have a value and has no default says that it fails where there are rows, and does', async () => {
    const [before, after] = ['CREATE TABLE t (a int)', 'CREATE TABLE t (a int, b int NOT NULL)'];
    const { statements } = await takeThereAndBack(before, after);
    expect(statements.map(({ hazard }) => hazard).filter((hazard) => hazard !== undefined)).toEqual([
      expect.stringMatching(/^Fails where t has rows/),
    ]);
    await expect(takeAcross(before, after, { seed: 'INSERT INTO t VALUES (1)' })).rejects.toThrow(/NOT NULL/);
  });

  test('one that must have a value takes the one that is given for the rows', async () => {
    const project = new Project(await freshDatabase('sqlite'));
    await project.draft('CREATE TABLE t (a int, c int)');
    await project.upgrade();
    await project.db.query('INSERT INTO t VALUES (1, 2), (3, NULL)');
    const fills = ['t.b=a * 2', 't.c=0'];
    const report = await project.draft('CREATE TABLE t (a int, b int NOT NULL, c int NOT NULL)', { fills });
    expect(project.textOf(report)).not.toMatch(/Fails where/);
    await project.upgrade();
    expect(await project.db.query('SELECT * FROM t ORDER BY a')).toEqual([
      { a: 1, b: 2, c: 2 },
      { a: 3, b: 6, c: 0 },
    ]);
  });

  test('one that refers to a table and has a default comes to tables with rows', async () => {
    const before = 'CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE t (a int);';
    const { query } = await takeThereAndBack(
      before,
      'CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE t (a int, p int DEFAULT 1 REFERENCES p (id))',
      { seed: 'INSERT INTO p VALUES (1); INSERT INTO t VALUES (5)' },
    );
    expect(query('SELECT a, p FROM t')).toEqual([{ a: 5, p: 1 }]);
    expect(() => query('INSERT INTO t VALUES (6, 2)')).toThrow(/FOREIGN KEY/);
    const { sql } = await takeThereAndBack(
      before,
      'CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE t (a int, p int REFERENCES p (id) ON DELETE CASCADE)',
      { seed: 'INSERT INTO t VALUES (5)' },
    );
    expect(sql).toBe('ALTER TABLE t ADD COLUMN p int REFERENCES p (id) ON DELETE CASCADE');
  });

  test('generated ones are never copied, and their values are new', async () => {
    const { query } = await takeThereAndBack(
      'CREATE TABLE t (a int, g int AS (a * 2), s int AS (a * 5) STORED, b text)',
      'CREATE TABLE t (a int, g int AS (a * 3), s int AS (a * 7) STORED, b text NOT NULL)',
      { seed: "INSERT INTO t (a, b) VALUES (1, 'x')" },
    );
    expect(query('SELECT a, g, s, b FROM t')).toEqual([{ a: 1, g: 3, s: 7, b: 'x' }]);
  });

  test('generated ones may stand before what they name', async () => {
    const { query } = await takeThereAndBack(
      'CREATE TABLE t (h int AS (g + 1), g int AS (a), a int)',
      'CREATE TABLE t (h int AS (g + 2), g int AS (a + 1), a int, c int DEFAULT (1 + 1))',
      { seed: 'INSERT INTO t (a) VALUES (1)' },
    );
    expect(query('SELECT * FROM t')).toEqual([{ h: 4, g: 2, a: 1, c: 2 }]);
  });

  test('a generated one that becomes a plain one keeps its values', async () => {
    const before = 'CREATE TABLE t (a int, g int AS (a * 2), s int AS (a * 5) STORED)';
    const { query } = await takeThereAndBack(before, 'CREATE TABLE t (a int, g int, s int)', {
      seed: 'INSERT INTO t (a) VALUES (1)',
    });
    expect(query('SELECT g, s FROM t')).toEqual([{ g: 2, s: 5 }]);
  });

  test('virtual and stored are told apart, and a stored one comes to tables with rows', async () => {
    const { query } = await takeThereAndBack(
      'CREATE TABLE t (a int, g int AS (a * 2))',
      'CREATE TABLE t (a int, g int AS (a * 2) STORED, h int AS (a + 1) STORED)',
      { seed: 'INSERT INTO t (a) VALUES (4)' },
    );
    expect(query('SELECT g, h FROM t')).toEqual([{ g: 8, h: 5 }]);
  });

  test('INT PRIMARY KEY, INTEGER PRIMARY KEY and INTEGER PRIMARY KEY DESC are three things', async () => {
    const keys = ['int PRIMARY KEY', 'integer PRIMARY KEY', 'integer PRIMARY KEY DESC'];
    for (const [at, key] of keys.entries()) {
      const other = keys[(at + 1) % keys.length];
      const { query } = await takeThereAndBack(
        `CREATE TABLE t (id ${key}, a text)`,
        `CREATE TABLE t (id ${other}, a text)`,
        {
          seed: "INSERT INTO t VALUES (7, 'x')",
        },
      );
      expect(query('SELECT id, a FROM t')).toEqual([{ id: 7, a: 'x' }]);
      query("INSERT INTO t (a) VALUES ('y')");
      expect(query("SELECT id FROM t WHERE a = 'y'")).toEqual([{ id: other === 'integer PRIMARY KEY' ? 8 : null }]);
    }
  });

  test.for([
    ['an index', 'a int, b int', 'CREATE INDEX i ON t (b, a)'],
    ['an index over an expression', 'a int, b int', 'CREATE INDEX i ON t (abs(a))'],
    ['the predicate of an index', 'a int, b int', 'CREATE INDEX i ON t (b) WHERE a > 0'],
    ['a check', 'a int, b int CHECK (b <> a)', ''],
    ['a check behind it', 'a int CHECK (a > 0), b int', ''],
    ['a unique constraint', 'a int, b int, UNIQUE (b, a)', ''],
    ['a unique constraint behind it', 'a int UNIQUE, b int', ''],
    ['a primary key', 'a integer PRIMARY KEY, b int', ''],
    ['a foreign key', 'a int REFERENCES p (id), b int', ''],
    ['a foreign key with others', 'a int, b int, FOREIGN KEY (a, b) REFERENCES p (id, n)', ''],
    ['a generated column', 'a int, b int, g int AS (a + 1)', ''],
    ['a trigger', 'a int, b int', 'CREATE TRIGGER g AFTER UPDATE OF a ON t BEGIN SELECT new.b; END'],
    ['a trigger on another table', 'a int, b int', 'CREATE TRIGGER g AFTER INSERT ON p BEGIN UPDATE t SET a = 1; END'],
    ['a view', 'a int, b int', 'CREATE VIEW v AS SELECT a FROM t'],
  ] as const)('one that goes can have been part of %s', async ([, columns, more]) => {
    const parent = 'CREATE TABLE p (id int, n int, PRIMARY KEY (id, n), UNIQUE (id))';
    const { query } = await takeThereAndBack(
      `${parent}; CREATE TABLE t (${columns}); ${more}`,
      `${parent}; CREATE TABLE t (b int)`,
      { seed: 'INSERT INTO p VALUES (1, 2); INSERT INTO t VALUES (1, 2)' },
    );
    expect(query('SELECT * FROM t')).toEqual([{ b: 2 }]);
  });

  test('one that goes leaves a view that names it still to be drafted by hand', async () => {
    // The view is kept as it is: SQLite lets it stand, and it fails when it is used.
    const more = 'CREATE VIEW v AS SELECT a FROM t; CREATE INDEX i ON t (b)';
    const { query } = await takeAcross(`CREATE TABLE t (a int, b int); ${more}`, `CREATE TABLE t (b int); ${more}`, {
      seed: 'INSERT INTO t VALUES (1, 2)',
    });
    expect(query('SELECT b FROM t')).toEqual([{ b: 2 }]);
    expect(() => query('SELECT * FROM v')).toThrow(/no such column: a/);
  });

  test('one between others, and another order, are no reason to touch the rest', async () => {
    const { statements } = await takeAcross('CREATE TABLE t (a int, b text)', 'CREATE TABLE t (b text, a int)', {
      seed: "INSERT INTO t VALUES (1, 'x')",
    });
    expect(statements).toEqual([]);
    await takeThereAndBack('CREATE TABLE t (a int, b text)', 'CREATE TABLE t (a int, m text, b text)', {
      seed: "INSERT INTO t VALUES (1, 'x')",
    });
  });

  test('an affinity that changes converts what converts, and leaves the rest as it is', async () => {
    const { query } = await takeThereAndBack('CREATE TABLE t (id int, a text)', 'CREATE TABLE t (id int, a integer)', {
      seed: "INSERT INTO t VALUES (1, '5'), (2, 'five'), (3, x'05'), (4, NULL)",
    });
    expect(query('SELECT quote(a) AS a FROM t ORDER BY id').map(({ a }) => a)).toEqual([
      '5',
      "'five'",
      "X'05'",
      'NULL',
    ]);
  });
});
