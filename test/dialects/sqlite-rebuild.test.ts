import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ident } from '../../src/dialects/sqlite/kinds/ident.ts';
import {
  rebuildStatements,
  rowidCopy,
  spareName,
  type CopiedColumn,
  type Rebuild,
} from '../../src/dialects/sqlite/rebuild.ts';

let database: Database.Database;
beforeEach(() => {
  database = new Database(':memory:');
  database.pragma('foreign_keys = OFF');
});
afterEach(() => database.close());

const rows = (sql: string): unknown[] => database.prepare(sql).raw().all();
const textsBut = (table: string): unknown[] =>
  rows(
    `SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name <> '${table.replaceAll("'", "''")}' ORDER BY 1, 2`,
  );

/** As a revision runs it: one statement after the other, in one transaction. */
function rebuild(
  table: string,
  body: string,
  copied: readonly (string | CopiedColumn)[],
  keepsCounter = false,
): readonly string[] {
  const spare = spareName(table, (name) =>
    rows('SELECT name FROM sqlite_schema').some((row) => (row as string[])[0] === name),
  );
  const copy = copied.map((column): CopiedColumn => (typeof column === 'string' ? [column, ident(column)] : column));
  const statements = rebuildStatements({
    table,
    spare,
    create: `CREATE TABLE ${ident(spare)} ${body}`,
    copy,
    keepsCounter,
  });
  database.exec('BEGIN IMMEDIATE');
  for (const sql of statements) database.prepare(sql).run();
  database.exec('COMMIT');
  expect(rows('PRAGMA integrity_check')).toEqual([['ok']]);
  expect(rows('PRAGMA legacy_alter_table')).toEqual([[0]]);
  return statements;
}

describe('the statements', () => {
  const users: Rebuild = {
    table: 'users',
    spare: 'torale_new_users',
    create: 'CREATE TABLE torale_new_users (id INTEGER PRIMARY KEY AUTOINCREMENT, age INTEGER) STRICT',
    copy: [
      ['id', 'id'],
      ['age', 'CAST(age AS INTEGER)'],
    ],
    keepsCounter: true,
  };

  test('are in the documented order', () => {
    expect(rebuildStatements(users)).toEqual([
      users.create,
      "INSERT INTO sqlite_sequence (name, seq)\nSELECT 'torale_new_users', seq FROM sqlite_sequence WHERE name = 'users'",
      'INSERT INTO torale_new_users (id, age)\nSELECT id, CAST(age AS INTEGER) AS age\nFROM users',
      'DROP TABLE users',
      'PRAGMA legacy_alter_table = ON',
      'ALTER TABLE torale_new_users RENAME TO users',
      'PRAGMA legacy_alter_table = OFF',
    ]);
  });

  test('put long lists on several lines', () => {
    const names = Array.from({ length: 20 }, (_, number) => `column_number_${number}`);
    const copy = names.map((name): CopiedColumn => [name, name]);
    const insert = rebuildStatements({ ...users, copy, keepsCounter: false })[1]!;
    expect(insert.split('\n').every((line) => line.length <= 100)).toBe(true);
    expect(insert).toMatch(
      /^INSERT INTO torale_new_users \(\n {2}column_number_0, .*\n\)\nSELECT\n {2}column_number_0, /s,
    );
    expect(insert.endsWith('column_number_19\nFROM users')).toBe(true);
  });

  test('copying nothing would be a table without its rows', () => {
    expect(() => rebuildStatements({ ...users, copy: [] })).toThrow('Nothing would be copied');
  });

  test('the spare name is one that nothing has', () => {
    const taken = new Set(['torale_new_users', 'torale_new_users_2']);
    expect(spareName('users', (name) => taken.has(name))).toBe('torale_new_users_3');
    expect(spareName('users', () => false)).toBe('torale_new_users');
  });
});

