import type { ApplyReport } from '../apply/upgrade.ts';
import type { RevisionGraph } from '../graph/graph.ts';
import { count } from './output.ts';

/** Where the database stands after an upgrade, as a fact. */
export function upgradeText(graph: RevisionGraph, { applied, heads }: ApplyReport): string {
  const standing = standingOf(graph, heads);
  if (applied.length > 0) return standing;
  const isBehind = heads.every((head) => graph.has(head)) && graph.pending(heads).length > 0;
  return `${isBehind ? 'Nothing to do.' : 'Database is up to date.'} ${standing}`;
}

function standingOf(graph: RevisionGraph, heads: readonly string[]): string {
  if (graph.size === 0 && heads.length === 0) return 'There are no revisions yet.';
  if (heads.length === 0) return 'No revision is applied.';
  const at = heads.join(', ');
  if (heads.some((head) => !graph.has(head)))
    return `It is at ${at}, ahead of these files (${graph.heads.join(', ')}).`;
  const pending = graph.pending(heads).length;
  if (pending > 0) return `At ${at}, ${count(pending, 'revision')} behind ${graph.heads.join(', ')}.`;
  return `At head${heads.length === 1 ? '' : 's'} ${at}.`;
}
