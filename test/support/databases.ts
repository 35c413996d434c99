import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, inject, onTestFinished, test } from 'vitest';
import type { DialectName, Flavor } from '../../src/dialects/names.ts';
import './global-setup.ts';
import { mysqlRows, postgresRows, sqliteRows } from './raw.ts';
import type { Row } from './raw.ts';
import { WAY_OUT } from './servers.ts';

export type { Row } from './raw.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** On groups that are skipped for want of a server. */
    needsServer?: 'postgres' | 'mysql';
    /** On groups that are skipped for want of something else, what that is and how it is had. */
    needs?: string;
  }
}

/** A database of one test's own. */
export interface TestDatabase {
  readonly dialect: DialectName;
  readonly flavor: Flavor;
  readonly url: string;
  /** The database's name, for SQLite the file. */
  readonly name: string;
  readonly query: (sql: string) => Promise<Row[]>;
  readonly dump: () => Promise<string>;
  /** Happens by itself at the end of a test, and at the end of the run for databases made outside one. */
  drop(): Promise<void>;
}

const servers = inject('toraleServers');

/** The flavor behind each dialect here; `undefined` where no server is to be had. */
export function flavorOf(dialect: DialectName): Flavor | undefined {
  if (dialect === 'sqlite') return 'sqlite';
  const server = servers[dialect];
  return server.url === undefined ? undefined : server.flavor;
}

/**
 * Tests once per dialect. Where no server is to be had they are skipped, or fail under CI=true.
 *
 * @example
 * ```ts
 * describeOn(DIALECTS, 'upgrade', (dialect) => {
 *   test('runs each revision once', async () => {
 *     const db = await freshDatabase(dialect);
 *   });
 * });
 * ```
 */
export function describeOn(
  dialects: readonly DialectName[],
  title: string,
  body: (dialect: DialectName) => void,
): void {
  for (const dialect of dialects) {
    const name = `${title} on ${dialect}`;
    if (flavorOf(dialect) !== undefined) {
      describe(name, () => body(dialect));
      continue;
    }
    if (dialect === 'sqlite') continue;
    const server = servers[dialect];
    const reason = server.url === undefined ? server.reason : '';
    describe.skip(name, { meta: { needsServer: dialect } }, () => body(dialect));
    if (process.env['CI'] !== 'true') continue;
    test(`${name}: a server`, () => {
      throw new Error(`no server: ${reason}. ${WAY_OUT[dialect]}`);
    });
  }
}

/** Tests that need something of the machine. Where it is missing they are skipped, and the run says so at its end. */
export function describeIf(isThere: boolean, needs: string, title: string, body: () => void): void {
  if (isThere) describe(title, body);
  else describe.skip(title, { meta: { needs } }, body);
}

/** The URL on which databases and roles can be made; for tests about missing databases, roles and privileges. */
export function adminUrl(dialect: 'postgres' | 'mysql'): string {
  const server = servers[dialect];
  if (server.url === undefined) throw new Error(`no ${dialect} server: ${server.reason}`);
  return server.url;
}

/** `base` with another database. The drivers' and our own parameters stay. */
function withDatabase(base: string, name: string): string {
  const url = new URL(base);
  url.pathname = `/${name}`;
  return url.href;
}

