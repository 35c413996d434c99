import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { ToraleError } from '../errors.ts';
import { displayPath } from '../paths.ts';

export function isGlob(name: string): boolean {
  return /[*?[{]/.test(name);
}

/**
 * The SQL files that names stand for, each once: a file, all `*.sql` below a folder in the order of their paths, or a glob.
 *
 * @throws ToraleError TARGET_UNKNOWN for a name that leads to none
 */
export function findSqlFiles(names: readonly string[], base: string): string[] {
  return [...new Set(names.flatMap((name) => filesOf(name, base)))];
}

function filesOf(name: string, base: string): string[] {
  const path = resolve(base, name);
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) return [path];
    const files = below(path).filter((file) => /\.sql$/i.test(file));
    if (files.length === 0) throw noFile(`The folder ${displayPath(path)} holds no .sql file.`);
    return files;
  }
  if (!isGlob(name)) throw noFile(`There is no file or folder ${displayPath(path)}.`);
  const root = rootOf(name);
  const folder = resolve(base, root);
  const pattern = globOf(name.slice(root.length).replace(/^[\\/]+/, ''));
  const files = existsSync(folder)
    ? below(folder).filter((file) => pattern.test(relative(folder, file).split(sep).join('/')))
    : [];
  if (files.length === 0) throw noFile(`No file matches ${name}.`);
  return files;
}

/** The folders of a glob before the first part that holds a sign. */
function rootOf(glob: string): string {
  const parts = glob.split(/(?<=[\\/])/);
  return parts.slice(0, parts.findIndex(isGlob)).join('');
}

/** `**` any folders, `*` and `?` within one, `{a,b}` either, `[ab]` one of these. */
function globOf(glob: string): RegExp {
  const source = glob.replaceAll(/\*\*\/|\*\*|\*|\?|\{[^{}]*\}|\[[^\]]*\]|[\\^$.+()|/-]/g, (sign) => {
    if (sign === '**/') return '(?:[^/]+/)*';
    if (sign === '**') return '.*';
    if (sign === '*') return '[^/]*';
    if (sign === '?') return '[^/]';
    if (sign.startsWith('{')) return `(?:${sign.slice(1, -1).split(',').map(literal).join('|')})`;
    if (sign.startsWith('[')) return sign.replace(/^\[!/, '[^');
    return `\\${sign}`;
  });
  return new RegExp(`^${source}$`);
}

const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);

function below(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function noFile(message: string): ToraleError {
  return new ToraleError('TARGET_UNKNOWN', message, { hint: 'Name a .sql file, a folder of them, or a glob.' });
}
