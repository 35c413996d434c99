import type { Run } from '../apply/run.ts';
import { loadScratchDialect } from '../dialects/load-scratch.ts';
import type { DialectName } from '../dialects/names.ts';
import type { Inspection } from '../dialects/schema-dialect.ts';
import { isToraleError, ToraleError, type ErrorCode } from '../errors.ts';
import type { Step } from '../graph/plan.ts';
import { deltaOf, type Delta, type DialectDelta } from '../schema/delta.ts';
import { keyOf, type ObjectId } from '../schema/object.ts';
import { Schema } from '../schema/schema.ts';
import { refuseUnread } from './compare.ts';
import { contextFor } from './context.ts';
import { readDelta, writeDelta, type StoredDelta } from './delta-store.ts';
import { inScratch, inspectScratch } from './materialise.ts';
import type { SideContext } from './open-side.ts';
import { dialectsOf } from './read-target.ts';
import { sayingDialect } from './refusals.ts';
import { replay } from './replay.ts';
import type { Scratch } from './scratch.ts';

export interface SnapshotReport {
  /** The revisions whose snapshot was written, in the order in which they run. */
  readonly written: readonly WrittenSnapshot[];
  /** How many had one of their present text. */
  readonly upToDate: number;
  /** Dialects of the configuration that no scratch database could be had for. */
  readonly skipped: readonly { readonly dialect: DialectName; readonly why: string }[];
}

/** A dialect that has no scratch database here is left to whoever has one. */
const NO_SERVER: readonly ErrorCode[] = ['NO_DATABASE', 'DENIED', 'SCRATCH_REFUSED', 'UNREACHABLE'];

interface WrittenSnapshot {
  readonly revision: string;
  readonly file: string;
  readonly objects: number;
  /** The sections of it that were written. */
  readonly dialects: readonly DialectName[];
}

/**
 * Replays the revisions and writes the snapshot of each that has none, or one of an older text; in each dialect of the
 * configuration that a scratch database can be had for.
 *
 * @param all writes them all anew
 * @throws ToraleError of the first dialect, where none can be had; of a revision that fails
 */
export async function writeSnapshots(run: Run, { all }: { readonly all: boolean }): Promise<SnapshotReport> {
  const { steps } = run.graph.plan({ applied: [], target: 'heads' });
  const dialects = dialectsOf(run);
  const written = new Map<string, { file: string; ids: Set<ObjectId>; dialects: DialectName[] }>();
  const skipped: { dialect: DialectName; why: string }[] = [];
  // As they are before the first dialect's is written.
  const stored: StoredDeltas = new Map(steps.map(({ revision }) => [revision, storedOf(run, revision)]));
  for (const name of dialects) {
    const context = contextFor(run, [], name);
    const { dialect } = context;
    try {
      const sections = await sayingDialect(dialect, dialects.length > 1, () => writeIn(context, steps, stored, all));
      for (const one of sections) {
        const known = written.get(one.revision) ?? { file: one.file, ids: new Set(), dialects: [] };
        for (const id of one.ids) known.ids.add(id);
        written.set(one.revision, { ...known, dialects: [...known.dialects, dialect] });
      }
    } catch (error) {
      const isElsewhere =
        isToraleError(error) && NO_SERVER.includes(error.code) && error.data['revision'] === undefined;
      if (!isElsewhere || skipped.length + 1 === dialects.length) throw error;
      skipped.push({ dialect, why: error.message.split('\n')[0]!.replace(`${dialect}: `, '') });
    }
  }
  const inOrder = steps.flatMap(({ revision }): WrittenSnapshot[] => {
    const one = written.get(revision);
    return one === undefined ? [] : [{ revision, file: one.file, objects: one.ids.size, dialects: one.dialects }];
  });
  return { written: inOrder, upToDate: steps.length - inOrder.length, skipped };
}

type StoredDeltas = ReadonlyMap<string, StoredDelta | null>;

interface WrittenSection {
  readonly revision: string;
  readonly file: string;
  readonly ids: readonly ObjectId[];
}

async function writeIn(
  context: SideContext,
  steps: readonly Step[],
  stored: StoredDeltas,
  all: boolean,
): Promise<WrittenSection[]> {
  const wanted = new Set(steps.filter(({ revision }) => all || !hasSection(stored.get(revision), context.dialect)));
  if (wanted.size === 0) return [];
  return inScratch(context, async (scratch) => {
    const written: WrittenSection[] = [];
    const history = new Replayed(context, scratch, steps);
    const empty = new Schema((await loadScratchDialect(context.dialect)).pristine, new Map());
    for (const [index, step] of steps.entries()) {
      if (!wanted.has(step)) continue;
      const before = index === 0 ? empty : (await history.at(index - 1)).schema;
      // What was decided once about renames stays decided.
      const renames = stored.get(step.revision)?.delta.dialects[context.dialect]?.rename ?? [];
      written.push(writeSection(context, step.revision, before, await history.at(index), renames));
    }
    return written;
  });
}

/** What the database holds after each revision, looked at in their order. */
class Replayed {
  readonly #context: SideContext;
  readonly #scratch: Scratch;
  readonly #steps: readonly Step[];
  #last: { readonly index: number; readonly inspection: Inspection } | null = null;

  constructor(context: SideContext, scratch: Scratch, steps: readonly Step[]) {
    this.#context = context;
    this.#scratch = scratch;
    this.#steps = steps;
  }

  async at(index: number): Promise<Inspection> {
    if (this.#last?.index === index) return this.#last.inspection;
    const { revision, headsAfter } = this.#steps[index]!;
    await replay(this.#context.run, this.#scratch, headsAfter);
    const side = await inspectScratch(this.#context, this.#scratch, `revision ${revision}`);
    refuseUnread(side);
    this.#last = { index, inspection: side };
    return side;
  }
}

function writeSection(
  { run, dialect }: SideContext,
  revision: string,
  before: Schema,
  after: Inspection,
  renames: DialectDelta['rename'],
): WrittenSection {
  const section = deltaOf(before, after.schema, after.server, renames);
  const file = run.source.fileOf(revision);
  if (file === null) throw new ToraleError('USAGE', `Revision ${revision} has no file, so its snapshot has no place.`);
  const delta: Delta = {
    revision,
    checksum: run.source.checksumOf(revision)!,
    dialects: { ...otherDialects(run, revision), [dialect]: section },
  };
  const ids = [...section.put.map((object) => keyOf(object)), ...section.drop];
  return { revision, file: writeDelta(file, delta), ids };
}

function hasSection(stored: StoredDelta | null | undefined, dialect: DialectName): boolean {
  return stored != null && !stored.isStale && stored.delta.dialects[dialect] !== undefined;
}

/** One that cannot be read is written anew. */
function storedOf(run: Run, revision: string): StoredDelta | null {
  try {
    return readDelta(run, revision);
  } catch (error) {
    if (isToraleError(error) && error.code === 'SNAPSHOT_INVALID') return null;
    throw error;
  }
}

/** The sections of other dialects stay while the text is the same. */
function otherDialects(run: Run, revision: string): Delta['dialects'] {
  const stored = storedOf(run, revision);
  return stored === null || stored.isStale ? {} : stored.delta.dialects;
}
