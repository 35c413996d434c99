import { describe, expect, test } from 'vitest';
import { inspect } from '../../../src/dialects/sqlite/inspect.ts';
import { createTable } from '../../../src/dialects/sqlite/kinds/create-table.ts';
import { keyOf } from '../../../src/schema/object.ts';
import { Schema } from '../../../src/schema/schema.ts';
import { definitionsOf, inspected, linesOf, memory, schemaOf } from './memory.ts';
import { DEPENDENTS, randomTable, typed } from './random-table.ts';

const PARENT = 'CREATE TABLE Parent (Id integer PRIMARY KEY, x UNIQUE);';

describe('what is said of a table', () => {
  test.for([
    ['a', { type: '' }],
    ['a VarChar ( 20 )', { type: 'varchar(20)' }],
    ['a "INTEGER"', { type: 'integer' }],
    ['a "varchar"(20)', { type: 'varchar' }],
    ['a "a,b"', { type: '"a,b"' }],
    ['a unsigned /* c */ big int', { type: 'unsigned big int' }],
    ['a int GENERATED ALWAYS', { type: 'int' }],
    ['a text COLLATE "NoCase" COLLATE Binary', { type: 'text', collation: 'binary' }],
    ['a text COLLATE binary COLLATE NOCASE', { type: 'text', collation: 'nocase' }],
    ['a NULL CONSTRAINT n NOT NULL ON CONFLICT abort', { type: '', notNull: true }],
    [
      'a NOT NULL ON CONFLICT ignore DEFAULT 1',
      { type: '', notNull: true, clauses: ['DEFAULT 1', 'NOT NULL ON CONFLICT IGNORE'] },
    ],
    ['a DEFAULT 1 CONSTRAINT d DEFAULT 2', { type: '', clauses: ['DEFAULT 2'] }],
    ["a DEFAULT (('x'))", { type: '', clauses: ["DEFAULT 'x'"] }],
    ['a DEFAULT ( - 1 )', { type: '', clauses: ['DEFAULT -1'] }],
    ['a DEFAULT Foo', { type: '', clauses: ["DEFAULT 'Foo'"] }],
    ['a DEFAULT "true"', { type: '', clauses: ["DEFAULT 'true'"] }],
    ['a DEFAULT (true)', { type: '', clauses: ['DEFAULT TRUE'] }],
    ['a DEFAULT (current_timestamp)', { type: '', clauses: ['DEFAULT CURRENT_TIMESTAMP'] }],
    ['a DEFAULT (Random()+1)', { type: '', clauses: ['DEFAULT (random() + 1)'] }],
    ["a DEFAULT x'ab'", { type: '', clauses: ["DEFAULT X'AB'"] }],
    ['a AS (1), b AS (((A)+1))', { type: '', generated: 'virtual', expression: '1' }],
    ['a int GENERATED ALWAYS AS ((1)) STORED, b', { type: 'int', generated: 'stored', expression: '1' }],
  ] as const)('column %s', async ([column, definition]) => {
    const { clauses, ...found } = (await schemaOf(`CREATE TABLE t (${column}, z)`)).find('column', [
      't',
      'a',
    ])!.definition;
    expect(clauses === undefined ? found : { ...found, clauses }).toEqual(definition);
  });

  test.for([
    ['a PRIMARY KEY', 'PRIMARY KEY', 'PRIMARY KEY (a)'],
    ['a integer PRIMARY KEY ASC AUTOINCREMENT', 'PRIMARY KEY', 'PRIMARY KEY (a AUTOINCREMENT)'],
    ['a integer, PRIMARY KEY (A ASC AUTOINCREMENT)', 'PRIMARY KEY', 'PRIMARY KEY (a AUTOINCREMENT)'],
    ['a INTEGER PRIMARY KEY DESC', 'PRIMARY KEY', 'PRIMARY KEY DESC'],
    ['a INT PRIMARY KEY DESC', 'PRIMARY KEY', 'PRIMARY KEY (a DESC)'],
    ['a INTEGER, PRIMARY KEY (a DESC)', 'PRIMARY KEY', 'PRIMARY KEY (a DESC)'],
    ['a CONSTRAINT "p k" PRIMARY KEY ON CONFLICT replace', 'p k', 'PRIMARY KEY (a) ON CONFLICT REPLACE'],
    ['a UNIQUE ON CONFLICT abort', 'UNIQUE (a)', 'UNIQUE (a)'],
    ['a, b, UNIQUE (\'A\' COLLATE NoCase asc, "b" desc)', 'UNIQUE (a, b)', 'UNIQUE (a COLLATE nocase, b DESC)'],
    ['a CHECK ((A > 0) )', 'CHECK (a > 0)', 'CHECK (a > 0)'],
    ['a, b, CHECK ((a, b) > (1, 2))', 'CHECK ((a, b) > (1, 2))', 'CHECK ((a, b) > (1, 2))'],
    ["a CHECK (t.a<>'X'or main.T.[a]==- -1)", "CHECK (a != 'X' OR a = - -1)", "CHECK (a != 'X' OR a = - -1)"],
    ['a REFERENCES parent', 'FOREIGN KEY (a) REFERENCES Parent', 'FOREIGN KEY (a) REFERENCES Parent'],
    [
      'a REFERENCES parent(ID) ON UPDATE set null ON DELETE no action NOT NULL DEFERRABLE INITIALLY DEFERRED',
      'FOREIGN KEY (a) REFERENCES Parent',
      'FOREIGN KEY (a) REFERENCES Parent (Id) ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED',
    ],
    [
      'a, CONSTRAINT f FOREIGN KEY (A) REFERENCES "PARENT" MATCH full ON DELETE cascade DEFERRABLE INITIALLY IMMEDIATE',
      'f',
      'FOREIGN KEY (a) REFERENCES Parent ON DELETE CASCADE MATCH FULL DEFERRABLE',
    ],
    ['a REFERENCES "No One"', 'FOREIGN KEY (a) REFERENCES "No One"', 'FOREIGN KEY (a) REFERENCES "No One"'],
  ] as const)('constraint %s', async ([items, name, definition]) => {
    const schema = await schemaOf(
      `${PARENT} CREATE TABLE t (${items}, z)`.replace(/(, (?:PRIMARY|UNIQUE|CHECK|CONSTRAINT).*), z\)$/, ', z$1)'),
    );
    const found = schema.find('constraint', ['t', name]);
    expect(found?.definition.definition, [...schema.ids()].join('\n')).toBe(definition);
    expect(found?.definition.unnamed ?? false).toBe(!['p k', 'f'].includes(name));
  });

  test('constraints that say the same have names of their own', async () => {
    const schema = await schemaOf('CREATE TABLE t (a CHECK (a > 0) CHECK (A > 0) UNIQUE, UNIQUE (a), CHECK ((a > 0)))');
    const names = schema.parts('table:t', 'constraint').map(({ path }) => path[1]);
    expect(names).toEqual(['CHECK (a > 0)', 'CHECK (a > 0) 2', 'UNIQUE (a)', 'UNIQUE (a) 2', 'CHECK (a > 0) 3']);
  });

  test('what was typed is kept beside it', async () => {
    const schema = await schemaOf(
      'CREATE TABLE  t (a /* a */ int CONSTRAINT c CHECK (a>0), -- behind\n b, CONSTRAINT u UNIQUE (a /* b */, b)); CREATE INDEX  i ON t(a);',
    );
    expect(schema.textOf('table:t')).toMatch(/^CREATE TABLE t \(a \/\* a \*\/ int/);
    expect(schema.textOf('column:t.a')).toBe('a /* a */ int CONSTRAINT c CHECK (a>0)');
    expect(schema.textOf('constraint:t.c')).toBe('CONSTRAINT c CHECK (a>0)');
    expect(schema.textOf('constraint:t.u')).toBe('CONSTRAINT u UNIQUE (a /* b */, b)');
    expect(schema.textOf('index:t.i')).toBe('CREATE INDEX i ON t(a)');
  });

  test('what needs what', async () => {
    const schema = await schemaOf(`${PARENT}
      CREATE TABLE t (a int CHECK (a > b), b REFERENCES Parent, c AS (a + b), UNIQUE (b));
      CREATE INDEX i ON t (lower(B)) WHERE a;
      CREATE VIEW v AS SELECT A FROM T;
      CREATE VIEW w AS SELECT * FROM V;
      CREATE TRIGGER g AFTER INSERT ON T BEGIN SELECT 1; END;
      CREATE TRIGGER h INSTEAD OF INSERT ON V BEGIN SELECT 1; END;`);
    const needs = (id: string): string[] => schema.needs(id).map((need) => `${need.strength} ${need.id}`);
    expect(needs('column:t.c')).toEqual(['own table:t', 'use column:t.a', 'use column:t.b']);
    expect(needs('constraint:t."CHECK (a > b)"')).toEqual(['own table:t', 'own column:t.a', 'use column:t.b']);
    expect(needs('constraint:t."FOREIGN KEY (b) REFERENCES Parent"')).toEqual(['own table:t', 'own column:t.b']);
    expect(needs('constraint:t."UNIQUE (b)"')).toEqual(['own table:t', 'use column:t.b']);
    expect(needs('index:t.i')).toEqual(['own table:t', 'use column:t.b', 'use column:t.a']);
    expect(needs('view:v')).toEqual(['use table:t', 'use column:t.a']);
    expect(needs('view:w')).toEqual(['use view:v']);
    expect(needs('trigger:t.g')).toEqual(['own table:t']);
    expect(needs('trigger:v.h')).toEqual(['own view:v']);
  });

  test('a table made from a query is read as SQLite wrote it', async () => {
    const schema = await schemaOf(`${PARENT} CREATE TABLE t AS SELECT 1 AS "x y", 'a' AS b, Parent.* FROM Parent`);
    expect(schema.parts('table:t', 'column').map(({ path, definition }) => [path[1], definition.type])).toEqual([
      ['x y', ''],
      ['b', ''],
      ['Id', 'int'],
      ['x', ''],
    ]);
  });
});

