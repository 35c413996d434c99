// node bench/schema.mjs [--dialect postgres|mysql|sqlite] [--tables 1000,5000] [--runs 5] [--bin dist/bin.cjs]
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { findServers, serverDatabase } from './databases.mjs';
import { measure, withoutForeign } from './measure.mjs';
import { dumpVersion, mysqlVersion, mysqlWork } from './schema-mysql.mjs';
import { alembicVersion, sqliteWork } from './schema-sqlite.mjs';

const { values: options } = parseArgs({
  options: {
    dialect: { type: 'string', default: 'postgres' },
    tables: { type: 'string', default: '1000,5000' },
    runs: { type: 'string', default: '5' },
    bin: { type: 'string', default: fileURLToPath(import.meta.resolve('../dist/bin.cjs')) },
  },
});
const sizes = options.tables.split(',').map(Number);
const runs = Number(options.runs);
const bin = resolve(options.bin);
const say = (text) => process.stderr.write(process.stderr.isTTY ? `\r\u001b[2K${text}` : '');

const isSqlite = options.dialect === 'sqlite';
const isMysql = options.dialect === 'mysql';
if (!isSqlite && !isMysql && options.dialect !== 'postgres')
  throw new Error(`--dialect takes postgres, mysql or sqlite, not '${options.dialect}'.`);
if (!sizes.every((size) => size >= 100))
  throw new Error(`--tables takes numbers from 100 on, not '${options.tables}'.`);
if (!(runs >= 1)) throw new Error(`--runs takes a number, not '${options.runs}'.`);

// Ends the process only after what was made is taken away again.
let stopped;
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => (stopped = signal));
function goOn() {
  if (stopped !== undefined) throw new Error('stopped');
}

const peerName = isSqlite ? 'Alembic' : isMysql ? 'mariadb-dump' : 'pg_dump';
const peer = isSqlite
  ? alembicVersion()
  : isMysql
    ? dumpVersion()
    : spawnSync('pg_dump', ['--version'], { encoding: 'utf8' }).stdout?.trim();
if (peer === undefined) process.stderr.write(`Left out: there is no ${peerName}.\n`);
const server = isSqlite ? sqliteTitle() : isMysql ? await mysqlVersion() : await postgresVersion();

async function postgresVersion() {
  const servers = await findServers();
  if (servers.postgres === undefined) throw new Error(servers.missing.join('\n'));
  return servers.postgres;
}

const pad = (number) => String(number).padStart(4, '0');

/** Table n of a schema of some size, with its keys and indexes. */
function table(n) {
  const name = `t_${pad(n)}`;
  return [
    `CREATE TABLE ${name} (
       id integer PRIMARY KEY, name varchar(100) NOT NULL, code varchar(20) NOT NULL, amount numeric(12,2),
       qty integer NOT NULL DEFAULT 0, active boolean NOT NULL DEFAULT true, note text,
       created_at timestamp NOT NULL DEFAULT now(), updated_at timestamp, parent_id integer,
       CONSTRAINT uq_${name}_code UNIQUE (code)${n === 0 ? '' : `, CONSTRAINT fk_${name}_parent FOREIGN KEY (parent_id) REFERENCES t_${pad(n - 1)} (id)`}
     )`,
    `CREATE INDEX ix_${name}_name ON ${name} (name)`,
    `CREATE INDEX ix_${name}_parent ON ${name} (parent_id)`,
    ...(n % 5 === 0 ? [`CREATE INDEX ix_${name}_active_created ON ${name} (active, created_at)`] : []),
  ];
}

/** Twenty changes of ten kinds, spread over the tables. */
function changes(size) {
  const [last, before] = [pad(size - 1), pad(size - 2)];
  return [
    ...[0, 1, 2].map((n) => `CREATE TABLE t_new_${n} (id integer PRIMARY KEY, name varchar(50))`),
    `DROP TABLE t_${last}`,
    `DROP TABLE t_${before}`,
    ...[10, 11, 12, 13, 14].map((n) => `ALTER TABLE t_${pad(n)} ADD COLUMN extra varchar(40)`),
    ...[20, 21].map((n) => `ALTER TABLE t_${pad(n)} DROP COLUMN note`),
    'ALTER TABLE t_0030 ALTER COLUMN name TYPE varchar(200)',
    'ALTER TABLE t_0031 ALTER COLUMN qty TYPE bigint',
    'ALTER TABLE t_0040 ALTER COLUMN name DROP NOT NULL',
    'ALTER TABLE t_0050 ALTER COLUMN qty SET DEFAULT 1',
    ...[60, 61].map((n) => `CREATE INDEX ix_${pad(n)}_new ON t_${pad(n)} (amount)`),
    'DROP INDEX ix_t_0070_name',
    'ALTER TABLE t_0080 ADD CONSTRAINT fk_t_0080_extra FOREIGN KEY (qty) REFERENCES t_0000 (id)',
  ];
}

