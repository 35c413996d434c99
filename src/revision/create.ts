import type { RevisionGraph } from '../graph/graph.ts';
import { ToraleError } from '../errors.ts';
import { newRevisionId, validateNewId } from './id.ts';
import { fileNameOf } from './name.ts';
import { renderRevision } from './template.ts';
import { writeRevision } from './write.ts';

export interface CreateRequest {
  readonly message: string;
  /** What the new revision follows; `head` by default, `base` for a new root, several for a merge. */
  readonly head?: string | readonly string[] | undefined;
  /** Allows a parent that has children already. */
  readonly splice?: boolean | undefined;
  readonly branchLabels?: readonly string[] | undefined;
  readonly dependsOn?: readonly string[] | undefined;
  /** The id, instead of a new one. */
  readonly revId?: string | undefined;
  /** The version location, where there are several. */
  readonly versionPath?: string | undefined;
  /** Lines of the body of `upgrade`. */
  readonly body?: string | undefined;
}

export interface CreateSettings {
  /** The version locations. */
  readonly versions: readonly string[];
  readonly fileTemplate: string;
  readonly truncateSlugLength: number;
  readonly now: Date;
}

export interface CreatedRevision {
  readonly revision: string;
  readonly downRevision: string | readonly string[] | null;
  /** Absolute. */
  readonly file: string;
}

/**
 * Writes a new revision file.
 *
 * @throws ToraleError what `RevisionGraph.newRevision` throws, USAGE where the version location is not decided,
 * ID_INVALID, WRITE_FAILED
 */
export async function createRevision(
  graph: RevisionGraph,
  request: CreateRequest,
  settings: CreateSettings,
): Promise<CreatedRevision> {
  const revision =
    request.revId === undefined ? await newRevisionId((id) => graph.has(id)) : validateNewId(request.revId);
  const links = graph.newRevision({
    revision,
    head: request.head,
    splice: request.splice,
    branchLabels: request.branchLabels,
    dependsOn: request.dependsOn,
  });
  const folder = locationOf(graph, links.downRevision, request.versionPath, settings.versions);
  const text = renderRevision({
    revision,
    ...links,
    message: request.message,
    createDate: settings.now,
    body: request.body,
  });
  const name = fileNameOf({
    revision,
    message: request.message,
    createDate: settings.now,
    template: settings.fileTemplate,
    truncateSlugLength: settings.truncateSlugLength,
  });
  return { revision, downRevision: links.downRevision, file: writeRevision(folder, name, text) };
}

/** The one that was asked for, the only one, or the one its parent lies in. */
function locationOf(
  graph: RevisionGraph,
  downRevision: string | readonly string[] | null,
  asked: string | undefined,
  versions: readonly string[],
): string {
  if (asked !== undefined) {
    const found = versions.find((folder) => folder === asked);
    if (found !== undefined) return found;
    throw new ToraleError('USAGE', `${asked} is not one of the version locations.`, {
      hint: `Configured are: ${versions.join(', ')}`,
    });
  }
  if (versions.length === 1) return versions[0]!;
  const parent = [downRevision ?? []].flat()[0];
  const file = parent === undefined ? undefined : graph.get(parent)?.file;
  const home = file === undefined ? undefined : versions.find((folder) => file.startsWith(folder));
  if (home !== undefined) return home;
  throw new ToraleError('USAGE', 'There are several version locations, and no parent to lie beside.', {
    hint: `Say which with --version-path: ${versions.join(', ')}`,
  });
}
