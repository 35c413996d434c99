import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diff } from '../../../src/index.ts';
import { temporaryFolder } from '../../support/revisions.ts';
import { fileWith, runStatements, takeAcross, takeThereAndBack, urlOf } from '../../support/sqlite-change.ts';

describe('what SQLite keeps as text alone', () => {
  test.for([
    ['a collation', 'a text', 'a text COLLATE nocase'],
    ['another collation', 'a text COLLATE rtrim', 'a text COLLATE nocase'],
    ['a check', 'a text', "a text CHECK (a <> '')"],
    ['another check', "a text CHECK (a <> '')", "a text CHECK (a > '')"],
    ['what a NOT NULL does', 'a text NOT NULL', 'a text NOT NULL ON CONFLICT IGNORE'],
    ['what a unique key does', 'a text UNIQUE', 'a text UNIQUE ON CONFLICT REPLACE'],
    ['what a primary key does', 'a text PRIMARY KEY', 'a text PRIMARY KEY ON CONFLICT IGNORE'],
    ['when a foreign key is looked at', 'a text REFERENCES p', 'a text REFERENCES p DEFERRABLE INITIALLY DEFERRED'],
    ['what a foreign key does', 'a text REFERENCES p ON DELETE CASCADE', 'a text REFERENCES p ON UPDATE CASCADE'],
    ['the columns of a foreign key', 'a text REFERENCES p', 'a text REFERENCES p (id)'],
    ['AUTOINCREMENT', 'id integer PRIMARY KEY, a text', 'id integer PRIMARY KEY AUTOINCREMENT, a text'],
  ] as const)('%s is seen', async ([, before, after]) => {
    const parent = 'CREATE TABLE p (id text PRIMARY KEY);';
    const { statements } = await takeThereAndBack(
      `${parent} CREATE TABLE t (${before})`,
      `${parent} CREATE TABLE t (${after})`,
      { seed: "INSERT INTO p VALUES ('x'); INSERT INTO t (a) VALUES ('x')" },
    );
    expect(statements).not.toEqual([]);
  });

  test('of a constraint or an index, what it collates and which way it goes is seen', async () => {
    await takeThereAndBack(
      'CREATE TABLE t (a text, b text, PRIMARY KEY (a, b), UNIQUE (b, a)); CREATE INDEX i ON t (b, a)',
      'CREATE TABLE t (a text, b text, PRIMARY KEY (a, b DESC), UNIQUE (b COLLATE nocase, a)); CREATE INDEX i ON t (b COLLATE rtrim, a DESC)',
      { seed: "INSERT INTO t VALUES ('x', 'y')" },
    );
  });

  test.for([
    [
      'blanks, comments, quotes and the case of keywords',
      `create table t(a int /* x, y) */, -- note, with )
        "b" text default 'it''s, ( ')`,
      "CREATE TABLE [t] (`a` INT, b TEXT DEFAULT 'it''s, ( ')",
    ],
    [
      'a comma in a comment or a text',
      "CREATE TABLE t (a int, -- b int,\n c text DEFAULT ',')",
      "CREATE TABLE t (a int, c text DEFAULT ',')",
    ],
    [
      'where a constraint stands',
      'CREATE TABLE t (a int CHECK (a > 0) UNIQUE)',
      'CREATE TABLE t (a int, UNIQUE (a), CHECK ((a > 0)))',
    ],
    [
      'the order of clauses',
      'CREATE TABLE t (a text COLLATE nocase NOT NULL DEFAULT 1)',
      'CREATE TABLE t (a text DEFAULT 1 NOT NULL COLLATE nocase)',
    ],
    [
      'what is so by default',
      'CREATE TABLE t (a int NULL, p REFERENCES t ON DELETE NO ACTION NOT DEFERRABLE, PRIMARY KEY (a ASC))',
      'CREATE TABLE t (a int, p REFERENCES t, PRIMARY KEY (a))',
    ],
    [
      'the spelling of generated columns',
      'CREATE TABLE t (a int, g int GENERATED ALWAYS AS (a + 1) VIRTUAL)',
      'CREATE TABLE t (a int, g int AS (a+1))',
    ],
    [
      'the spelling of operators',
      'CREATE TABLE t (a int CHECK (a == 1 OR a <> 2))',
      'CREATE TABLE t (a int CHECK (a = 1 OR a != 2))',
    ],
    [
      'the name of the table where it is plain',
      'CREATE TABLE t (a int CHECK (t.a > 0))',
      'CREATE TABLE t (a int CHECK (a > 0))',
    ],
    [
      'IF NOT EXISTS',
      'CREATE TABLE IF NOT EXISTS t (a int); CREATE INDEX IF NOT EXISTS i ON t (a)',
      'CREATE TABLE t (a int); CREATE INDEX i ON t (a ASC)',
    ],
  ] as const)('%s are no difference', async ([, one, other]) => {
    expect((await takeAcross(one, other)).statements).toEqual([]);
    expect((await takeAcross(other, one)).statements).toEqual([]);
  });

  test('the case of a text, and blanks in it, are one', async () => {
    await takeThereAndBack("CREATE TABLE t (a text DEFAULT 'No  One')", "CREATE TABLE t (a text DEFAULT 'no one')");
    await takeThereAndBack("CREATE TABLE t (a text CHECK (a <> 'X'))", "CREATE TABLE t (a text CHECK (a <> 'x'))");
  });

  test('comments stay in what is made again', async () => {
    const before = `CREATE TABLE t ( -- people, mostly
        id integer PRIMARY KEY, /* the key, ) */
        a text -- a name
      )`;
    const after = before.replace('a text', 'a text NOT NULL UNIQUE');
    const { query } = await takeThereAndBack(before, after, { seed: "INSERT INTO t VALUES (1, 'x')" });
    // RENAME puts the name in quotes.
    expect(query("SELECT sql FROM sqlite_schema WHERE name = 't'")).toEqual([{ sql: after.replace(' t ', ' "t" ') }]);
  });

  test('comments, commas and brackets inside texts are in nobody’s way when a column comes', async () => {
    const before = "CREATE TABLE t (a text DEFAULT 'it''s, ( ', -- b, )\n c text /* , */)";
    const { query } = await takeThereAndBack(before, before.replace(/\)$/, ', d text DEFAULT ")" -- d\n)'), {
      seed: "INSERT INTO t VALUES ('x', 'y')",
    });
    expect(query('SELECT a, c, d FROM t')).toEqual([{ a: 'x', c: 'y', d: ')' }]);
  });

  test('a default in double quotes is a text, and one with a text the same', async () => {
    expect(
      (await takeAcross('CREATE TABLE t (a text DEFAULT "x")', "CREATE TABLE t (a text DEFAULT 'x')")).statements,
    ).toEqual([]);
    const { query } = await takeThereAndBack(
      'CREATE TABLE t (a text DEFAULT "x", b int)',
      'CREATE TABLE t (a text DEFAULT "y", b text)',
      {
        seed: 'INSERT INTO t (b) VALUES (1)',
      },
    );
    query('INSERT INTO t (b) VALUES (2)');
    expect(query('SELECT a FROM t')).toEqual([{ a: 'x' }, { a: 'y' }]);
  });

  /** As a program leaves them that takes a name which is none for a text; better-sqlite3 does not. */
  function withQuirk(sql: string, change: string) {
    const db = fileWith(sql);
    db.unsafeMode();
    db.pragma('writable_schema = ON');
    db.exec(`UPDATE sqlite_schema SET sql = ${change}; PRAGMA writable_schema = RESET`);
    db.unsafeMode(false);
    return db;
  }

  test('a check with a text in double quotes is compared as it stands', async () => {
    const check = `replace(sql, '''none''', '"none"')`;
    const from = withQuirk("CREATE TABLE t (a text CHECK (a <> 'none'), b int)", check);
    expect(from.prepare('SELECT sql FROM sqlite_schema').pluck().get()).toContain('"none"');
    const same = withQuirk("CREATE TABLE t (a text CHECK (a <> 'none'), b int)", check);
    expect((await diff({ from: urlOf(from), to: urlOf(same) })).statements).toEqual([]);
    const other = fileWith("CREATE TABLE t (a text CHECK (a <> 'none'), b int)");
    from.exec("INSERT INTO t VALUES ('x', 1)");
    runStatements(from, (await diff({ from: urlOf(from), to: urlOf(other), renames: 'none' })).statements);
    expect((await diff({ from: urlOf(from), to: urlOf(other) })).statements).toEqual([]);
    expect(from.prepare('SELECT a, b FROM t').raw().all()).toEqual([['x', 1]]);
  });

  test('and one that would have to be made stops everything, in SQLite’s words', async () => {
    const from = fileWith('CREATE TABLE t (a text, b int)');
    from.exec("INSERT INTO t VALUES ('x', 1)");
    const to = withQuirk(
      "CREATE TABLE t (a text, b int UNIQUE CHECK (a <> 'none'))",
      `replace(sql, '''none''', '"none"')`,
    );
    const { statements } = await diff({ from: urlOf(from), to: urlOf(to), renames: 'none' });
    expect(() => runStatements(from, statements)).toThrow(/no such column: "?none/);
    expect(from.prepare('SELECT a, b FROM t').raw().all()).toEqual([['x', 1]]);
    expect(from.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()).toBe(1);
  });

  test('a target that needs it is refused, in SQLite’s words', async () => {
    const target = join(temporaryFolder(), 'schema.sql');
    writeFileSync(target, 'CREATE TABLE t (a text CHECK (a <> "none"))');
    const from = fileWith("CREATE TABLE t (a text); INSERT INTO t VALUES ('x')");
    await expect(diff({ from: urlOf(from), to: target })).rejects.toThrow(/no such column: "none"/);
  });
});
