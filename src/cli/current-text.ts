import type { CurrentReport } from '../apply/current.ts';
import type { RevisionGraph } from '../graph/graph.ts';
import { count, table } from './output.ts';

/** The applied heads and what lies between them and the files. */
export function currentText(
  graph: RevisionGraph,
  report: CurrentReport,
  options: { verbose: boolean; database: string },
): string {
  const { heads, pending, codeHeads, state } = report;
  const standing = standingOf(report);
  const rows = heads.map((head, index) => [
    head,
    graph.has(head) ? (graph.get(head)?.message ?? '') : '(no file here has it)',
    index === 0 || state === 'head' ? standing : '',
  ]);
  const left =
    pending.length === 0 ? '' : ` ${count(pending.length, 'revision')} pending, up to ${codeHeads.join(', ')}.`;
  const lines = [heads.length === 0 ? `No revision is applied.${left}` : table(rows)];
  if (report.unresolved !== undefined) {
    const { revision, resumable } = report.unresolved;
    const next = resumable
      ? "'torale upgrade' goes on with it"
      : graph.has(revision)
        ? "a person must decide, see 'torale resolve'"
        : 'no file here has it';
    lines.push(`${revision} is partly applied: ${next}.`);
  }
  if (options.verbose) {
    lines.unshift(`${options.database}:`);
    for (const revision of pending)
      lines.push(`  pending  ${revision}  ${graph.get(revision)?.message ?? ''}`.trimEnd());
  }
  return lines.join('\n');
}

function standingOf({ state, pending, codeHeads }: CurrentReport): string {
  switch (state) {
    case 'head':
      return '(head)';
    case 'ahead':
      return `ahead of ${codeHeads.join(', ')}`;
    case 'diverged':
      return 'not part of this history';
    case 'empty':
    case 'behind':
    case 'unresolved':
      return pending.length === 0
        ? ''
        : `${count(pending.length, 'revision')} behind head${codeHeads.length === 1 ? '' : 's'} ${codeHeads.join(', ')}`;
  }
}
