import { mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { ToraleError } from '../errors.ts';
import { displayPath } from '../paths.ts';
import { codeOf, reasonOf } from './reason.ts';

/**
 * Writes a new revision file; an existing one is never touched.
 *
 * @param folder the version folder; made if it does not exist
 * @param fileName relative to it; sub-folders are made
 * @returns the file's absolute path
 * @throws ToraleError WRITE_FAILED, with the reason; USAGE where the name leads out of the folder
 */
export function writeRevision(folder: string, fileName: string, text: string): string {
  const root = resolve(folder);
  const file = resolve(root, fileName);
  if (!isInside(root, file) || fileName.includes('\0')) throw leadsOut(fileName, root);
  try {
    mkdirSync(root, { recursive: true });
    makeFolders(root, relative(root, dirname(file)), fileName);
    writeNew(file, text);
  } catch (error) {
    if (error instanceof ToraleError) throw error;
    const problem = codeOf(error) === 'EEXIST' ? 'it exists already, and nothing is overwritten' : reasonOf(error);
    throw new ToraleError('WRITE_FAILED', `Cannot write ${displayPath(file)}: ${problem}.`, {
      data: { files: [file] },
      cause: error,
    });
  }
  return file;
}

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    // `wx` made the file, then the disk was full: half a revision must not stay.
    if (codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT') rmSync(file, { force: true });
    throw error;
  }
}

/** Makes the sub-folders one by one, so that a symbolic link among them cannot lead out. */
function makeFolders(root: string, path: string, fileName: string): void {
  const real = realpathSync(root);
  let folder = root;
  for (const segment of path.split(sep).filter((part) => part !== '')) {
    folder = join(folder, segment);
    mkdirSync(folder, { recursive: true });
    if (!isInside(real, realpathSync(folder))) throw leadsOut(fileName, root);
  }
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function leadsOut(fileName: string, root: string): ToraleError {
  return new ToraleError('USAGE', `${JSON.stringify(fileName)} leads out of the version folder ${displayPath(root)}.`);
}
