// Random schemas through the diff engine: each seed is a pair, taken there and back.
//
//   node test/campaigns/property.mjs [--dialect postgres|mariadb|sqlite] [--url postgres://…] [--seeds 0-99] [--show]
//     [--minimise [--tries 150]] [--findings FILE]
//
// Prints each seed that fails. `--minimise` makes its pair as small as it can while it fails the same way, `--show` prints
// both sides and the plan, `--findings` adds the small pairs to a file, one a line. Rows are taken along on
// SQLite, which needs no server, and on MariaDB.
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Converger } from '../support/random-schema/converge.ts';
import { printModel, randomPair } from '../support/random-schema/index.ts';
import { minimise } from '../support/random-schema/minimise.ts';
import { MysqlConverger } from '../support/random-schema/mysql/converge.ts';
import { MYSQL_SPECS, printMysql } from '../support/random-schema/mysql/index.ts';
import { bothWays } from '../support/random-schema/sqlite/converge.ts';
import { printSqlite, SQLITE_SPECS } from '../support/random-schema/sqlite/index.ts';

const { values: options } = parseArgs({
  options: {
    dialect: { type: 'string', default: 'postgres' },
    url: { type: 'string' },
    seeds: { type: 'string', default: '0-99' },
    show: { type: 'boolean', default: false },
    minimise: { type: 'boolean', default: false },
    tries: { type: 'string', default: '150' },
    findings: { type: 'string' },
  },
});

const [first, last] = /^\d+(?:-\d+)?$/.test(options.seeds) ? options.seeds.split('-').map(Number) : [];
if (first === undefined) throw new Error(`--seeds takes numbers such as 0-99, not '${options.seeds}'.`);

const ENGINES = { postgres: onPostgres, mariadb: onMariadb, sqlite: onSqlite };
if (ENGINES[options.dialect] === undefined) throw new Error(`--dialect takes ${Object.keys(ENGINES).join(', ')}.`);
const engine = await ENGINES[options.dialect]();
const { print } = engine;
const causes = new Map();
let passed = 0;
let missed = 0;
for (let seed = first; seed <= (last ?? first); seed++) {
  const pair = randomPair(seed, engine.specs);
  const { there, back } = await engine.bothWays(print(pair.before), print(pair.after), seed);
  if (there === null && back === null) passed += 1;
  else missed += 1;
  if (there !== null) await report(seed, 'there', pair, there);
  if (back !== null) await report(seed, 'back', { before: pair.after, after: pair.before }, back);
}
const sums = [...causes].toSorted(([, a], [, b]) => b.length - a.length);
if (sums.length > 0) process.stdout.write('\n');
for (const [cause, seeds] of sums)
  process.stdout.write(`${seeds.length} × ${cause}  (${[...new Set(seeds)].slice(0, 8).join(', ')})\n`);
process.stdout.write(`${passed} passed, ${missed} missed\n`);
if (engine.followed() > 0) process.stdout.write(`${engine.followed()} rows followed\n`);
await engine.close();
if (missed > 0) process.exitCode = 1;

async function onPostgres() {
  const converger = await Converger.open(options.url ?? 'postgres://postgres@127.0.0.1:5543/postgres');
  return {
    specs: undefined,
    print: (model) => printModel(model, converger.version),
    bothWays: (before, after) => converger.bothWays(before, after),
    failureThere: (before, after) => converger.oneWay(before, after),
    followed: () => 0,
    close: () => converger.close(),
  };
}

async function onMariadb() {
  const converger = await MysqlConverger.open(options.url ?? 'mysql://root@127.0.0.1:3306');
  let followed = 0;
  const go = async (before, after) => {
    const result = await converger.bothWays(before, after);
    followed += result.followed;
    tables += result.tables;
    unfilled += result.unfilled;
    return result;
  };
  let [tables, unfilled] = [0, 0];
  return {
    specs: MYSQL_SPECS,
    print: printMysql,
    bothWays: go,
    failureThere: async (before, after) => (await go(before, after)).there,
    followed: () => followed,
    close: async () => {
      process.stdout.write(`${unfilled} of ${tables} tables took no row\n`);
      await converger.close();
    },
  };
}

function onSqlite() {
  let followed = 0;
  const go = async (before, after, seed) => {
    const result = await bothWays(before, after, seed);
    followed += result.followed;
    return result;
  };
  return {
    specs: SQLITE_SPECS,
    print: printSqlite,
    bothWays: go,
    failureThere: async (before, after, seed) => (await go(before, after, seed)).there,
    followed: () => followed,
    close: async () => undefined,
  };
}

async function report(seed, way, pair, failure) {
  const cause = causeOf(failure);
  const isNews = !causes.has(cause);
  causes.set(cause, [...(causes.get(cause) ?? []), seed]);
  process.stdout.write(
    `MISS ${seed} ${way}: ${failure.stage}: ${failure.message.slice(0, options.show ? undefined : 400)}\n`,
  );
  let sides = { before: print(pair.before), after: print(pair.after) };
  let latest = failure;
  if (options.minimise && isNews && failure.stage !== 'load') {
    const small = await minimise(
      pair,
      async (smaller) => {
        const found = await engine.failureThere(print(smaller.before), print(smaller.after), seed);
        if (found === null || causeOf(found) !== cause) return false;
        latest = found;
        return true;
      },
      Number(options.tries),
    );
    sides = { before: print(small.before), after: print(small.after) };
  }
  if (options.show || (options.minimise && isNews)) {
    const plan = latest.statements.map(({ sql }) => `${sql};`).join('\n');
    process.stdout.write(
      `-- before\n${plain(sides.before)}-- after\n${plain(sides.after)}-- plan\n${plan}\n-- ${latest.message}\n\n`,
    );
  }
  if (options.findings !== undefined && isNews) {
    const line = {
      seed,
      way,
      stage: failure.stage,
      before: plain(sides.before),
      after: plain(sides.after),
      problem: latest.message,
    };
    appendFileSync(options.findings, `${JSON.stringify(line)}\n`);
  }
}

/** Without the roles, which every script makes. */
function plain(sql) {
  return sql
    .split('\n')
    .filter((line) => !line.startsWith('DO $$BEGIN CREATE ROLE'))
    .join('\n');
}

/** The same for failures that differ in names and numbers alone. */
function causeOf({ stage, message }) {
  const [first] = message.split('\n');
  const words = first
    .replaceAll(/"[^"]*"/g, '"…"')
    .replaceAll(/'[^']*'/g, "'…'")
    .replaceAll(/\d+/g, 'N');
  const kind = /^(?:create|drop|alter) \w+/.exec(first)?.[0] ?? words;
  if (stage === 'run') return `run: ${words} [${message.split('\n')[1]?.split(' ').slice(0, 2).join(' ')}]`;
  return `${stage}: ${stage === 'residue' ? `${kind} ${stage === 'residue' ? attributes(first) : ''}` : words}`;
}

/** Which attributes differ. */
function attributes(text) {
  return [...text.matchAll(/(?:: |, )(\w+) [^→]*→/g)].map(([, name]) => name).join(' ');
}