describe('what is not read', () => {
  test("SQLite's own tables, and those in which virtual tables keep their data", async () => {
    const schema = await schemaOf(`
      CREATE TABLE t (id integer PRIMARY KEY AUTOINCREMENT); INSERT INTO t DEFAULT VALUES; CREATE INDEX i ON t (id); ANALYZE;
      CREATE VIRTUAL TABLE f USING FTS5 ( Title , "b c" UNINDEXED, tokenize = 'porter ascii' /* c */ );
      CREATE VIRTUAL TABLE f4 USING fts4(a, b);
      CREATE VIRTUAL TABLE r USING rtree(id, minX, maxX, +aux TEXT);
      CREATE VIRTUAL TABLE g USING geopoly(name);
      CREATE TRIGGER ft AFTER INSERT ON t BEGIN INSERT INTO F(title) VALUES ('x'); END;`);
    expect(definitionsOf(schema)).toMatchObject({
      'table:f': { using: `fts5(Title, "b c" UNINDEXED, tokenize = 'porter ascii')` },
      'column:f.Title': { type: '' },
      'column:f."b c"': { type: '' },
      'table:f4': { using: 'fts4(a, b)' },
      'table:r': { using: 'rtree(id, minX, maxX, +aux TEXT)' },
      'column:r.aux': { type: '' },
      'trigger:t.ft': { definition: "AFTER INSERT ON t BEGIN INSERT INTO f(Title) VALUES ('x'); END" },
    });
    const tables = [...schema.objects()].filter(({ kind }) => kind === 'table').map(({ path }) => path[0]);
    expect(new Set(tables)).toEqual(new Set(['f', 'f4', 'g', 'r', 't']));
  });

  test('a virtual table whose module is not loaded is named', async () => {
    const { session, db } = await memory('CREATE TABLE t (a)');
    db.unsafeMode(true);
    db.exec(`PRAGMA writable_schema = ON;
      INSERT INTO sqlite_schema VALUES ('table', 'nov', 'nov', 0, 'CREATE VIRTUAL TABLE nov USING nomod(a)');
      PRAGMA writable_schema = RESET;`);
    const { unread, schema } = await inspect(session, () => false);
    expect(unread).toEqual(['virtual table nov (module nomod is not loaded)']);
    expect([...schema.ids()]).toEqual(['table:t', 'column:t.a']);
  });

  test('a double-quoted text of an older file is the string that it is there', async () => {
    const { session, db } = await memory("CREATE TABLE t (a CHECK (a <> 'zz'))");
    db.unsafeMode(true);
    db.exec(`PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a CHECK ("A" <> "zz"))';
      PRAGMA writable_schema = RESET;`);
    db.exec("INSERT INTO t VALUES ('x')");
    const { schema } = await inspect(session, () => false);
    expect(schema.find('constraint', ['t', "CHECK (a != 'zz')"])).toBeDefined();
  });

  test("Torale's own tables, and what stands on them", async () => {
    const sql = `CREATE TABLE own (a UNIQUE); CREATE INDEX oi ON own (a); CREATE TABLE t (a);
      CREATE TRIGGER ot AFTER INSERT ON own BEGIN SELECT 1; END; CREATE VIEW v AS SELECT * FROM own`;
    const { schema, unread } = await inspected(sql, ({ kind, path }) => kind === 'table' && path[0] === 'own');
    expect(unread).toEqual([]);
    expect([...schema.ids()]).toEqual(['table:t', 'column:t.a', 'view:v']);
  });

  test('views and triggers that are broken are read all the same', async () => {
    const schema =
      await schemaOf(`CREATE TABLE t (a); CREATE VIEW v AS SELECT nosuch FROM t; CREATE VIEW w AS SELECT * FROM Gone;
      CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO gone VALUES (1); END;`);
    expect(definitionsOf(schema)).toMatchObject({
      'view:v': { definition: 'AS SELECT nosuch FROM t' },
      'view:w': { definition: 'AS SELECT * FROM Gone' },
      'trigger:t.g': { definition: 'AFTER INSERT ON t BEGIN INSERT INTO gone VALUES (1); END' },
    });
  });
});

