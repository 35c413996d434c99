import { ToraleError } from '../errors.ts';

/** What a URL is read with. Parsing looks at nothing else: no `process.env`, no current folder. */
export interface UrlContext {
  /** The folder that relative file names count from. */
  readonly base: string;
  /** Files below this folder are shown relative to it; `base` where left out. */
  readonly cwd?: string | undefined;
  /** The environment variables that fill in what the URL leaves out (`PG*`). */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The name of the operating system's user, the default user of libpq and of MySQL's client. */
  readonly osUser?: string | undefined;
}

/** A URL split at its scheme: `postgresql+asyncpg://db/app`. */
export interface UrlText {
  /** In lower case, without the driver: `postgresql`. */
  readonly scheme: string;
  /** All after the colon: `//db/app`. */
  readonly rest: string;
}

/** A URL of a database server, split and percent-decoded; the query is left to `readParameters`. */
export interface UrlParts {
  readonly scheme: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** As written, several only where the URL has commas. */
  readonly hosts: readonly { readonly host: string; readonly port: number | undefined }[];
  readonly database: string | undefined;
  readonly query: string;
}

const PORT = String.raw`(?::\d{1,5})?`;
const HOST = String.raw`(?:\[[0-9a-fA-F:.]+(?:%[\w.]+)?\]|[\p{L}\p{N}._~%-]*)${PORT}`;
const HOSTS = String.raw`${HOST}(?:,${HOST})*`;

/** Made when a server's URL is read: with Unicode's classes in them, they take V8 1 ms, which SQLite's need not pay. */
let patterns: { readonly only: RegExp; readonly atStart: RegExp } | undefined;
const hostPatterns = () =>
  (patterns ??= { only: new RegExp(`^${HOSTS}$`, 'u'), atStart: new RegExp(`^${HOSTS}(?:[/?]|$)`, 'u') });

/** The way out of most errors here. */
export const ENCODE =
  'In user name, password and database name write %40 for @, %2F for /, %3A for :, %3F for ?, %25 for %.';

/** The failure of every URL parser. The message must hold no part of the URL that could be of a password. */
export function urlError(message: string, hint?: string): ToraleError {
  return new ToraleError('URL_INVALID', message, { hint });
}

const ambiguous = () =>
  urlError('The database URL can be read in two ways: a special character in it is not percent-encoded.', ENCODE);

/** Splits off the scheme; undefined where the text has none. A driver after a `+`, as SQLAlchemy writes it, is left out. */
export function splitScheme(text: string): UrlText | undefined {
  const match = /^([a-z][a-z0-9.-]+)(?:\+[a-z0-9_.-]+)?:(.*)$/is.exec(text);
  return match === null ? undefined : { scheme: match[1]!.toLowerCase(), rest: match[2]! };
}

/**
 * Percent-decodes. A text without any escape may hold bare percent signs (`50%off`);
 * beside an escape nobody can tell what a bare one means.
 */
export function decode(text: string, part: string): string {
  if (!text.includes('%')) return text;
  if (/%(?![0-9a-f]{2})/i.test(text)) {
    if (!/%[0-9a-f]{2}/i.test(text)) return text;
    throw urlError(`The ${part} in the database URL has a % that is not part of an escape, beside escapes.`, ENCODE);
  }
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    // Node's own error is not kept as the cause: it would say nothing more, and might one day quote the text.
    throw urlError(`The ${part} in the database URL has escapes that are not UTF-8.`, ENCODE);
  }
  if (decoded.includes('\0')) throw urlError(`The ${part} in the database URL holds a NUL character.`);
  return decoded;
}

/**
 * Splits `//user:password@host:port,host:port/database?query`.
 *
 * A password may hold bare special characters where only one reading is left; an ambiguous URL is refused,
 * since a wrong guess would send a part of the password to a name server.
 */
