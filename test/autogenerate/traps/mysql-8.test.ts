import { describe, expect, test } from 'vitest';
import { Reading } from '../../../src/dialects/mysql/reading.ts';
import { mysqlSchema } from '../../../src/dialects/mysql/schema.ts';
import { planChanges } from '../../../src/diff/plan.ts';
import type { Schema } from '../../../src/schema/schema.ts';

/** What MySQL 8 prints, as its own tests recorded it: no server of that kind ran here. */
const TAIL = '\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci';

/** @param tables the lines of each, by name */
function schemaOf(tables: Readonly<Record<string, readonly string[]>>): Schema {
  const collations = new Map([['utf8mb4', 'utf8mb4_0900_ai_ci']]);
  const reading = new Reading({ database: 'test', user: 'root@localhost', isFolding: false, collations }, () => false);
  for (const [name, lines] of Object.entries(tables)) {
    const printed = `CREATE TABLE \`${name}\` (\n  ${lines.join(',\n  ')}${TAIL}`;
    reading.table(name, { 'Create Table': printed });
  }
  expect(reading.unread).toEqual([]);
  return reading.schema();
}

const plan = (from: Schema, to: Schema): string[] =>
  planChanges({ from, to, version: 80_036, flavor: 'mysql' }, mysqlSchema)
    .statements.map(({ sql }) => sql)
    .filter((sql) => !sql.startsWith('SET '));

describe('on MySQL 8, as it prints its tables', () => {
  // https://github.com/mysql/mysql-server/blob/045af147eb32a657c0c7a8d10abb08dcd6055332/mysql-test/r/default_as_expr.result
  test.for([
    ['`i` int(11) DEFAULT NULL', "`b` tinyblob DEFAULT (repeat(_utf8mb4'b',`i`))"],
    [
      '`a` int(11) DEFAULT NULL',
      "`b` timestamp NULL DEFAULT ((_utf8mb4'2003-01-02' + interval 1 minute)) ON UPDATE CURRENT_TIMESTAMP",
    ],
    ['`i` int(11) DEFAULT NULL', '`b` char(36) DEFAULT (uuid())'],
  ])('a default that is an expression is said again in the words of the server: %s, %s', ([before, column]) => {
    const [plain, described] = [column!, `${column} COMMENT 'x'`].map((line) => schemaOf({ t: [before!, line] }));
    expect(plan(plain!, plain!)).toEqual([]);
    expect(plan(plain!, described!)).toEqual([`ALTER TABLE \`t\` MODIFY COLUMN ${column} COMMENT 'x'`]);
    const added = schemaOf({ t: [before!] });
    expect(plan(added, plain!)).toEqual([`ALTER TABLE \`t\` ADD COLUMN ${column} AFTER ${/^`.`/.exec(before!)![0]}`]);
  });

  // https://github.com/mysql/mysql-server/blob/018fcd505e485c10a0510043536950e3ed11d6e7/mysql-test/r/check_constraints.result
  test('no two checks of a database have one name: one that moves to another table is gone before it comes', () => {
    const column = '`c1` int DEFAULT NULL';
    const check = 'CONSTRAINT `ck` CHECK ((`c1` > 10))';
    const [from, to] = [schemaOf({ a: [column], z: [column, check] }), schemaOf({ a: [column, check], z: [column] })];
    const [there, back] = [
      ['ALTER TABLE `z` DROP CHECK `ck`', 'ALTER TABLE `a` ADD CONSTRAINT `ck` CHECK ((`c1` > 10))'],
      ['ALTER TABLE `a` DROP CHECK `ck`', 'ALTER TABLE `z` ADD CONSTRAINT `ck` CHECK ((`c1` > 10))'],
    ];
    expect(plan(from, to)).toEqual(there);
    expect(plan(to, from)).toEqual(back);
  });
});
