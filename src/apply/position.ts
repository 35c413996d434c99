import type { RevisionGraph } from '../graph/graph.ts';
import type { HistoryRow } from '../journal/journal.ts';

/** Where a database stands against the revisions at hand. */
export interface Position {
  /** The applied heads that the graph knows, together with what it knows of the ancestry of those it does not. */
  readonly known: readonly string[];
  /** Rows of the version table that no file has. */
  readonly unknown: readonly string[];
  /** The recorded ancestry of the unknown rows contains all heads of the graph. */
  readonly ahead: boolean;
}

/**
 * Tells a database that a newer image has taken further from one that has another history.
 *
 * @param heads rows of the version table
 * @param history asked only where a row is unknown
 */
export function locate(graph: RevisionGraph, heads: readonly string[], history: () => readonly HistoryRow[]): Position {
  const unknown = heads.filter((head) => !graph.has(head));
  if (unknown.length === 0) return { known: heads, unknown, ahead: false };
  const seen = recordedAncestry(unknown, history());
  const reached = [...seen].filter((revision) => graph.has(revision));
  const known = maximal(graph, [...heads.filter((head) => graph.has(head)), ...reached]);
  const applied = graph.appliedSet(known);
  return { known, unknown, ahead: graph.heads.length > 0 && graph.realHeads.every((head) => applied.has(head)) };
}

/** The revisions given and all their ancestors, as far as the history table knows them. */
export function recordedAncestry(revisions: readonly string[], history: readonly HistoryRow[]): Set<string> {
  const parents = new Map(history.map((row) => [row.revision, row.parents]));
  const seen = new Set<string>();
  const queue = [...revisions];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    queue.push(...(parents.get(next) ?? []));
  }
  return seen;
}

/** Without those that another of them has among its ancestors. */
function maximal(graph: RevisionGraph, revisions: readonly string[]): string[] {
  const unique = [...new Set(revisions)];
  return unique.filter(
    (revision) => !unique.some((other) => other !== revision && graph.appliedSet([other]).has(revision)),
  );
}
