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
  ])('leaves it: %s', (sql) => {
    expect(why(sql)).not.toBeNull();
  });
});
