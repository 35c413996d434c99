import { namedHeads, type AutogenerateReport } from '../autogenerate/autogenerate.ts';
import { displayPath } from '../paths.ts';
import { diffText } from './diff-text.ts';
import { count, type Paint } from './output.ts';

export function autogenerateJson({
  written,
  statements,
  residue,
  rows,
  leftAlone,
  changes,
}: AutogenerateReport): object {
  return {
    revision: written?.revision ?? null,
    file: written === null ? null : displayPath(written.file),
    snapshot: written === null ? null : displayPath(written.deltaFile),
    downRevision: written?.downRevision ?? null,
    changes: changes.length,
    statements: statements.map(({ sql, transactional, hazard }) => ({ sql, transactional, hazard })),
    proved: residue.length === 0,
    residue,
    unfilled: rows?.unfilled.map(({ table, why }) => ({ table, why })) ?? [],
    leftAlone,
  };
}

/** What was found, what was proved, what was written, and what to look at. */
export function autogenerateText(report: AutogenerateReport, paint: Paint): string {
  const { written, target, statements, changes, leftAlone, residue } = report;
  const alone =
    leftAlone.length === 0 ? [] : [`Left alone, since the target does not name it: schema ${leftAlone.join(', ')}.`];
  if (written === null) {
    return [`No differences: ${target} equals ${namedHeads(report.heads)}. Nothing was written.`, ...alone].join('\n');
  }
  const lines = [
    `${target} against ${namedHeads(report.heads)}, on a scratch ${report.title}`,
    '',
    diffText({ changes, statements, from: report.from, to: report.to }, paint),
    '',
    ...alone,
    proofLine(report),
    ...unfilledLines(report),
    `Wrote ${displayPath(written.file)} (${count(statements.length, 'statement')}) and its snapshot.`,
    reviewLine(report),
  ];
  return (
    lines.filter((line, at) => line !== '' || lines[at - 1] !== '').join('\n') +
    (residue.length > 0 ? `\n${residue.join('\n')}` : '')
  );
}

function proofLine({ residue, rows, heads, target }: AutogenerateReport): string {
  if (residue.length > 0) return `Not proved: running it does not give ${target}. What is left is its header:`;
  const start = heads.length === 0 ? 'the empty database' : heads.length === 1 ? 'head' : 'the heads';
  const kept = rows === null ? '' : ', and no row is lost but what is marked';
  return `Proved: running it takes ${start} to ${target}${kept}.`;
}

function unfilledLines({ rows }: AutogenerateReport): string[] {
  if (rows === null || rows.unfilled.length === 0) return [];
  const names = rows.unfilled.slice(0, 3).map(({ table }) => table.slice(table.indexOf(':') + 1));
  const more = rows.unfilled.length > names.length ? ` and ${rows.unfilled.length - names.length} more` : '';
  return [`Not tried with rows, since none could be made up: ${names.join(', ')}${more}.`];
}

function reviewLine({ statements, written }: AutogenerateReport): string {
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
