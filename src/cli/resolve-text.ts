import type { UnfinishedReport, UnfinishedStatement } from '../apply/resolve-report.ts';
import type { ResolveReport } from '../apply/resolve.ts';
import { displayPath } from '../paths.ts';
import { table, type Paint } from './output.ts';
import { clip } from './width.ts';

/** The four ways, for the flags' help and for whoever has to choose one. */
export const WAYS = {
  retry: 'the statement in doubt did not take effect: upgrade runs it again',
  'skip-statement': 'the statement in doubt did take effect: upgrade goes on after it',
  'mark-applied': 'the rest was done by hand: record the whole revision as applied',
  abandon: 'what is done was taken back by hand: upgrade starts at statement 1 again',
} as const;

const VERDICTS = {
  applied: 'the objects it names tell that it took effect',
  notApplied: 'the objects it names tell that it did not take effect',
  ambiguous: 'the objects it names do not tell whether it took effect',
} as const;

/** What is unfinished, and what can be done about it. */
export function unfinishedText({ unfinished, running }: UnfinishedReport, paint: Paint): string {
  if (unfinished === null) return 'Nothing is unfinished: no revision is partly applied.';
  const { revision, message, file, resumable, statements } = unfinished;
  const where = file === null ? ', which no file here has' : `, ${displayPath(file)}`;
  const lines = [`Revision ${revision}${message === '' ? '' : ` (${message})`}${where}, is partly applied.`, ''];
  lines.push(...statementLines(statements, paint), '');
  if (running !== null) lines.push(`${running} holds the migration lock: it may be at work on it right now.`, '');
  const isInDoubt = statements.some(({ state }) => state === 'inDoubt');
  lines.push(...(resumable ? resumableLines() : decisionLines(revision, statements, isInDoubt, file !== null)));
  return lines.join('\n');
}

function resumableLines(): string[] {
  return ["'torale upgrade' goes on with it by itself. Nothing has to be decided."];
}

function decisionLines(
  revision: string,
  statements: readonly UnfinishedStatement[],
  isInDoubt: boolean,
  hasFile: boolean,
): string[] {
  const edited = statements.filter((one) => one.edited).map(({ statement }) => statement);
  const restore = hasFile
    ? 'Restore it as it was, and upgrade goes on after what is done.'
    : 'Deploy the image that has it.';
  const why =
    edited.length > 0
      ? [`The file has other statements by now than those that took effect (${edited.join(', ')}). ${restore}`]
      : hasFile
        ? []
        : [restore];
  const ways = Object.entries(WAYS).filter(([way]) => isInDoubt || way === 'mark-applied' || way === 'abandon');
  return [
    ...why,
    `${why.length > 0 ? 'Or look' : 'Look'} at the database and decide; Torale believes what you say:`,
    table(ways.map(([way, means]) => [`  torale resolve ${revision} --${way}`, means])),
  ];
}

const SHOWN = 12;

function statementLines(all: readonly UnfinishedStatement[], paint: Paint): string[] {
  // What is done is the least of interest, and the end is where it stopped.
  const stop = all.findLastIndex(({ state }) => state !== 'toRun');
  const from = all.length <= SHOWN ? 0 : Math.max(0, Math.min(stop - 5, all.length - SHOWN));
  const shown = all.slice(from, from + SHOWN);
  const rows = shown.map(({ statement, state, verdict, rows: done, sql, edited }) => {
    const what =
      state === 'done'
        ? paint('green', 'done')
        : state === 'inDoubt'
          ? paint('red', 'in doubt')
          : state === 'batch'
            ? paint('yellow', `${done} rows`)
            : paint('dim', 'to run');
    const remarks = [...(verdict === undefined ? [] : [VERDICTS[verdict]]), ...(edited ? ['edited since'] : [])];
    const text = sql === null ? '' : clip(sql.replace(/\s+/g, ' '), 90);
    return [`  ${statement}`, what, [text, ...remarks.map((remark) => `(${remark})`)].filter(Boolean).join('  ')];
  });
  const after = all.length - from - shown.length;
  return [
    ...(from > 0 ? [`  …  ${from} before`] : []),
    table(rows),
    ...(after > 0 ? [`  …  ${after} more to run`] : []),
  ];
}

/** What the decision means for the next upgrade. */
export function resolvedText({ revision, resolution, statement, done, heads }: ResolveReport): string {
  switch (resolution) {
    case 'retry':
      return `Statement ${statement} of ${revision} counts as not run. Next: torale upgrade, which runs it again.`;
    case 'skip-statement':
      return `Statement ${statement} of ${revision} counts as done. Next: torale upgrade, which goes on after it.`;
    case 'mark-applied':
      return `${revision} counts as applied: the database is at ${heads.join(', ')}. Nothing of it was run now.`;
    case 'abandon': {
      const what = done.length === 0 ? '' : ` (done were ${done.join(', ')}: they must be taken back first)`;
      return `${revision} counts as not begun. Next: torale upgrade, which starts it at statement 1${what}.`;
    }
  }
}
