// npm run bench [-- --only heads,current] [--runs 7] [--no-peers] [--tables 1000,5000] [--dialects …] [--bin dist/bin.cjs]
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { barsOf } from './bars.mjs';
import { Bench } from './bench.mjs';
import { findServers } from './databases.mjs';
import { packageSizes } from './groups/package.mjs';
import { planning } from './groups/planning.mjs';
import { autogenerate, inspect } from './groups/schemas.mjs';
import { heads, look, version } from './groups/start.mjs';
import { upgrade } from './groups/upgrade.mjs';
import { machineOf, sentenceOf, titlesOf } from './machine.mjs';
import { measure } from './measure.mjs';
import { AlembicPeer } from './peers/alembic.mjs';
import { DrizzlePeer } from './peers/drizzle.mjs';
import { KnexPeer } from './peers/knex.mjs';
import { installPeers } from './peers/peers.mjs';
import { barsTable, figuresTable, packageTables } from './table.mjs';

/** What takes seconds is run less often; each group is measured with its own baselines beside it. */
const GROUPS = [
  { name: 'start', of: ['version', 'heads', 'current', 'at-head'], share: 1, title: 'Starting and looking' },
  { name: 'upgrade', of: ['upgrade'], share: 1 / 2, title: '1,000 trivial revisions applied' },
  { name: 'planning', of: ['planning'], share: 1, title: 'Planning' },
  { name: 'inspect', of: ['inspect'], share: 1 / 2, title: 'Reading a schema' },
  { name: 'autogenerate', of: ['autogenerate'], share: 1 / 4, title: 'Comparing schemas, twenty changes' },
  { name: 'package', of: ['package'], share: 1, title: 'Size' },
];
const NAMES = GROUPS.flatMap(({ of }) => of);

const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    only: { type: 'string', default: NAMES.join(',') },
    runs: { type: 'string', default: '7' },
    peers: { type: 'boolean', default: true },
    tables: { type: 'string', default: '1000,5000' },
    dialects: { type: 'string', default: 'sqlite,postgres,mysql' },
    bin: { type: 'string', default: fileURLToPath(import.meta.resolve('../dist/bin.cjs')) },
    readme: { type: 'boolean', default: false },
  },
});
const names = options.only.split(',');
const runs = Number(options.runs);
const sizes = options.tables.split(',').map(Number);
const unknown = names.find((name) => !NAMES.includes(name));
if (unknown !== undefined) throw new Error(`There is no workload '${unknown}': ${NAMES.join(', ')}`);
if (!(runs >= 1)) throw new Error(`--runs takes a number, not '${options.runs}'.`);
if (!sizes.every((size) => size >= 100))
  throw new Error(`--tables takes numbers from 100 on, not '${options.tables}'.`);

const OUT = fileURLToPath(import.meta.resolve('./out'));
const README = fileURLToPath(import.meta.resolve('./README.md'));
const isTerminal = process.stderr.isTTY;
const say = (text) => process.stderr.write(isTerminal ? `\r\u001b[2K${text}` : '');
const warn = (text) => {
  say('');
  process.stderr.write(`${text}\n`);
};

// Ends the process only after what was made is taken away again.
let stopped;
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => (stopped = signal));
function goOn() {
  if (stopped !== undefined) throw new Error('stopped');
}

const { missing: noServers, ...servers } = await findServers();
const { missing: noPeers, ...installed } = options.peers ? installPeers() : { missing: [] };
const machine = machineOf(servers, installed);
const noDump = machine.peers.dump === undefined ? ['there is no pg_dump'] : [];
for (const reason of [...noServers, ...noPeers, ...noDump]) warn(`LEFT OUT: ${reason}`);

const folder = mkdtempSync(join(tmpdir(), 'torale-bench-'));
const bench = new Bench({
  bin: resolve(options.bin),
  folder,
  dialects: options.dialects.split(',').filter((name) => name === 'sqlite' || name in servers),
});
const peers = {
  alembic: installed.alembic && new AlembicPeer(bench),
  knex: installed.knex && new KnexPeer(bench),
  drizzle: installed.drizzle && new DrizzlePeer(bench),
  dump: machine.peers.dump,
};
const titles = titlesOf(installed);
const result = { machine, begun: new Date().toISOString(), groups: [] };
const text = [];