describe('a text that SQLite reads otherwise', () => {
  const TABLE =
    'CREATE TABLE t (a int NOT NULL DEFAULT 1, b text COLLATE nocase UNIQUE REFERENCES p ON DELETE CASCADE, c AS (a), PRIMARY KEY (a, b))';

  test.for([
    ['a int', 'a real', 'table t (type of a: real in its text, INT to SQLite)'],
    ['NOT NULL', '', 'table t (column a: nullable in its text, NOT NULL to SQLite)'],
    ['DEFAULT 1', 'DEFAULT 2', 'table t (default of a: 2 in its text, 1 to SQLite)'],
    ['DEFAULT 1', '', 'table t (default of a: none in its text, 1 to SQLite)'],
    ['c AS (a)', 'c', 'table t (column c: plain in its text, generated to SQLite)'],
    ['c AS (a)', 'c AS (a) STORED', 'table t (column c: generated and stored in its text, generated to SQLite)'],
    ['c AS (a)', 'd AS (a)', 'table t (columns: a, b, d in its text, a, b, c to SQLite)'],
    ['c AS (a), ', '', 'table t (columns: a, b in its text, a, b, c to SQLite)'],
    ['KEY (a, b)', 'KEY (b, a)', 'table t (primary key: b, a in its text, a, b to SQLite)'],
    [
      'b text COLLATE nocase',
      'b text',
      'table t (unique keys: (a collate binary, b collate binary), (b collate binary) in its text, (a collate binary, b collate nocase), (b collate nocase) to SQLite)',
    ],
    [
      'UNIQUE',
      '',
      'table t (unique keys: (a collate binary, b collate nocase) in its text, (a collate binary, b collate nocase), (b collate nocase) to SQLite)',
    ],
    [
      'REFERENCES p',
      'REFERENCES q',
      'table t (foreign keys: (b) to q, delete CASCADE, update NO ACTION in its text, (b) to p, delete CASCADE, update NO ACTION to SQLite)',
    ],
    [
      'REFERENCES p ON DELETE CASCADE',
      '',
      'table t (foreign keys: none in its text, (b) to p, delete CASCADE, update NO ACTION to SQLite)',
    ],
    ['b))', 'b)) STRICT', 'table t (options: STRICT in its text, none to SQLite)'],
    ['b))', 'b)) WITHOUT ROWID', 'table t (options: WITHOUT ROWID in its text, none to SQLite)'],
    ['b))', 'b)', 'table t (SQL, line 1, column 132: the end where ) should be.)'],
  ] as const)('%s for %s is refused', async ([typedText, forged, message]) => {
    const { session, db } = await memory(`CREATE TABLE p (id integer PRIMARY KEY); ${TABLE}; CREATE INDEX i ON t (a)`);
    const lying = TABLE.replace(typedText, forged);
    const query = session.query.bind(session);
    // SQLite would read a text written into the file by force itself: only an answer can lie about it.
    session.query = async (sql, bindings) => {
      const result = await query(sql, bindings);
      return { ...result, rows: result.rows.map((row) => (row['sql'] === TABLE ? { ...row, sql: lying } : row)) };
    };
    expect(db.prepare("SELECT sql FROM sqlite_schema WHERE name = 't'").pluck().get()).toBe(TABLE);
    const { unread, schema } = await inspect(session, () => false);
    expect(unread).toEqual([message]);
    // What stands on it goes with it.
    expect([...schema.ids()].filter((id) => !id.includes('p'))).toEqual([]);
  });
});

