import { describe, expect, test } from 'vitest';
import { classify as classifyMysql } from '../../src/dialects/mysql/classify.ts';
import { split as splitMysql } from '../../src/dialects/mysql/split.ts';
import { classify as classifyPostgres } from '../../src/dialects/postgres/classify.ts';
import { split as splitPostgres } from '../../src/dialects/postgres/split.ts';
import type { Classification, Effect, TransactionControl } from '../../src/dialects/sql/statement.ts';
import { classify as classifySqlite } from '../../src/dialects/sqlite/classify.ts';
import { split as splitSqlite } from '../../src/dialects/sqlite/split.ts';
import { MYSQL, POSTGRES, SQLITE } from './classify-cases.ts';
import { describeOn, flavorOf, freshWire } from './server-helper.ts';

const postgres = (sql: string): Classification => classifyPostgres(splitPostgres(sql)[0]!);
const mysql = (sql: string): Classification => classifyMysql(splitMysql(sql)[0]!);
const sqlite = (sql: string): Classification => classifySqlite(splitSqlite(sql)[0]!);

describe.each([
  ['postgres', postgres, POSTGRES],
  ['mysql', mysql, MYSQL],
  ['sqlite', sqlite, SQLITE],
] as const)('classifying for %s', (_, classify, cases) => {
  test.each(Object.entries(cases).flatMap(([expected, list]) => list.map((sql) => [sql, expected] as const)))(
    '%s: %s',
    (sql, expected) => {
      const [effect, ...flags] = expected.split(' ') as [Effect, ...string[]];
      const control = flags.find((flag) => !['commits', 'outside', 'opaque'].includes(flag)) as TransactionControl;
      expect(classify(sql)).toEqual({
        transactionControl: control ?? null,
        effect,
        implicitCommit: flags.includes('commits'),
        needsAutocommit: flags.includes('outside'),
        opaque: flags.includes('opaque'),
      });
    },
  );
});

describeOn(['mysql'], 'implicit commit', () => {
  // Roles and users belong to the whole server; the rest needs what no test server has.
  const notHere = /^(?:CREATE|ALTER|DROP|RENAME|GRANT|REVOKE|SET) (?:USER|ROLE|PASSWORD|GLOBAL|SERVER)|^USE /;
  // What MariaDB and MySQL do differently, or what hangs on a setting.
  const mayDiffer =
    /^(?:LOAD INDEX|CACHE INDEX|UNLOCK|SET autocommit = 1|SET @@session|SET NAMES utf8, autocommit|XA |GRANT|REVOKE)/;
  const onlyMariadb =
    /SEQUENCE|OR REPLACE|NOT ATOMIC|^ANALYZE (?:SELECT|FORMAT|UPDATE)|SET STATEMENT|^IF |IMMEDIATE|SET DEFAULT ROLE/;

  test('is told right for every statement the server takes', async () => {
    const { run } = await freshWire('mysql');
    await run('CREATE TABLE keep (id int) ENGINE=InnoDB');
    await run('CREATE TABLE a (id int)');
    await run('CREATE TABLE b (id int)');
    await run('CREATE TABLE c (id int)');
    await run('CREATE VIEW v AS SELECT 1 AS x');
    await run('CREATE PROCEDURE p() SELECT 1');
    const wrong: string[] = [];
    let tried = 0;
    for (const sql of Object.values(MYSQL).flat()) {
      if (notHere.test(sql) || mayDiffer.test(sql) || (flavorOf('mysql') === 'mysql' && onlyMariadb.test(sql)))
        continue;
      await run("PREPARE st FROM 'DO 1'");
      await run('START TRANSACTION');
      await run('INSERT INTO keep VALUES (-1)');
      await run('SAVEPOINT s');
      const failed = await run(sql).then(
        () => false,
        () => true,
      );
      await run('ROLLBACK');
      await run('UNLOCK TABLES');
      const committed = (await run('SELECT 1 FROM keep WHERE id = -1')).length > 0;
      await run('SET autocommit = 1');
      await run('DELETE FROM keep');
      // A statement that fails need not have come as far as its commit.
      if (failed && !committed) continue;
      tried += 1;
      const { implicitCommit, transactionControl } = mysql(sql);
      if (committed !== (implicitCommit || transactionControl === 'commit')) wrong.push(sql);
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(70);
  });
});

describeOn(['postgres'], 'statements outside a transaction', () => {
  test('are told right: the server answers 25001', async () => {
    const { run } = await freshWire('postgres');
    await run('CREATE TABLE t (id int PRIMARY KEY, n int)');
    await run('CREATE INDEX i ON t (n)');
    await run('CREATE TABLE parted (id int) PARTITION BY RANGE (id)');
    await run('CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (9)');
    const wrong: string[] = [];
    let refused = 0;
    for (const sql of Object.values(POSTGRES).flat()) {
      const { needsAutocommit, transactionControl } = postgres(sql);
      // These reach beyond this database, or end the transaction.
      if (
        transactionControl !== null ||
        /^(?:LOAD|CHECKPOINT|ALTER SYSTEM|CREATE ROLE|DROP SUBSCRIPTION|ALTER SUBSCRIPTION)/.test(sql)
      )
        continue;
      await run('BEGIN');
      const code = await run(sql).then(
        () => '',
        (error: { code?: string }) => error.code ?? '',
      );
      await run('ROLLBACK');
      if (code === '25001') refused += 1;
      // What does not exist may be missed first.
      if (code === '25001' ? !needsAutocommit : code === '' && needsAutocommit) wrong.push(`${sql}: ${code}`);
    }
    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(15);
  });
});
