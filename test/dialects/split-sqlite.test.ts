import { describe, expect, test } from 'vitest';
import { split } from '../../src/dialects/sqlite/split.ts';
import { refuses, splitsInto, staysWhole } from './split-cases.ts';

describe('SQLite strings, names and comments', () => {
  staysWhole(split, [
    `SELECT 'a;b'`,
    `SELECT 'it''s; fine'`,
    String.raw`SELECT 'a\'`,
    `SELECT "a;b", "say ""hi;"""`,
    'SELECT `a;b`, `c``;d`',
    'SELECT [a;b], [c"d;]',
    `SELECT x'41;'`,
    `SELECT 1 -- a; b\n + 1`,
    `SELECT 1--2;\n+3`,
    `SELECT 1 /* a; /* b; */ + 1`,
    `SELECT 1 /*/ ; */ + 1`,
    `SELECT '--', '/*', 3`,
    `SELECT "/*;", [--;]`,
    `SELECT ?, ?1, :a, @b, $c`,
    `SELECT a->'$.x;' ->> '$[0];'`,
    `SELECT 1 / 2 - -3`,
    `SELECT 'ünïcödé;😀'`,
    `INSERT INTO t VALUES ('--;', "/*;", [;])`,
    `SELECT 'multi;\nline;'`,
    `PRAGMA foreign_keys = ON`,
    `CREATE TABLE t (a TEXT DEFAULT (';'), "b;" INT CHECK (a <> ';')) STRICT`,
    `CREATE VIRTUAL TABLE f USING fts5(a, tokenize = 'porter;')`,
    `CREATE VIEW v AS SELECT CASE WHEN a THEN ';' END AS end FROM t`,
    `CREATE TABLE trigger_begin (begin INT, end INT)`,
    `CREATE INDEX i ON t (CASE WHEN a THEN 1 END)`,
    `SELECT "x""" || 'y'''`,
    'SELECT [a""b;], `c"d;`',
    `SELECT 1 /**/ + /***/ 2 /* **; */ + 3`,
    `SELECT /*;*/ 1 /* ' */ + 1`,
    `WITH x AS (SELECT ';') SELECT * FROM x`,
    `EXPLAIN QUERY PLAN SELECT ';'`,
    `ATTACH 'a;b' AS c`,
    `SELECT 'a' 'b;'`,
  ]);
});

describe('SQLite triggers', () => {
  staysWhole(split, [
    `CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END`,
    `create temp trigger t after insert on x begin select 1; select 2; end`,
    `CREATE TEMPORARY TRIGGER IF NOT EXISTS t BEFORE UPDATE OF a ON x FOR EACH ROW BEGIN DELETE FROM y; END`,
    `CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT CASE WHEN 1 THEN 2 END; END`,
    `CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT CASE 1 WHEN 1 THEN CASE 2 WHEN 2 THEN 3 END END; END`,
    `CREATE TRIGGER t AFTER INSERT ON x WHEN CASE WHEN new.a THEN 1 END BEGIN SELECT 1; END`,
    `CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1 AS end; SELECT end FROM e; END`,
    `CREATE TRIGGER t AFTER INSERT ON x BEGIN UPDATE y SET end = 1; END`,
    `CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 'END;'; /* ; END; */ SELECT 2; -- END;\n END`,
    `CREATE TRIGGER begin AFTER INSERT ON x BEGIN SELECT 1; END`,
    `CREATE TRIGGER t AFTER INSERT ON begin BEGIN SELECT 1; END`,
    `CREATE TRIGGER IF NOT EXISTS begin AFTER INSERT ON x BEGIN SELECT 1; END`,
    `CREATE TRIGGER main.begin AFTER INSERT ON x BEGIN SELECT 1; END`,
    `CREATE TRIGGER [a;b] AFTER INSERT ON "x;y" BEGIN SELECT 1; END`,
    `EXPLAIN CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END`,
    `EXPLAIN QUERY PLAN CREATE TEMP TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END`,
    `CREATE TRIGGER t INSTEAD OF DELETE ON v BEGIN SELECT RAISE(ABORT, 'no; END;'); END`,
    `CREATE/* ; */TRIGGER-- ;\nt AFTER INSERT ON x BEGIN SELECT 1;END`,
    `CREATE TRIGGER t AFTER INSERT ON x BEGIN INSERT INTO y SELECT 1 UNION SELECT 2; REPLACE INTO z VALUES (1); END`,
    `CREATE TRIGGER t AFTER INSERT ON x BEGIN WITH a AS (SELECT 1) SELECT * FROM a; END`,
    `DROP TRIGGER begin`,
    `DROP TRIGGER IF EXISTS t`,
  ]);
});

describe('SQLite texts', () => {
  splitsInto(split, [
    [''],
    [' \n\t'],
    [';;;'],
    ['-- nothing'],
    ['/* nothing */ ; -- here\n;'],
    ['/* never closed; SELECT 1'],
    ['SELECT 1; /* never closed; SELECT 2', 'SELECT 1'],
    ['SELECT 1 /* never closed;', 'SELECT 1'],
    ['\uFEFFSELECT 1;', 'SELECT 1'],
    ['SELECT 1;SELECT 2', 'SELECT 1', 'SELECT 2'],
    ['BEGIN; SELECT 1; END;', 'BEGIN', 'SELECT 1', 'END'],
    ['begin immediate; select 1; end transaction', 'begin immediate', 'select 1', 'end transaction'],
    ['SAVEPOINT a; RELEASE a;', 'SAVEPOINT a', 'RELEASE a'],
    ['CREATE TABLE begin (a); SELECT 1; END', 'CREATE TABLE begin (a)', 'SELECT 1', 'END'],
    [
      'CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END; BEGIN; END',
      'CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END',
      'BEGIN',
      'END',
    ],
    ['CREATE TRIGGER broken; SELECT 1', 'CREATE TRIGGER broken', 'SELECT 1'],
    ["SELECT 'a\\'; SELECT '\\'", "SELECT 'a\\'", "SELECT '\\'"],
    ['SELECT a[1]; SELECT 2', 'SELECT a[1]', 'SELECT 2'],
    ['SELECT (1; SELECT 2', 'SELECT (1', 'SELECT 2'],
    ['-- a\nSELECT 1; -- b\nSELECT 2 -- c', '-- a\nSELECT 1', '-- b\nSELECT 2'],
  ]);

  refuses(split, [
    ["SELECT 1;\nSELECT 'a", 'a string begins here and never ends', 2, 8],
    ['SELECT "a', 'a quoted name', 1, 8],
    ['SELECT `a', 'a quoted name', 1, 8],
    ['SELECT [a', 'a quoted name', 1, 8],
    ['CREATE TRIGGER t AFTER INSERT ON x\nBEGIN SELECT 1;', "a trigger's BEGIN block", 2, 1],
    ['CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT CASE 1 WHEN 1 THEN 2 END;', "a trigger's BEGIN block", 1, 36],
    ['SELECT \0;', 'a NUL character', 1, 8],
  ]);

  test('tells where each statement begins', () => {
    expect(split('\n-- a\nPRAGMA user_version;\n\n\nDROP TABLE [x y];')).toEqual([
      { text: '-- a\nPRAGMA user_version', offset: 1, line: 3, keyword: 'PRAGMA', words: ['PRAGMA', 'USER_VERSION'] },
      { text: 'DROP TABLE [x y]', offset: 29, line: 6, keyword: 'DROP', words: ['DROP', 'TABLE', '[x y]'] },
    ]);
  });
});
