import { describe, expect, test } from 'vitest';
import { readCreateTable, textOfTable, withName } from '../../../src/dialects/sqlite/read/create-table.ts';
import { memory } from './memory.ts';
import { randomTable, typed } from './random-table.ts';

const WEIRD = [
  'CREATE TABLE t(a)',
  'CREATE TABLE t (a,b,c)',
  "CREATE TABLE [t]([a] [INT],`b` \"varchar\"(20),'c' 'text')",
  "CREATE TABLE \"t\"(/* x, y) */ a int /* z */, -- note, with )\n b text default 'it''s, ( ' -- end\n )",
  'CREATE TABLE t (a int DEFAULT -1, b DEFAULT + 2.5, c DEFAULT (1 + (2)), d DEFAULT x, e DEFAULT "y", f DEFAULT x\'00\', g DEFAULT NULL)',
  'CREATE TABLE t (a unsigned big int, b decimal( 10 , 2 ) NOT NULL, c double precision(-1,+2))',
  'CREATE TABLE t (a int CONSTRAINT n NOT NULL CONSTRAINT m UNIQUE CONSTRAINT o CHECK (a > 0) CONSTRAINT lone)',
  'CREATE TABLE t (a int, CONSTRAINT p PRIMARY KEY (a) CONSTRAINT q CHECK (a) CHECK (a <> 1) CONSTRAINT lone, UNIQUE (a))',
  'CREATE TABLE t (a int, b AS (a), c text AS (a || b) STORED, d int GENERATED ALWAYS AS (a) VIRTUAL NOT NULL)',
  'CREATE TABLE t (a int REFERENCES p NOT NULL DEFERRABLE INITIALLY DEFERRED, FOREIGN KEY (a) REFERENCES p (x) ON DELETE SET NULL MATCH FULL NOT DEFERRABLE)',
  'CREATE TABLE t (a integer PRIMARY KEY DESC ON CONFLICT IGNORE, key int, action int) ',
  'CREATE TABLE t (a int PRIMARY KEY, b any) STRICT, WITHOUT ROWID',
  'CREATE TABLE t (a int PRIMARY KEY) /* s */ WITHOUT/**/rowid -- end',
  'CREATE TABLE t (a int, b int GENERATED /* c */ ALWAYS AS (a), c GENERATED /* c */ ALWAYS AS (a), d int GENERATED ALWAYS)',
  'CREATE TABLE "a""b" ("c""d" int, [e\'f] int, `g``h` int CHECK ("a""b"."c""d" > 0))',
];

