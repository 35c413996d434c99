// On what it was measured, and beside what.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import Database from 'better-sqlite3';

/** What the columns are called, in their order. */
export function titlesOf({ alembic, knex, drizzle }) {
  return {
    node: '`node -e 0`',
    files: 'read or import',
    headers: 'bare script',
    driver: 'driver loop',
    torale: 'Torale',
    cold: 'Torale, cold',
    dump: 'pg_dump',
    alembic: `Alembic ${alembic?.split(' ')[0]}`,
    knex: `knex ${knex}`,
    drizzle: `drizzle-kit ${drizzle}`,
  };
}

export function machineOf(servers, peers) {
  const [processor] = cpus();
  const dump = spawnSync('pg_dump', ['--version'], { encoding: 'utf8' }).stdout?.match(/[\d.]+/)?.[0];
  return {
    system: `${process.platform} ${process.arch}`,
    processor: `${cpus().length} × ${processor.model}`,
    node: process.versions.node,
    servers: { sqlite: sqliteVersion(), ...servers },
    peers: { ...peers, dump },
  };
}

export function sentenceOf({ system, processor, node, servers, peers }) {
  const parts = [
    `${processor}, ${system}`,
    `Node ${node}`,
    `SQLite ${servers.sqlite}`,
    servers.postgres?.split(' (')[0],
    servers.mysql,
    peers.alembic && `Alembic ${peers.alembic}`,
    peers.knex && `knex ${peers.knex}`,
    peers.drizzle && `drizzle-kit ${peers.drizzle} with drizzle-orm ${peers.drizzleOrm}`,
    peers.dump && `pg_dump ${peers.dump}`,
  ];
  return `${parts.filter(Boolean).join('; ')}.`;
}

function sqliteVersion() {
  const database = new Database(':memory:');
  const version = database.prepare('SELECT sqlite_version()').pluck().get();
  database.close();
  return String(version);
}
