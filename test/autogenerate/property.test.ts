import { describe, expect, inject, test } from 'vitest';
import { adminUrl, describeIf, describeOn, flavorOf } from '../support/databases.ts';
import { Converger } from '../support/random-schema/converge.ts';
import { printModel, randomPair, randomSchema } from '../support/random-schema/index.ts';
import { MysqlConverger } from '../support/random-schema/mysql/converge.ts';
import { MYSQL_SPECS, printMysql } from '../support/random-schema/mysql/index.ts';
import { bothWays } from '../support/random-schema/sqlite/converge.ts';
import { printSqlite, SQLITE_SPECS } from '../support/random-schema/sqlite/index.ts';

const SEEDS = Array.from({ length: 50 }, (_, at) => at);

test('a seed says the same each time', () => {
  expect(randomSchema(7, 150_020)).toBe(randomSchema(7, 150_020));
  expect(randomSchema(7, 150_020)).not.toBe(randomSchema(8, 150_020));
});

describeOn(['postgres'], 'random schemas', () => {
  // More of them, and what is left of one that fails: test/campaigns/property.mjs.
  test('each becomes the other and back, with nothing left to change', { timeout: 300_000 }, async () => {
    const converger = await Converger.open(adminUrl('postgres'), `${inject('toralePrefix')}_random`);
    try {
      const misses: string[] = [];
      for (const seed of SEEDS) {
        const { before, after } = randomPair(seed);
        const sides = [printModel(before, converger.version), printModel(after, converger.version)] as const;
        for (const [way, failure] of Object.entries(await converger.bothWays(...sides))) {
          if (failure !== null) misses.push(`seed ${seed} ${way}: ${failure.stage}: ${failure.message}`);
        }
      }
      expect(misses).toEqual([]);
    } finally {
      await converger.close();
    }
  });
});

/** MariaDB's: types, partitions and versions of rows that MySQL has none of. */
describeIf(flavorOf('mysql') === 'mariadb', 'a MariaDB server', 'random schemas on MariaDB', () => {
  test(
    'each becomes the other and back, with nothing left to change and no row lost',
    { timeout: 300_000 },
    async () => {
      const converger = await MysqlConverger.open(adminUrl('mysql'), `${inject('toralePrefix')}_random`);
      try {
        const misses: string[] = [];
        let rows = 0;
        let unfilled = 0;
        for (const seed of SEEDS) {
          const { before, after } = randomPair(seed, MYSQL_SPECS);
          const result = await converger.bothWays(printMysql(before), printMysql(after));
          rows += result.followed;
          unfilled += result.unfilled;
          for (const way of ['there', 'back'] as const) {
            const failure = result[way];
            if (failure !== null) misses.push(`seed ${seed} ${way}: ${failure.stage}: ${failure.message}`);
          }
        }
        expect(misses).toEqual([]);
        // Or nothing would be said by it.
        expect(rows).toBeGreaterThan(300);
        expect(unfilled).toBeLessThan(5);
      } finally {
        await converger.close();
      }
    },
  );
});

describe('random schemas on SQLite', () => {
  test(
    'each becomes the other and back, with nothing left to change and no row lost',
    { timeout: 120_000 },
    async () => {
      const misses: string[] = [];
      let rows = 0;
      for (const seed of SEEDS) {
        const { before, after } = randomPair(seed, SQLITE_SPECS);
        const { there, back, followed } = await bothWays(printSqlite(before), printSqlite(after), seed);
        rows += followed;
        for (const [way, failure] of Object.entries({ there, back })) {
          if (failure !== null) misses.push(`seed ${seed} ${way}: ${failure.stage}: ${failure.message}`);
        }
      }
      expect(misses).toEqual([]);
      // Or nothing would be said by it.
      expect(rows).toBeGreaterThan(500);
    },
  );
});
