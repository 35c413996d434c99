import { existsSync } from 'node:fs';
import { isToraleError, ToraleError } from '../errors.ts';
import type { RevisionGraph } from '../graph/graph.ts';
import { displayPath } from '../paths.ts';
import { readDoc } from '../revision/doc.ts';
import { readJournal } from './read.ts';
import type { Run } from './run.ts';

/** A revision as the commands that only look tell it; links as its file declares them. */
export interface RevisionView {
  readonly revision: string;
  readonly downRevision: string | readonly string[] | null;
  readonly branchLabels: string | readonly string[] | null;
  readonly dependsOn: string | readonly string[] | null;
  readonly message: string;
  readonly createDate: string | null;
  /** Relative to the working folder where it lies in it. */
  readonly file: string | null;
  /** No other revision has it as its parent. */
  readonly head: boolean;
  readonly children: readonly string[];
}

export function viewOf(graph: RevisionGraph, revision: string): RevisionView {
  const header = graph.get(revision);
  const children = graph.children(revision);
  return {
    revision,
    downRevision: header?.downRevision ?? null,
    branchLabels: header?.branchLabels ?? null,
    dependsOn: header?.dependsOn ?? null,
    message: header?.message ?? '',
    createDate: header?.createDate ?? null,
    file: header?.file === undefined ? null : displayPath(header.file),
    head: children.length === 0,
    children,
  };
}

export interface HistoryReport {
  /** Newest first. */
  readonly revisions: readonly string[];
  /** The rows of the version table; null where the database was not asked. */
  readonly databaseHeads: readonly string[] | null;
  /** What those rows cover; null where the database was not asked. */
  readonly applied: ReadonlySet<string> | null;
}

export interface HistoryLook {
  /** `FROM:TO`, each side optional; null for all. */
  readonly range: string | null;
  /** Ask the database what is applied, whatever that takes. */
  readonly indicateCurrent: boolean;
}

/**
 * The revisions of a range. The database is asked where `indicateCurrent` or the range's `current` wants it, and
 * besides where that costs nothing and cannot fail: a SQLite file.
 */
export async function lookAtHistory(run: Run, { range, indicateCurrent }: HistoryLook): Promise<HistoryReport> {
  const { graph } = run;
  const [from, to] = range === null ? [null, null] : splitEnds(range);
  const isNeeded = indicateCurrent || [from, to].some((end) => end !== null && /^current\b/.test(end));
  const databaseHeads = isNeeded ? await readHeads(run) : await readHeadsIfAtHand(run);
  const rows = databaseHeads ?? undefined;
  return {
    revisions: graph.history({ from, to, applied: rows }),
    databaseHeads,
    applied: databaseHeads === null ? null : graph.appliedSet(databaseHeads.filter((head) => graph.has(head))),
  };
}

function splitEnds(range: string): [string | null, string | null] {
  const colon = range.indexOf(':');
  if (colon === -1) {
    throw new ToraleError('USAGE', `A range is FROM:TO, FROM: or :TO, and '${range}' has no colon.`, {
      hint: `For one revision: torale show ${range}`,
    });
  }
  return [range.slice(0, colon) || null, range.slice(colon + 1) || null];
}

/** The rows of the version table. Writes nothing. */
function readHeads(run: Run): Promise<readonly string[]> {
  return readJournal(run, async (journal) => (await journal.read()).heads);
}

async function readHeadsIfAtHand(run: Run): Promise<readonly string[] | null> {
  const { database } = run.config;
  if (database?.dialect !== 'sqlite' || !existsSync(database.path)) return null;
  try {
    return await readHeads(run);
  } catch (error) {
    if (isToraleError(error)) return null;
    throw error;
  }
}

export interface ShownRevision extends RevisionView {
  readonly parents: readonly string[];
  /** Labels resolved to ids. */
  readonly dependencies: readonly string[];
  /** Its own labels and those it inherits. */
  readonly labels: readonly string[];
  /** Everything the file's leading comment says. */
  readonly doc: string;
}

/** The revisions that these identifiers name; the database is asked only for `current`. */
export async function showRevisions(run: Run, identifiers: readonly string[]): Promise<ShownRevision[]> {
  const { graph } = run;
  const asksDatabase = identifiers.some((identifier) => /(?:^|@)current$/.test(identifier));
  const applied = asksDatabase ? await readHeads(run) : undefined;
  const ids = new Set(identifiers.flatMap((identifier) => graph.resolve(identifier, { applied })));
  return [...ids].map((revision) => {
    const text = run.source.textOf(revision);
    return {
      ...viewOf(graph, revision),
      parents: graph.parents(revision),
      dependencies: graph.dependencies(revision),
      labels: graph.labels(revision),
      doc: text === null ? '' : readDoc(text),
    };
  });
}
