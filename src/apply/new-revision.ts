import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { ToraleError } from '../errors.ts';
import { RevisionGraph } from '../graph/graph.ts';
import { createRevision, type CreatedRevision, type CreateRequest } from '../revision/create.ts';
import { filesOf } from './source.ts';

export interface WrittenRevision extends CreatedRevision {
  /** The heads of the files, the new one among them. */
  readonly heads: readonly string[];
}

/** Writes the file of a new revision. No database is asked. */
export async function writeNewRevision(config: Config, request: CreateRequest): Promise<WrittenRevision> {
  return create(config, graphOf(config), request);
}

export interface MergeRequest {
  /** None: all heads. */
  readonly revisions: readonly string[];
  /** Default: `merge A and B`. */
  readonly message: string | undefined;
  readonly branchLabels?: readonly string[] | undefined;
  readonly revId?: string | undefined;
  readonly splice?: boolean | undefined;
}

/**
 * Writes a revision that joins several.
 *
 * @throws ToraleError USAGE where there is only one
 */
export async function writeMerge(
  config: Config,
  { revisions, message, ...rest }: MergeRequest,
): Promise<WrittenRevision> {
  const graph = graphOf(config);
  const head = revisions.length === 0 ? graph.heads : [...new Set(graph.resolve(revisions))];
  if (head.length < 2) throw nothingToMerge(head, revisions.length > 0);
  return create(config, graph, { ...rest, head, message: message ?? `merge ${head.join(' and ')}` });
}

function nothingToMerge(found: readonly string[], named: boolean): ToraleError {
  const only = found.length === 0 ? 'there is none' : `${found[0]} is the only one`;
  const message = named ? `A merge needs several revisions, and ${only}.` : `A merge needs several heads, and ${only}.`;
  return new ToraleError('USAGE', message, {
    hint: named ? 'torale heads lists what can be merged.' : undefined,
    data: { revisions: found },
  });
}

async function create(config: Config, graph: RevisionGraph, request: CreateRequest): Promise<WrittenRevision> {
  const versionPath = request.versionPath === undefined ? undefined : resolve(request.versionPath);
  const created = await createRevision(graph, { ...request, versionPath }, { ...config, now: new Date() });
  const parents = [created.downRevision ?? []].flat();
  return { ...created, heads: [...graph.heads.filter((head) => !parents.includes(head)), created.revision] };
}

/** The first revision makes its folder. */
function graphOf({ versions }: Config): RevisionGraph {
  return RevisionGraph.from(filesOf(versions.filter((folder) => existsSync(folder))).headers);
}
