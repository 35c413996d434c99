import { describe, expect, test } from 'vitest';
import { split } from '../../src/dialects/postgres/split.ts';
import { refuses, splitsInto, staysWhole } from './split-cases.ts';

describe('PostgreSQL strings, names and comments', () => {
  staysWhole(split, [
    `SELECT 'a;b'`,
    `SELECT 'it''s; fine'`,
    String.raw`SELECT 'a\'`,
    String.raw`SELECT E'a\';b'`,
    String.raw`SELECT e'\\'`,
    String.raw`SELECT E'a''\';'`,
    `SELECT E'one'\n  '\\';'`,
    `SELECT E'one' -- why; not\n '\\';'`,
    `SELECT 'one'\n 'two;'`,
    `SELECT fe'x;'`,
    String.raw`SELECT U&'d\0061t;' UESCAPE '!'`,
    `SELECT U&"a;b", u&"c;""d"`,
    `SELECT B'10;', X'1F;', N'n;'`,
    `SELECT "a;b", "say ""hi;"""`,
    `SELECT $$a;b$$`,
    `SELECT 1$$;$$`,
    `SELECT .5$a$;$a$`,
    `SELECT $tag$a;$$;b$tag$`,
    `SELECT $a$ ; $b$ ; $a$`,
    `SELECT $_1$;$_1$`,
    `SELECT $ä$;$ä$`,
    `SELECT $Q$ $q$ ; $Q$`,
    `SELECT $$it's; "x" /* -- $$`,
    `SELECT 1 /* a; /* b; */ c; */ + 1`,
    `SELECT 1 /*/* ; */*/ + 1`,
    `SELECT 1 /* 'it''s; */ + 1`,
    `SELECT 1 -- a; b\n + 1`,
    `SELECT 1--2;\n+3`,
    `SELECT 1 + /* -- */ 2`,
    `SELECT 1 -- a;\r + 1`,
    `SELECT '--', '/*', 3`,
    `SELECT a$b$c FROM t`,
    `SELECT a$$ FROM t`,
    `SELECT $1::text`,
    `SELECT 'a'::jsonb ? 'b;', '{a;}'::jsonb ?| array['x'], '{}'::jsonb #>> '{a;}'`,
    `SELECT 5 @-- c;\n 3`,
    `SELECT 1::int, x[1:2], a := 3`,
    `SELECT 'ünïcödé;😀'`,
  ]);
});

describe('PostgreSQL blocks', () => {
  staysWhole(split, [
    `CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END`,
    `create or replace procedure p() begin atomic insert into t values (1); end`,
    `CREATE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN 2 ELSE 3 END; END`,
    `CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 AS end; SELECT 1 end; SELECT t.end FROM t; END`,
    `CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE 1 WHEN 1 THEN CASE 2 WHEN 2 THEN 3 END END; END`,
    `CREATE FUNCTION f() RETURNS void BEGIN ATOMIC END`,
    `CREATE FUNCTION f() RETURNS int BEGIN /* ; */ ATOMIC -- x;\n SELECT 1; /* ; */ END`,
    `CREATE FUNCTION f(begin int, atomic int) RETURNS int BEGIN ATOMIC SELECT f.begin; END`,
    `CREATE FUNCTION "begin"(x int) RETURNS int RETURN x + 1`,
    `CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'SELECT 1;'`,
    `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF x THEN y; END IF; RETURN NEW; END $$`,
    `CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $f$ BEGIN EXECUTE $$SELECT ';'$$; END; $f$`,
    `DO $do$ BEGIN RAISE NOTICE 'a;b'; END $do$`,
    `DO 'BEGIN PERFORM 1; END'`,
    `CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO l VALUES (1); INSERT INTO l VALUES (2))`,
    `CREATE RULE r AS ON DELETE TO t DO INSTEAD (UPDATE t SET a = (SELECT 1); NOTIFY t;)`,
    `CREATE TABLE t (a int CHECK (a IN (1, 2)), b text DEFAULT ';')`,
    `CREATE TABLE begin (atomic int, "end" int)`,
    `CREATE SCHEMA s CREATE TABLE t (a int) CREATE VIEW v AS SELECT 1`,
    `CREATE POLICY p ON t USING (a = ';')`,
    `COPY t FROM '/tmp/x;y' WITH (FORMAT csv)`,
    `COPY (SELECT 1 AS stdin) TO STDOUT`,
    `COPY t TO STDOUT`,
  ]);
});