/** Not all in one transaction: the server holds only so many locks. */
async function fill(database, size) {
  await database.renew();
  for (let start = 0; start < size; start += 100) {
    const some = Array.from({ length: Math.min(100, size - start) }, (_, at) => table(start + at));
    await database.run(some.flat().join(';\n'));
    goOn();
  }
}

async function postgresWork(size) {
  const before = serverDatabase('postgres', `torale_bench_${process.pid}_${size}`);
  const after = serverDatabase('postgres', `torale_bench_${process.pid}_${size}_after`);
  // Dropped also where filling them fails.
  databases.push(before, after);
  await fill(before, size);
  await fill(after, size);
  await after.run(changes(size).join(';\n'));
  return {
    databases: [],
    variants: [
      torale(`inspect, ${size}`, 'inspect', before.url, '--json'),
      ...(peer === undefined ? [] : [warm(`pg_dump, ${size}`, ['pg_dump', '--schema-only', before.url])]),
      torale(`diff, ${size}, 20 changes`, 'diff', before.url, after.url, '--sql'),
      torale(`diff, ${size}, no change`, 'diff', before.url, before.url, '--sql'),
    ],
  };
}

const folder = mkdtempSync(join(tmpdir(), 'torale-bench-'));
const databases = [];
const warm = (id, command) => ({ id, command, cwd: folder, cache: 'warm' });
const torale = (id, ...args) => warm(id, [process.execPath, bin, ...args]);
try {
  const variants = [];
  for (const size of sizes) {
    say(`preparing ${size} tables`);
    const work = isSqlite
      ? await sqliteWork(size, folder, torale)
      : isMysql
        ? { databases: [], variants: await mysqlWork(size, folder, databases, warm, torale) }
        : await postgresWork(size);
    databases.push(...work.databases);
    variants.push(...work.variants);
  }
  const found = sizes.map((size, at) => ({
    size,
    statements: statementsBetween(databases[2 * at], databases[2 * at + 1]),
  }));
  const figures = await measure([...variants, warm('node', [process.execPath, '-e', '0'])], {
    runs,
    folder,
    onRun: (done, of) => {
      say(`${done} of ${of}`);
      goOn();
    },
  });
  say('');
  const rows = [...figures].map(([id, figure]) => rowOf(id, figure, figures));
  process.stdout.write(`${tableOf(rows)}\n\n`);
  for (const { size, statements } of found)
    process.stdout.write(`20 changes of ${size} tables: ${statements} statements\n`);
  const [processor] = cpus();
  const machine = {
    system: `${process.platform} ${process.arch}`,
    processor: `${cpus().length} × ${processor.model}`,
    node: `Node ${process.versions.node}`,
    server,
    peer,
  };
  process.stdout.write(`${machine.system}, ${machine.processor}; ${machine.node}; ${server}; ${peer ?? 'no peer'}\n`);
  const out = fileURLToPath(import.meta.resolve('./out'));
  mkdirSync(out, { recursive: true });
  writeFileSync(
    join(out, options.dialect === 'postgres' ? 'schema.json' : `schema-${options.dialect}.json`),
    `${JSON.stringify({ machine, runs, found, rows }, null, 2)}\n`,
  );
} catch (error) {
  // The signal that ended a child is still to be heard here.
  await setTimeout(50);
  if (stopped === undefined) throw error;
  process.stderr.write(`Stopped by ${String(stopped)}.\n`);
  process.exitCode = 1;
} finally {
  say('');
  for (const database of databases) await database.drop();
  rmSync(folder, { recursive: true, force: true });
}

/** So that nothing is measured that does not find the changes. */
function statementsBetween(before, after) {
  const args = [bin, 'diff', before.url, after.url, '--json', ...(isSqlite || isMysql ? ['--no-renames'] : [])];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    env: withoutForeign(process.env),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const answer = JSON.parse(stdout);
  const statements = (answer.statements ?? answer.result?.statements)?.length ?? 0;
  if (statements < 20) throw new Error(`20 changes, ${statements} statements found: ${stderr}`);
  return statements;
}

function rowOf(id, figure, figures) {
  const [what, size, ...rest] = id.split(', ');
  const isPeer = what === peerName;
  const peers = figures.get(isSqlite ? ['Alembic', size, ...rest].join(', ') : `${peerName}, ${size}`);
  // Memory is told by Node alone.
  return { id, ...figure, rss: isPeer ? undefined : figure.rss, times: peers && figure.cpu / peers.cpu };
}

function tableOf(rows) {
  const number = (value, digits) => (value === undefined ? '' : value.toFixed(digits));
  const head = `| | CPU s | median | wall s | median | MiB | × ${peerName} |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |`;
  const lines = rows.map(
    ({ id, cpu, cpuMedian, wall, wallMedian, rss, times }) =>
      `| ${id} | ${[cpu, cpuMedian, wall, wallMedian].map((value) => number(value, 3)).join(' | ')} | ${number(rss, 0)} | ${number(times, 2)} |`,
  );
  return [head, ...lines].join('\n');
}

function sqliteTitle() {
  const database = new Database(':memory:');
  const version = database.prepare('SELECT sqlite_version()').pluck().get();
  database.close();
  return `SQLite ${String(version)}`;
}
