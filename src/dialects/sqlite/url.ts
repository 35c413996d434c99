import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { SqliteUrl } from '../url.ts';
import { readParameters } from '../url-parameters.ts';
import { decode, type UrlContext, urlError, type UrlText } from '../url-parts.ts';

const WINDOWS_DRIVE = /^[a-z]:[\\/]/i;

/**
 * Reads a SQLite URL. `sqlite:x.db` and `sqlite:./x.db` count from `base`; `sqlite:/x.db`, `sqlite:///x.db` and
 * SQLAlchemy's `sqlite:////x.db` are absolute, its `sqlite:///./x.db` is not.
 */
export function parseUrl({ rest }: UrlText, context: UrlContext): SqliteUrl {
  const mark = rest.indexOf('?');
  readParameters(mark < 0 ? '' : rest.slice(mark + 1), { known: [] });
  const name = fileName(decode(mark < 0 ? rest : rest.slice(0, mark), 'file name'));
  if (name === ':memory:') return { dialect: 'sqlite', path: ':memory:', display: 'sqlite::memory:' };
  if (name === '') {
    throw urlError(
      'The SQLite URL names no file.',
      'Write sqlite:./app.db, or sqlite::memory: for a database in memory.',
    );
  }
  if (/(?:^|[\\/])\.{0,2}$/.test(name)) {
    throw urlError(`The SQLite URL names a folder, '${name}'.`, 'Write the name of the file too: sqlite:./app.db');
  }
  const path = WINDOWS_DRIVE.test(name) ? name : resolve(context.base, name);
  return { dialect: 'sqlite', path, display: `sqlite:${escape(displayPath(path, context.cwd ?? context.base))}` };
}

function fileName(text: string): string {
  if (!text.startsWith('//')) return text;
  const path = text.slice(2);
  // After an empty host: a drive, a relative path as SQLAlchemy writes it, or an absolute path with one slash too many.
  if (/^\/(?:[a-z]:[\\/]|\.\.?[\\/]|:memory:$)/i.test(path)) return path.slice(1);
  return path.replace(/^\/+/, '/');
}

/** `./x.db` where the file is below the folder, else the absolute path. */
function displayPath(path: string, cwd: string): string {
  if (WINDOWS_DRIVE.test(path) && sep === '/') return path;
  const below = relative(cwd, path);
  const inside = below !== '' && !isAbsolute(below) && below !== '..' && !below.startsWith(`..${sep}`);
  return inside ? `./${below.split(sep).join('/')}` : path;
}

/** The display can be given back as a URL. */
function escape(path: string): string {
  return path.replaceAll(/%(?=[0-9a-f]{2})/gi, '%25').replaceAll('?', '%3F');
}
