import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { mysqlRows, postgresRows } from './raw.ts';
import { reapServers } from './private-server.ts';
import { findServers } from './servers.ts';
import type { FoundServers, ServerDialect } from './servers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly toraleServers: FoundServers;
    /** The beginning of the names of all databases of this run. */
    readonly toralePrefix: string;
  }
}

const LIST = {
  postgres: "SELECT datname AS name FROM pg_database WHERE datname LIKE 'torale\\_test\\_%'",
  mysql: "SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE 'torale\\_test\\_%'",
};
const rows = { postgres: postgresRows, mysql: mysqlRows };

async function dropDatabases(servers: FoundServers, which: (name: string) => boolean): Promise<void> {
  for (const dialect of ['postgres', 'mysql'] satisfies ServerDialect[]) {
    const { url } = servers[dialect];
    if (url === undefined) continue;
    for (const { name } of await rows[dialect](url, LIST[dialect])) {
      if (typeof name !== 'string' || !which(name)) continue;
      const drop = `DROP DATABASE IF EXISTS ${name}${dialect === 'postgres' ? ' WITH (FORCE)' : ''}`;
      // Another run may be dropping the same leftover.
      await rows[dialect](url, drop).catch(() => undefined);
    }
  }
}

/** SQLite databases are folders with such names. */
function removeFolders(which: (name: string) => boolean): void {
  for (const name of readdirSync(tmpdir()).filter((one) => one.startsWith('torale_test_') && which(one))) {
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

const HOUR = 3600;

/** The names carry the second their run began in, so that leftovers of dead runs are told from databases in use. */
function abandoned(name: string, now: number): boolean {
  const began = /^torale_test_([0-9a-z]+)_/.exec(name)?.[1];
  return began !== undefined && now - Number.parseInt(began, 36) > HOUR;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  reapServers();
  const { servers, stop } = await findServers();
  const now = Math.floor(Date.now() / 1000);
  const prefix = `torale_test_${now.toString(36)}_${randomBytes(2).toString('hex')}`;
  await dropDatabases(servers, (name) => abandoned(name, now));
  removeFolders((name) => abandoned(name, now));
  project.provide('toraleServers', servers);
  project.provide('toralePrefix', prefix);
  return async () => {
    try {
      removeFolders((name) => name.startsWith(prefix));
      await dropDatabases(servers, (name) => name.startsWith(prefix));
    } finally {
      stop();
    }
  };
}
