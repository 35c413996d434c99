import { namedHeads, type AutogenerateReport, type DialectReport } from '../autogenerate/autogenerate.ts';
import { displayPath } from '../paths.ts';
import { diffText } from './diff-text.ts';
import { count, type Paint } from './output.ts';

export function autogenerateJson({ written, dialects }: AutogenerateReport): object {
  const isOne = dialects.length === 1;
  /** Says of each entry which dialect it is of, where there are several. */
  const ofEach = <T extends object>(entriesOf: (report: DialectReport) => readonly T[]): object[] =>
    dialects.flatMap((report) =>
      entriesOf(report).map((entry) => (isOne ? entry : { dialect: report.dialect, ...entry })),
    );
  return {
    revision: written?.revision ?? null,
    file: written === null ? null : displayPath(written.file),
    snapshot: written === null ? null : displayPath(written.deltaFile),
    downRevision: written?.downRevision ?? null,
    changes: Math.max(...dialects.map(({ changes }) => changes.length)),
    statements: ofEach(({ statements }) =>
      statements.map(({ sql, transactional, hazard }) => ({ sql, transactional, hazard })),
    ),
    proved: dialects.every(isProved),
    residue: dialects.flatMap(({ dialect, residue }) =>
      isOne ? residue : residue.map((line) => `${dialect}: ${line}`),
    ),
    unfilled: ofEach(({ rows }) => rows?.unfilled.map(({ table, why }) => ({ table, why })) ?? []),
    leftAlone: dialects.flatMap(({ leftAlone }) => leftAlone),
    dialects: dialects.map((report) => ({
      dialect: report.dialect,
      target: report.target,
      server: report.title,
      changes: report.changes.length,
      proved: isProved(report),
    })),
  };
}

const isProved = ({ residue }: DialectReport): boolean => residue.length === 0;

/** What was found, what was proved, what was written, and what to look at. */
export function autogenerateText(report: AutogenerateReport, paint: Paint): string {
  const { written, heads, dialects } = report;
  const isOne = dialects.length === 1;
  const target = targetsOf(report);
  const alone = dialects.flatMap(({ leftAlone }) =>
    leftAlone.length === 0 ? [] : [`Left alone, since the target does not name it: schema ${leftAlone.join(', ')}.`],
  );
  if (written === null) {
    const where = isOne ? '' : ` on ${dialects.map(({ dialect }) => dialect).join(', ')}`;
    return [`No differences: ${target} equals ${namedHeads(heads)}${where}. Nothing was written.`, ...alone].join('\n');
  }
  const found = isOne
    ? [`${target} against ${namedHeads(heads)}, on a scratch ${report.title}`, '', diffText(report, paint)]
    : [`${target} against ${namedHeads(heads)}`, ...dialects.flatMap((one) => dialectLines(one, paint))];
  const residue = dialects.flatMap((one) =>
    isOne ? one.residue : one.residue.map((line) => `${one.dialect}: ${line}`),
  );
  const lines = [
    ...found,
    '',
    ...alone,
    proofLine(report, target),
    ...dialects.flatMap((one) => unfilledLines(one, isOne)),
    `Wrote ${displayPath(written.file)} (${statementsText(dialects)}) and its snapshot.`,
    reviewLine(report),
  ];
  return (
    lines.filter((line, at) => line !== '' || lines[at - 1] !== '').join('\n') +
    (residue.length > 0 ? `\n${residue.join('\n')}` : '')
  );
}

/** One target for all, or one for each. */
function targetsOf({ dialects }: AutogenerateReport): string {
  return [...new Set(dialects.map(({ target }) => target))].join(', ');
}

function dialectLines(report: DialectReport, paint: Paint): string[] {
  const { dialect, title, changes } = report;
  return ['', `${dialect}, on a scratch ${title}`, changes.length === 0 ? '  no differences' : diffText(report, paint)];
}

function statementsText(dialects: readonly DialectReport[]): string {
  if (dialects.length === 1) return count(dialects[0]!.statements.length, 'statement');
  return dialects.map(({ dialect, statements }) => `${dialect}: ${count(statements.length, 'statement')}`).join(', ');
}

function proofLine({ dialects, heads }: AutogenerateReport, target: string): string {
  if (!dialects.every(isProved)) return `Not proved: running it does not give ${target}. What is left is its header:`;
  const each = dialects.length === 1 ? '' : ' on each of them';
  const start = heads.length === 0 ? 'the empty database' : heads.length === 1 ? 'head' : 'the heads';
  const kept = dialects.every(({ rows }) => rows === null) ? '' : ', and no row is lost but what is marked';
  return `Proved${each}: running it takes ${start} to ${target}${kept}.`;
}

function unfilledLines({ dialect, rows }: DialectReport, isOne: boolean): string[] {
  if (rows === null || rows.unfilled.length === 0) return [];
  const names = rows.unfilled.slice(0, 3).map(({ table }) => table.slice(table.indexOf(':') + 1));
  const more = rows.unfilled.length > names.length ? ` and ${rows.unfilled.length - names.length} more` : '';
  const where = isOne ? '' : ` on ${dialect}`;
  return [`Not tried with rows${where}, since none could be made up: ${names.join(', ')}${more}.`];
}

function reviewLine({ dialects, written }: AutogenerateReport): string {
  const statements = dialects.flatMap((report) => report.statements);
  const losing = statements.filter(({ loses }) => loses !== undefined && loses.length > 0).length;
  const risky = statements.filter(
    ({ hazard, loses }) => hazard !== undefined && (loses === undefined || loses.length === 0),
  ).length;
  const warnings = [
    ...(losing > 0 ? [`${count(losing, 'statement')} ${losing === 1 ? 'loses' : 'lose'} data`] : []),
    ...(risky > 0 ? [`${count(risky, 'statement')} may fail on rows`] : []),
  ];
  if (warnings.length > 0) return `Review it: ${warnings.join(', ')}.`;
  return written!.heads.length > 1 ? 'Review it, then:  torale upgrade heads' : 'Review it, then:  torale upgrade head';
}
