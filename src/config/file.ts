import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ToraleError } from '../errors.ts';
import { redact } from '../redact.ts';
import type { ConfigFile } from './define.ts';
import { unreadable } from './env-file.ts';
import { checkConfigFile } from './schema.ts';

const EXTENSIONS = ['mjs', 'js', 'cjs', 'ts', 'mts', 'cts', 'json'];
const PACKAGE = 'package.json';

/** A configuration file that was found and checked. */
export interface FoundFile {
  readonly path: string;
  /** As it is shown: relative to the working folder, `package.json#torale` for that. */
  readonly label: string;
  /** The folder its relative paths count from. */
  readonly folder: string;
  readonly content: ConfigFile;
}

/** Reads the file that `--config` names, or the nearest one from the working folder upwards. */
export async function readConfigFile(cwd: string, named: string | undefined): Promise<FoundFile | null> {
  const path = named === undefined ? findConfigFile(cwd) : resolve(cwd, named);
  if (path === null) return null;
  const shown = named ?? (relative(cwd, path).split(sep).join('/') || path);
  const label = basename(path) === PACKAGE ? `${shown}#torale` : shown;
  return { path, label, folder: dirname(path), content: checkConfigFile(await readContent(path, label), label) };
}

/** The configuration file of the nearest folder that has one, the working folder first. */
function findConfigFile(cwd: string): string | null {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const found = configFilesIn(folder);
    if (found.length > 1) {
      const names = found.map(nameOf);
      throw new ToraleError('CONFIG_INVALID', `Two configurations in one folder: ${names.join(' and ')}.`, {
        hint: 'Keep one, or name it with --config.',
        data: { files: found },
      });
    }
    if (found[0] !== undefined) return found[0];
    if (dirname(folder) === folder) return null;
  }
}

/** The configuration files of one folder; more than one of them is a mistake. */
export function configFilesIn(folder: string): string[] {
  const found = EXTENSIONS.map((extension) => join(folder, `torale.config.${extension}`)).filter(isFile);
  const manifest = join(folder, PACKAGE);
  return packageSettings(manifest) === undefined ? found : [...found, manifest];
}

/** As it is called in its folder. */
export function nameOf(path: string): string {
  return basename(path) === PACKAGE ? `${PACKAGE}#torale` : basename(path);
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    // A folder above the working folder that this user may not look into.
    return false;
  }
}

/** The `torale` key of a package.json, undefined where there is none. Most have none and are not even parsed. */
function packageSettings(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  if (!text.includes('"torale"')) return undefined;
  const manifest = parseJson(text, path);
  return typeof manifest === 'object' && manifest !== null ? (manifest as { torale?: unknown }).torale : undefined;
}

async function readContent(path: string, label: string): Promise<unknown> {
  // Here, since a missing file must not look like a missing import inside it.
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(label, (error as NodeJS.ErrnoException).code);
  }
  if (basename(path) === PACKAGE) {
    const settings = packageSettings(path);
    if (settings !== undefined) return settings;
    throw new ToraleError('CONFIG_INVALID', `${label}: there is no such key.`, { data: { file: path } });
  }
  if (path.endsWith('.json')) return parseJson(text, label);
  if (!EXTENSIONS.some((extension) => path.endsWith(`.${extension}`))) {
    const hint = `Use one of .${EXTENSIONS.join(', .')}.`;
    throw new ToraleError('CONFIG_INVALID', `${label}: this kind of file cannot be read.`, { hint });
  }
  let content: unknown;
  try {
    content = await importDefault(path);
  } catch (error) {
    throw notLoaded(error, label, path);
  }
  if (content !== undefined) return content;
  throw new ToraleError('CONFIG_INVALID', `${label} has no default export.`, {
    hint: "Write export default { url: 'sqlite:./app.db' };",
  });
}

function parseJson(text: string, label: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    // Only the place: the message quotes the text around it, which may be a password.
    const place = /line \d+ column \d+/.exec(String(error))?.[0];
    const at = place === undefined ? '' : ` (${place})`;
    throw new ToraleError('CONFIG_UNREADABLE', `${label} is not valid JSON${at}.`, { data: { file: label } });
  }
}

async function importDefault(path: string): Promise<unknown> {
  const { href } = pathToFileURL(path);
  const isTypeScript = /\.[cm]?ts$/.test(path);
  if (!isTypeScript || process.features.typescript) {
    try {
      return defaultOf((await import(href)) as Record<string, unknown>);
    } catch (error) {
      if (!isTypeScript || !failedToLoad(error)) throw error;
    }
  }
  const { createJiti } = await import('jiti');
  // No cache on disk: the file system may be read-only, and this is one small file.
  return defaultOf(await createJiti(path, { fsCache: false, interopDefault: false }).import(path));
}

/** A CommonJS file that was compiled from ESM holds its default export one level deeper. */
function defaultOf(module: Record<string, unknown>): unknown {
  const content = module['default'];
  const isCompiled = typeof content === 'object' && content !== null && '__esModule' in content && 'default' in content;
  return isCompiled ? content.default : content;
}

const LOAD_ERRORS = new Set([
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_INVALID_TYPESCRIPT_SYNTAX',
  'ERR_MODULE_NOT_FOUND',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_IMPORT_ATTRIBUTE_MISSING',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
]);

/** Failures that come before any line of the file has run, so that it does not run twice. */
function failedToLoad(error: unknown): boolean {
  if (error instanceof SyntaxError) return true;
  if (error instanceof ReferenceError) return / not defined in ES module scope/.test(error.message);
  return error instanceof Error && 'code' in error && LOAD_ERRORS.has(String(error.code));
}

/** Without a cause: the stack of a SyntaxError quotes the faulty line, which may hold a password. */
function notLoaded(error: unknown, label: string, path: string): ToraleError {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const line = stack.split(basename(path))[1]?.match(/^:(\d+)/)?.[1];
  const place = line === undefined ? label : `${label}:${line}`;
  return new ToraleError('CONFIG_UNREADABLE', `Cannot load ${place}: ${reasonOf(error).replace(/\.?$/, '.')}`, {
    data: { file: path },
  });
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // These quote a word of the file, as a password that lacks its quotes would be.
  if (error instanceof SyntaxError || code === 'ERR_INVALID_TYPESCRIPT_SYNTAX') return 'syntax error';
  if (error instanceof ReferenceError && !failedToLoad(error)) return 'it uses a name that is not defined';
  const [firstLine] = (error instanceof Error ? error.message : String(error)).split('\n');
  return redact(firstLine ?? '', []);
}