describe('what refers to the table stays as it is', () => {
  for (const name of ['users', 'my table', 'order', 'it\'s "so"', 'Straße 🛣', '1st', '[a]', 'a`b', 'a;--b']) {
    test(`named ${name}`, () => {
      const table = ident(name);
      database.function('app_function', (value) => value);
      database.exec(`
        CREATE TABLE ${table} (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, parent INT REFERENCES ${table} (id) ON DELETE CASCADE);
        CREATE TABLE child (x INT REFERENCES ${table} (id) ON DELETE CASCADE);
        CREATE TABLE other (y);
        CREATE VIEW seen AS SELECT a FROM ${table};
        CREATE VIEW "seen twice" AS SELECT count(*) AS n FROM seen JOIN ${table} AS t ON t.a = seen.a;
        CREATE TRIGGER instead INSTEAD OF INSERT ON seen BEGIN INSERT INTO ${table} (a) VALUES (NEW.a); END;
        CREATE TRIGGER elsewhere AFTER INSERT ON other BEGIN UPDATE ${table} SET a = app_function(NEW.y); END;
        INSERT INTO ${table} (id, a, parent) VALUES (1, 'one', NULL), (7, 'seven', 1), (90, 'gone', 1);
        DELETE FROM ${table} WHERE id = 90;
        INSERT INTO child VALUES (1), (7)`);
      const before = textsBut(name);
      rebuild(
        name,
        `(id INTEGER PRIMARY KEY AUTOINCREMENT, parent INT REFERENCES ${table} (id) ON DELETE CASCADE, a TEXT, b TEXT)`,
        ['id', 'a', 'parent', ['b', "'new ' || a"]],
        true,
      );
      expect(textsBut(name)).toEqual(before);
      expect(rows(`SELECT id, a, parent, b FROM ${table}`)).toEqual([
        [1, 'one', null, 'new one'],
        [7, 'seven', 1, 'new seven'],
      ]);
      expect(rows('SELECT x FROM child')).toEqual([[1], [7]]);
      expect(rows('SELECT n FROM "seen twice"')).toEqual([[2]]);
      database.exec(`INSERT INTO seen VALUES ('through the view'); INSERT INTO other VALUES ('set')`);
      expect(rows(`SELECT max(id), min(a), max(a) FROM ${table}`)).toEqual([[91, 'set', 'set']]);
      database.pragma('foreign_keys = ON');
      expect(rows('PRAGMA foreign_key_check')).toEqual([]);
      database.exec(`DELETE FROM ${table} WHERE id = 1`);
      expect(rows(`SELECT (SELECT count(*) FROM child), (SELECT group_concat(id) FROM ${table})`)).toEqual([[0, '91']]);
    });
  }

  test('views that are broken already, and functions that only the application has', () => {
    database.exec(`
      CREATE TABLE t (a);
      CREATE TABLE other (y);
      CREATE VIEW nowhere AS SELECT * FROM no_such_table;
      CREATE VIEW columnless AS SELECT no_such_column FROM t;
      CREATE VIEW unknown AS SELECT app_function(a) FROM t;
      CREATE TRIGGER broken AFTER INSERT ON other BEGIN DELETE FROM t WHERE no_such_column = app_function(1); END`);
    const before = textsBut('t');
    rebuild('t', '(a, b)', ['a']);
    expect(textsBut('t')).toEqual(before);
  });

  test('and all is as before when the transaction is rolled back, the connection too', () => {
    database.exec(
      `CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO t VALUES (5); CREATE INDEX i ON t (id)`,
    );
    const before = [textsBut(''), rows('SELECT * FROM sqlite_sequence')];
    database.exec('BEGIN');
    const create = 'CREATE TABLE s (id INTEGER PRIMARY KEY AUTOINCREMENT, b)';
    for (const sql of rebuildStatements({ table: 't', spare: 's', create, copy: [['id', 'id']], keepsCounter: true })) {
      database.prepare(sql).run();
    }
    database.exec('ROLLBACK');
    expect([textsBut(''), rows('SELECT * FROM sqlite_sequence')]).toEqual(before);
    expect(rows('SELECT id FROM t')).toEqual([[5]]);
  });
});

