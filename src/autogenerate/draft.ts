import type { Run } from '../apply/run.ts';
import { keyOf } from '../schema/object.ts';
import type { Inspection } from '../dialects/schema-dialect.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { loadDialect } from '../dialects/load.ts';
import type { DialectName } from '../dialects/names.ts';
import type { Change } from '../diff/diff.ts';
import type { Statement } from '../diff/rules.ts';
import { isToraleError } from '../errors.ts';
import { renderBodies } from '../render/render.ts';
import { writeNewRevision, type WrittenRevision } from '../apply/new-revision.ts';
import { checksumOf } from '../revision/checksum.ts';
import { readText } from '../revision/locations.ts';
import { deltaOf } from '../schema/delta.ts';
import { writeDelta } from './delta-store.ts';
import { renamePairs } from './renaming.ts';

export interface DraftRequest {
  readonly message: string;
  readonly head?: string | readonly string[] | undefined;
  readonly splice?: boolean | undefined;
  readonly branchLabels?: readonly string[] | undefined;
  readonly dependsOn?: readonly string[] | undefined;
  readonly revId?: string | undefined;
  readonly versionPath?: string | undefined;
}

/** What a revision does in one dialect. */
export interface DraftContent {
  readonly dialect: DialectName;
  readonly statements: readonly Statement[];
  /** What still differs afterwards; none where it is proved. */
  readonly residue: readonly string[];
  readonly before: Inspection;
  readonly after: Inspection;
  readonly renames: readonly Change[];
}

/** A revision that was written, and its delta. */
export interface Draft extends WrittenRevision {
  readonly deltaFile: string;
  /** How many objects change. */
  readonly objects: number;
}

export async function draftRevision(
  run: Run,
  request: DraftRequest,
  contents: readonly DraftContent[],
): Promise<Draft> {
  const body = renderBodies(contents, {
    header: headerOf(contents),
    names: namesIn(contents),
    comesApart: await splittersOf(contents),
  });
  const { message, head, splice, branchLabels, dependsOn, revId, versionPath } = request;
  const written = await writeNewRevision(run.config, {
    message,
    head,
    splice,
    branchLabels,
    dependsOn,
    revId,
    versionPath,
    body: body === '' ? '  // Nothing differs.' : body,
  });
  const deltas = contents.map(({ before, after, renames }) =>
    deltaOf(before.schema, after.schema, after.server, renamePairs(renames)),
  );
  const text = readText(written.file);
  const deltaFile = writeDelta(written.file, {
    revision: written.revision,
    checksum: checksumOf(text, written.file),
    dialects: Object.fromEntries(contents.map(({ dialect }, at) => [dialect, deltas[at]!])),
  });
  const objects = new Set(deltas.flatMap(({ put, drop }) => [...put.map((object) => keyOf(object)), ...drop]));
  return { ...written, deltaFile, objects: objects.size };
}

function headerOf(contents: readonly DraftContent[]): string[] {
  const unproved = contents.filter(({ residue }) => residue.length > 0);
  if (unproved.length === 0) return [];
  const lines = unproved.flatMap(({ dialect, residue }) =>
    contents.length === 1 ? residue : residue.map((line) => `${dialect}: ${line}`),
  );
  return ['Not proved: running this does not give the target. What is left:', ...lines];
}

function namesIn(contents: readonly DraftContent[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { schema } of contents.flatMap(({ before, after }) => [before, after])) {
    for (const { path } of schema.objects()) for (const name of path) names.add(name.toLowerCase());
  }
  return names;
}

/** Whether `op.execute` would make the very same statements of a text. */
async function splittersOf(
  contents: readonly DraftContent[],
): Promise<(dialect: string, text: string, statements: readonly string[]) => boolean> {
  const loaded = await Promise.all(
    contents.map(async ({ dialect }): Promise<[string, Dialect]> => [dialect, await loadDialect(dialect)]),
  );
  const dialects = new Map(loaded);
  return (dialect, text, statements) => {
    try {
      const found = dialects.get(dialect)!.split(text);
      return found.length === statements.length && found.every((one, at) => one.text === statements[at]!.trim());
    } catch (error) {
      if (isToraleError(error)) return false;
      throw error;
    }
  };
}
