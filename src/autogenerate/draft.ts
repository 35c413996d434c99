import type { Run } from '../apply/run.ts';
import { keyOf } from '../schema/object.ts';
import type { Inspection } from '../dialects/schema-dialect.ts';
import type { Change } from '../diff/diff.ts';
import type { Statement } from '../diff/rules.ts';
import { renderBody } from '../render/render.ts';
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

export interface DraftContent {
  readonly statements: readonly Statement[];
  readonly header: readonly string[];
  readonly dialect: string;
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

export async function draftRevision(run: Run, request: DraftRequest, content: DraftContent): Promise<Draft> {
  const { statements, header, dialect, before, after, renames } = content;
  const body = renderBody(statements, { header });
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
  const delta = deltaOf(before.schema, after.schema, after.server, renamePairs(renames));
  const text = readText(written.file);
  const deltaFile = writeDelta(written.file, {
    revision: written.revision,
    checksum: checksumOf(text, written.file),
    dialects: { [dialect]: delta },
  });
  const objects = new Set([...delta.put.map((object) => keyOf(object)), ...delta.drop]);
  return { ...written, deltaFile, objects: objects.size };
}
