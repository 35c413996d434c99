import { describe, expect, test } from 'vitest';
import { describeOn } from '../support/databases.ts';
import { isTaken, takeThereAndBack } from '../support/mysql-change.ts';
import { readCases } from '../support/schema-cases.ts';

const FOLDER = new URL('../fixtures/schema-cases/mariadb/', import.meta.url);

describeOn(['mysql'], 'schema changes', () => {
  describe.for([...readCases(FOLDER)])('%s', ([, cases]) => {
    test.for(cases.filter(isTaken))('$name', async ({ keeps, before, after, seed }) => {
      const { query } = await takeThereAndBack(before, after, { seed });
      for (const table of keeps) expect(await query(`SELECT 1 FROM ${table}`)).not.toEqual([]);
    });
  });
});
