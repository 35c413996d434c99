import type { Run } from '../apply/run.ts';
import type { Inspection } from '../dialects/schema-dialect.ts';
import { ToraleError } from '../errors.ts';
import { deltaOf, type Delta } from '../schema/delta.ts';
import { keyOf } from '../schema/object.ts';
import { Schema } from '../schema/schema.ts';
import { refuseUnread } from './compare.ts';
import { contextFor } from './context.ts';
import { readDelta, writeDelta } from './delta-store.ts';
import { inScratch, inspectScratch } from './materialise.ts';
import { replay } from './replay.ts';
import { isToraleError } from '../errors.ts';

export interface SnapshotReport {
  /** The revisions whose snapshot was written, in the order in which they run. */
  readonly written: readonly { readonly revision: string; readonly file: string; readonly objects: number }[];
  /** How many had one of their present text. */
  readonly upToDate: number;
}

/**
 * Replays the revisions and writes the snapshot of each that has none, or one of an older text.
 *
 * @param all writes them all anew
 */
export async function writeSnapshots(run: Run, { all }: { readonly all: boolean }): Promise<SnapshotReport> {
  const context = contextFor(run, []);
  const { steps } = run.graph.plan({ applied: [], target: 'heads' });
  const wanted = new Set(
    steps.filter(({ revision }) => all || !hasSnapshot(run, revision, context.dialect)).map(({ revision }) => revision),
  );
  if (wanted.size === 0) return { written: [], upToDate: steps.length };
  return inScratch(context, async (scratch) => {
    const written: { revision: string; file: string; objects: number }[] = [];
    let before: Inspection | null = null;
    let ranTo = -1;
    const replayTo = async (index: number): Promise<Inspection> => {
      if (index > ranTo) await replay(run, scratch, steps[index]!.headsAfter);
      ranTo = index;
      const side = await inspectScratch(
        context,
        scratch,
        steps[index] === undefined ? 'the empty database' : `revision ${steps[index].revision}`,
      );
      refuseUnread(side);
      return side;
    };
    for (const [index, { revision }] of steps.entries()) {
      if (!wanted.has(revision)) {
        before = null;
        continue;
      }
      before ??= index === 0 ? null : await replayTo(index - 1);
      const after = await replayTo(index);
      const section = deltaOf(
        before?.schema ?? Schema.empty,
        after.schema,
        after.server,
        renamesOf(run, revision, context.dialect),
      );
      const file = run.source.fileOf(revision);
      if (file === null)
        throw new ToraleError('USAGE', `Revision ${revision} has no file, so its snapshot has no place.`);
      const delta: Delta = {
        revision,
        checksum: run.source.checksumOf(revision)!,
        dialects: { ...otherDialects(run, revision), [context.dialect]: section },
      };
      const objects = new Set([...section.put.map((object) => keyOf(object)), ...section.drop]).size;
      written.push({ revision, file: writeDelta(file, delta), objects });
      before = after;
    }
    return { written, upToDate: steps.length - written.length };
  });
}

function hasSnapshot(run: Run, revision: string, dialect: string): boolean {
  const stored = storedOf(run, revision);
  return stored !== null && !stored.isStale && stored.delta.dialects[dialect] !== undefined;
}

/** One that cannot be read is written anew. */
function storedOf(run: Run, revision: string): ReturnType<typeof readDelta> {
  try {
    return readDelta(run, revision);
  } catch (error) {
    if (isToraleError(error) && error.code === 'SNAPSHOT_INVALID') return null;
    throw error;
  }
}

/** What was decided once about renames stays decided. */
function renamesOf(run: Run, revision: string, dialect: string): Delta['dialects'][string]['rename'] {
  return storedOf(run, revision)?.delta.dialects[dialect]?.rename ?? [];
}

/** The sections of other dialects stay while the text is the same. */
function otherDialects(run: Run, revision: string): Delta['dialects'] {
  const stored = storedOf(run, revision);
  return stored === null || stored.isStale ? {} : stored.delta.dialects;
}