test('a thousand tables take as many questions as one', async () => {
  const asked = async (sql: string): Promise<number> => {
    const { session } = await memory(sql);
    let count = 0;
    const query = session.query.bind(session);
    session.query = (...parameters) => {
      count += 1;
      return query(...parameters);
    };
    await inspect(session, () => false);
    return count;
  };
  const tables = Array.from(
    { length: 1000 },
    (_, at) => `CREATE TABLE t${at} (a UNIQUE, b REFERENCES t${at}); CREATE INDEX i${at} ON t${at} (b);`,
  );
  expect(await asked(tables.join(''))).toBe(await asked(tables[0]!));
});

describe('random tables', () => {
  test('say the same in any spelling, and written from what was read', { timeout: 120_000 }, async () => {
    let compared = 0;
    for (let seed = 0; seed < 120; seed += 1) {
      const table = randomTable(seed);
      const read = async (spelling: number): Promise<{ readonly schema: Schema; readonly refused: string }> => {
        const { session, db } = await memory('CREATE TABLE p (id integer PRIMARY KEY)');
        const refused: string[] = [];
        for (const [at, template] of [table.template, ...DEPENDENTS].entries()) {
          try {
            db.exec(typed({ ...table, template }, seed * 1000 + spelling * 100 + at));
          } catch {
            refused.push(String(at));
          }
        }
        const { schema, unread } = await inspect(session, () => false);
        expect(unread, `seed ${seed}`).toEqual([]);
        await session.close();
        return { schema, refused: refused.join() };
      };
      const [one, other] = [await read(1), await read(2)];
      if (one.refused !== other.refused || one.refused.startsWith('0')) continue;
      compared += 1;
      expect(linesOf(other.schema), `seed ${seed}`).toEqual(linesOf(one.schema));

      const objects = [...one.schema.objects()].filter(({ kind }) => ['table', 'column', 'constraint'].includes(kind));
      const bare = new Schema(
        objects,
        new Map(objects.map((object) => [keyOf(object), one.schema.needs(keyOf(object))])),
      );
      const written = createTable(bare.find('table', [table.name])!, bare);
      const again = await schemaOf(`CREATE TABLE p (id integer PRIMARY KEY); ${written}`);
      expect(linesOf(again, false), `seed ${seed}: ${written}`).toEqual(linesOf(bare, false));
    }
    expect(compared).toBeGreaterThan(90);
  });
});
