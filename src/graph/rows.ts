import { ToraleError } from '../errors.ts';
import type { Dag } from './dag.ts';
import { listed } from './names.ts';
import { refuseOverlap } from './resolve.ts';
import { ancestors } from './walk.ts';

/** The rows of the version table, by whether a file knows them. */
export interface SplitRows {
  readonly known: string[];
  readonly unknown: string[];
}

/** Tells the rows that the files know from those they do not; the word `base` is no revision. */
export function splitRows(dag: Dag, rows: readonly string[]): SplitRows {
  const unique = [...new Set(rows)].filter((row) => row !== 'base');
  return {
    known: unique.filter((row) => dag.index.has(row)),
    unknown: unique.filter((row) => !dag.index.has(row)),
  };
}

/** The rows as revisions. */
export function rowNodes(dag: Dag, rows: readonly string[]): number[] {
  const { known, unknown } = splitRows(dag, rows);
  if (unknown.length > 0) {
    throw new ToraleError(
      'DATABASE_AHEAD',
      `The database holds ${listed(unknown)}, which no revision file here knows.`,
      {
        hint: 'Use the version of the application that brought it; or say with torale stamp --purge REVISION where the database is.',
        data: { revisions: unknown },
      },
    );
  }
  return known.map((row) => dag.index.get(row)!);
}

/** Refuses rows of which one is an ancestor of another: they do not say what is applied. */
export function refuseOverlappingRows(dag: Dag, rows: readonly number[]): void {
  refuseOverlap(
    dag,
    rows,
    'The rows of the version table',
    'Say where the database is:  torale stamp REVISION (the later one covers the earlier).',
  );
}

/** The revisions without a child by parents among what the rows cover: the rows, and the heads they imply through `dependsOn`. */
export function currentHeads(dag: Dag, rows: readonly number[]): number[] {
  const applied = ancestors(dag, rows, 'all');
  const hasChild = new Uint8Array(dag.size);
  for (let node = 0; node < dag.size; node++) {
    if (applied[node] === 1) for (const parent of dag.down.of(node)) hasChild[parent] = 1;
  }
  return dag.sorted(dag.nodes.filter((node) => applied[node] === 1 && hasChild[node] === 0));
}
