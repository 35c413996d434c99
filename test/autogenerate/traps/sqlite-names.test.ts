import { describe, expect, test } from 'vitest';
import { takeAcross, takeThereAndBack } from '../../support/sqlite-change.ts';

describe('names on SQLite', () => {
  test('of tables that differ in case alone are one table, which is renamed unasked', async () => {
    const { query, sql } = await takeThereAndBack(
      `CREATE TABLE Abc (id integer PRIMARY KEY AUTOINCREMENT, a text); CREATE INDEX i ON Abc (a);
       CREATE VIEW v AS SELECT a FROM Abc; CREATE TRIGGER g AFTER INSERT ON Abc BEGIN SELECT 1; END;
       CREATE TABLE c (p int REFERENCES Abc (id) ON DELETE CASCADE)`,
      `CREATE TABLE abc (id integer PRIMARY KEY AUTOINCREMENT, a text); CREATE INDEX i ON abc (a);
       CREATE VIEW v AS SELECT a FROM abc; CREATE TRIGGER g AFTER INSERT ON abc BEGIN SELECT 1; END;
       CREATE TABLE c (p int REFERENCES abc (id) ON DELETE CASCADE)`,
      { seed: "INSERT INTO Abc VALUES (7, 'x'); INSERT INTO c VALUES (7)" },
    );
    expect(sql).not.toMatch(/DROP TABLE \W?(?:abc|torale)|RENAME COLUMN/i);
    expect(query('SELECT a FROM v')).toEqual([{ a: 'x' }]);
    expect(query("SELECT name, seq FROM sqlite_sequence WHERE name = 'abc'")).toEqual([{ name: 'abc', seq: 7 }]);
  });

  test('of columns that differ in case alone are one column', async () => {
    const { query, sql } = await takeThereAndBack(
      'CREATE TABLE t (userName text CHECK (userName <> 1), b int); CREATE INDEX i ON t (userName)',
      'CREATE TABLE t (username text CHECK (username <> 1), b int); CREATE INDEX i ON t (username)',
      { seed: "INSERT INTO t VALUES ('x', 1)" },
    );
    expect(query('SELECT username FROM t')).toEqual([{ username: 'x' }]);
    expect(sql).not.toMatch(/DROP COLUMN|Data loss/);
  });

  test('of tables, columns and indexes change together with what they hold', async () => {
    const { query } = await takeThereAndBack(
      'CREATE TABLE T (Id integer PRIMARY KEY, A text); CREATE UNIQUE INDEX I ON T (A)',
      'CREATE TABLE t (id integer PRIMARY KEY, a text NOT NULL, b int); CREATE UNIQUE INDEX i ON t (a)',
      { seed: "INSERT INTO T VALUES (7, 'x')" },
    );
    expect(query('SELECT id, a FROM t')).toEqual([{ id: 7, a: 'x' }]);
  });

  test('written otherwise where they are used are no difference', async () => {
    const { statements } = await takeAcross(
      `CREATE TABLE t (Id integer PRIMARY KEY, "A" text, CHECK (a <> '')); CREATE INDEX i ON T (a);
       CREATE TABLE c (p int REFERENCES T (ID)); CREATE VIEW v AS SELECT id, A FROM T`,
      `CREATE TABLE t (Id integer PRIMARY KEY, "A" text, CHECK ([A] <> '')); CREATE INDEX i ON "t" ("A");
       CREATE TABLE c (p int REFERENCES t (Id)); CREATE VIEW v AS SELECT Id, "A" FROM t`,
    );
    expect(statements).toEqual([]);
  });

  test('of constraints are in no PRAGMA, and are kept, given, changed and taken away', async () => {
    const rows = { seed: 'INSERT INTO t VALUES (1, 2, NULL)' };
    const made = (...items: string[]): string =>
      `CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE t (${items.join(', ')})`;
    const plain = made('a int UNIQUE', 'b int CHECK (b > 0)', 'p int REFERENCES p (id)');
    const named = made(
      'a int CONSTRAINT u UNIQUE',
      'b int CONSTRAINT c CHECK (b > 0)',
      'p int CONSTRAINT f REFERENCES p (id)',
    );
    const other = made(
      'a int',
      'b int',
      'p int',
      'CONSTRAINT u2 UNIQUE (a)',
      'CONSTRAINT c2 CHECK (b > 0)',
      'CONSTRAINT f2 FOREIGN KEY (p) REFERENCES p (id)',
    );
    await takeThereAndBack(plain, named, rows);
    await takeThereAndBack(named, other, rows);
    await takeThereAndBack(other, other.replace('b int,', 'b text,'), rows);
  });

  test('of two constraints may be alike, and constraints may be', async () => {
    await takeThereAndBack(
      'CREATE TABLE t (a int CONSTRAINT k CHECK (a > 0), b int CONSTRAINT k CHECK (b > 0), CHECK (a < 9), CHECK (a < 9))',
      'CREATE TABLE t (a int CONSTRAINT k CHECK (a > 0), b int CONSTRAINT k CHECK (b > 1), CHECK (a < 9))',
      { seed: 'INSERT INTO t VALUES (1, 2)' },
    );
  });

  test('that need quotes, with every kind of quote', async () => {
    const { query } = await takeThereAndBack(
      'CREATE TABLE "we ird" ("or""der" text, [select] integer, `tick``s` int, "" int, "é" int)',
      `CREATE TABLE "we ird" ("or""der" text NOT NULL DEFAULT 'a;b -- c', [select] integer /* x */, \`tick\`\`s\` int, "" int, "é" text,
         CONSTRAINT "c k" CHECK ("select" <> [é])); CREATE INDEX "i'x" ON "we ird" ("or""der", [select]);
       CREATE TRIGGER "t""g" AFTER UPDATE OF [select] ON "we ird" BEGIN SELECT ';'; END; CREATE VIEW "v w" AS SELECT "" AS "table" FROM "we ird"`,
      { seed: `INSERT INTO "we ird" VALUES ('x', 1, 2, 3, 4)` },
    );
    expect(query('SELECT "or""der" AS o, "select", "" AS e FROM "we ird"')).toEqual([{ o: 'x', select: 1, e: 3 }]);
  });

  test('of tables swap, with their rows, when that is said', async () => {
    const { query } = await takeAcross(
      'CREATE TABLE t (a int); CREATE TABLE u (b int)',
      'CREATE TABLE u (a int); CREATE TABLE w (b int)',
      { seed: 'INSERT INTO t VALUES (1); INSERT INTO u VALUES (2)', renames: ['u:w', 't:u'], loses: ['u'] },
    );
    expect(query('SELECT a, b FROM u, w')).toEqual([{ a: 1, b: 2 }]);
  });

  test('of columns that are renamed take values, indexes, checks, triggers and views along', async () => {
    const { query, sql } = await takeThereAndBack(
      `CREATE TABLE t (id integer PRIMARY KEY, a text CHECK (a <> ''), g text AS (a || '!')); CREATE INDEX i ON t (lower(a)) WHERE a > '';
       CREATE TRIGGER tr AFTER UPDATE OF a ON t BEGIN SELECT new.a; END; CREATE VIEW v AS SELECT a FROM t`,
      `CREATE TABLE t (id integer PRIMARY KEY, z text CHECK (z <> ''), g text AS (z || '!')); CREATE INDEX i ON t (lower(z)) WHERE z > '';
       CREATE TRIGGER tr AFTER UPDATE OF z ON t BEGIN SELECT new.z; END; CREATE VIEW v AS SELECT z FROM t`,
      { seed: "INSERT INTO t (a) VALUES ('x')", renames: ['t.a:z'] },
    );
    expect(sql).toBe('ALTER TABLE t RENAME COLUMN a TO z');
    expect(query('SELECT z, g FROM t')).toEqual([{ z: 'x', g: 'x!' }]);
  });

  test('of a table and its columns are renamed together with a change that rebuilds it', async () => {
    const { query } = await takeAcross(
      'CREATE TABLE t (id integer PRIMARY KEY AUTOINCREMENT, a text, b text); CREATE INDEX i ON t (a)',
      'CREATE TABLE people (id integer PRIMARY KEY AUTOINCREMENT, name text NOT NULL UNIQUE, b integer); CREATE INDEX i ON people (name)',
      { seed: "INSERT INTO t VALUES (7, 'x', '5')", renames: ['t:people', 't.a:people.name'] },
    );
    expect(query("INSERT INTO people (name) VALUES ('y') RETURNING id")).toEqual([{ id: 8 }]);
    expect(query('SELECT name, b FROM people WHERE id = 7')).toEqual([{ name: 'x', b: 5 }]);
  });
});
