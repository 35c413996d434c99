import type { Choices } from '../world.ts';
import { quoted, type MysqlColumn } from './world.ts';

/** The first column by which a table can be divided. */
export function canPartition(columns: readonly MysqlColumn[]): MysqlColumn | undefined {
  return columns.find(
    ({ class: kind, generated, type, charset }) =>
      generated === undefined &&
      charset === undefined &&
      !type.startsWith('timestamp') &&
      ['integer', 'day', 'moment', 'text'].includes(kind),
  );
}

export function printPartitions(choices: Choices, column: MysqlColumn): string {
  const choice = choices.number('partition');
  const name = quoted(column.name);
  const some = 2 + (choice % 4);
  const below = choices.has('subpartition') ? subpartitions(choices.number('subpartition'), column) : '';
  const ranges = (bounds: readonly string[], word = 'LESS THAN'): string =>
    bounds
      .map(
        (bound, at) =>
          `  PARTITION ${quoted(['p0', 'p 1', 'P2', 'p3'][at]!)} VALUES ${word} ${bound}${at === 0 && choice % 5 === 0 ? " COMMENT = 'it''s'" : ''}`,
      )
      .join(',\n');
  const most = choice % 3 === 0 ? ['MAXVALUE'] : ['(100000)'];
  if (column.class === 'integer') {
    const small = column.type.startsWith('tinyint') || column.type === 'boolean';
    switch (choice % 5) {
      case 0:
        return `PARTITION BY HASH (${name}) PARTITIONS ${some}`;
      case 1:
        return `PARTITION BY RANGE (${name})${below} (\n${ranges([`(${2 + (choice % 3)})`, ...(small ? ['(100)', 'MAXVALUE'] : ['(1000)', ...most])])}\n)`;
      case 2:
        return `PARTITION BY LIST (${name})${below} (\n${ranges([`(1, 2, NULL)`, `(3, 4, ${5 + (choice % 7)})`, '(0, 100, 101)'], 'IN')}\n)`;
      case 3:
        return `PARTITION BY LINEAR KEY (${name}) PARTITIONS ${some}`;
      default:
        return `PARTITION BY HASH (${name} % 7) (\n  PARTITION a, PARTITION ${quoted('b c')}\n)`;
    }
  }
  if (column.class === 'text') {
    if (choice % 2 === 0) return `PARTITION BY KEY (${name}) PARTITIONS ${some}`;
    return `PARTITION BY RANGE COLUMNS (${name}) (\n${ranges(["('b')", "('it''s')", '(MAXVALUE)'])}\n)`;
  }
  switch (choice % 3) {
    case 0:
      return `PARTITION BY RANGE (to_days(${name}))${below} (\n${ranges(["(to_days('2001-01-01'))", ...most.map((one) => (one === 'MAXVALUE' ? one : "(to_days('2030-01-01'))"))])}\n)`;
    case 1:
      return `PARTITION BY RANGE COLUMNS (${name}) (\n${ranges(["('2010-01-01')", '(MAXVALUE)'])}\n)`;
    default:
      return `PARTITION BY HASH (year(${name})) PARTITIONS ${some}`;
  }
}

function subpartitions(choice: number, column: MysqlColumn): string {
  const name = quoted(column.name);
  const by = column.class === 'integer' ? `HASH (${name})` : `KEY (${name})`;
  return ` SUBPARTITION BY ${choice % 3 === 0 ? 'LINEAR ' : ''}${by} SUBPARTITIONS ${2 + (choice % 2)}`;
}
