import type Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { proveWithRows, type RowProof } from '../../src/autogenerate/row-proof.ts';
import type { Filling } from '../../src/dialects/row-rules.ts';
import { sqliteSchema } from '../../src/dialects/sqlite/schema.ts';
import { sqliteScratch } from '../../src/dialects/sqlite/scratch.ts';
import { planChanges } from '../../src/diff/plan.ts';
import type { Statement } from '../../src/diff/rules.ts';
import type { Schema } from '../../src/schema/schema.ts';
import type { Session } from '../../src/session/session.ts';

const rules = sqliteSchema.rows!;

interface Scratch {
  readonly session: Session;
  readonly database: Database.Database;
  readonly schema: Schema;
  readonly version: number;
}

async function scratch(sql: string): Promise<Scratch> {
  const { signal } = new AbortController();
  const made = await sqliteScratch.create(null, { connectTimeoutMs: 0, role: null, searchPath: null, signal });
  onTestFinished(() => made.drop());
  const database = made.session.driver as Database.Database;
  database.exec(sql);
  const { schema, server } = await sqliteSchema.inspect(made.session, () => false);
  return { session: made.session, database, schema, version: server.number };
}

async function fill(sql: string): Promise<Filling & { readonly database: Database.Database }> {
  const { session, database, schema } = await scratch(sql);
  return { database, ...(await rules.fill(session, schema)) };
}

/** Runs statements, or what is planned where none are given. */
async function prove(
  before: string,
  after: string,
  given?: readonly string[],
): Promise<RowProof & { readonly statements: readonly Statement[]; readonly database: Database.Database }> {
  const from = await scratch(before);
  const to = await scratch(after);
  const sides = { from: from.schema, to: to.schema, version: from.version, flavor: 'sqlite' };
  const statements = given?.map((sql) => ({ sql })) ?? planChanges(sides, sqliteSchema).statements;
  const { session, database } = from;
  const proof = await proveWithRows({ rules, session, statements, from: from.schema, to: to.schema });
  return { ...proof, statements, database };
}

const failedSql = ({ failing, statements }: Awaited<ReturnType<typeof prove>>): string[] =>
  failing.map(({ index, code }) => `${code} ${statements[index]!.sql.replaceAll(/\s+/g, ' ')}`);

