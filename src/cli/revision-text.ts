import type { RevisionView, ShownRevision } from '../apply/look.ts';
import type { RevisionGraph } from '../graph/graph.ts';
import { table, type Paint } from './output.ts';

/** Several values of a header's field, or none. */
function listOf(value: string | readonly string[] | null): readonly string[] {
  if (value === null) return [];
  return typeof value === 'string' ? [value] : value;
}

/** `[billing] (head)`: what stands beside a revision wherever it is listed. */
export function marksOf(graph: RevisionGraph, view: RevisionView, paint: Paint): string {
  const labels = listOf(view.branchLabels).map((label) => paint('cyan', `[${label}]`));
  return [...labels, ...(view.head ? [paint('green', headMark(graph, view.revision))] : [])].join(' ');
}

/** A head that another revision depends on is none of the rows of a database where all is applied. */
function headMark(graph: RevisionGraph, revision: string): string {
  return graph.dependants(revision).length > 0 ? '(effective head)' : '(head)';
}

/** One line a revision. */
export function headsText(graph: RevisionGraph, heads: readonly RevisionView[], paint: Paint): string {
  if (heads.length === 0) return "There are no revisions yet. Write the first: torale revision -m 'first tables'";
  return table(heads.map((view) => [paint('yellow', view.revision), view.message, marksOf(graph, view, paint)]));
}

/** Each branch point with what follows it. */
export function branchesText(
  graph: RevisionGraph,
  points: readonly RevisionView[],
  viewOf: (id: string) => RevisionView,
  paint: Paint,
): string {
  if (points.length === 0) return 'There are no branch points: no revision has several children.';
  const rows = points.flatMap((point) => [
    [paint('yellow', point.revision), point.message, marksOf(graph, point, paint)],
    ...point.children
      .map(viewOf)
      .map((child) => [`  → ${paint('yellow', child.revision)}`, child.message, marksOf(graph, child, paint)]),
  ]);
  return table(rows);
}

/** Everything about one revision, as `show` and `-v` print it. */
export function detailsText(graph: RevisionGraph, shown: ShownRevision, paint: Paint): string {
  const named = (id: string): string => `${id}  ${graph.get(id)?.message ?? ''}`.trimEnd();
  const list = (ids: readonly string[]): string[] => ids.map(named);
  const { parents, children, dependencies, labels } = shown;
  const facts: [string, readonly string[]][] = [
    [parents.length > 1 ? 'merges' : 'parent', parents.length === 0 ? ['(base)'] : list(parents)],
    ['depends on', list(dependencies)],
    [children.length > 1 ? 'branches into' : 'child', list(children)],
    ['needed by', list(graph.dependants(shown.revision))],
    ['branch', labels.length === 0 ? [] : [labels.join(', ')]],
    ['created', shown.createDate === null ? [] : [shown.createDate]],
    ['file', shown.file === null ? [] : [shown.file]],
  ];
  const rows = facts.flatMap(([name, values]) =>
    values.map((value, at) => [`  ${at === 0 ? paint('dim', name) : ''}`, value]),
  );
  const title = [paint('yellow', shown.revision), shown.message, marksOf(graph, shown, paint)].filter(
    (part) => part !== '',
  );
  const rest = remarks(shown.doc);
  return [title.join('  '), table(rows), ...(rest === '' ? [] : ['', rest])].join('\n');
}

const GENERATED = /^(?:Revision ID|Revises|Create Date):/;

/** What the comment says beside its first line and the lines that only repeat the header. */
function remarks(doc: string): string {
  const [, ...lines] = doc.split('\n');
  const text = lines
    .filter((line) => !GENERATED.test(line))
    .join('\n')
    .trim();
  return text.replaceAll(/^(?=.)/gm, '    ');
}
