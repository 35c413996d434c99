import { describe, expect, test } from 'vitest';
import { columnText } from '../../../src/dialects/mysql/kinds/column-text.ts';
import { readPartitioning } from '../../../src/dialects/mysql/kinds/partition-text.ts';
import { Reading } from '../../../src/dialects/mysql/reading.ts';
import { mysqlSchema } from '../../../src/dialects/mysql/schema.ts';
import { planChanges } from '../../../src/diff/plan.ts';
import type { Schema } from '../../../src/schema/schema.ts';
import { readTable, type ReadTable } from '../../../src/dialects/mysql/kinds/show-create.ts';

/** What MySQL 8 prints, as its manual and its own tests have it: no server of that kind ran here. */
function clauses(
  lines: readonly string[],
  tail = ') ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci',
): ReadTable {
  const read = readTable(['CREATE TABLE `t1` (', lines.map((line) => `  ${line}`).join(',\n'), tail].join('\n'));
  expect(read.rest).toEqual([]);
  return read;
}

const columns = ({ columns: all }: ReadTable): string[] => all.map(columnText);

describe('SHOW CREATE TABLE of MySQL 8', () => {
  // https://dev.mysql.com/doc/refman/8.0/en/create-table-check-constraints.html
  test('checks, enforced or not', () => {
    const { constraints } = clauses([
      '`i1` int DEFAULT NULL',
      '`i2` int DEFAULT NULL',
      'CONSTRAINT `t1_chk_1` CHECK ((`i1` <> 0))',
      'CONSTRAINT `t1_chk_2` CHECK ((`i2` > `i1`))',
      'CONSTRAINT `t1_chk_3` CHECK ((`i2` <> 0)) /*!80016 NOT ENFORCED */',
    ]);
    expect(constraints.map(({ definition }) => definition)).toEqual([
      'CHECK ((`i1` <> 0))',
      'CHECK ((`i2` > `i1`))',
      'CHECK ((`i2` <> 0)) NOT ENFORCED',
    ]);
  });

  // https://github.com/mysql/mysql-server/blob/09484384365c5a255a53e68527e8f9f264a5709b/mysql-test/r/invisible_columns.result
  test('invisible columns, generated ones among them, and default values in quotes', () => {
    const read = clauses([
      '`f1` int DEFAULT NULL',
      "`f3` int DEFAULT '8' /*!80023 INVISIBLE */",
      '`f4` int GENERATED ALWAYS AS ((`f1` + `f2`)) VIRTUAL /*!80023 INVISIBLE */',
      '`c15` tinyblob /*!80023 INVISIBLE */',
      '`c25` timestamp NULL DEFAULT NULL /*!80023 INVISIBLE */',
      '`f2` int NOT NULL AUTO_INCREMENT /*!80023 INVISIBLE */',
      'PRIMARY KEY (`f2`)',
    ]);
    expect(columns(read)).toEqual([
      'int DEFAULT NULL',
      "int DEFAULT '8' INVISIBLE",
      'int GENERATED ALWAYS AS ((`f1` + `f2`)) VIRTUAL INVISIBLE',
      'tinyblob INVISIBLE',
      'timestamp NULL DEFAULT NULL INVISIBLE',
      'int NOT NULL AUTO_INCREMENT INVISIBLE',
    ]);
    expect(read.columns[2]).toMatchObject({ generated: 'virtual', expression: '(`f1` + `f2`)', names: ['f1', 'f2'] });
  });

  // https://github.com/mysql/mysql-server/blob/0240b63d7be701a11a0ca4f9bce9e571e962c46a/mysql-test/r/functional_index.result
  test('functional key parts', () => {
    const { indexes } = clauses([
      '`int_col` int(11) DEFAULT NULL',
      '`string_col` varchar(255) DEFAULT NULL',
      'KEY `int_func_index` ((abs(`int_col`)))',
      'KEY `string_func_index` ((substr(`string_col`,1,2)))',
      'KEY `combined_index` (((`int_col` + `int_col`)),`string_col`)',
    ]);
    expect(indexes.map(({ definition, names }) => [definition, new Set(names)])).toEqual([
      ['((abs(`int_col`)))', new Set(['int_col'])],
      ['((substr(`string_col`,1,2)))', new Set(['string_col'])],
      ['(((`int_col` + `int_col`)),`string_col`)', new Set(['int_col', 'string_col'])],
    ]);
  });

  // https://bugs.mysql.com/bug.php?id=71906
  test('partitions in a comment that is code', () => {
    const { partitionBy, options } = clauses(
      ['`id` int(11) NOT NULL', 'PRIMARY KEY (`id`)'],
      ') ENGINE=MyISAM DEFAULT CHARSET=latin1\n/*!50100 PARTITION BY RANGE ( id)\n(PARTITION p VALUES LESS THAN MAXVALUE ENGINE = MyISAM) */',
    );
    expect(options).toEqual(['ENGINE=MyISAM', 'DEFAULT CHARSET=latin1']);
    expect(readPartitioning(partitionBy!, 'MyISAM')).toEqual({
      scheme: 'RANGE ( id)',
      count: undefined,
      partitions: [{ name: 'p', text: 'PARTITION `p` VALUES LESS THAN MAXVALUE' }],
    });
  });
});

