import { describe, expect, test } from 'vitest';
import { split } from '../../src/dialects/mysql/split.ts';
import { refuses, splitsInto, staysWhole } from './split-cases.ts';

describe('MySQL strings, names and comments', () => {
  staysWhole(split, [
    `SELECT 'a;b', "c;d"`,
    `SELECT 'it''s; fine', "say ""hi;"""`,
    String.raw`SELECT 'a\';b', "c\";d"`,
    String.raw`SELECT 'a\\', "b\\"`,
    'SELECT `a;b`, `c``;d`',
    'SELECT `a\\`, 1',
    `SELECT 1 # a; b\n + 1`,
    `SELECT 1 -- a; b\n + 1`,
    `SELECT 1 --\ta; b\n + 1`,
    `SELECT 1 --\n + 1`,
    `SELECT 1--2`,
    `SELECT 1 /* a; /* b; */ + 1`,
    `SELECT 1 /*/ ; */ + 1`,
    `SELECT '#', '-- ', '/*', 3`,
    `SELECT 1 /*! + 1; */`,
    `SELECT 1 /*!50003 + ';*/' */ + 2`,
    `SELECT 2 /*!50003 * 3*//*c;*/ + 1`,
    `/*!40101 SET NAMES utf8 */`,
    `/*M!100100 SET x = ';' */`,
    `CREATE TABLE t (a int) /*!50100 PARTITION BY HASH (a; b) */`,
    `SELECT _utf8mb4'a;', N'b;', X'41', b'1'`,
    `SELECT @a, @@global.x, @'b;', @"c;", @\`d;\``,
    `SELECT \\N`,
    `SELECT ? + ?`,
    `SELECT 'ünïcödé;😀'`,
    `SELECT a$$b FROM t`,
    `SELECT begin, end FROM t WHERE end > begin`,
    `INSERT INTO t VALUES (IF(a, 'x;', "y;"), REPEAT('a;', 3))`,
    `CREATE TABLE begin (end int, \`if;\` int COMMENT 'a;b')`,
    `DROP TABLE IF EXISTS a`,
    `ALTER TABLE t ADD COLUMN begin int, COMMENT = ';'`,
    `CREATE VIEW v AS SELECT CASE WHEN a THEN ';' END AS end FROM t`,
    `CREATE DEFINER=root@localhost SQL SECURITY INVOKER VIEW v AS SELECT 1`,
    `SET autocommit = 0, @x = ';'`,
    `XA START 'a;', 'b'`,
  ]);
});

