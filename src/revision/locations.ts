import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, realpathSync, statSync, type Dirent } from 'node:fs';
import { basename, extname, resolve, sep } from 'node:path';
import { ToraleError } from '../errors.ts';
import { displayPath } from '../paths.ts';
import { checksumOf } from './checksum.ts';
import { readHeader, readHeaderIfAny, type HeaderInFile } from './header.ts';
import { codeOf, reasonOf } from './reason.ts';

/** A revision as found in a version folder. */
export interface RevisionFile extends HeaderInFile {
  /** As checksumOf gives it; with the option `checksums`. */
  readonly checksum?: string;
}

export interface ReadVersionsOptions {
  /** Read sub-folders too, except `snapshots`, `node_modules` and those that begin with a dot. */
  readonly recursive?: boolean;
  readonly checksums?: boolean;
}

/** Larger than any revision written by a person; a data dump with this extension must not fill the memory. */
const LARGEST = 16 * 1024 * 1024;

const CODE = /\.[cm]?[jt]s$/;
const DECLARATION = /\.d\.[cm]?ts$/;
const OPTIONAL = /^_|\.test\.[cm]?[jt]s$/;
/** Most names; of them the three above say the same. */
const ORDINARY = /^[^._][^.]*\.[jt]s$/;
const NOT_READ = new Set(['snapshots', 'node_modules']);

/**
 * Reads the headers of all revisions in the version folders; none is run.
 *
 * Every `.ts .mts .cts .js .mjs .cjs` file must be a revision, except dotfiles and declarations (`.d.ts`); one whose
 * name begins with `_` or ends in `.test.ts` may be. A file or folder that is reached twice, also by a symbolic link,
 * counts once.
 *
 * @param folders absolute, or relative to the working folder
 * @returns one for each file, by folder and name
 * @throws ToraleError VERSIONS_UNREADABLE for a folder or file that cannot be read, HEADER_INVALID for a bad header
 */
export function readVersions(folders: readonly string[], options: ReadVersionsOptions = {}): RevisionFile[] {
  const found: RevisionFile[] = [];
  const { paths, special } = codeFiles(folders, options.recursive ?? false);
  for (const file of paths) {
    const text = readText(file);
    const header =
      special.size > 0 && special.get(file)?.optional ? readHeaderIfAny(text, file) : readHeader(text, file);
    if (header === undefined) continue;
    found.push(options.checksums ? { ...header, checksum: checksumOf(text, file) } : header);
  }
  return found;
}

/**
 * What to say of two files with one id where one is plainly the compiled copy of the other.
 *
 * @param files absolute paths
 */
export function twinHint(files: readonly string[]): string | undefined {
  const stem = (file: string): string => file.slice(0, -extname(file).length);
  const source = files.find((file) => extname(file).endsWith('ts'));
  const compiled = files.find(
    (file) => extname(file).endsWith('js') && source !== undefined && basename(stem(file)) === basename(stem(source)),
  );
  if (source === undefined || compiled === undefined) return undefined;
  return `${displayPath(compiled)} looks compiled from ${displayPath(source)}: name only one of the two in the versions.`;
}

/**
 * The text of a revision file.
 *
 * @throws ToraleError VERSIONS_UNREADABLE, naming it
 */
export function readText(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file, reasonOf(error), error);
  }
  if (text.length > LARGEST) throw unreadable(file, `it has more than ${LARGEST / 1024 / 1024} MiB`);
  if (text.includes('\0')) throw unreadable(file, 'it is not text in UTF-8');
  // A replacement character is either written there or stands for a byte that is not UTF-8, and would change the SQL.
  if (text.includes('\ufffd') && !isUtf8(readFileSync(file))) throw unreadable(file, 'it is not text in UTF-8');
  return text;
}

interface CodeFiles {
  readonly paths: readonly string[];
  /** Of few of the paths: a record for each of 10,000 files is what the garbage collector would then carry about. */
  readonly special: ReadonlyMap<string, Special>;
}

interface Special {
  /** Where a symbolic link leads. */
  readonly real?: string;
  /** Whether it may lack a header. */
  readonly optional: boolean;
}

function codeFiles(folders: readonly string[], recursive: boolean): CodeFiles {
  const paths: string[] = [];
  const special = new Map<string, Special>();
  const seen = new Set<string>();
  const pending = folders.map((folder) => resolve(folder)).toReversed();
  while (pending.length > 0) {
    const folder = pending.pop()!;
    const { real, entries } = list(folder);
    if (seen.has(real)) continue;
    seen.add(real);
    const below: string[] = [];
    for (const entry of entries) {
      const { name } = entry;
      const path = `${folder}${sep}${name}`;
      if (ORDINARY.test(name) && entry.isFile()) {
        paths.push(path);
        continue;
      }
      if (name.startsWith('.')) continue;
      if (CODE.test(name) && !DECLARATION.test(name)) {
        const file = codeFile(path, entry);
        if (file !== undefined) {
          paths.push(path);
          special.set(path, file);
        } else if (recursive) below.push(path);
      } else if (recursive && !NOT_READ.has(name) && isFolder(path, entry)) below.push(path);
    }
    pending.push(...below.toReversed());
  }
  return { paths: withoutTwins(paths, special), special };
}

/** Undefined for a folder of such a name. */
function codeFile(path: string, entry: Dirent): Special | undefined {
  const optional = OPTIONAL.test(entry.name);
  if (entry.isFile()) return { optional };
  if (entry.isDirectory()) return undefined;
  if (!entry.isSymbolicLink()) throw unreadable(path, 'it is not a file');
  try {
    const target = statSync(path);
    if (target.isDirectory()) return undefined;
    if (target.isFile()) return { optional, real: realpathSync(path) };
  } catch (error) {
    throw unreadable(path, codeOf(error) === 'ENOENT' ? 'the symbolic link leads nowhere' : reasonOf(error), error);
  }
  throw unreadable(path, 'it is not a file');
}

function isFolder(path: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Folders are read once each, so that only symbolic links can name a file again. */
function withoutTwins(paths: readonly string[], special: CodeFiles['special']): readonly string[] {
  if (![...special.values()].some((file) => file.real !== undefined)) return paths;
  const seen = new Set<string>();
  return paths.filter((path) => {
    const real = special.get(path)?.real ?? realpathSync(path);
    return !seen.has(real) && seen.add(real);
  });
}

function list(folder: string): { real: string; entries: Dirent[] } {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    entries.sort((one, other) => (one.name < other.name ? -1 : 1));
    return { real: realpathSync(folder), entries };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      throw new ToraleError('VERSIONS_UNREADABLE', `There is no version folder ${displayPath(folder)}.`, {
        hint: "Run 'torale init' to make one, or name another with --versions.",
        data: { files: [folder] },
        cause: error,
      });
    }
    throw unreadable(folder, reasonOf(error), error);
  }
}

function unreadable(path: string, reason: string, cause?: unknown): ToraleError {
  return new ToraleError('VERSIONS_UNREADABLE', `Cannot read ${displayPath(path)}: ${reason}.`, {
    data: { files: [path] },
    cause,
  });
}
