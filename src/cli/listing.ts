import type { DryRunReport } from '../apply/script.ts';
import { displayPath } from '../paths.ts';

/** What a dry run found, as people read it. */
export function dryRunText({ revisions, heads, database, journal }: DryRunReport, target: string): string {
  if (revisions.length === 0) return `Database is up to date.${heads.length === 0 ? '' : ` At ${heads.join(', ')}.`}`;
  const count = `${revisions.length} revision${revisions.length === 1 ? '' : 's'}`;
  const lines = [`${database ?? 'from base'}: ${count} would be applied`, ''];
  for (const { step, statements, stopped, stoppedAt } of revisions) {
    lines.push(`  ${step.revision}  ${step.message}`.trimEnd());
    if (statements.length === 0 && stopped === null) lines.push('      (no statements)');
    for (const [index, { sql, transactional, isBatch, hash }] of statements.entries()) {
      const entry = journal.find(({ revision, statement }) => revision === step.revision && statement === index + 1);
      if (entry !== undefined) lines.push(`      -- ${becameOf(entry, hash)}`);
      if (isBatch) lines.push('      in batches:', ...indented(`${sql};`));
      else lines.push(...(transactional ? [] : ['      -- outside the transaction']), ...indented(`${sql};`));
    }
    if (stopped !== null) {
      const at = stoppedAt === null ? '' : `, ${displayPath(stoppedAt.file)}:${stoppedAt.line}`;
      const why =
        stopped === 'result'
          ? 'reads the result of the statement above'
          : 'rebuilds a table as what comes before will have left it';
      lines.push(`      (${why}${at}: a dry run cannot go further in this revision)`);
    }
    lines.push('');
  }
  lines.push(`No changes were applied. Run 'torale upgrade ${target}' to apply.`);
  return lines.join('\n');
}

/** What an earlier run that was cut off left of a statement. */
function becameOf({ state, hash }: DryRunReport['journal'][number], now: string): string {
  if (state === 'started') return "begun by an earlier run: 'torale resolve' tells more";
  return hash === now ? 'done by an earlier run' : 'another statement by now than the one an earlier run has done';
}

function indented(sql: string): string[] {
  return sql.split('\n').map((line) => `      ${line}`.trimEnd());
}