describe('MySQL routines, triggers, events and compound statements without DELIMITER', () => {
  staysWhole(split, [
    `CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END`,
    `create or replace definer=root@localhost procedure if not exists p(in a int, out b varchar(5)) comment 'x;' reads sql data begin set b = a; end`,
    `CREATE DEFINER = 'o;x'@'%' PROCEDURE begin() BEGIN END`,
    `CREATE DEFINER=event@localhost PROCEDURE p() BEGIN SELECT 1; END`,
    `CREATE DEFINER=CURRENT_USER() TRIGGER t BEFORE INSERT ON x FOR EACH ROW BEGIN SET NEW.a = 1; END`,
    `CREATE PROCEDURE p() SELECT CASE WHEN 1 THEN 2 END`,
    `CREATE PROCEDURE p() UPDATE t SET a = 1`,
    `CREATE PROCEDURE p() main: BEGIN LEAVE main; END main`,
    'CREATE PROCEDURE p() `main;`: BEGIN LEAVE `main;`; END `main;`',
    `CREATE PROCEDURE p() BEGIN IF a THEN SELECT 1; ELSEIF b THEN SELECT 2; ELSE SELECT 3; END IF; END`,
    `CREATE PROCEDURE p() BEGIN IF IF(a, b, c) THEN SELECT IF(x, ';', 1); END IF; END`,
    `CREATE PROCEDURE p() IF EXISTS (SELECT 1) THEN SELECT 1; END IF`,
    `CREATE PROCEDURE p() BEGIN CASE a WHEN 1 THEN SELECT 1; WHEN 2 THEN BEGIN END; ELSE SELECT 3; END CASE; END`,
    `CREATE PROCEDURE p() CASE WHEN a THEN SELECT CASE WHEN b THEN 1 ELSE 2 END; END CASE`,
    `CREATE PROCEDURE p() BEGIN l: LOOP SET a = a + 1; IF a > 3 THEN LEAVE l; END IF; END LOOP l; END`,
    `CREATE PROCEDURE p() BEGIN REPEAT SET a = 1; UNTIL a > 5 END REPEAT; END`,
    `CREATE PROCEDURE p() REPEAT SET a = REPEAT('x', 2); UNTIL CASE WHEN a THEN 1 ELSE end END END REPEAT`,
    `CREATE PROCEDURE p() BEGIN WHILE a < 5 DO SET a = 1; DO SLEEP(1); END WHILE; END`,
    `CREATE PROCEDURE p() BEGIN FOR i IN 1..5 DO SELECT i; END FOR; FOR r IN (SELECT 1) DO SELECT 2; END FOR; END`,
    `CREATE PROCEDURE p() BEGIN BEGIN NOT ATOMIC SELECT 1; END; BEGIN END; END`,
    `CREATE PROCEDURE p() BEGIN DECLARE x INT DEFAULT 5; DECLARE c CURSOR FOR SELECT CASE a WHEN 1 THEN 2 END FROM t; END`,
    `CREATE PROCEDURE p() BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; END; SELECT 1; END`,
    `CREATE PROCEDURE p() BEGIN DECLARE CONTINUE HANDLER FOR SQLSTATE VALUE '23000', NOT FOUND, 1062, x IF a THEN SET b = 1; END IF; END`,
    `CREATE PROCEDURE p() BEGIN DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = CASE WHEN 1 THEN 2 END; END`,
    `CREATE PROCEDURE p() BEGIN SELECT end FROM t; UPDATE t SET begin = 1, end = 2 WHERE t.end > 1; END`,
    `CREATE PROCEDURE p() BEGIN SELECT CASE WHEN end THEN begin ELSE end END AS end; END`,
    `CREATE PROCEDURE p() BEGIN SELECT CASE a + end WHEN (1) THEN 'x' END, 1; END`,
    `CREATE PROCEDURE p() BEGIN START TRANSACTION; INSERT INTO t VALUES (1); COMMIT; END`,
    `CREATE PROCEDURE p() BEGIN INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = IF(b, 1, 2); DROP TABLE IF EXISTS t; END`,
    `CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC RETURN CASE WHEN a THEN 1 ELSE 2 END`,
    `CREATE FUNCTION f() RETURNS varchar(20) CHARSET utf8mb4 COLLATE utf8mb4_bin NO SQL BEGIN RETURN ';'; END`,
    `CREATE FUNCTION f() RETURNS ENUM('a;', 'b') RETURN 'a;'`,
    `CREATE AGGREGATE FUNCTION f(x INT) RETURNS INT BEGIN DECLARE CONTINUE HANDLER FOR NOT FOUND RETURN 1; LOOP FETCH GROUP NEXT ROW; END LOOP; END`,
    `CREATE FUNCTION f RETURNS STRING SONAME 'f.so'`,
    `CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW SET NEW.a = 1`,
    `CREATE TRIGGER t AFTER UPDATE ON x FOR EACH ROW FOLLOWS begin BEGIN IF NEW.a THEN SET @a = 1; END IF; END`,
    `CREATE TRIGGER begin AFTER UPDATE ON begin FOR EACH ROW BEGIN SET @a = 1; END`,
    `CREATE TRIGGER t AFTER UPDATE ON x FOR EACH ROW IF OLD.a THEN INSERT INTO l VALUES (1); END IF`,
    `CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS IF(1, NOW(), 2) COMMENT 'a;' DO BEGIN DELETE FROM t; END`,
    `CREATE EVENT IF NOT EXISTS e ON SCHEDULE AT NOW() + INTERVAL 1 DAY DO DELETE FROM t`,
    `ALTER DEFINER=a@b EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN SELECT 1; END`,
    `ALTER EVENT e RENAME TO f`,
    `BEGIN NOT ATOMIC DECLARE x INT; SELECT 1; END`,
    `IF @a THEN SELECT 1; ELSE SELECT 2; END IF`,
    `WHILE @a DO SET @a = 0; END WHILE`,
    `LOOP SELECT 1; END LOOP`,
    `CASE @a WHEN 1 THEN SELECT 1; END CASE`,
    `FOR i IN 1..2 DO SELECT 1; END FOR`,
    `REPEAT SET @a = 1; UNTIL @a END REPEAT`,
    `/*!50003 CREATE*/ /*!50017 DEFINER=\`root\`@\`localhost\`*/ /*!50003 TRIGGER t BEFORE INSERT ON x FOR EACH ROW BEGIN SET @a = 1; SET @b = 2; END */`,
    `CREATE /*!50020 DEFINER=\`root\`@\`localhost\`*/ PROCEDURE p() /*!50003 BEGIN SELECT 1; END */`,
    `CREATE PROCEDURE p() # ;\nBEGIN -- ;\n SELECT 1; /* ; END; */ END`,
    `CREATE PROCEDURE p() BEGIN IF a THEN BEGIN WHILE b DO CASE c WHEN 1 THEN REPEAT SET d = 1; UNTIL 1 END REPEAT; END CASE; END WHILE; END; END IF; END`,
  ]);
});