describe('made-up rows on SQLite', () => {
  test('every way to store a table, and every class of value', async () => {
    const { database, filled, unfilled } = await fill(`
      CREATE TABLE plain (a INT UNIQUE, b TEXT, c REAL, d BLOB, e NUMERIC, f, g VARCHAR(20) COLLATE NOCASE, h DATETIME, i BOOLEAN);
      CREATE TABLE strict (a INT, b INTEGER PRIMARY KEY, c REAL, d TEXT NOT NULL, e BLOB, f ANY) STRICT;
      CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);
      CREATE TABLE bare (a INTEGER, b TEXT, PRIMARY KEY (b, a)) WITHOUT ROWID;
      CREATE TABLE lone (id INTEGER PRIMARY KEY DESC);
      CREATE TABLE "od ""d" ("select" TEXT NOT NULL, [first name] INT, \`tick\`\` \` BLOB);
      CREATE TABLE made (a INT, b INT AS (a * 2) STORED UNIQUE, c TEXT AS (a || 'x') VIRTUAL NOT NULL)`);
    expect(unfilled).toEqual([]);
    expect(filled.size).toBe(7);
    expect([...filled.values()].every((count) => count >= 3)).toBe(true);
    const classes = (column: string, table = 'plain'): unknown[] =>
      database.prepare(`SELECT DISTINCT typeof(${column}) FROM ${table} ORDER BY 1`).pluck().all();
    expect(classes('a')).toEqual(['integer', 'null', 'text']);
    expect(classes('b')).toEqual(['blob', 'null', 'text']);
    expect(classes('f', 'strict')).toEqual(expect.arrayContaining(['integer', 'text', 'real']));
    // Rows that are alike wherever they may be: a new unique key has to stumble over them.
    expect(database.prepare('SELECT count(*) - count(DISTINCT b) FROM plain').pluck().get()).toBeGreaterThan(1);
  });

  test('checks are satisfied, conflict clauses swallow nothing, and what cannot be filled is named with the reason', async () => {
    const { filled, unfilled } = await fill(`
      CREATE TABLE good (
        state TEXT NOT NULL ON CONFLICT IGNORE CHECK (state IN ('draft', 'live')), price REAL CHECK (price > 0 AND price < 5),
        day TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(day) IS NOT NULL),
        data TEXT NOT NULL CHECK (json_valid(data)), id BLOB CHECK (typeof(id) = 'blob' AND length(id) = 16),
        a INT UNIQUE ON CONFLICT REPLACE, b INT, doubled INT AS (b * 2), CONSTRAINT "one of them" CHECK ((a IS NULL) <> (b IS NULL)),
        CHECK (doubled > 2000 OR b IS NULL), CHECK (state || '' <> 'x'));
      CREATE INDEX good_data ON good (json_extract(data, '$.x'));
      CREATE UNIQUE INDEX good_lower ON good (lower(state), price) WHERE price > 1;
      CREATE TABLE bad (x INT NOT NULL CHECK (x > 5 AND x < 3));
      CREATE TABLE orphan (x INT NOT NULL REFERENCES nowhere (id))`);
    expect(filled.get('table:good')).toBeGreaterThanOrEqual(2);
    expect(unfilled).toEqual([
      { table: 'table:bad', why: 'CHECK constraint failed: x > 5 AND x < 3' },
      { table: 'table:orphan', why: 'no row that it could refer to' },
    ]);
  });

  test('foreign keys hold: chains, circles, to itself, one to one, through a collation', async () => {
    const { database, filled, unfilled } = await fill(`
      CREATE TABLE child (id INTEGER PRIMARY KEY, parent INT NOT NULL REFERENCES parent);
      CREATE TABLE parent (id INTEGER PRIMARY KEY);
      CREATE TABLE one (id INTEGER PRIMARY KEY, two INT NOT NULL REFERENCES two (id));
      CREATE TABLE two (id INT PRIMARY KEY, one INT NOT NULL REFERENCES one (id));
      CREATE TABLE tree (id INTEGER PRIMARY KEY, up INT NOT NULL REFERENCES tree (id));
      CREATE TABLE thing (tenant TEXT REFERENCES tenant (id), id INT, PRIMARY KEY (tenant, id)) WITHOUT ROWID;
      CREATE TABLE tenant (id TEXT PRIMARY KEY COLLATE NOCASE);
      CREATE TABLE link (tenant TEXT NOT NULL, a INT NOT NULL, FOREIGN KEY (tenant, a) REFERENCES thing);
      CREATE TABLE profile (id INTEGER PRIMARY KEY REFERENCES parent (id))`);
    expect(unfilled).toEqual([]);
    expect([...filled.values()].every((count) => count >= 2)).toBe(true);
    expect(database.pragma('foreign_key_check')).toEqual([]);
    expect(database.pragma('foreign_keys', { simple: true })).toBe(1);
  });

  test('virtual tables are filled, triggers do nothing and are all there afterwards', async () => {
    const sql = `
      CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT);
      CREATE TABLE log (line TEXT);
      CREATE VIRTUAL TABLE own USING fts5(title, body);
      CREATE VIRTUAL TABLE of_note USING fts5(body, content='note', content_rowid='id');
      CREATE VIRTUAL TABLE bare USING fts5(body, content='');
      CREATE VIRTUAL TABLE box USING rtree(id, x0, x1, y0, y1, +label);
      CREATE TRIGGER no BEFORE INSERT ON note BEGIN SELECT RAISE(ABORT, 'no'); END;
      CREATE TRIGGER logs AFTER INSERT ON log BEGIN INSERT INTO own VALUES ('a', 'b'); END`;
    const { database, filled, unfilled } = await fill(sql);
    expect(unfilled).toEqual([]);
    expect([...filled.keys()].length).toBe(6);
    expect(filled.get('table:own')).toBe(3);
    expect(database.prepare(`SELECT count(*) FROM of_note WHERE of_note MATCH 'value'`).pluck().get()).toBeGreaterThan(
      0,
    );
    const { database: untouched } = await scratch(sql);
    const triggers = `SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid`;
    expect(database.prepare(triggers).all()).toEqual(untouched.prepare(triggers).all());
  });
});