describe('PostgreSQL texts', () => {
  splitsInto(split, [
    [''],
    [' \n\t'],
    [';;;'],
    ['-- nothing'],
    ['/* nothing */ ; -- here\n;'],
    ['SELECT 1', 'SELECT 1'],
    ['SELECT 1;', 'SELECT 1'],
    ['\uFEFFSELECT 1;', 'SELECT 1'],
    ['SELECT 1;SELECT 2', 'SELECT 1', 'SELECT 2'],
    ['SELECT 1;;SELECT 2;;', 'SELECT 1', 'SELECT 2'],
    ['\r\nSELECT 1\r\n;\r\nSELECT 2\r\n', 'SELECT 1', 'SELECT 2'],
    ['-- why\nSELECT 1;', '-- why\nSELECT 1'],
    ['/* a */ SELECT 1 -- b\n;', '/* a */ SELECT 1'],
    ['SELECT 1; -- b;\nSELECT 2', 'SELECT 1', '-- b;\nSELECT 2'],
    ['SELECT 1 -- b', 'SELECT 1'],
    ['SELECT 1; -- the end', 'SELECT 1'],
    ['BEGIN; SELECT 1; END; COMMIT', 'BEGIN', 'SELECT 1', 'END', 'COMMIT'],
    ['BEGIN ATOMIC; END', 'BEGIN ATOMIC', 'END'],
    [
      'START TRANSACTION; SELECT CASE WHEN a THEN b END; END;',
      'START TRANSACTION',
      'SELECT CASE WHEN a THEN b END',
      'END',
    ],
    ['CREATE FUNCTION f() RETURNS int RETURN 1; END', 'CREATE FUNCTION f() RETURNS int RETURN 1', 'END'],
    [
      'CREATE VIEW v AS SELECT begin, atomic FROM t; SELECT 1',
      'CREATE VIEW v AS SELECT begin, atomic FROM t',
      'SELECT 1',
    ],
    ['SELECT 1); SELECT 2', 'SELECT 1)', 'SELECT 2'],
    ['SELECT $1; SELECT $2$x$;y$x$', 'SELECT $1', 'SELECT $2$x$;y$x$'],
    ["SELECT $1a$;SELECT '$1a$'", 'SELECT $1a$', "SELECT '$1a$'"],
    [String.raw`SELECT '\'; SELECT '\'`, String.raw`SELECT '\'`, String.raw`SELECT '\'`],
    [String.raw`SELECT B'\'; SELECT U&'\'`, String.raw`SELECT B'\'`, String.raw`SELECT U&'\'`],
    [`SELECT E'a' '\\'; SELECT 1`, `SELECT E'a' '\\'`, 'SELECT 1'],
    ["SELECT :'a;'; SELECT 2", "SELECT :'a;'", 'SELECT 2'],
    ['TABLE t; VALUES (1)', 'TABLE t', 'VALUES (1)'],
  ]);

  refuses(split, [
    ["SELECT 1;\nSELECT 'a", 'a string begins here and never ends', 2, 8],
    [String.raw`SELECT E'a\'`, 'a string', 1, 8],
    ['SELECT $$a', 'quoted with $$', 1, 8],
    ['\n\n SELECT $t$ a $$', 'quoted with $t$', 3, 9],
    ['SELECT "a', 'a quoted name', 1, 8],
    ['SELECT 1 /* a /* b */', 'a comment', 1, 10],
    ['CREATE FUNCTION f() RETURNS int\nBEGIN ATOMIC SELECT 1;', 'a BEGIN ATOMIC body', 2, 7],
    ['SELECT (1;\nSELECT 2', 'a parenthesis', 1, 8],
    ['SELECT 1;\n\\connect other\nSELECT 2;', String.raw`\connect is a command for psql`, 2, 1],
    ['SELECT 1 \\gset', String.raw`\gset is a command for psql`, 1, 10],
    ['\\restrict abc', String.raw`\restrict is a command`, 1, 1],
    ['COPY t (a, b) FROM stdin;\n1\t2\n\\.\n', 'rows from the client', 1, 20],
    ['copy t from STDIN with (format csv);', 'rows from the client', 1, 13],
    ['SELECT 1;\nSELECT \0', 'a NUL character', 2, 8],
  ]);

  test('tells where each statement begins', () => {
    const sql = '\uFEFF-- first\n\nCREATE TABLE a ();\n\n/* second\n */ insert INTO "A b".c VALUES (1);';
    expect(split(sql)).toEqual([
      { text: '-- first\n\nCREATE TABLE a ()', offset: 1, line: 3, keyword: 'CREATE', words: ['CREATE', 'TABLE', 'A'] },
      {
        text: '/* second\n */ insert INTO "A b".c VALUES (1)',
        offset: 31,
        line: 6,
        keyword: 'INSERT',
        words: ['INSERT', 'INTO', '"A b"', 'c', 'VALUES'],
      },
    ]);
  });
});
