import { expect, test } from 'vitest';
import { proveWithRows, type RowProof } from '../../src/autogenerate/row-proof.ts';
import type { Filling } from '../../src/dialects/row-rules.ts';
import { mysqlSchema } from '../../src/dialects/mysql/schema.ts';
import { planChanges } from '../../src/diff/plan.ts';
import type { Statement } from '../../src/diff/rules.ts';
import type { Row, Session } from '../../src/session/session.ts';
import { inspect, open } from '../dialects/mysql/database.ts';
import { describeOn } from '../support/databases.ts';

const rules = mysqlSchema.rows!;

const split = (sql: string): string[] =>
  sql
    .split(/;\s*\n/)
    .map((one) => one.trim().replace(/;$/, ''))
    .filter((one) => one !== '');

async function fill(sql: string): Promise<Filling & { readonly session: Session }> {
  const session = await open(...split(sql));
  const { schema, unread } = await inspect(session);
  expect(unread).toEqual([]);
  return { session, ...(await rules.fill(session, schema)) };
}

const rowsOf = async (session: Session, sql: string): Promise<readonly Row[]> => (await session.query(sql)).rows;

/** Runs statements, or what is planned where none are given. */
async function prove(
  before: string,
  after: string,
  given?: readonly string[],
): Promise<RowProof & { readonly statements: readonly Statement[]; readonly session: Session }> {
  const session = await open(...split(before));
  const from = await inspect(session);
  const to = await inspect(await open(...split(after)));
  const sides = { from: from.schema, to: to.schema, version: from.server.number, flavor: from.server.flavor };
  const statements = given?.map((sql) => ({ sql })) ?? planChanges(sides, mysqlSchema).statements;
  const proof = await proveWithRows({ rules, session, statements, from: from.schema, to: to.schema });
  return { ...proof, statements, session };
}

const failedSql = ({ failing, statements }: Awaited<ReturnType<typeof prove>>): string[] =>
  failing.map(({ index, code }) => `${code} ${statements[index]!.sql.replaceAll(/\s+/g, ' ')}`);