describe('the proof with rows on SQLite', () => {
  test.each([
    ['a column without a default', 'CREATE TABLE t (id INT)', 'CREATE TABLE t (id INT, n TEXT NOT NULL)'],
    ['NOT NULL', 'CREATE TABLE t (id INT, n TEXT)', 'CREATE TABLE t (id INT, n TEXT NOT NULL)'],
    ['NOT NULL and another type', 'CREATE TABLE t (n TEXT)', 'CREATE TABLE t (n VARCHAR(9) NOT NULL)'],
    ['a new unique', 'CREATE TABLE t (id INT, n TEXT)', 'CREATE TABLE t (id INT, n TEXT UNIQUE)'],
    ['a new unique index', 'CREATE TABLE t (n TEXT)', 'CREATE TABLE t (n TEXT); CREATE UNIQUE INDEX i ON t (n)'],
    ['a unique that would swallow rows', 'CREATE TABLE t (n)', 'CREATE TABLE t (n UNIQUE ON CONFLICT IGNORE)'],
    ['a new check', 'CREATE TABLE t (n INT)', 'CREATE TABLE t (n INT CHECK (n > 0))'],
    ['STRICT', 'CREATE TABLE t (n INT)', 'CREATE TABLE t (n INT) STRICT'],
    ['WITHOUT ROWID', 'CREATE TABLE t (n TEXT PRIMARY KEY)', 'CREATE TABLE t (n TEXT PRIMARY KEY) WITHOUT ROWID'],
    [
      'a new foreign key',
      'CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (p INT)',
      'CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (p INT REFERENCES p)',
    ],
  ])('%s fails on rows, and passes once they are gone', async (_, before, after) => {
    const proof = await prove(before, after);
    expect(failedSql(proof)).toEqual([expect.stringMatching(/^SQLITE_(?:CONSTRAINT|ERROR)/)]);
    expect(proof).toMatchObject({ lost: [], unfilled: [], emptied: ['table:t'] });
    expect(proof.stoppedAt).toBeUndefined();
  });

  test('a broken key is laid to the statement that copies the rows', async () => {
    const proof = await prove(
      'CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (p INT); CREATE TABLE z (a)',
      'CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (p INT REFERENCES p); CREATE TABLE z (a, b)',
    );
    expect(failedSql(proof)).toEqual([
      expect.stringMatching(/^SQLITE_CONSTRAINT_FOREIGNKEY INSERT INTO torale_new_t /),
    ]);
    expect(proof.failing[0]!.message).toBe('FOREIGN KEY constraint failed: t (p) refers to p');
  });

  test('what a table is called while it is rebuilt is not told', async () => {
    const { failing } = await prove('CREATE TABLE t (n TEXT)', 'CREATE TABLE t (n VARCHAR(9) NOT NULL)');
    expect(failing.map(({ message }) => message)).toEqual(['NOT NULL constraint failed: t.n']);
  });

  test('a rebuild keeps the rows of the table and of those that refer to it', async () => {
    const rest = `CREATE TABLE c (id INTEGER PRIMARY KEY, p INT REFERENCES p (id) ON DELETE CASCADE);
      CREATE TRIGGER g AFTER DELETE ON p BEGIN DELETE FROM c; END; CREATE VIEW v AS SELECT n FROM p`;
    const proof = await prove(
      `CREATE TABLE p (id INTEGER PRIMARY KEY, n TEXT); ${rest}`,
      `CREATE TABLE p (id INTEGER PRIMARY KEY, n TEXT DEFAULT (lower('X'))); ${rest}`,
    );
    expect(proof).toMatchObject({ lost: [], failing: [], emptied: [] });
    expect(proof.database.pragma('foreign_keys', { simple: true })).toBe(1);
    expect(proof.database.pragma('legacy_alter_table', { simple: true })).toBe(0);
  });

  test('what is marked may go, and only that', async () => {
    const before = 'CREATE TABLE t (id INT, a TEXT, b TEXT); CREATE TABLE gone (id INT)';
    const after = 'CREATE TABLE t (id INT, b TEXT)';
    const planned = await prove(before, after);
    expect(planned).toMatchObject({ failing: [], lost: [] });
    const unmarked = await prove(
      before,
      after,
      planned.statements.map(({ sql }) => sql),
    );
    expect(unmarked.lost).toEqual([
      { table: 'table:gone', before: 5, after: 0 },
      { table: 'table:t', column: 'column:t.a', before: 4, after: 0 },
    ]);
  });

  test.each([
    ['deleted', `DELETE FROM t WHERE b IS NULL`],
    ['changed', `UPDATE t SET b = 'x' WHERE b IS NULL`],
    ['changed in their class of storage', `UPDATE t SET b = CAST(b AS BLOB) WHERE id = 1`],
  ])('rows that are %s on the way are found', async (_, sql) => {
    const table = 'CREATE TABLE t (id INT, b TEXT)';
    const { lost } = await prove(table, table, [sql]);
    expect(lost).toEqual([{ table: 'table:t', before: 5, after: expect.any(Number) }]);
    expect(lost[0]!.after).toBeLessThan(5);
  });

  test.each([
    ['a key that gives NULL a number', 'CREATE TABLE t (id INTEGER UNIQUE)', 'CREATE TABLE t (id INTEGER PRIMARY KEY)'],
    ['ANY without STRICT', 'CREATE TABLE t (a ANY, b INT) STRICT', 'CREATE TABLE t (a ANY, b INT)'],
  ])('%s makes other values of some, which are no loss', async (_, before, after) => {
    expect(await prove(before, after)).toMatchObject({ lost: [] });
  });

  test('a rebuild with a clause that swallows rows is found out', async () => {
    const { lost } = await prove('CREATE TABLE t (n TEXT)', 'CREATE TABLE t (n TEXT UNIQUE ON CONFLICT IGNORE)', [
      'CREATE TABLE torale_new_t (n TEXT UNIQUE ON CONFLICT IGNORE)',
      'INSERT INTO torale_new_t SELECT n FROM t',
      'DROP TABLE t',
      'ALTER TABLE torale_new_t RENAME TO t',
    ]);
    expect(lost).toEqual([{ table: 'table:t', before: 5, after: 4 }]);
  });

  test('tables and columns that are spelled another way are the same ones', async () => {
    const proof = await prove('CREATE TABLE People (Name TEXT)', 'CREATE TABLE people (name TEXT, age INT)');
    expect(proof).toMatchObject({ failing: [], lost: [] });
    const { lost } = await prove('CREATE TABLE People (Name TEXT)', 'CREATE TABLE people (name TEXT)', [
      'ALTER TABLE People RENAME COLUMN Name TO name',
      'DELETE FROM People WHERE name IS NULL',
      'ALTER TABLE People RENAME TO other',
      'ALTER TABLE other RENAME TO people',
    ]);
    expect(lost).toEqual([{ table: 'table:People', before: 5, after: 4 }]);
  });

  test('a full-text index over another table has no rows to lose, one of its own has', async () => {
    const note = 'CREATE TABLE note (id INTEGER PRIMARY KEY, a TEXT, b TEXT);';
    const over = (columns: string): string =>
      `${note} CREATE VIRTUAL TABLE s USING fts5(${columns}, content='note', content_rowid='id')`;
    expect((await prove(over('a, b'), over('b'))).lost).toEqual([]);
    const own = `${note} CREATE VIRTUAL TABLE s USING fts5(a)`;
    const planned = await prove(own, over('a'));
    expect(planned.lost).toEqual([]);
    expect(planned.statements.flatMap(({ loses }) => loses ?? [])).toEqual(['table:s']);
    const unmarked = planned.statements.map(({ sql }) => sql);
    expect((await prove(own, over('a'), unmarked)).lost).toMatchObject([{ table: 'table:s', before: 3 }]);
  });

  test('a statement that fails without rows too ends the proof', async () => {
    const table = 'CREATE TABLE t (n INT)';
    const proof = await prove(table, table, ['PRAGMA legacy_alter_table = ON', 'ALTER TABLE nowhere ADD COLUMN x']);
    expect(proof).toMatchObject({ stoppedAt: 1, failing: [{ index: 1, code: 'SQLITE_ERROR' }], lost: [] });
    expect(proof.database.pragma('legacy_alter_table', { simple: true })).toBe(0);
  });

  test('a statement whose failure takes everything back ends the proof', async () => {
    const table = 'CREATE TABLE t (n INT UNIQUE ON CONFLICT ROLLBACK)';
    const proof = await prove(table, table, ['CREATE TABLE u (a)', 'UPDATE t SET n = 1']);
    expect(proof).toMatchObject({ stoppedAt: 1, failing: [{ index: 1, code: 'SQLITE_CONSTRAINT_UNIQUE' }], lost: [] });
  });
});
