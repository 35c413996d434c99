import type { RowRules } from '../../row-rules.ts';
import { convertsValues } from './conversion.ts';
import { blameFor, emptyTables, explainFailure, settleKeys } from './empty.ts';
import { fillRows } from './fill.ts';
import { tallyRows } from './tally.ts';

/** Made-up rows on SQLite. */
export const sqliteRows: RowRules = {
  fill: fillRows,
  tally: tallyRows,
  explain: explainFailure,
  empty: emptyTables,
  settle: settleKeys,
  blame: blameFor,
  converts: convertsValues,
  fold: (name) => name.toLowerCase(),
};
