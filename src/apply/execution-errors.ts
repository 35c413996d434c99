import { ToraleError } from '../errors.ts';
import type { StatementReport } from './execution-options.ts';
import type { Verdict } from './settle.ts';

const FORBIDDEN: Record<string, string> = { begin: 'begins', commit: 'ends', rollback: 'ends', prepare: 'prepares' };

/** @throws ToraleError REVISION_FAILED for what begins or ends a transaction */
export function refuseTransactionControl(
  control: string | null,
  { number, sql }: Pick<StatementReport, 'number' | 'sql'>,
): void {
  const verb = control === null ? undefined : FORBIDDEN[control];
  if (verb === undefined) return;
  throw new ToraleError(
    'REVISION_FAILED',
    `Statement ${number} (${firstWords(sql)}) ${verb} a transaction; Torale holds the transaction of a revision.`,
    {
      hint: 'Leave it out. What must run outside a transaction goes into op.autocommit(async () => …); savepoints are allowed.',
    },
  );
}

export function endedInside(report: StatementReport | undefined): ToraleError {
  const where = report === undefined ? '' : ` by statement ${report.number} (${firstWords(report.sql)})`;
  return new ToraleError(
    'REVISION_FAILED',
    `The transaction of the revision was ended${where}: what ran before it can no longer be rolled back.`,
    {
      hint: 'A COMMIT or ROLLBACK must not hide in a revision, a procedure it calls or a Knex query.',
      data: { transactionEnded: true },
    },
  );
}

export function leftOpen(): ToraleError {
  return new ToraleError('REVISION_FAILED', 'The revision left a transaction open on the connection.', {
    hint: 'Leave BEGIN and COMMIT out: Torale holds the transaction of a revision.',
  });
}

export function afterItsEnd(revision: string): ToraleError {
  return new ToraleError('REVISION_FAILED', `Revision ${revision} is over; it ran a statement that was not awaited.`);
}

export function inDoubt(revision: string, report: StatementReport, verdict: Verdict): ToraleError {
  const what =
    verdict === 'applied'
      ? 'it took effect, and the file has another statement there now'
      : 'whether it took effect cannot be told from the objects it names';
  return new ToraleError(
    'UNRESOLVED',
    `An earlier run of revision ${revision} was cut off in statement ${report.number}: ${what}.`,
    {
      hint: RESOLVE,
      data: { revision, statement: report.number, sql: report.sql, verdict },
    },
  );
}

export function changedStatement(revision: string, report: StatementReport): ToraleError {
  return new ToraleError(
    'UNRESOLVED',
    `Statement ${report.number} of revision ${revision} is not the one that an earlier run completed.`,
    {
      hint: `Restore the file as it was, and the run goes on after what is done. ${RESOLVE}`,
      data: { revision, statement: report.number, sql: report.sql },
    },
  );
}

const RESOLVE = 'Or decide by hand: torale resolve --help';

export function firstWords(sql: string): string {
  const line = sql.replace(/\s+/g, ' ').trim();
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}

/** Both hold one transaction around what must run outside of any. */
export function refuseAutocommit({ inOne, inBatch }: { readonly inOne: boolean; readonly inBatch: boolean }): void {
  if (inOne) {
    throw new ToraleError('REVISION_FAILED', 'op.autocommit cannot run in a run that is a single transaction.', {
      hint: 'Leave --single-transaction away.',
    });
  }
  if (inBatch) {
    throw new ToraleError('REVISION_FAILED', 'op.autocommit cannot run in a batch, which is one transaction.');
  }
}