async function make(dialect: DialectName): Promise<{ url: string; name: string; remove: () => Promise<void> }> {
  if (dialect === 'sqlite') {
    const folder = mkdtempSync(join(tmpdir(), `${inject('toralePrefix')}_`));
    const name = join(folder, 'test.db');
    return { url: `sqlite:${name}`, name, remove: async () => rmSync(folder, { recursive: true, force: true }) };
  }
  const admin = adminUrl(dialect);
  const name = `${inject('toralePrefix')}_${randomBytes(4).toString('hex')}`;
  const url = withDatabase(admin, name);
  if (dialect === 'postgres') {
    await postgresRows(admin, `CREATE DATABASE ${name} TEMPLATE template0`);
    return {
      url,
      name,
      remove: async () => void (await postgresRows(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
    };
  }
  await mysqlRows(admin, `CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  return { url, name, remove: async () => void (await mysqlRows(admin, `DROP DATABASE IF EXISTS ${name}`)) };
}

/** A new, empty database (SQLite: the path of a file that does not exist yet), dropped when the test ends. */
export async function freshDatabase(dialect: DialectName): Promise<TestDatabase> {
  const { url, name, remove } = await make(dialect);
  try {
    onTestFinished(remove);
  } catch {
    // Made outside a test: removed at the end of the run.
  }
  return {
    dialect,
    flavor: flavorOf(dialect)!,
    url,
    name,
    query: (sql) => query(url, sql),
    dump: () => dump(url),
    drop: remove,
  };
}

function dialectOf(url: string): DialectName {
  const scheme = url.slice(0, url.indexOf(':'));
  if (scheme === 'sqlite') return 'sqlite';
  return scheme.startsWith('postgres') ? 'postgres' : 'mysql';
}

const fileOf = (url: string): string => url.replace(/^sqlite:(\/\/)?/, '');

/** Runs SQL with the bare driver and returns the rows of the last statement. */
export async function query(url: string, sql: string): Promise<Row[]> {
  switch (dialectOf(url)) {
    case 'postgres':
      return postgresRows(url, sql);
    case 'mysql':
      return mysqlRows(url, sql);
    case 'sqlite':
      return sqliteRows(fileOf(url), sql);
  }
}

/** The schema as the server itself tells it, to compare two moments of one database. */
export async function dump(url: string): Promise<string> {
  switch (dialectOf(url)) {
    case 'postgres':
      return dumpPostgres(url);
    case 'mysql':
      return dumpMysql(url);
    case 'sqlite': {
      const rows = sqliteRows(fileOf(url), 'SELECT type, name, sql FROM sqlite_schema ORDER BY type, name');
      return rows.map(({ type, name, sql }) => `${String(type)} ${String(name)}\n${String(sql)};\n`).join('\n');
    }
  }
}

function pgDump(): string | undefined {
  const server = servers.postgres;
  const own = server.url === undefined || server.bin === undefined ? [] : [server.bin];
  return [...own, ...(process.env['PATH'] ?? '').split(delimiter)]
    .map((folder) => join(folder, 'pg_dump'))
    .find((file) => existsSync(file));
}

/** What pg_dump would say of tables, for machines without it. */
const PLAIN_DUMP = `
  SELECT format('%s.%s %s %s%s%s', table_schema, table_name, column_name, udt_name, CASE is_nullable WHEN 'NO' THEN ' NOT NULL' END, ' DEFAULT ' || column_default) AS line
    FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
  UNION ALL SELECT pg_get_constraintdef(oid) || ' on ' || conrelid::regclass FROM pg_constraint WHERE connamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname <> 'pg_catalog'
  ORDER BY 1`;

async function dumpPostgres(url: string): Promise<string> {
  const program = pgDump();
  if (program !== undefined) {
    try {
      const text = execFileSync(program, ['--schema-only', '--no-owner', url], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      // Comments name versions; newer ones write a random key.
      return text.replaceAll(/^(--.*|\\(un)?restrict .*)\n/gm, '').replaceAll(/\n{2,}/g, '\n\n');
    } catch (error) {
      // A pg_dump older than the server refuses it.
      if (!(error instanceof Error) || !error.message.includes('server version')) throw error;
    }
  }
  return (await postgresRows(url, PLAIN_DUMP)).map(({ line }) => String(line)).join('\n');
}

async function dumpMysql(url: string): Promise<string> {
  const parts: string[] = [];
  const objects = await mysqlRows(
    url,
    `SELECT table_name AS name, CASE table_type WHEN 'BASE TABLE' THEN 'TABLE' ELSE table_type END AS kind FROM information_schema.tables WHERE table_schema = database()
     UNION ALL SELECT routine_name, routine_type FROM information_schema.routines WHERE routine_schema = database()
     UNION ALL SELECT trigger_name, 'TRIGGER' FROM information_schema.triggers WHERE trigger_schema = database()
     UNION ALL SELECT event_name, 'EVENT' FROM information_schema.events WHERE event_schema = database()
     ORDER BY 2, 1`,
  );
  for (const { name, kind } of objects) {
    const [shown] = await mysqlRows(url, `SHOW CREATE ${String(kind)} \`${String(name).replaceAll('`', '``')}\``);
    const text = Object.entries(shown ?? {}).find(
      ([column]) => column.startsWith('Create ') || column === 'SQL Original Statement',
    );
    // The counter moves with the rows, not with the schema.
    parts.push(`${String(text?.[1]).replace(/ AUTO_INCREMENT=\d+/, '')};`);
  }
  return parts.join('\n\n');
}