describe('MySQL texts', () => {
  splitsInto(split, [
    [''],
    [' \n\t;; '],
    ['-- nothing'],
    ['# nothing\n;/* */'],
    ['--'],
    ['\uFEFFSELECT 1;', 'SELECT 1'],
    ['SELECT 1;SELECT 2', 'SELECT 1', 'SELECT 2'],
    ['BEGIN; SELECT 1; COMMIT;', 'BEGIN', 'SELECT 1', 'COMMIT'],
    ['BEGIN WORK; SELECT IF(1, 2, 3); COMMIT;', 'BEGIN WORK', 'SELECT IF(1, 2, 3)', 'COMMIT'],
    ["XA BEGIN 'a'; XA END 'a';", "XA BEGIN 'a'", "XA END 'a'"],
    ['CREATE TABLE t (a int); END', 'CREATE TABLE t (a int)', 'END'],
    ['CREATE PROCEDURE p() SELECT 1; SELECT 2', 'CREATE PROCEDURE p() SELECT 1', 'SELECT 2'],
    ['CREATE PROCEDURE p() BEGIN END; SELECT 2', 'CREATE PROCEDURE p() BEGIN END', 'SELECT 2'],
    [
      'CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW SET @a = 1; SELECT 2',
      'CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW SET @a = 1',
      'SELECT 2',
    ],
    ['DROP PROCEDURE p; DROP TRIGGER begin; SELECT 1', 'DROP PROCEDURE p', 'DROP TRIGGER begin', 'SELECT 1'],
    ['ALTER PROCEDURE p COMMENT "a"; SELECT 1', 'ALTER PROCEDURE p COMMENT "a"', 'SELECT 1'],
    ['GRANT EXECUTE ON PROCEDURE p TO u; SELECT 1', 'GRANT EXECUTE ON PROCEDURE p TO u', 'SELECT 1'],
    ['SELECT 1--; SELECT 2', 'SELECT 1--', 'SELECT 2'],
    ['SELECT 1 -- ; SELECT 2', 'SELECT 1'],
    ['/*M!999999\\- enable the sandbox mode */ \nSELECT 1;', '/*M!999999\\- enable the sandbox mode */ \nSELECT 1'],
    ['DELIMITER $$\nSELECT 1$$\nSELECT 2 $$\nDELIMITER ;\nSELECT 3;', 'SELECT 1', 'SELECT 2', 'SELECT 3'],
    [
      'delimiter //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//\ndelimiter ;',
      'CREATE PROCEDURE p() BEGIN SELECT 1; END',
    ],
    [
      'DELIMITER $$\r\nCREATE PROCEDURE p() BEGIN SELECT 1; END$$\r\nDELIMITER ;\r\n',
      'CREATE PROCEDURE p() BEGIN SELECT 1; END',
    ],
    [
      'DELIMITER ;;\nCREATE PROCEDURE p() BEGIN SELECT 1; END;;\nDELIMITER ;',
      'CREATE PROCEDURE p() BEGIN SELECT 1; END',
    ],
    ["DELIMITER '|'\nSELECT 'a|b'|SELECT 2|", "SELECT 'a|b'", 'SELECT 2'],
    ['DELIMITER go\nSELECT google\ngo\nSELECT 2 go', 'SELECT google', 'SELECT 2'],
    [
      'DELIMITER $$\nDROP PROCEDURE IF EXISTS p;\nCREATE PROCEDURE p() BEGIN SELECT 1; END $$',
      'DROP PROCEDURE IF EXISTS p',
      'CREATE PROCEDURE p() BEGIN SELECT 1; END',
    ],
    ['DELIMITER /\nSELECT 1 /* a */ /\nSELECT 2 /', 'SELECT 1', 'SELECT 2'],
    [
      'DELIMITER $$\nCREATE PACKAGE p PROCEDURE q(); FUNCTION f() RETURN INT; END$$\nSELECT 1$$',
      'CREATE PACKAGE p PROCEDURE q(); FUNCTION f() RETURN INT; END',
      'SELECT 1',
    ],
    [
      'DELIMITER //\nCREATE PROCEDURE p AS BEGIN SELECT 1; END;\n//\nDELIMITER ;',
      'CREATE PROCEDURE p AS BEGIN SELECT 1; END;',
    ],
    ['-- c\nDELIMITER $$\n-- d\nSELECT 1$$', '-- d\nSELECT 1'],
    ['SELECT delimiter FROM t; SELECT 1', 'SELECT delimiter FROM t', 'SELECT 1'],
    ["SELECT '\nDELIMITER $$\n'; SELECT 1", "SELECT '\nDELIMITER $$\n'", 'SELECT 1'],
    ['SELECT 1; -- b;\nSELECT 2 # c', 'SELECT 1', '-- b;\nSELECT 2'],
    ['SELECT (1; SELECT 2', 'SELECT (1', 'SELECT 2'],
  ]);

  refuses(split, [
    ["SELECT 1;\nSELECT 'a", 'a string begins here and never ends', 2, 8],
    [String.raw`SELECT "a\"`, 'a string', 1, 8],
    ['SELECT `a', 'a quoted name', 1, 8],
    ['SELECT 1 /* a', 'a comment', 1, 10],
    ['SELECT 1 /*!50003 a', 'a comment with code', 1, 10],
    ['CREATE PROCEDURE p()\nBEGIN SELECT 1;', 'a BEGIN block', 2, 1],
    ['CREATE PROCEDURE p() BEGIN IF a THEN SELECT 1;', 'an IF block', 1, 28],
    ['CREATE PROCEDURE p() BEGIN REPEAT SET a = 1; UNTIL b', 'a REPEAT block', 1, 28],
    ['CREATE PROCEDURE p() BEGIN SELECT 1;\nDELIMITER $$\n', 'a BEGIN block', 1, 22],
    ['DELIMITER\nSELECT 1', 'DELIMITER wants the new delimiter', 1, 1],
    ['SELECT 1\\G', String.raw`\G is a command for the mysql client`, 1, 9],
    ['CREATE PACKAGE p PROCEDURE q(); END', 'needs DELIMITER lines', 1, 8],
    ['CREATE PROCEDURE p AS BEGIN SELECT 1; END', 'needs DELIMITER lines', 1, 1],
    ['CREATE FUNCTION f(a INT) RETURN INT IS BEGIN RETURN 1; END', 'needs DELIMITER lines', 1, 1],
  ]);

  test('reads as sql_mode says', () => {
    const pieces = (sql: string, options: Parameters<typeof split>[1]): string[] =>
      split(sql, options).map(({ text }) => text);
    const backslashes = String.raw`SELECT 'a\'; SELECT "\"`;
    expect(pieces(backslashes, { noBackslashEscapes: true })).toEqual([
      String.raw`SELECT 'a\'`,
      String.raw`SELECT "\"`,
    ]);
    const names = String.raw`SELECT "a\"; SELECT '\';'`;
    expect(pieces(names, { ansiQuotes: true })).toEqual([String.raw`SELECT "a\"`, String.raw`SELECT '\';'`]);
  });

  test('tells where each statement begins', () => {
    expect(split('-- a\nDELIMITER $$\n\n# b\ncreate definer=`x`@`y` trigger T$$')).toEqual([
      {
        text: '# b\ncreate definer=`x`@`y` trigger T',
        offset: 19,
        line: 5,
        keyword: 'CREATE',
        words: ['CREATE', 'DEFINER', '`x`', '`y`', 'TRIGGER', 'T'],
      },
    ]);
  });
});
