import { ToraleError } from '../errors.ts';
import { nearest } from '../suggest.ts';
import { parseUrl as parseMysqlUrl } from './mysql/url.ts';
import { parseUrl as parsePostgresUrl } from './postgres/url.ts';
import { parseUrl as parseSqliteUrl } from './sqlite/url.ts';
import { splitScheme, type UrlContext, urlError, type UrlText } from './url-parts.ts';
import type { DatabaseUrl } from './url.ts';

interface UrlDialect {
  readonly schemes: readonly string[];
  readonly parse: (text: UrlText, context: UrlContext) => DatabaseUrl;
}

/** A new dialect: one line here and one folder. */
const DIALECT_URLS: readonly UrlDialect[] = [
  { schemes: ['postgres', 'postgresql'], parse: parsePostgresUrl },
  { schemes: ['mysql', 'mariadb'], parse: parseMysqlUrl },
  { schemes: ['sqlite'], parse: parseSqliteUrl },
];

const SCHEMES = DIALECT_URLS.flatMap(({ schemes }) => schemes);

const OVER_HTTP = 'is reached over HTTP, where no transaction can be held open while a revision runs';
const OTHER_SQL = 'is not a database that Torale can migrate';

/** Schemes people do write, and why they cannot work. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  libsql: OVER_HTTP,
  turso: OVER_HTTP,
  d1: OVER_HTTP,
  http: OVER_HTTP,
  https: OVER_HTTP,
  ws: OVER_HTTP,
  wss: OVER_HTTP,
  prisma: "is Prisma's proxy: give the database's own URL",
  mssql: OTHER_SQL,
  sqlserver: OTHER_SQL,
  oracle: OTHER_SQL,
  mongodb: OTHER_SQL,
  redis: OTHER_SQL,
  snowflake: OTHER_SQL,
  bigquery: OTHER_SQL,
  redshift: OTHER_SQL,
  clickhouse: OTHER_SQL,
  duckdb: OTHER_SQL,
  cockroach: 'is not supported: it speaks the protocol of PostgreSQL, but its catalog and its locks differ',
  cockroachdb: 'is not supported: it speaks the protocol of PostgreSQL, but its catalog and its locks differ',
};

/** The parts of a database URL, checked. What fails to parse is never quoted back: it may hold a password. */
export function parseDatabaseUrl(text: string, context: UrlContext): DatabaseUrl {
  const url = text.trim();
  if (url === '') throw urlError('The database URL is empty.');
  if (/^(["']).*\1$/s.test(url)) throw urlError('The database URL stands in quotes.', 'Take the quotes away.');
  // oxlint-disable-next-line no-control-regex -- a line break in a URL is a broken secret file or variable
  if (/[\u0000-\u001f\u007f]/.test(url)) throw urlError('The database URL holds a line break or a control character.');
  const split = splitScheme(url);
  if (split === undefined) throw withoutScheme(url);
  const dialect = DIALECT_URLS.find(({ schemes }) => schemes.includes(split.scheme));
  if (dialect === undefined) throw unknownScheme(split);
  return dialect.parse(split, context);
}

/** True for a text that reads as a database URL of ours rather than as a file or a revision. */
export function isDatabaseUrl(text: string): boolean {
  return SCHEMES.includes(splitScheme(text.trim())?.scheme ?? '');
}

function withoutScheme(url: string): ToraleError {
  const isPath = !url.includes('@') && (/^(?:\.{0,2}[\\/]|[a-z]:[\\/])/i.test(url) || /\.(?:db|sqlite3?)$/i.test(url));
  return urlError(
    'The database URL has no scheme.',
    isPath ? `Write sqlite:${url}` : 'Write postgres://…, mysql://… or sqlite:./app.db',
  );
}

function unknownScheme({ scheme, rest }: UrlText): ToraleError {
  const reason = Object.hasOwn(UNSUPPORTED, scheme) ? UNSUPPORTED[scheme] : undefined;
  if (reason !== undefined) {
    return new ToraleError('URL_UNSUPPORTED', `A database at '${scheme}:' ${reason}.`, {
      hint: 'Torale works with postgres://, mysql://, mariadb:// and sqlite: URLs.',
      data: { scheme },
    });
  }
  if (scheme === 'file') {
    return urlError("The database URL has the scheme 'file:'.", 'For a SQLite file write sqlite:./app.db');
  }
  if (scheme === 'jdbc') return urlError("The database URL begins with 'jdbc:'.", "Leave 'jdbc:' away.");
  // `app:secret@db/app`: what looks like a scheme is the user, and nothing of the rest may be shown.
  if (!rest.startsWith('//') && rest.includes('@')) return withoutScheme('@');
  const candidate = nearest(scheme, SCHEMES);
  return new ToraleError('URL_UNSUPPORTED', `The database URL has an unknown scheme, '${scheme}:'.`, {
    hint: candidate === undefined ? `Known are: ${SCHEMES.join(', ')}.` : `Did you mean '${candidate}:'?`,
    data: { scheme, ...(candidate === undefined ? {} : { nearest: candidate }) },
  });
}
