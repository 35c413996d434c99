// Kills `torale upgrade` again and again in the middle of a large op.batch and looks whether every row was changed
// exactly once, and how much memory it took.
//
//   node test/campaigns/batch.mjs --dialect postgres --rows 1000000 --kills 10 --seed 1 [--url URL] [--size 1000]
//
// Prints a report as JSON; ends with 1 where it is not `right`. Needs a built dist/.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const BIN = fileURLToPath(new URL('../../dist/bin.cjs', import.meta.url));

const { values } = parseArgs({
  options: {
    dialect: { type: 'string', default: 'sqlite' },
    rows: { type: 'string', default: '1000000' },
    kills: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    size: { type: 'string', default: '1000' },
    url: { type: 'string' },
  },
});
const { dialect } = values;
const [rows, kills, size] = [Number(values.rows), Number(values.kills), Number(values.size)];

/** mulberry32: the same moments again for the same seed, as far as the machine allows. */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
const random = randomOf(Number(values.seed));

const folder = mkdtempSync(join(tmpdir(), 'torale-batch-'));
const name = `torale_batch_${process.pid}`;
const SERVERS = { postgres: 'postgres://root@127.0.0.1:5432/postgres', mysql: 'mysql://root@127.0.0.1:3306/' };
const server = values.url ?? SERVERS[dialect];
const named = (database) => Object.assign(new URL(server), { pathname: `/${database}` }).href;
const url = dialect === 'sqlite' ? `sqlite:${join(folder, 'batch.db')}` : named(name);

async function connect(to) {
  if (dialect === 'postgres') {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: to });
    await client.connect();
    return { query: async (sql) => (await client.query(sql)).rows, end: () => client.end() };
  }
  if (dialect === 'mysql') {
    const { default: mysql } = await import('mysql2/promise');
    const connection = await mysql.createConnection({ uri: to });
    return { query: async (sql) => (await connection.query(sql))[0], end: () => connection.end() };
  }
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(to.slice('sqlite:'.length));
  database.pragma('journal_mode = WAL');
  return {
    query: async (sql) => {
      const statement = database.prepare(sql);
      return statement.reader ? statement.all() : (statement.run(), []);
    },
    end: async () => database.close(),
  };
}

async function fill({ query }) {
  await query(
    'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(80) NOT NULL, email_lower varchar(80), changed integer NOT NULL DEFAULT 0)',
  );
  const step = 100_000;
  for (let from = 1; from <= rows; from += step) {
    const to = Math.min(rows, from + step - 1);
    // With holes between the keys.
    const select = {
      postgres: `SELECT n * 3, 'Person' || n || '@Example.org' FROM generate_series(${from}, ${to}) AS n`,
      mysql: `SELECT seq * 3, concat('Person', seq, '@Example.org') FROM seq_${from}_to_${to}`,
      sqlite: `WITH RECURSIVE s AS (SELECT ${from} AS n UNION ALL SELECT n + 1 FROM s WHERE n < ${to}) SELECT n * 3, 'Person' || n || '@Example.org' FROM s`,
    }[dialect];
    await query(`INSERT INTO users (id, email) ${select}`);
  }
  if (dialect === 'postgres') await query('ANALYZE users');
}

/** One statement for the rows of a page, so that the time goes into batches and not into round trips. */
const REVISION = `/**
 * lower case
 *
 * Revision ID: a1
 * Create Date: 2026-11-20T12:00:00.000Z
 */
import type { Operations } from 'torale';
export const revision = 'a1';
export const downRevision = null;
export const branchLabels = null;
export const dependsOn = null;
export async function upgrade(op: Operations): Promise<void> {
  await op.batch({
    select: 'SELECT id, email FROM users WHERE email_lower IS NULL',
    size: ${size},
    each: async (rows, { execute }) => {
      const ids = rows.map(({ id }) => Number(id)).join(', ');
      await execute(\`UPDATE users SET email_lower = lower(email), changed = changed + 1 WHERE id IN (\${ids})\`);
    },
  });
}
`;

const peaks = [];
const rates = [];
/** Resident memory of the last run, looked at all the time. */
let samples = [];