function schemaOf(printed: string, isFolding = false): Schema {
  const ground = {
    database: 'shop',
    user: 'root@localhost',
    isFolding,
    collations: new Map([['utf8mb4', 'utf8mb4_0900_ai_ci']]),
  };
  const reading = new Reading(ground, () => false);
  const name = /^CREATE TABLE `(\w+)`/.exec(printed)![1]!;
  reading.table(name, { 'Create Table': printed });
  return reading.schema();
}

const sqlOf = (from: Schema, to: Schema): string[] =>
  planChanges({ from, to, version: 80_036, flavor: 'mysql' }, mysqlSchema).statements.map(({ sql }) => sql);

const table = (...lines: readonly string[]): Schema =>
  schemaOf(
    `CREATE TABLE \`t1\` (\n  ${lines.join(',\n  ')}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci`,
  );

/** Statements as the manual has them; none of them was run. */
describe('a plan for MySQL 8', () => {
  const id = '`id` int NOT NULL';
  const key = 'PRIMARY KEY (`id`)';

  test('changes at its place whether a check is enforced, and drops one by its own word', () => {
    const [held, loose] = ['', ' /*!80016 NOT ENFORCED */'].map((mark) =>
      table(id, key, `CONSTRAINT \`c\` CHECK ((\`id\` > 0))${mark}`),
    );
    expect(sqlOf(held!, loose!)).toEqual(['ALTER TABLE `t1` ALTER CHECK `c` NOT ENFORCED']);
    expect(sqlOf(loose!, held!)).toEqual(['ALTER TABLE `t1` ALTER CHECK `c` ENFORCED']);
    expect(sqlOf(held!, table(id, key))).toEqual(['ALTER TABLE `t1` DROP CHECK `c`']);
  });

  test('hides an index by its own word', () => {
    const [seen, hidden] = ['', ' /*!80000 INVISIBLE */'].map((mark) => table(id, key, `KEY \`k\` (\`id\`)${mark}`));
    expect(sqlOf(seen!, hidden!)).toEqual(['ALTER TABLE `t1` ALTER INDEX `k` INVISIBLE']);
    expect(sqlOf(hidden!, seen!)).toEqual(['ALTER TABLE `t1` ALTER INDEX `k` VISIBLE']);
  });

  test('drops a functional index in the statement that changes what it is over', () => {
    const [small, large] = ['int', 'char(9)'].map((type) =>
      table(id, `\`a\` ${type} DEFAULT NULL`, key, 'KEY `k` ((abs(`a`)))'),
    );
    const statements = sqlOf(small!, large!).filter((sql) => !sql.startsWith('SET '));
    expect(statements).toEqual([
      expect.stringMatching(/DROP KEY `k`.*MODIFY COLUMN `a`.*ADD KEY `k` \(\(abs\(`a`\)\)\)/s),
    ]);
  });

  test('knows names of tables by their small letters where the server does', () => {
    const printed = 'CREATE TABLE `Abc` (\n  `ID` int NOT NULL\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4';
    expect(sqlOf(schemaOf(printed, true), schemaOf(printed.replace('Abc', 'aBC'), true))).toEqual([]);
  });
});
