import { expect, test } from 'vitest';
import { Project } from '../../autogenerate/project.ts';
import { describeOn, freshDatabase } from '../../support/databases.ts';

const SHOP = `
CREATE TABLE customer (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  email varchar(190) NOT NULL,
  born date,
  note json,
  total int AS (id * 2) VIRTUAL,
  UNIQUE KEY (email),
  CONSTRAINT adult CHECK (born < '2010-01-01')
) COMMENT = 'who; buys';
CREATE TABLE orders (
  id int PRIMARY KEY,
  customer int unsigned,
  at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  FOREIGN KEY (customer) REFERENCES customer (id) ON DELETE CASCADE
);
CREATE TABLE visits (y int NOT NULL) PARTITION BY RANGE (y) (PARTITION p0 VALUES LESS THAN (2020), PARTITION p1 VALUES LESS THAN MAXVALUE);
CREATE VIEW buyers AS SELECT c.email, COUNT(*) AS n FROM customer c JOIN orders o ON o.customer = c.id GROUP BY c.email;
DELIMITER $$
CREATE TRIGGER fill BEFORE INSERT ON orders FOR EACH ROW
BEGIN
  SET NEW.customer = COALESCE(NEW.customer, 1); -- a comment; with a semicolon
END$$
CREATE PROCEDURE clean(IN before_year int) BEGIN DELETE FROM visits WHERE y < before_year; END$$
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DISABLE DO CALL clean(2020)$$
DELIMITER ;
`;

const SEQUENCE = 'CREATE SEQUENCE numbers START 100; ALTER TABLE orders MODIFY id int DEFAULT nextval(numbers);';

describeOn(['mysql'], 'a revision', () => {
  test('from empty to a whole schema is proved, a second one finds nothing, and so does the live database', async () => {
    const one = new Project(await freshDatabase('mysql'));
    const report = await one.draft(SHOP + SEQUENCE);
    expect(report.written).not.toBeNull();
    await one.upgrade();
    await one.db.query("INSERT INTO customer (email, born) VALUES ('a', '2000-01-01')");
    await one.db.query('INSERT INTO orders (customer) VALUES (NULL)');
    expect(await one.db.query('SELECT id, customer FROM orders')).toEqual([{ id: 100, customer: 1 }]);
    expect((await one.draft(SHOP + SEQUENCE)).statements).toEqual([]);

    const changed = SHOP.replace('SET NEW.customer', 'SET NEW.at = NEW.at, NEW.customer').replace(
      'note json,',
      'note json, phone varchar(20),',
    );
    const { statements } = await one.draft(changed + SEQUENCE);
    const sqls = statements.map(({ sql }) => sql).filter((sql) => !sql.startsWith('SET '));
    expect(sqls).toEqual([
      expect.stringContaining('ADD COLUMN `phone`'),
      expect.stringContaining('OR REPLACE TRIGGER'),
    ]);
    await one.upgrade();
    expect((await one.draft(changed + SEQUENCE)).statements).toEqual([]);
    const mode = await one.db.query('SHOW CREATE TRIGGER fill');
    expect(mode[0]!['sql_mode']).toBe((await one.db.query('SELECT @@GLOBAL.sql_mode AS mode'))[0]!['mode']);
  });
});