export function splitServerUrl({ scheme, rest }: UrlText): UrlParts {
  if (!rest.startsWith('//')) {
    throw urlError(
      `The database URL needs two slashes after '${scheme}:'.`,
      `Write ${scheme}://user:password@host/database`,
    );
  }
  const { userinfo, hosts, path, query } = splitAuthority(rest.slice(2));
  const colon = userinfo?.indexOf(':') ?? -1;
  const user = colon < 0 ? userinfo : userinfo?.slice(0, colon);
  const password = colon < 0 ? undefined : userinfo?.slice(colon + 1);
  const name = path.slice(1);
  if (name.includes('/')) throw urlError('The database name in the URL holds a bare slash.', ENCODE);
  return {
    scheme,
    user: user === undefined || user === '' ? undefined : decode(user, 'user name'),
    password: password === undefined || password === '' ? undefined : decode(password, 'password'),
    hosts: readHosts(hosts),
    database: name === '' ? undefined : decode(name, 'database name'),
    query,
  };
}

interface Authority {
  readonly userinfo: string | undefined;
  readonly hosts: string;
  readonly path: string;
  readonly query: string;
}

function splitAuthority(text: string): Authority {
  const end = text.search(/[/?]/);
  const standard = end < 0 ? text : text.slice(0, end);
  const { path, query } = splitPath(text.slice(standard.length));
  const at = standard.lastIndexOf('@');
  if (path.includes('@') && (at >= 0 || hostPatterns().only.test(standard))) throw ambiguous();
  if (at >= 0) {
    if (query.includes('@') && standard.slice(0, at).includes(':')) throw ambiguous();
    return { userinfo: standard.slice(0, at), hosts: standard.slice(at + 1), path, query };
  }
  if (hostPatterns().only.test(standard) || !text.includes('@'))
    return { userinfo: undefined, hosts: standard, path, query };
  // What the standard calls the host cannot be one: a bare / or ? stands in the password.
  const ends = [...text.matchAll(/@/g)].filter(({ index }) => hostPatterns().atStart.test(text.slice(index + 1)));
  const [only] = ends;
  if (only === undefined || ends.length > 1 || !text.slice(0, only.index).includes(':')) throw ambiguous();
  const after = text.slice(only.index + 1);
  const hostsEnd = after.search(/[/?]/);
  const hosts = hostsEnd < 0 ? after : after.slice(0, hostsEnd);
  return { userinfo: text.slice(0, only.index), hosts, ...splitPath(after.slice(hosts.length)) };
}

function splitPath(text: string): { path: string; query: string } {
  const mark = text.indexOf('?');
  return mark < 0 ? { path: text, query: '' } : { path: text.slice(0, mark), query: text.slice(mark + 1) };
}

function readHosts(text: string): UrlParts['hosts'] {
  if (text === '') return [];
  return text.split(',').map((entry) => {
    // The port may be the half of a password whose user@ was forgotten: it is never shown.
    const match = /^(\[[^\]]*\]|[^:[\]]*)(?::([^:]*))?$/.exec(entry);
    if (match === null || !hostPatterns().only.test(match[1]!)) {
      throw urlError(
        'The database URL names a host that cannot be one.',
        'Write user:password@host:port, an IPv6 address in [brackets].',
      );
    }
    const host = match[1]!.replace(/^\[(.*)\]$/, '$1');
    return { host: decode(host, 'host'), port: match[2] === undefined ? undefined : readPort(match[2]) };
  });
}

/** A TCP port in digits; the empty text is "not said". */
export function readPort(text: string): number | undefined {
  if (text === '') return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) {
    throw urlError('The port in the database URL is not a number from 1 to 65535.', ENCODE);
  }
  return port;
}

/** `user@` as it may be shown. */
export function displayUser(user: string | undefined): string {
  return user === undefined ? '' : `${encodeURIComponent(user)}@`;
}

/** `/database` as it may be shown. */
export function displayDatabase(database: string | undefined): string {
  return database === undefined ? '' : `/${encodeURIComponent(database)}`;
}

/** `host:port` as it may be shown. */
export function displayHost({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : encodeURIComponent(host)}:${port}`;
}
