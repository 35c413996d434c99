import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { ToraleError } from '../errors.ts';
import { RevisionGraph } from '../graph/graph.ts';
import { createRevision, type CreatedRevision, type CreateRequest } from '../revision/create.ts';
import { filesOf } from './source.ts';

/** Writes the file of a new revision. No database is asked. */
export async function writeNewRevision(config: Config, request: CreateRequest): Promise<CreatedRevision> {
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
): Promise<CreatedRevision> {
  const graph = graphOf(config);
  const head = revisions.length === 0 ? graph.heads : [...new Set(graph.resolve(revisions))];
  if (head.length < 2) {
    const found = head.length === 0 ? 'none' : `only ${head[0]}`;
    const where = revisions.length === 0 ? `of heads there is ${found}` : `${revisions.join(' ')} is ${found}`;
    throw new ToraleError('USAGE', `A merge needs two revisions, and ${where}.`, {
      hint: 'torale heads lists the heads.',
      data: { revisions: head },
    });
  }
  return create(config, graph, { ...rest, head, message: message ?? `merge ${head.join(' and ')}` });
}

function create(config: Config, graph: RevisionGraph, request: CreateRequest): Promise<CreatedRevision> {
  const versionPath = request.versionPath === undefined ? undefined : resolve(request.versionPath);
  return createRevision(graph, { ...request, versionPath }, { ...config, now: new Date() });
}

/** The first revision makes its folder. */
function graphOf({ versions }: Config): RevisionGraph {
  return RevisionGraph.from(filesOf(versions.filter((folder) => existsSync(folder))).headers);
}
