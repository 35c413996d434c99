import { describe, expect, test } from 'vitest';
import { mysql } from '../../../src/dialects/mysql/index.ts';
import { leaves } from '../../../src/dialects/mysql/scratch-leaves.ts';

const why = (sql: string): string | null => leaves(mysql.split(sql)[0]!, 'scratch');

describe('a statement on a scratch database', () => {
  test.each([
    'CREATE VIEW v AS SELECT a.x FROM t a JOIN u b ON b.id = a.id GROUP BY a.x, b.y ORDER BY a.x, b.y',
    "CREATE VIEW v AS SELECT EXTRACT(YEAR FROM t.d), TRIM('x' FROM t.c) FROM t WHERE t.c LIKE t.d",
    'INSERT INTO t (a) SELECT u.a FROM u ON DUPLICATE KEY UPDATE t.a = u.a, t.b = u.b',
    'UPDATE t JOIN u ON t.id = u.id SET t.a = 1, u.b = 2',
    'CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW UPDATE u JOIN w ON w.id = u.id SET u.a = NEW.a',
    'ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (id) ON UPDATE CASCADE',
    'SELECT scratch.t.a FROM scratch.t, information_schema.tables',
    'SELECT event, t.a, t.b FROM t',
    'SELECT body, t.view, t.a FROM t, u',
    'SELECT REPLACE(t.a, u.b, "x"), INSERT(t.a, 1, 2, u.b), TRUNCATE(t.a, u.b) FROM t, u',
    'SELECT MIN(a) start, MAX(b) stop FROM t',
    'SELECT @@global.sql_mode',
    'SET sql_mode = @@global.sql_mode, @a = 1',
    'SET SESSION sql_mode = DEFAULT',
    'SHOW GLOBAL VARIABLES',
    'CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW IF NEW.a LIKE NEW.b THEN SET NEW.a = CASE WHEN 1 THEN start ELSE stop END; END IF',
    'CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW INSERT INTO u VALUES (OLD.a, NEW.b)',
    'CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW CALL p(OLD.a, NEW.b)',
    'CREATE PROCEDURE p(x int) BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION ROLLBACK; START TRANSACTION; UPDATE t SET t.a = x, t.b = 2; COMMIT; END',
    'CREATE VIEW v AS SELECT a.x, b.y FROM (SELECT c.x, c.z FROM c) a LEFT JOIN (b, d) ON (a.x = b.x AND b.z = d.z) GROUP BY a.x, b.y HAVING a.x > b.y',
    'WITH r AS (SELECT t.a, t.b FROM t) SELECT r.a, sum(r.b) OVER (PARTITION BY r.a, r.b) FROM r',
    'DELETE t, u FROM t JOIN u ON t.a = u.a WHERE t.b IN (u.c, u.d)',
    'INSERT INTO t (a) VALUES (1) RETURNING t.a, t.b',
    'CREATE TABLE t (a int CHECK (a LIKE b), UNIQUE KEY (a)) ENGINE=InnoDB COMMENT "from other.t"',
    'CREATE PROCEDURE p() BEGIN PREPARE s FROM @a; EXECUTE s; END',
    "PREPARE s FROM 'SELECT a FROM t'",
    'EXECUTE s USING @a',
    'ALTER DATABASE scratch COMMENT "x"',
    'SELECT sys.format_bytes(a) FROM t',
    'CREATE SPATIAL INDEX s ON t (p)',
  ])('stays: %s', (sql) => {
    expect(why(sql)).toBeNull();
  });

  test.each([
    'USE other',
    'DROP TABLE IF EXISTS other.t',
    'RENAME TABLE t TO other.t',
    'CREATE TABLE t LIKE other.t',
    'CREATE TABLE t AS SELECT * FROM u, other.t',
    'CREATE VIEW v AS SELECT * FROM t JOIN other.u ON u.id = t.id',
    'CREATE TRIGGER g AFTER INSERT ON other.t FOR EACH ROW SET @a = 1',
    'CREATE INDEX i ON other.t (a)',
    'CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW DELETE FROM other.u',
    'UPDATE t, other.u SET t.a = 1',
    'ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES other.u (id)',
    'CALL other.p()',
    'DROP DATABASE other',
    'SET GLOBAL event_scheduler = 1',
    'SET @a = 1, GLOBAL event_scheduler = 1',
    'SET @@global.event_scheduler = 1',
    'SET PERSIST max_connections = 1',
    "SET PASSWORD = 'x'",
    'SET STATEMENT max_statement_time = 1 FOR DELETE FROM other.t',
    'SET STATEMENT sql_mode = "" FOR FLUSH TABLES',
    '/*!50000 DROP TABLE other.t */',
    '/*M! USE other */',
    'DROP /* x */ TABLE t, `other` . `t`',
    'DROP TABLE "other"."t"',
    'INSERT other.t VALUES (1)',
    'INSERT IGNORE INTO other.t VALUES (1)',
    'REPLACE LOW_PRIORITY other.t VALUES (1)',
    'UPDATE LOW_PRIORITY other.t SET a = 1',
    'DELETE other.t FROM other.t',
    'DELETE QUICK FROM other.t',
    'TRUNCATE other.t',
    'TRUNCATE TABLE other.t',
    'LOCK TABLES t READ, other.t WRITE',
    'ALTER TABLE t RENAME other.t',
    'ALTER TABLE t RENAME AS other.t',
    'ALTER TABLE t EXCHANGE PARTITION p WITH TABLE other.t',
    'ALTER IGNORE TABLE other.t ADD a int',
    'RENAME TABLE t TO u, other.a TO b',
    'CREATE TABLE t (LIKE other.t)',
    'CREATE TABLE t (a int) ENGINE=MERGE UNION=(t1, other.t)',
    'CREATE TABLE t (a int) UNION (other.t)',
    "CREATE TABLE t (a int) ENGINE=FEDERATED CONNECTION='mysql://h/other/t'",
    "CREATE TABLE t ENGINE 'CONNECT' table_type=mysql",
    'SELECT * FROM (other.t)',
    'SELECT * FROM t JOIN (u, other.t) ON 1',
    'SELECT * FROM t, (SELECT 1) x, other.t',
    'SELECT * FROM a JOIN b ON a.x = b.x, other.t',
    'SELECT other.f(1)',
    'DO other.f()',
    'SELECT NEXTVAL(other.s)',
    'SELECT NEXT VALUE FOR other.s',
    'SELECT SETVAL(other.s, 5)',
    'SELECT other.t.a FROM t',
    'HANDLER other.t OPEN',
    'UPDATE performance_schema.setup_consumers SET ENABLED = 1',
    "CALL sys.execute_prepared_stmt('DROP DATABASE other')",
    'DELETE FROM sys.sys_config',
    'INSERT INTO mysql.func VALUES (1)',
    'CREATE ALGORITHM=MERGE DEFINER=`a`@`b` VIEW other.v AS SELECT 1',
    'CREATE OR REPLACE VIEW v AS SELECT 1 FROM t WHERE EXISTS (SELECT 1 FROM other.u)',
    'CREATE PROCEDURE other.p() SELECT 1',
    'CREATE PROCEDURE p() DELETE FROM other.t',
    'CREATE PROCEDURE p() GRANT SELECT ON t TO a',
    "CREATE PROCEDURE p() COMMENT 'x' SET GLOBAL a = 1",
    'CREATE PROCEDURE p() BEGIN SELECT 1; DROP USER a; END',
    'CREATE FUNCTION f RETURNS STRING SONAME "x.so"',
    'CREATE EVENT other.e ON SCHEDULE EVERY 1 DAY DO SELECT 1',
    'ALTER EVENT e RENAME TO other.e',
    'DROP TRIGGER other.g',
    'BEGIN NOT ATOMIC DROP DATABASE other; END',
    'IF 1 THEN DROP TABLE other.t; END IF',
    'ANALYZE DELETE FROM other.t',
    "PREPARE s FROM 'DROP TABLE other.t'",
    "EXECUTE IMMEDIATE 'DROP TABLE `other`.t'",
    'PREPARE s FROM @a',
    "EXECUTE IMMEDIATE CONCAT('DROP', ' x')",
    "CREATE PROCEDURE p() EXECUTE IMMEDIATE 'DROP DATABASE other'",
    'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO EXECUTE IMMEDIATE @a',
    "LOAD DATA INFILE 'x' INTO TABLE t",
    "LOAD XML CONCURRENT INFILE 'x' INTO TABLE t",
    "SELECT 1 INTO DUMPFILE '/tmp/x'",
    'CREATE TABLESPACE x',
    'CREATE DATABASE IF NOT EXISTS other',
    'ALTER SCHEMA other CHARACTER SET latin1',
    'DROP DATABASE scratch',
    'FLUSH TABLES',
    "INSTALL SONAME 'x'",
    'CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST "x")',
    'CREATE OR REPLACE SPATIAL REFERENCE SYSTEM 4120 NAME "x"',
  ])('leaves it: %s', (sql) => {
    expect(why(sql)).not.toBeNull();
  });

  test('by a procedure that puts statements together is held up where it is called', () => {
    const seen = new Set<string>();
    const ask = (sql: string): string | null => leaves(mysql.split(sql)[0]!, 'scratch', seen);
    expect(ask('CREATE PROCEDURE p() SELECT 1')).toBeNull();
    expect(ask('CALL p()')).toBeNull();
    expect(ask('CREATE PROCEDURE q(x text) BEGIN PREPARE s FROM x; EXECUTE s; END')).toBeNull();
    expect(ask('CREATE PROCEDURE r() CALL q(1)')).toBeNull();
    expect(ask('CALL r()')).toMatch(/put together as it runs/);
    expect(ask('CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO CALL r()')).toMatch(/put together as it runs/);
  });

  test('through a package of its own is none', () => {
    const seen = new Set<string>();
    const ask = (sql: string): string | null => leaves(mysql.split(sql)[0]!, 'scratch', seen);
    expect(ask('CALL pkg.p()')).not.toBeNull();
    expect(ask('DELIMITER $$\nCREATE PACKAGE pkg AS PROCEDURE p(); END$$')).toBeNull();
    expect(ask('CALL pkg.p()')).toBeNull();
  });
});
