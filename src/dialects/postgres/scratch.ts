import { createHash } from 'node:crypto';
import { isToraleError, ToraleError } from '../../errors.ts';
import { objectOf } from '../../schema/object.ts';
import type { Session } from '../../session/session.ts';
import type { ConnectOptions } from '../dialect.ts';
import {
  readScratchName,
  SCRATCH_HINT,
  scratchName,
  type ScratchDatabase,
  type ScratchDialect,
  type ScratchOptions,
} from '../scratch-dialect.ts';
import type { DatabaseUrl, PostgresUrl } from '../url.ts';
import { connect } from './connect.ts';
import { describeError } from './errors.ts';
import { literal } from './literal.ts';
import { quote } from './quote.ts';
import { leaves } from './scratch-leaves.ts';

export const postgresScratch: ScratchDialect = {
  pristine: [objectOf('schema', ['public'], {})],
  create,
  leaves,
};

async function create(given: DatabaseUrl | null, options: ScratchOptions): Promise<ScratchDatabase> {
  const url = given as PostgresUrl;
  // As who logs in, not as the role: making databases is rarely among the rights of a schema's owner.
  const admin = await connect(url, connectingWith(options));
  let name: string | null = null;
  try {
    const home = await homeOf(admin);
    await dropLeftovers(admin, home.oid);
    name = await lockedName(admin, home.oid);
    await createDatabase(admin, name, home, options.role, url.display);
    const maker = { admin, url, home: home.oid, options };
    return scratchOn(maker, name, await open(maker, name));
  } catch (error) {
    if (name !== null) await dropDatabase(admin, name).catch(() => undefined);
    await admin.close().catch(() => undefined);
    throw error;
  }
}

/** What makes databases, and opens them. */
interface Maker {
  readonly admin: Session;
  readonly url: PostgresUrl;
  readonly home: string;
  readonly options: ScratchOptions;
}

function connectingWith({ connectTimeoutMs, signal }: ScratchOptions): ConnectOptions {
  return { connectTimeoutMs, readOnly: false, create: false, signal };
}

/** A name that nobody takes for a leftover while this connection lives. */
async function lockedName(admin: Session, home: string): Promise<string> {
  const name = scratchName(home);
  await admin.query(`SELECT pg_catalog.pg_advisory_lock(${lockKey(name)})`);
  return name;
}

async function open({ url, options }: Maker, name: string): Promise<Session> {
  const { role, searchPath } = options;
  const scratchUrl: PostgresUrl = { ...url, database: name, display: displayOf(url) };
  const session = await connect(scratchUrl, { ...connectingWith(options), role, searchPath });
  // Nothing here has to survive.
  await session.query('SET synchronous_commit = off');
  return session;
}

const displayOf = (url: PostgresUrl): string => `a scratch database on ${url.display}`;

function scratchOn(maker: Maker, name: string, opened: Session): ScratchDatabase {
  const { admin, options } = maker;
  let session = opened;
  let marked: string | null = null;
  return {
    name,
    display: displayOf(maker.url),
    get session() {
      return session;
    },
    mark: async () => {
      // A database is copied while nobody is in it: https://www.postgresql.org/docs/current/manage-ag-templatedbs.html
      await session.close().catch(() => undefined);
      marked = await copyDatabase(maker, name);
      session = await open(maker, name);
      return marked !== null;
    },
    rewind: async () => {
      await session.close().catch(() => undefined);
      session = await open(maker, marked!);
    },
    reset: () => reset(session, options),
    drop: async () => {
      await session.close().catch(() => undefined);
      try {
        if (marked !== null) await dropDatabase(admin, marked);
      } finally {
        try {
          await dropDatabase(admin, name);
        } finally {
          await admin.close();
        }
      }
    },
  };
}

/** The name of the copy; null where the server refuses: somebody else may be in it, such as the worker of an extension. */
async function copyDatabase({ admin, home, options }: Maker, of: string): Promise<string | null> {
  const name = await lockedName(admin, home);
  const owner = options.role === null ? '' : ` OWNER ${quote(options.role)}`;
  // A pooler keeps its connection to the server when ours is closed.
  await terminateThose(admin, of).catch(() => undefined);
  try {
    await admin.query(`CREATE DATABASE ${quote(name)}${owner} TEMPLATE ${quote(of)}`);
  } catch (error) {
    if (describeError(error).connectionLost) throw error;
    return null;
  }
  return name;
}

/** The database that the scratch is made from: advisory locks are told apart by it. */
interface Home {
  readonly oid: string;
  readonly row: Readonly<Record<string, string | number | null | undefined>>;
  readonly version: number;
}

async function homeOf(admin: Session): Promise<Home> {
  // As JSON: the columns differ from version to version.
  const { rows } = await admin.query(
    `SELECT d.oid::text AS oid, pg_catalog.to_jsonb(d) AS row, pg_catalog.pg_encoding_to_char(d.encoding) AS encoding,
      pg_catalog.current_setting('server_version_num')::int AS version
    FROM pg_catalog.pg_database d WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()`,
  );
  const { oid, row, encoding, version } = rows[0]!;
  return {
    oid: Number(oid).toString(36),
    row: { ...(row as Home['row']), encoding: encoding as string },
    version: version as number,
  };
}