describe('a CREATE TABLE', () => {
  test.for(WEIRD)('%s is taken apart and put together', async (sql) => {
    const { db } = await memory();
    db.exec(sql);
    const stored = db.prepare("SELECT sql FROM sqlite_schema WHERE type = 'table'").pluck().get() as string;
    for (const text of [sql, stored]) expect(textOfTable(readCreateTable(text))).toBe(text);
    const { name, columns } = readCreateTable(stored);
    const said = db.prepare('SELECT name FROM pragma_table_xinfo(?)').pluck().all(name);
    expect(columns.map((column) => column.name)).toEqual(said);
  });

  test('gives its columns with what stands behind them', () => {
    const { name, columns, constraints, options } = readCreateTable(
      'CREATE TABLE IF NOT EXISTS main."T" (id INTEGER CONSTRAINT pk PRIMARY KEY AUTOINCREMENT, b /* b */ text\n COLLATE nocase DEFAULT \'x\', -- behind\n c AS (b) STORED, CONSTRAINT u UNIQUE (b, c DESC) ON CONFLICT FAIL) STRICT;',
    );
    expect(name).toBe('T');
    expect(options).toEqual(['STRICT']);
    expect(columns.map(({ name: column, text, isGenerated }) => [column, text, isGenerated])).toEqual([
      ['id', 'id INTEGER CONSTRAINT pk PRIMARY KEY AUTOINCREMENT', false],
      ['b', "b /* b */ text\n COLLATE nocase DEFAULT 'x'", false],
      ['c', 'c AS (b) STORED', true],
    ]);
    expect(columns[0]!.constraints).toMatchObject([
      { kind: 'PRIMARY KEY', name: 'pk', text: 'CONSTRAINT pk PRIMARY KEY AUTOINCREMENT', isObject: true },
    ]);
    expect(columns[1]!.constraints.map(({ kind, isObject }) => [kind, isObject])).toEqual([
      ['COLLATE', false],
      ['DEFAULT', false],
    ]);
    expect(constraints).toMatchObject([{ kind: 'UNIQUE', name: 'u', conflict: 'FAIL' }]);
  });

  test.for([
    ['CREATE TABLE users (id int)', 'torale new', 'CREATE TABLE "torale new" (id int)'],
    ['CREATE TABLE"users"(id int)', 'x', 'CREATE TABLE x(id int)'],
    [
      'CREATE TABLE t /* t */ (a int CHECK (t.a > 0 AND "T" . a <> \'t.a\' AND NOT[t].a), CHECK (main.t.a))',
      'x',
      "CREATE TABLE x /* t */ (a int CHECK (a > 0 AND   a <> 't.a' AND NOT a), CHECK (a))",
    ],
    [
      'CREATE TABLE t (t int CHECK (t.t + t), b REFERENCES t (t))',
      'x',
      'CREATE TABLE x (t int CHECK (t + t), b REFERENCES t (t))',
    ],
    ['CREATE TABLE main (main int, CHECK (main.main > 0))', 'x', 'CREATE TABLE x (main int, CHECK (main > 0))'],
  ] as const)('%s under another name', async ([sql, name, expected]) => {
    const text = withName(readCreateTable(sql), name);
    expect(text).toBe(expected);
    const { db } = await memory(sql);
    expect(() => db.exec(text)).not.toThrow();
  });

  test.for([
    ['CREATE TABLE t AS SELECT 1', 'line 1, column 16: AS where ( should be'],
    ['CREATE TABLE t (a int', 'line 1, column 22: the end where ) should be'],
    ['CREATE TABLE t (a int DEFAULT', 'ends here, unfinished'],
    ['CREATE TABLE t (a int, CHECK (a > 0)', 'the end where ) should be'],
    ['CREATE TABLE t (a int CHECK (a > 0)', 'the end where ) should be'],
    ['CREATE TABLE t (a int CHECK (a > 0', 'a parenthesis opens here and never closes'],
    ['CREATE TABLE t (a int) WITH ROWID', 'WITH where STRICT or WITHOUT ROWID should be'],
    ['CREATE TABLE t (a int); SELECT 1', 'SELECT where the end should be'],
    ['CREATE TABLE t (a int NOT UNIQUE)', 'NOT where a constraint of a column should be'],
    ['CREATE TABLE t (CHECK (1), a int)', 'a where a constraint of the table should be'],
    ['CREATE VIEW t AS SELECT 1', 'VIEW where TABLE should be'],
  ] as const)('%s is refused with where and why', ([sql, message]) => {
    expect(() => readCreateTable(sql)).toThrow(
      expect.objectContaining({ code: 'SQL_UNREADABLE', message: expect.stringContaining(message) as string }),
    );
  });

  test('of any spelling is put together, and SQLite takes it under another name', async () => {
    const { db } = await memory('CREATE TABLE p (id integer PRIMARY KEY)');
    let taken = 0;
    for (let seed = 0; seed < 200; seed += 1) {
      const table = randomTable(seed);
      try {
        db.exec(typed(table, seed));
      } catch {
        // Conflict clauses that contradict each other, and the like.
        continue;
      }
      taken += 1;
      const stored = db.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').pluck().get(table.name) as string;
      const read = readCreateTable(stored);
      expect(textOfTable(read)).toBe(stored);
      const renamed = withName(read, 'other');
      expect(() => db.exec(renamed), renamed).not.toThrow();
      expect(textOfTable(readCreateTable(renamed))).toBe(renamed);
      db.exec(`DROP TABLE other; DROP TABLE "${table.name.replaceAll('"', '""')}"`);
    }
    expect(taken).toBeGreaterThan(150);
  });
});