/** Runs until its end, or kills it after a while; takes down the most memory it ever had. */
async function run(versions, killAfterMs) {
  const child = spawn(process.execPath, [BIN, 'upgrade', 'head', '--url', url, '--versions', versions], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  let peak = 0;
  samples = [];
  const look = () => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
      samples.push(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // It has ended.
    }
  };
  const ticking = setInterval(look, 50);
  const timer =
    killAfterMs === null
      ? undefined
      : setTimeout(() => {
          look();
          child.kill('SIGKILL');
        }, killAfterMs);
  const { code, signal } = await new Promise((done) => child.on('close', (code, signal) => done({ code, signal })));
  clearInterval(ticking);
  clearTimeout(timer);
  peaks.push(Math.round(peak / 1024));
  const [, rate] = /(\d+) a second/.exec(stderr) ?? [];
  if (rate !== undefined) rates.push(Number(rate));
  return { code, killed: signal === 'SIGKILL', stderr };
}

/** The mean of each quarter: a leak would show as a rise from one to the next. */
function quarters(kilobytes) {
  const length = Math.max(1, Math.floor(kilobytes.length / 4));
  return [0, 1, 2, 3].map((index) => {
    const part = kilobytes.slice(index * length, (index + 1) * length);
    return Math.round(part.reduce((sum, one) => sum + one, 0) / Math.max(1, part.length) / 1024);
  });
}

async function progressOf({ query }) {
  const [{ n }] = await query('SELECT count(*) AS n FROM users WHERE changed > 0');
  return Number(n);
}

if (dialect !== 'sqlite') {
  const admin = await connect(server);
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
}
let database;
const report = { dialect, rows, size, seed: Number(values.seed), kills: 0, right: false };
try {
  database = await connect(url);
  const started = performance.now();
  await fill(database);
  report.fillMs = Math.round(performance.now() - started);
  const versions = join(folder, 'versions');
  mkdirSync(versions);
  writeFileSync(join(versions, 'a1.ts'), REVISION);
  const begun = performance.now();
  const marks = [];
  let done = false;
  // How long a run may live is learnt from how far the ones before it came, so that all kills fall into the work.
  let msPerRow = 0.02;
  while (report.kills < kills && !done) {
    const left = rows - (marks.at(-1) ?? 0);
    const share = (left * msPerRow) / (kills - report.kills + 2);
    const after = 300 + random() * 2 * share;
    const { killed, code, stderr } = await run(versions, after);
    done = !killed;
    if (killed) {
      report.kills += 1;
      // The server may still be at the last statement of the connection that is gone.
      await sleep(200);
      const now = await progressOf(database);
      if (now > (marks.at(-1) ?? 0) && after > 400)
        msPerRow = Math.min(0.03, (after - 300) / (now - (marks.at(-1) ?? 0)));
      marks.push(now);
    } else if (code !== 0) throw new Error(stderr);
  }
  if (!done) {
    const { code, stderr } = await run(versions, null);
    if (code !== 0) throw new Error(stderr);
  }
  report.runMs = Math.round(performance.now() - begun);
  const counts = await database.query('SELECT changed, count(*) AS n FROM users GROUP BY changed');
  const [{ n: wrong }] = await database.query(
    'SELECT count(*) AS n FROM users WHERE email_lower IS NULL OR email_lower <> lower(email)',
  );
  const journal = await database.query('SELECT * FROM torale_journal');
  const heads = await database.query('SELECT version_num FROM torale_version');
  report.changedTimes = Object.fromEntries(counts.map((row) => [String(row.changed), Number(row.n)]));
  report.doneAtKills = marks;
  report.peakMemoryMB = { perRun: peaks, highest: Math.max(...peaks), lowest: Math.min(...peaks) };
  report.memoryMBByQuarterOfLastRun = quarters(samples);
  report.rowsPerSecond = rates.at(-1) ?? null;
  report.right = report.changedTimes[1] === rows && Number(wrong) === 0 && journal.length === 0 && heads.length === 1;
} finally {
  await database?.end();
  if (dialect !== 'sqlite') {
    const admin = await connect(server);
    await admin.query(
      dialect === 'postgres' ? `DROP DATABASE IF EXISTS ${name} WITH (FORCE)` : `DROP DATABASE IF EXISTS ${name}`,
    );
    await admin.end();
  }
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
if (!report.right) process.exitCode = 1;