describe('AUTOINCREMENT goes on counting where it was', () => {
  const body = '(id INTEGER PRIMARY KEY AUTOINCREMENT, a)';
  const next = (): unknown => (rows(`INSERT INTO t (a) VALUES ('next') RETURNING id`)[0] as unknown[])[0];

  test('in a table without rows', () => {
    database.exec(`CREATE TABLE t ${body}; INSERT INTO t VALUES (50, 'x'); DELETE FROM t`);
    rebuild('t', body, ['id', 'a'], true);
    expect(next()).toBe(51);
  });

  test('above the last row, and behind a counter that was set back', () => {
    database.exec(`CREATE TABLE t ${body}; INSERT INTO t VALUES (50, 'x'), (99, 'y'); DELETE FROM t WHERE id = 99`);
    rebuild('t', body, ['id', 'a'], true);
    expect(rows('SELECT * FROM sqlite_sequence')).toEqual([['t', 99]]);
    database.exec('UPDATE sqlite_sequence SET seq = 3');
    rebuild('t', body, ['id', 'a'], true);
    expect(rows('SELECT * FROM sqlite_sequence')).toEqual([['t', 50]]);
  });

  test('in one that never counted', () => {
    database.exec(`CREATE TABLE t ${body}`);
    rebuild('t', body, ['id', 'a'], true);
    expect(next()).toBe(1);
  });

  test('and comes and goes with the word', () => {
    database.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (50, 'x')`);
    rebuild('t', body, ['id', 'a']);
    expect(next()).toBe(51);
    rebuild('t', '(id INTEGER PRIMARY KEY, a)', ['id', 'a']);
    expect(rows('SELECT * FROM sqlite_sequence')).toEqual([]);
  });
});

test('a conflict clause of the new table swallows no row', () => {
  database.exec(`CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (1, 'y')`);
  const replacing = '(a UNIQUE ON CONFLICT REPLACE, b)';
  expect(() => rebuild('t', replacing, ['a', 'b'])).toThrow('UNIQUE constraint failed');
  database.exec('ROLLBACK');
  expect(rows('SELECT count(*) FROM t')).toEqual([[2]]);
  database.exec("DELETE FROM t WHERE b = 'x'");
  rebuild('t', replacing, ['a', 'b']);
  database.exec(`INSERT INTO t VALUES (1, 'z')`);
  expect(rows('SELECT b FROM t')).toEqual([['z']]);
});

describe('rowids', () => {
  const facts = (columns: string, alias: string | null = null, hasRowid = true) => ({
    columns: columns.split(' '),
    alias,
    hasRowid,
  });

  test.each([
    ['plain', facts('a'), facts('a b'), ['a'], ['rowid', 'rowid']],
    ['hidden before', facts('ROWID a'), facts('a'), ['a'], ['rowid', '_rowid_']],
    ['hidden after', facts('a'), facts('a rowid _ROWID_'), ['a'], ['oid', 'rowid']],
    ['out of reach', facts('a'), facts('a rowid _rowid_ oid'), ['a'], null],
    ['out of reach but for the key', facts('rowid _rowid_ oid id', 'id'), facts('a'), ['a'], ['rowid', 'id']],
    ['the key is copied', facts('id a', 'id'), facts('id a', 'id'), ['id', 'a'], null],
    ['the key was a column', facts('id a'), facts('ID a', 'ID'), ['id', 'a'], null],
    ['the key is new', facts('a'), facts('id a', 'id'), ['a'], ['id', 'rowid']],
    ['the key is no longer one', facts('id a', 'id'), facts('id a'), ['id', 'a'], ['rowid', 'rowid']],
    ['WITHOUT ROWID before', facts('id a', null, false), facts('id a'), ['id', 'a'], null],
    ['WITHOUT ROWID after', facts('id a', 'id'), facts('id a', null, false), ['id', 'a'], null],
  ] as const)('%s', (_, from, to, copied, expected) => {
    expect(rowidCopy(from, to, copied)).toEqual(expected);
  });

  test('are kept by what it tells', () => {
    database.exec(
      `CREATE TABLE t (rowid TEXT, a); INSERT INTO t (_rowid_, rowid, a) VALUES (10, 'x', 1), (30, 'y', 2)`,
    );
    const copy = rowidCopy(facts('rowid a'), facts('rowid a b'), ['rowid', 'a'])!;
    expect(copy).toEqual(['_rowid_', '_rowid_']);
    rebuild('t', '(rowid TEXT, a, b)', [copy, 'rowid', 'a']);
    expect(rows('SELECT _rowid_, rowid, a FROM t')).toEqual([
      [10, 'x', 1],
      [30, 'y', 2],
    ]);
    rebuild('t', '(id INTEGER PRIMARY KEY, a)', [rowidCopy(facts('rowid a b'), facts('id a', 'id'), ['a'])!, 'a']);
    expect(rows('SELECT * FROM t')).toEqual([
      [10, 1],
      [30, 2],
    ]);
  });

  test('an FTS5 table over the rows finds them still', () => {
    database.exec(`
      CREATE TABLE t (body TEXT);
      INSERT INTO t (rowid, body) VALUES (10, 'apples'), (30, 'pears');
      CREATE VIRTUAL TABLE found USING fts5(body, content = 't');
      INSERT INTO found (found) VALUES ('rebuild')`);
    rebuild('t', '(body TEXT NOT NULL)', [rowidCopy(facts('body'), facts('body'), ['body'])!, 'body']);
    expect(rows(`SELECT rowid, body FROM found WHERE found MATCH 'pears'`)).toEqual([[30, 'pears']]);
  });
});
