import { describe, expect, test } from 'vitest';
import { changePartitioning } from '../../../src/dialects/mysql/kinds/partition-change.ts';
import { partitioningText, readPartitioning } from '../../../src/dialects/mysql/kinds/partition-text.ts';
import { describeOn } from '../../support/databases.ts';
import { become, inspect, open } from './database.ts';

const range = (...bounds: readonly (readonly [string, string])[]): string =>
  partitioningText(
    readPartitioning(
      `RANGE (\`y\`) (${bounds.map(([name, bound]) => `PARTITION \`${name}\` VALUES LESS THAN ${bound}`).join(', ')})`,
    ),
  );

describe('partitions', () => {
  test('the engine that each repeats, when an interval began and how many there are by now say nothing', () => {
    const printed =
      "RANGE (`y`)\n(PARTITION `p0` VALUES LESS THAN (10) COMMENT = 'ENGINE = InnoDB' ENGINE = InnoDB,\n PARTITION `p1` VALUES LESS THAN MAXVALUE ENGINE = InnoDB)";
    expect(partitioningText(readPartitioning(printed, 'InnoDB'))).toBe(
      "RANGE (`y`)\n(PARTITION `p0` VALUES LESS THAN (10) COMMENT = 'ENGINE = InnoDB',\n PARTITION `p1` VALUES LESS THAN MAXVALUE)",
    );
    const interval = "SYSTEM_TIME INTERVAL 1 MONTH STARTS TIMESTAMP'2026-11-21 00:00:00' AUTO\nPARTITIONS 3";
    expect(partitioningText(readPartitioning(interval))).toBe('SYSTEM_TIME INTERVAL 1 MONTH AUTO');
  });

  test.each([
    ['more at the end', range(['a', '(1)']), range(['a', '(1)'], ['b', '(2)']), /^ADD PARTITION \(PARTITION `b`/],
    [
      'one is split',
      range(['a', '(1)'], ['z', 'MAXVALUE']),
      range(['a', '(1)'], ['b', '(2)'], ['z', 'MAXVALUE']),
      /^REORGANIZE PARTITION `z` INTO \(PARTITION `b`.*`z`/s,
    ],
    [
      'the first goes: its rows are those of the next',
      range(['a', '(1)'], ['b', '(2)']),
      range(['b', '(2)']),
      /^REORGANIZE PARTITION `a`, `b` INTO \(PARTITION `b`/,
    ],
    [
      'the last goes: rows that fit nowhere fail',
      range(['a', '(1)'], ['b', '(2)']),
      range(['a', '(1)']),
      /^PARTITION BY RANGE/,
    ],
    [
      'the last is extended',
      range(['a', '(1)'], ['b', '(2)']),
      range(['a', '(1)'], ['c', '(9)']),
      /^REORGANIZE PARTITION `b` INTO \(PARTITION `c`/,
    ],
    ['the last is cut', range(['a', '(1)'], ['b', '(9)']), range(['a', '(1)'], ['c', '(2)']), /^PARTITION BY RANGE/],
    [
      'another bound between',
      range(['a', '(1)'], ['b', '(9)']),
      range(['a', '(2)'], ['b', '(9)']),
      /^PARTITION BY RANGE/,
    ],
    ['more by hash', 'HASH (`y`) PARTITIONS 2', 'HASH (`y`) PARTITIONS 5', /^ADD PARTITION PARTITIONS 3$/],
    ['fewer by hash', 'KEY (`y`) PARTITIONS 5', 'KEY (`y`) PARTITIONS 2', /^COALESCE PARTITION 3$/],
    ['another method', 'HASH (`y`) PARTITIONS 2', 'KEY (`y`) PARTITIONS 2', /^PARTITION BY KEY \(`y`\) PARTITIONS 2$/],
  ])('%s', (_title, from, to, clause) => {
    expect(changePartitioning(from, to)?.clause).toMatch(clause);
  });
});

describeOn(['mysql'], 'partitions', () => {
  const table = (partitions: string, key = 'PRIMARY KEY (id, y)'): string =>
    `CREATE TABLE t (id int NOT NULL, y int NOT NULL, ${key}) ${partitions}`;
  const schemas = [
    table(''),
    table('PARTITION BY RANGE (y) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE)'),
    table(
      "PARTITION BY RANGE (y) SUBPARTITION BY HASH (id) SUBPARTITIONS 2 (PARTITION p0 VALUES LESS THAN (10) COMMENT 'a) b', PARTITION p5 VALUES LESS THAN (50), PARTITION p1 VALUES LESS THAN MAXVALUE)",
    ),
    table(
      'PARTITION BY RANGE (y) SUBPARTITION BY HASH (id) SUBPARTITIONS 2 (PARTITION p5 VALUES LESS THAN (50), PARTITION p7 VALUES LESS THAN (70), PARTITION p1 VALUES LESS THAN MAXVALUE)',
    ),
    table(
      'PARTITION BY LIST (y) (PARTITION a VALUES IN (1, 2, 3), PARTITION b VALUES IN (20, 60), PARTITION rest DEFAULT)',
    ),
    table(
      'PARTITION BY LIST (y) (PARTITION a VALUES IN (1, 2), PARTITION c VALUES IN (3), PARTITION b VALUES IN (20, 60), PARTITION rest DEFAULT)',
    ),
    table('PARTITION BY KEY (id) PARTITIONS 3', 'PRIMARY KEY (id)'),
    table('PARTITION BY HASH (y) PARTITIONS 2', 'PRIMARY KEY (y, id)'),
    table('PARTITION BY HASH (y) PARTITIONS 4', 'PRIMARY KEY (y, id)'),
    table('ENGINE=MyISAM PARTITION BY LINEAR HASH (y) (PARTITION x ENGINE = MyISAM, PARTITION z ENGINE = MyISAM)'),
  ];

  test('of any kind become those of any other, and no row is lost', async () => {
    const session = await open(schemas[0]!);
    await session.query('INSERT INTO t VALUES (1, 1), (2, 3), (3, 20), (4, 60), (5, 999)');
    for (const schema of [...schemas, ...schemas.toReversed()]) {
      await become(session, await open(schema));
      expect((await session.query('SELECT SUM(id) AS ids, SUM(y) AS years FROM t')).rows).toEqual([
        { ids: '15', years: '1083' },
      ]);
    }
  });

  test('of history', async () => {
    const versioned = (partitions: string): string => `CREATE TABLE t (id int) WITH SYSTEM VERSIONING ${partitions}`;
    const session = await open(versioned(''));
    for (const partitions of [
      'PARTITION BY SYSTEM_TIME LIMIT 100 (PARTITION p0 HISTORY, PARTITION pn CURRENT)',
      'PARTITION BY SYSTEM_TIME LIMIT 100 (PARTITION p0 HISTORY, PARTITION p1 HISTORY, PARTITION pn CURRENT)',
      'PARTITION BY SYSTEM_TIME INTERVAL 1 MONTH PARTITIONS 3',
      '',
    ]) {
      await become(session, await open(versioned(partitions)));
    }
    expect([...(await inspect(session)).schema.ids()]).toContain('table:t');
  });
});