try {
  for (const group of GROUPS.filter(({ of }) => of.some((name) => names.includes(name)))) {
    await setTimeout(50);
    goOn();
    const { tables, ...measured } = group.name === 'package' ? packaged() : await figuresOf(group);
    const section = `### ${group.title}\n\n${tables.filter((one) => one !== '').join('\n\n')}`;
    text.push(section);
    result.groups.push({ name: group.name, ...measured });
    say('');
    process.stdout.write(`${section}\n\n`);
    save();
    await bench.drop();
  }
  text.push(sentenceOf(machine));
  process.stdout.write(`${text.at(-1)}\n`);
  save();
  if (options.readme) intoReadme();
} catch (error) {
  // The signal that ended a child is still to be heard here.
  await setTimeout(50);
  if (stopped === undefined) throw error;
  warn(`Stopped by ${String(stopped)}.`);
  process.exitCode = 1;
} finally {
  say('');
  await bench.drop();
  rmSync(folder, { recursive: true, force: true });
}

/** @returns {Promise<import('./bench.mjs').Row[]>} */
async function rowsOf({ name }) {
  if (name === 'upgrade') return upgrade(bench, peers);
  if (name === 'inspect') return inspect(bench, peers, sizes);
  if (name === 'autogenerate') return autogenerate(bench, peers, sizes);
  return [
    ...(names.includes('version') ? await version(bench, peers) : []),
    ...(names.includes('heads') ? await heads(bench, peers) : []),
    ...(names.includes('current') || names.includes('at-head') ? await look(bench, peers, names) : []),
  ];
}

async function figuresOf(group) {
  const failed = new Map();
  const count = Math.ceil(runs * group.share);
  say(`${group.name}: preparing`);
  const { rows, figures } = group.name === 'planning' ? planning(bench, count) : await measured();
  const bars = barsOf(group.name, rows, figures);
  const tables = [
    figuresTable(rows, figures, titles, bars, (id) => failed.has(id)),
    bars.length > 0 ? barsTable(bars) : '',
  ];
  return {
    runs: count,
    rows: rows.map(plain),
    figures: Object.fromEntries(figures),
    bars,
    failed: [...failed],
    tables,
  };

  async function measured() {
    const made = await rowsOf(group);
    goOn();
    const variants = made.flatMap(({ cells }) => Object.values(cells)).filter((one) => one !== undefined);
    const of = new Set(variants.map(({ id }) => id)).size;
    let done = 0;
    const taken = await measure(variants, {
      runs: count,
      folder,
      onRun: (id, round) => {
        goOn();
        say(`${group.name}: ${(done += 1)} of ${of * (count + 1)}, round ${round}: ${id}`);
      },
      onFailure: (id, error) => {
        failed.set(id, error.message);
        process.exitCode = 1;
        warn(`FAILED: ${id}: ${error.message}`);
      },
    });
    return { rows: made, figures: taken };
  }
}

function plain({ key, title, cells }) {
  const ids = Object.entries(cells).flatMap(([tool, one]) => (one === undefined ? [] : [[tool, one.id]]));
  return { key, title, cells: Object.fromEntries(ids) };
}

function packaged() {
  say('package: installing');
  const sizesOf = packageSizes(bench);
  return { sizes: sizesOf, tables: [packageTables(sizesOf)] };
}

/** After each group, so that a run that is stopped has left what it found. */
function save() {
  mkdirSync(OUT, { recursive: true });
  writeFileSync(join(OUT, 'latest.json'), `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(join(OUT, 'latest.md'), `${text.join('\n\n')}\n`);
}

/** Puts the tables where the README has those of the last run. */
function intoReadme() {
  const [begin, end] = ['<!-- figures -->', '<!-- end of figures -->'];
  const [before, rest] = readFileSync(README, 'utf8').split(begin);
  const after = rest.split(end)[1];
  writeFileSync(README, `${before}${begin}\n\n${text.join('\n\n')}\n\n${end}${after}`);
}
