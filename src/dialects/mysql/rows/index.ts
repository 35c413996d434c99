import type { RowRules } from '../../row-rules.ts';
import { emptyTables } from './empty.ts';
import { explainFailure } from './explain.ts';
import { fillRows } from './fill.ts';
import { tallyRows } from './tally.ts';

/** Made-up rows on MySQL and MariaDB. */
export const mysqlRows: RowRules = {
  fill: fillRows,
  tally: tallyRows,
  explain: explainFailure,
  empty: emptyTables,
  // Nothing waits for the end of a transaction.
  settle: () => Promise.resolve(),
  // Names of tables are read in the spelling that counts.
  fold: (name, kind) => (kind === 'column' ? name.toLowerCase() : name),
};
