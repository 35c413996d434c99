import { userInfo } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { embeddedPostgres, mysqlBinaries, postgresBinaries, startMysql, startPostgres } from './private-server.ts';
import type { RunningServer } from './private-server.ts';
import { mysqlRows, postgresRows } from './raw.ts';

export type ServerDialect = 'postgres' | 'mysql';

/** A server the tests may create databases on, or why there is none. */
export type FoundServer =
  | {
      readonly url: string;
      readonly flavor: 'postgres' | 'mysql' | 'mariadb';
      /** As the server prints it. */
      readonly version: string;
      /** How it was found, for people. */
      readonly origin: string;
      /** The folder of its own client programs, where known. */
      readonly bin: string | undefined;
    }
  | { readonly url: undefined; readonly reason: string };

export interface FoundServers {
  readonly postgres: FoundServer;
  readonly mysql: FoundServer;
}

/** How to get what is missing, for the closing line of a run. */
export const WAY_OUT: Record<ServerDialect, string> = {
  postgres: 'Install postgresql, or set TORALE_TEST_POSTGRES_URL.',
  mysql: 'Install mariadb-server, or set TORALE_TEST_MYSQL_URL.',
};

const message = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error));

async function probePostgres(url: string): Promise<{ flavor: 'postgres'; version: string }> {
  const [row] = await postgresRows(
    url,
    `SELECT current_setting('server_version') AS version, rolsuper OR rolcreatedb AS usable FROM pg_roles WHERE rolname = current_user`,
  );
  if (row?.['usable'] !== true) throw new Error('the role may not create databases');
  return { flavor: 'postgres', version: String(row['version']) };
}

async function probeMysql(url: string): Promise<{ flavor: 'mysql' | 'mariadb'; version: string }> {
  const [row] = await mysqlRows(url, 'SELECT version() AS version');
  const version = String(row?.['version']);
  // Asks for the privilege by using it: grants come in too many shapes to be read.
  const probe = `torale_test_0_probe${process.pid}`;
  await mysqlRows(url, `CREATE DATABASE ${probe}; DROP DATABASE ${probe}`);
  return { flavor: /mariadb/i.test(version) ? 'mariadb' : 'mysql', version };
}

const PROBE = { postgres: probePostgres, mysql: probeMysql };

async function use(dialect: ServerDialect, url: string, origin: string, bin?: string): Promise<FoundServer> {
  return { url, origin, bin, ...(await PROBE[dialect](url)) };
}

function standardUrls(dialect: ServerDialect): string[] {
  if (dialect === 'mysql') return ['mysql://root@127.0.0.1:3306'];
  const users = new Set(['root', 'postgres', userInfo().username]);
  return [...users].map((user) => `postgres://${encodeURIComponent(user)}@127.0.0.1:5432/postgres`);
}

/** The server must be up once its process runs; a fresh one needs a moment. */
async function whenReady(dialect: ServerDialect, server: RunningServer, origin: string): Promise<FoundServer> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      return await use(dialect, server.url, origin, server.bin);
    } catch (error) {
      const died = server.died();
      if (died !== undefined || Date.now() > deadline) {
        server.stop();
        throw new Error(died ?? `not ready after 60 s: ${message(error)}`, { cause: error });
      }
      await pause(50);
    }
  }
}

interface Attempt {
  readonly what: string;
  readonly run: () => Promise<FoundServer>;
}

/**
 * How far down the list of ways to begin: `TORALE_TEST_PRIVATE=1` passes over the servers that run here already, `npm`
 * over the installed programs as well, `none` over everything. For trying those ways on a machine that has it all.
 */
function firstWay(): number {
  return ['', '1', 'npm', 'none'].indexOf(process.env['TORALE_TEST_PRIVATE'] ?? '');
}

function attempts(dialect: ServerDialect, started: RunningServer[]): Attempt[] {
  const list: Attempt[] = [];
  const start = (what: string, launch: () => Promise<RunningServer>) =>
    list.push({
      what,
      run: async () => {
        const server = await launch();
        started.push(server);
        return whenReady(dialect, server, what);
      },
    });

  const from = firstWay();
  if (from < 1) {
    for (const url of standardUrls(dialect)) {
      list.push({ what: url, run: () => use(dialect, url, 'found on its standard port') });
    }
  }
  if (from < 2 && dialect === 'postgres') {
    const bin = postgresBinaries();
    if (bin !== undefined) start(`a private server from ${bin}`, () => startPostgres(bin));
  }
  if (from < 2 && dialect === 'mysql') {
    const binaries = mysqlBinaries();
    if (binaries !== undefined) start(`a private server from ${binaries.server}`, () => startMysql(binaries));
  }
  if (from < 3 && dialect === 'postgres') {
    start('a private server from npm', async () => startPostgres(await embeddedPostgres()));
  }
  return list;
}

async function find(dialect: ServerDialect, started: RunningServer[]): Promise<FoundServer> {
  const variable = `TORALE_TEST_${dialect.toUpperCase()}_URL`;
  const given = process.env[variable];
  if (given) {
    try {
      return await use(dialect, given, variable);
    } catch (error) {
      throw new Error(`${variable}: ${message(error)}`, { cause: error });
    }
  }
  const reasons: string[] = [];
  for (const { what, run } of attempts(dialect, started)) {
    try {
      return await run();
    } catch (error) {
      reasons.push(`${what}: ${message(error)}`);
    }
  }
  return { url: undefined, reason: reasons.join('; ') || 'nothing listens and no server program is installed' };
}

/** Finds or starts one server of each kind. `stop` ends and removes those that were started. */
export async function findServers(): Promise<{ servers: FoundServers; stop: () => void }> {
  const started: RunningServer[] = [];
  const stop = () => {
    for (const server of started.splice(0)) server.stop();
  };
  process.once('exit', stop);
  try {
    const [postgres, mysql] = await Promise.all([find('postgres', started), find('mysql', started)]);
    return { servers: { postgres, mysql }, stop };
  } catch (error) {
    stop();
    throw error;
  }
}
