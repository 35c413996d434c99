import { describe, expect, test } from 'vitest';
import { readCases } from '../support/schema-cases.ts';
import { takeAcross, takeThereAndBack } from '../support/sqlite-change.ts';

const FOLDER = new URL('../fixtures/schema-cases/sqlite/', import.meta.url);

/** The way there gives up rows that others refer to on the way back. */
const EMPTY_BACK = new Set(['table.drop_referenced']);

describe.for([...readCases(FOLDER)])('%s', ([, cases]) => {
  test.for(cases)('$name', async ({ name, keeps, before, after, seed }) => {
    const isEmptyBack = EMPTY_BACK.has(name);
    const { query } = await (isEmptyBack ? takeAcross : takeThereAndBack)(before, after, { seed });
    if (isEmptyBack) await takeAcross(after, before);
    for (const table of keeps) expect(query(`SELECT 1 FROM ${table}`)).not.toEqual([]);
  });
});