async function createDatabase(
  admin: Session,
  name: string,
  home: Home,
  role: string | null,
  display: string,
): Promise<void> {
  const owner = role === null ? '' : ` OWNER ${quote(role)}`;
  const create = `CREATE DATABASE ${quote(name)}${owner} TEMPLATE template0`;
  try {
    await admin.query(`${create} ${localeOf(home)}`);
  } catch (error) {
    // 22023, 42809: a locale that this server has no more.
    const { code } = describeError(error);
    if (code !== '22023' && code !== '42809') throw createError(error, display);
    await admin.query(create).catch((again: unknown) => {
      throw createError(again, display);
    });
  }
}

/** https://www.postgresql.org/docs/current/sql-createdatabase.html */
function localeOf({ row, version }: Home): string {
  const text = (name: string): string | null => (typeof row[name] === 'string' ? row[name] : null);
  const clauses = [`ENCODING ${literal(text('encoding'))}`];
  const add = (clause: string, value: string | null): void => {
    if (value !== null) clauses.push(`${clause} ${literal(value)}`);
  };
  add('LC_COLLATE', text('datcollate'));
  add('LC_CTYPE', text('datctype'));
  if (version < 150_000) return clauses.join(' ');
  // PostgreSQL 17 renamed the column.
  const locale = text('datlocale') ?? text('daticulocale');
  const provider = text('datlocprovider');
  if (provider === 'i') {
    clauses.push('LOCALE_PROVIDER icu');
    add('ICU_LOCALE', locale);
    add('ICU_RULES', text('daticurules'));
  } else if (provider === 'b') {
    clauses.push('LOCALE_PROVIDER builtin');
    add('BUILTIN_LOCALE', locale);
  } else clauses.push('LOCALE_PROVIDER libc');
  return clauses.join(' ');
}

function createError(error: unknown, display: string): ToraleError {
  if (isToraleError(error)) return error;
  const { code, message, refusal } = describeError(error);
  const about = { cause: error, data: { url: display, server: { code, message } } };
  if (refusal === 'denied') {
    return new ToraleError('DENIED', `${display}: this role may not make a scratch database: ${message} (${code}).`, {
      ...about,
      hint: `Let it:  ALTER ROLE … CREATEDB\n${SCRATCH_HINT}`,
    });
  }
  if (refusal === 'readOnly') {
    return new ToraleError('SCRATCH_REFUSED', `${display} is read-only, so it can hold no scratch database.`, {
      ...about,
      hint: SCRATCH_HINT,
    });
  }
  return new ToraleError('WRITE_FAILED', `${display}: a scratch database could not be made: ${message} (${code}).`, {
    ...about,
    hint: SCRATCH_HINT,
  });
}

async function dropDatabase(admin: Session, name: string): Promise<void> {
  const { rows } = await admin.query(`SELECT pg_catalog.current_setting('server_version_num')::int AS version`);
  if ((rows[0]!['version'] as number) >= 130_000) {
    await admin.query(`DROP DATABASE IF EXISTS ${quote(name)} WITH (FORCE)`);
    return;
  }
  await terminateThose(admin, name);
  await admin.query(`DROP DATABASE IF EXISTS ${quote(name)}`);
}

async function terminateThose(admin: Session, database: string): Promise<void> {
  await admin.query('SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = $1', [
    database,
  ]);
}

/**
 * Drops what runs that died left behind: each holds an advisory lock while it lives, which its server frees with its
 * connection. Such locks are those of one database, so of the others' only those are dropped whose home is gone.
 */
async function dropLeftovers(admin: Session, home: string): Promise<void> {
  const { rows } = await admin.query(
    `SELECT d.datname::text AS name, d.oid::text AS oid, pg_catalog.pg_has_role(d.datdba, 'USAGE') AS "isOurs"
    FROM pg_catalog.pg_database d`,
  );
  const homes = new Set(rows.map(({ oid }) => Number(oid).toString(36)));
  for (const { name, isOurs } of rows) {
    const scratch = readScratchName(String(name));
    if (scratch === null || isOurs !== true || (scratch.home !== home && homes.has(scratch.home))) continue;
    const key = lockKey(String(name));
    const { rows: tried } = await admin.query(`SELECT pg_catalog.pg_try_advisory_lock(${key}) AS free`);
    if (tried[0]!['free'] !== true) continue;
    // What cannot be dropped now is in nobody's way.
    await dropDatabase(admin, String(name)).catch(() => undefined);
    await admin.query(`SELECT pg_catalog.pg_advisory_unlock(${key})`);
  }
}

function lockKey(name: string): bigint {
  return createHash('sha256').update(name).digest().readBigInt64BE();
}

async function reset(session: Session, { role, searchPath }: ScratchOptions): Promise<void> {
  if (await session.inTransaction()) await session.query('ROLLBACK');
  await session.query('DISCARD ALL');
  const settings: [string, string][] = [
    ['idle_in_transaction_session_timeout', '0'],
    ['standard_conforming_strings', 'on'],
    ['synchronous_commit', 'off'],
    ...(role === null ? [] : [['role', role] as [string, string]]),
    ...(searchPath === null ? [] : [['search_path', searchPath.map(quote).join(', ')] as [string, string]]),
  ];
  const calls = settings.map(([name, value]) => `pg_catalog.set_config(${literal(name)}, ${literal(value)}, false)`);
  await session.query(`SELECT ${calls.join(', ')}`);
}