describeOn(['mysql'], 'made-up rows', () => {
  test('every type, and values at its ends', async () => {
    const { session, filled, unfilled } = await fill(`
      CREATE TABLE numbers (a TINYINT, b TINYINT(1) UNSIGNED, c SMALLINT UNSIGNED, d MEDIUMINT, e INT ZEROFILL, f BIGINT UNSIGNED,
        g DECIMAL(10, 2) UNSIGNED, h DECIMAL(3, 3), i FLOAT, j DOUBLE UNSIGNED, k BIT(1), l BIT(64), m FLOAT(5, 2), n YEAR, o BOOLEAN);
      CREATE TABLE texts (a CHAR(1) UNIQUE, b VARCHAR(300) CHARACTER SET latin1, c TINYTEXT CHARACTER SET ascii, d LONGTEXT,
        e ENUM('it''s', 'b\\\\c', '') NOT NULL, f SET('x', 'y', 'z') CHARACTER SET utf8mb3, g VARCHAR(0), h CHAR(5) CHARACTER SET utf16 NOT NULL,
        j JSON, k BINARY(16), l VARBINARY(3), m BLOB, n TINYBLOB);
      CREATE TABLE times (a DATE, b TIME(3), c DATETIME(6), d TIMESTAMP NULL, e TIMESTAMP(2) NOT NULL DEFAULT CURRENT_TIMESTAMP(2) ON UPDATE CURRENT_TIMESTAMP(2));
      CREATE TABLE shapes (a GEOMETRY NOT NULL, b POINT, c LINESTRING, d POLYGON, e MULTIPOINT, f MULTILINESTRING, g MULTIPOLYGON,
        h GEOMETRYCOLLECTION, SPATIAL KEY (a));
      CREATE TABLE \`od \`\`d\` (\`select\` INT INVISIBLE NOT NULL DEFAULT 1, \`a b\` INT, made INT AS (\`a b\` * 2) STORED UNIQUE,
        virt VARCHAR(40) AS (CONCAT(\`a b\`, 'x')) VIRTUAL, KEY (virt))`);
    expect(unfilled).toEqual([]);
    expect([...filled.values()]).toEqual([5, 5, 5, 5, 5]);
    expect(await rowsOf(session, `SELECT MIN(a) AS a, MAX(f) AS f FROM numbers`)).toEqual([
      { a: -128, f: '18446744073709551615' },
    ]);
    expect(await rowsOf(session, `SELECT a FROM times WHERE a IS NULL OR a > '9999-01-01' OR a = 0`)).toHaveLength(3);
    // Rows that are alike wherever they may be: a new unique key has to stumble over them.
    expect(await rowsOf(session, 'SELECT a FROM numbers GROUP BY a HAVING COUNT(*) > 1')).toHaveLength(1);
    expect(await rowsOf(session, `SELECT 1 FROM texts WHERE b LIKE '%ß%' OR d LIKE '%🙂%'`)).not.toHaveLength(0);
  });

  test('checks, prefix keys, partitions: what cannot be filled is named with the reason', async () => {
    const { filled, unfilled } = await fill(`
      CREATE TABLE good (id INT AUTO_INCREMENT PRIMARY KEY, state VARCHAR(9) NOT NULL CHECK (state IN ('draft', 'live')),
        price DECIMAL(6, 2) CHECK (price > 0 AND price < 5), name VARCHAR(50), doubled INT AS (price * 2), data LONGTEXT CHECK (JSON_VALID(data)),
        CONSTRAINT \`one of them\` CHECK (state = 'draft' OR name IS NOT NULL), CHECK (doubled > 2), UNIQUE (name(2)), UNIQUE (state, name(3)));
      CREATE TABLE days (day DATE NOT NULL, n INT) PARTITION BY RANGE (TO_DAYS(day)) (
        PARTITION p0 VALUES LESS THAN (TO_DAYS('1999-01-01')), PARTITION p1 VALUES LESS THAN (TO_DAYS('2001-01-01')));
      CREATE TABLE years (at DATETIME NOT NULL, n INT) PARTITION BY RANGE (YEAR(at)) (PARTITION p0 VALUES LESS THAN (1990));
      CREATE TABLE list (a INT, b INT, PRIMARY KEY (a, b)) PARTITION BY LIST (a) SUBPARTITION BY HASH (b) (
        PARTITION p0 VALUES IN (700, 800), PARTITION p1 VALUES IN (900));
      CREATE TABLE words (a VARCHAR(10)) PARTITION BY LIST COLUMNS (a) (PARTITION p0 VALUES IN ('red', 'green'));
      CREATE TABLE bad (x INT NOT NULL CHECK (x > 5 AND x < 3));
      CREATE TABLE refused (x INT);
      CREATE TRIGGER refuse BEFORE INSERT ON refused FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not here'`);
    const whys = Object.fromEntries(unfilled.map(({ table, why }) => [table.slice('table:'.length), why]));
    expect(whys).toEqual({ bad: 'CONSTRAINT `bad.x` failed for `bad`', refused: 'not here' });
    expect(filled.get('table:good')).toBeGreaterThanOrEqual(2);
    for (const name of ['days', 'years', 'list', 'words']) expect(filled.get(`table:${name}`)).toBeGreaterThan(1);
  });

  test('foreign keys hold: chains, circles, to itself, one to one, of several columns', async () => {
    const { session, filled, unfilled } = await fill(`
      CREATE TABLE parent (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, code CHAR(3) NOT NULL UNIQUE CHECK (code LIKE 'a%'));
      CREATE TABLE child (id INT PRIMARY KEY, parent BIGINT UNSIGNED NOT NULL, code CHAR(3) NOT NULL, FOREIGN KEY (parent) REFERENCES parent (id),
        FOREIGN KEY (code) REFERENCES parent (code));
      CREATE TABLE one (id INT PRIMARY KEY, two CHAR(36) NOT NULL);
      CREATE TABLE two (id CHAR(36) PRIMARY KEY, one INT NOT NULL, FOREIGN KEY (one) REFERENCES one (id));
      ALTER TABLE one ADD FOREIGN KEY (two) REFERENCES two (id);
      CREATE TABLE tree (id INT PRIMARY KEY, up INT NOT NULL, FOREIGN KEY (up) REFERENCES tree (id));
      CREATE TABLE tenant (id VARCHAR(20) PRIMARY KEY);
      CREATE TABLE thing (tenant VARCHAR(20), id INT, PRIMARY KEY (tenant, id), FOREIGN KEY (tenant) REFERENCES tenant (id));
      CREATE TABLE link (tenant VARCHAR(20) NOT NULL, a INT NOT NULL, b INT, FOREIGN KEY (tenant, a) REFERENCES thing (tenant, id),
        FOREIGN KEY (tenant, b) REFERENCES thing (tenant, id));
      CREATE TABLE profile (id BIGINT UNSIGNED PRIMARY KEY, FOREIGN KEY (id) REFERENCES parent (id) ON DELETE CASCADE)`);
    expect(unfilled).toEqual([]);
    expect([...filled.values()].every((count) => count >= 2)).toBe(true);
    const keys = await rowsOf(
      session,
      `SELECT TABLE_NAME AS t, REFERENCED_TABLE_NAME AS p,
         GROUP_CONCAT('c.', COLUMN_NAME, ' = p.', REFERENCED_COLUMN_NAME SEPARATOR ' AND ') AS same,
         GROUP_CONCAT('c.', COLUMN_NAME, ' IS NOT NULL' SEPARATOR ' AND ') AS there
       FROM information_schema.KEY_COLUMN_USAGE
       WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME IS NOT NULL GROUP BY CONSTRAINT_NAME, TABLE_NAME`,
    );
    expect(keys).toHaveLength(9);
    for (const { t, p, same, there } of keys as Record<string, string>[]) {
      const orphans = `SELECT 1 FROM ${t!} c WHERE ${there!} AND NOT EXISTS (SELECT 1 FROM ${p!} p WHERE ${same!})`;
      expect(await rowsOf(session, orphans)).toEqual([]);
    }
    expect(await rowsOf(session, 'SELECT @@foreign_key_checks AS checks')).toEqual([{ checks: 1 }]);
  });

  test('a table with system versioning has a past', async () => {
    const { session, unfilled } = await fill(`
      CREATE TABLE v (id INT PRIMARY KEY, a INT) WITH SYSTEM VERSIONING;
      CREATE TABLE w (id INT PRIMARY KEY, a INT, s TIMESTAMP(6) GENERATED ALWAYS AS ROW START, e TIMESTAMP(6) GENERATED ALWAYS AS ROW END,
        PERIOD FOR SYSTEM_TIME (s, e)) WITH SYSTEM VERSIONING`);
    expect(unfilled).toEqual([]);
    for (const name of ['v', 'w']) {
      expect(await rowsOf(session, `SELECT 1 FROM ${name}`)).toHaveLength(5);
      expect(await rowsOf(session, `SELECT 1 FROM ${name} FOR SYSTEM_TIME ALL`)).toHaveLength(6);
    }
  });
});

