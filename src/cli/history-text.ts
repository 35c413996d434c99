import type { HistoryReport, RevisionView } from '../apply/look.ts';
import type { RevisionGraph } from '../graph/graph.ts';
import { count, type Paint } from './output.ts';
import { marksOf } from './revision-text.ts';
import { clip, displayWidth, pad } from './width.ts';

export interface HistoryStyle {
  readonly paint: Paint;
  /** Columns of the terminal; unlimited elsewhere. */
  readonly columns: number;
}

const GAP = '  ';
const DATE = 'yyyy-mm-dd'.length;
/** A longer message is not padded for, so that one of them does not push everything aside. */
const MESSAGE = 60;

/** The revisions as a drawn graph, newest first. */
export function historyText(
  graph: RevisionGraph,
  { revisions, databaseHeads }: HistoryReport,
  viewOf: (revision: string) => RevisionView,
  { paint, columns }: HistoryStyle,
): string {
  if (revisions.length === 0) return 'There are no revisions.';
  const { rows, width: graphWidth } = graph.draw(revisions);
  const views = new Map(revisions.map((revision) => [revision, viewOf(revision)]));
  const idWidth = Math.max(...revisions.map((revision) => revision.length));
  const marks = new Map(
    [...views].map(([revision, view]) => {
      const isHere = databaseHeads?.includes(revision) === true;
      return [
        revision,
        [marksOf(graph, view, paint), ...(isHere ? [paint('bold', '← database')] : [])].filter(Boolean).join(' '),
      ];
    }),
  );
  const longest = Math.max(...[...views.values()].map(({ message }) => displayWidth(message)));
  const marksWidth = Math.max(...[...marks.values()].map(displayWidth));
  const room = columns - graphWidth - idWidth - marksWidth - 3 * GAP.length;
  const wanted = Math.min(longest, MESSAGE);
  const hasDates = room >= wanted + DATE + GAP.length;
  const left = hasDates ? room - DATE - GAP.length : room;
  const messageWidth = Math.min(wanted, Math.max(10, left));

  const lines = rows.map(({ text, revision, elsewhere }) => {
    if (revision === undefined) return paint('dim', text);
    const { message, createDate } = views.get(revision)!;
    const shown = Number.isFinite(columns) ? clip(message, messageWidth) : message;
    const more = elsewhere === undefined ? '' : `(also after ${elsewhere.join(', ')})`;
    const cells = [
      pad(text, graphWidth),
      pad(paint('yellow', revision), idWidth),
      pad(shown, messageWidth),
      ...(hasDates ? [paint('dim', pad(createDate?.slice(0, DATE) ?? '', DATE))] : []),
      [marks.get(revision), more].filter(Boolean).join(' '),
    ];
    return cells.join(GAP).trimEnd();
  });
  return [...lines, ...unknownHeads(graph, databaseHeads ?? [])].join('\n');
}

function unknownHeads(graph: RevisionGraph, heads: readonly string[]): string[] {
  const unknown = heads.filter((head) => !graph.has(head));
  if (unknown.length === 0) return [];
  return [
    '',
    `The database is also at ${unknown.join(', ')}: ${count(unknown.length, 'revision')} that no file here has.`,
  ];
}
