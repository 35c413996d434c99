import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Run } from '../apply/run.ts';
import { ToraleError } from '../errors.ts';
import { displayPath } from '../paths.ts';
import { sameChecksum } from '../revision/checksum.ts';
import { parseDelta, renderDelta, type Delta } from '../schema/delta.ts';

/** A delta beside a revision, and whether it is of the revision's present text. */
export interface StoredDelta {
  readonly delta: Delta;
  readonly isStale: boolean;
  readonly file: string;
}

/** `versions/snapshots/<revision>.json` */
export function deltaFile(revisionFile: string, revision: string): string {
  return join(dirname(revisionFile), 'snapshots', `${revision}.json`);
}

export function hasDelta(run: Run, revision: string): boolean {
  const file = run.source.fileOf(revision);
  return file !== null && existsSync(deltaFile(file, revision));
}

/**
 * The delta of a revision; null where it has none.
 *
 * @throws ToraleError SNAPSHOT_INVALID
 */
export function readDelta(run: Run, revision: string): StoredDelta | null {
  const revisionFile = run.source.fileOf(revision);
  if (revisionFile === null) return null;
  const file = deltaFile(revisionFile, revision);
  if (!existsSync(file)) return null;
  const delta = parseDelta(readFileSync(file, 'utf8'), displayPath(file));
  if (delta.revision !== revision) {
    throw new ToraleError('SNAPSHOT_INVALID', `${displayPath(file)} is of revision ${delta.revision}.`, {
      hint: 'Let it be written anew:  torale snapshot',
      data: { file, revisions: [revision] },
    });
  }
  const checksum = run.source.checksumOf(revision);
  return { delta, isStale: checksum !== null && sameChecksum(delta.checksum, checksum) === 'edited', file };
}

/**
 * Writes a delta; the old one is there until the new one is whole.
 *
 * @returns its file
 * @throws ToraleError WRITE_FAILED
 */
export function writeDelta(revisionFile: string, delta: Delta): string {
  const file = deltaFile(revisionFile, delta.revision);
  const half = `${file}.${process.pid}.new`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(half, renderDelta(delta));
    renameSync(half, file);
  } catch (error) {
    rmSync(half, { force: true });
    throw new ToraleError('WRITE_FAILED', `Cannot write ${displayPath(file)}: ${(error as Error).message}.`, {
      data: { files: [file] },
      cause: error,
    });
  }
  return file;
}