describeOn(['mysql'], 'the proof with rows', () => {
  test.each([
    ['NOT NULL', 'CREATE TABLE t (id INT, n TEXT)', 'CREATE TABLE t (id INT, n TEXT NOT NULL)'],
    ['a type that is too small', 'CREATE TABLE t (n BIGINT)', 'CREATE TABLE t (n SMALLINT)'],
    ['a type of another kind', 'CREATE TABLE t (n VARCHAR(40))', 'CREATE TABLE t (n INT)'],
    ['fewer members', "CREATE TABLE t (n ENUM('a', 'b'))", "CREATE TABLE t (n ENUM('b'))"],
    [
      'a smaller character set',
      'CREATE TABLE t (n TEXT CHARACTER SET utf8mb4)',
      'CREATE TABLE t (n TEXT CHARACTER SET latin1) CHARACTER SET utf8mb4',
    ],
    ['a new unique', 'CREATE TABLE t (id INT, n INT)', 'CREATE TABLE t (id INT, n INT UNIQUE)'],
    ['a new primary key', 'CREATE TABLE t (id INT, n INT)', 'CREATE TABLE t (id INT PRIMARY KEY, n INT)'],
    ['a new check', 'CREATE TABLE t (n INT)', 'CREATE TABLE t (n INT, CONSTRAINT c CHECK (n > 0))'],
    [
      'a new foreign key',
      'CREATE TABLE p (id INT PRIMARY KEY);\nCREATE TABLE t (p INT, KEY k (p))',
      'CREATE TABLE p (id INT PRIMARY KEY);\nCREATE TABLE t (p INT, KEY k (p), CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id))',
    ],
    [
      'partitions',
      'CREATE TABLE t (n INT)',
      'CREATE TABLE t (n INT) PARTITION BY RANGE (n) (PARTITION a VALUES LESS THAN (1))',
    ],
  ])('%s fails on rows, and passes once they are gone', async (_, before, after) => {
    const proof = await prove(before, after);
    expect(failedSql(proof)).toEqual([expect.stringMatching(/^\d+ ALTER TABLE/)]);
    expect(proof).toMatchObject({ lost: [], unfilled: [] });
    expect(proof.emptied).toContain('table:t');
    expect(proof.stoppedAt).toBeUndefined();
    for (const { message } of proof.failing) expect(message).not.toMatch(/torale|#sql|at row|'\d+ value|-\d/);
  });

  test('statements before one that fails stay done', async () => {
    const proof = await prove(
      'CREATE TABLE t (n INT, a INT)',
      'CREATE TABLE t (n INT, a INT, UNIQUE u (n), KEY k (a))',
      ['ALTER TABLE t ADD KEY k (a)', 'ALTER TABLE t ADD UNIQUE u (n)'],
    );
    expect(failedSql(proof)).toEqual(['1062 ALTER TABLE t ADD UNIQUE u (n)']);
    expect(proof).toMatchObject({ lost: [], emptied: ['table:t'] });
    expect(proof.failing[0]!.message).toBe("Duplicate entry for key 'u'");
  });

  test('rows that others refer to are not taken from under them', async () => {
    const child =
      'CREATE TABLE c (id INT PRIMARY KEY, p INT NOT NULL, FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE)';
    const proof = await prove(
      `CREATE TABLE p (id INT PRIMARY KEY, n TEXT);\n${child}`,
      `CREATE TABLE p (id INT PRIMARY KEY, n TEXT NOT NULL);\n${child}`,
    );
    expect(proof).toMatchObject({ lost: [] });
    expect(proof.failing).toHaveLength(1);
    const orphans = 'SELECT 1 FROM c LEFT JOIN p ON c.p = p.id WHERE p.id IS NULL';
    expect(await rowsOf(proof.session, orphans)).toEqual([]);
  });

  test('what is marked may go, and only that', async () => {
    const before = 'CREATE TABLE t (id INT, a TEXT, b TEXT);\nCREATE TABLE gone (id INT)';
    const after = 'CREATE TABLE t (id INT, b TEXT)';
    const planned = await prove(before, after);
    expect(planned).toMatchObject({ failing: [], lost: [] });
    const unmarked = await prove(
      before,
      after,
      planned.statements.map(({ sql }) => sql),
    );
    expect(unmarked.lost).toEqual([
      { table: 'table:gone', before: 5, after: 0 },
      { table: 'table:t', column: 'column:t.a', before: 4, after: 0 },
    ]);
  });

  test.each([
    ['deleted', 'DELETE FROM t WHERE b IS NULL'],
    ['changed', "UPDATE t SET b = 'x' WHERE b IS NULL"],
    ['changed in nothing but a space', "UPDATE t SET b = CONCAT(b, ' ') WHERE id = 1"],
    ['cut without a word', 'UPDATE IGNORE t SET b = LEFT(b, 2)'],
    ['changed along with others', 'UPDATE t SET other = 1'],
  ])('rows that are %s on the way are found', async (_, sql) => {
    const table =
      'CREATE TABLE t (id INT, b VARCHAR(50), other INT, at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6))';
    const { lost } = await prove(table, table, [sql]);
    expect(lost).toEqual([{ table: 'table:t', before: 5, after: expect.any(Number) }]);
    expect(lost[0]!.after).toBeLessThan(5);
  });

  test('a number that is cut or a zero that begins to count is found', async () => {
    const before = 'CREATE TABLE t (id INT NOT NULL, n DECIMAL(10, 2), PRIMARY KEY (id))';
    const counted = 'CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT, n DECIMAL(10, 2), PRIMARY KEY (id))';
    expect((await prove(before, counted)).lost).toEqual([]);
    const naive = await prove(before, counted, ['ALTER TABLE t MODIFY id INT NOT NULL AUTO_INCREMENT']);
    // The row with 0 would get the number of another.
    expect(naive.failing).toHaveLength(1);
    const rounded = await prove(before, before, ['UPDATE t SET n = TRUNCATE(n, 0)']);
    expect(rounded.lost).toEqual([{ table: 'table:t', before: 5, after: expect.any(Number) }]);
  });

  test('a time that becomes NOT NULL is made up by the server, which is said', async () => {
    const proof = await prove(
      'CREATE TABLE t (a INT, b TIMESTAMP NULL)',
      'CREATE TABLE t (a INT, b TIMESTAMP NOT NULL)',
    );
    expect(proof).toMatchObject({ lost: [] });
    if (proof.session.server.flavor !== 'mariadb') return;
    expect(proof.failing).toEqual([]);
    expect(proof.statements.flatMap(({ hazard }) => hazard ?? [])).toEqual([
      'Rows without a value in t.b get the time at which this runs.',
    ]);
  });

  test('another character set keeps the text, and a column that moves keeps all', async () => {
    const proof = await prove(
      'CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20), b TEXT, c BLOB) CHARACTER SET latin1',
      'CREATE TABLE t (id INT PRIMARY KEY, c BLOB, a VARCHAR(20), b MEDIUMTEXT) CHARACTER SET utf8mb4',
    );
    expect(proof).toMatchObject({ lost: [], failing: [], emptied: [] });
  });

  test('the past of a table with system versioning is kept, unless it is said to go', async () => {
    const versioned = (columns: string): string => `CREATE TABLE t (${columns}) WITH SYSTEM VERSIONING`;
    const kept = await prove(versioned('id INT PRIMARY KEY, a INT'), versioned('id INT PRIMARY KEY, a INT, b INT'));
    expect(kept).toMatchObject({ lost: [], failing: [], emptied: [] });
    const gone = await prove(versioned('id INT PRIMARY KEY'), 'CREATE TABLE t (id INT PRIMARY KEY)');
    expect(gone).toMatchObject({ lost: [], failing: [] });
    const unmarked = gone.statements.map(({ sql }) => sql);
    const { lost } = await prove(versioned('id INT PRIMARY KEY'), 'CREATE TABLE t (id INT PRIMARY KEY)', unmarked);
    expect(lost).toEqual([{ table: 'table:t', before: 6, after: 5 }]);
    const narrower = await prove(versioned('a INT'), versioned('a INT NOT NULL'));
    expect(narrower.failing).toHaveLength(1);
    expect(narrower.stoppedAt).toBeUndefined();
  });

  test('columns that are spelled another way are the same ones', async () => {
    const [before, after] = ['CREATE TABLE t (id INT, Name TEXT)', 'CREATE TABLE t (id INT, name TEXT)'];
    expect(await prove(before, after)).toMatchObject({ failing: [], lost: [] });
    const { lost } = await prove(before, after, [
      'ALTER TABLE t RENAME COLUMN Name TO name',
      'DELETE FROM t WHERE name IS NULL',
    ]);
    expect(lost).toEqual([{ table: 'table:t', before: 5, after: 4 }]);
  });

  test('a statement that fails without rows too ends the proof', async () => {
    const table = 'CREATE TABLE t (n INT)';
    const proof = await prove(table, table, ['ALTER TABLE t ADD KEY k (n)', 'ALTER TABLE nowhere ADD COLUMN x INT']);
    expect(proof).toMatchObject({ stoppedAt: 1, failing: [{ index: 1, code: '1146' }], lost: [] });
    expect(await proof.session.inTransaction()).toBe(false);
  });
});
