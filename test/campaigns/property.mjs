// Random schemas through the diff engine: each seed is a pair, taken there and back.
//
//   node test/campaigns/property.mjs [--url postgres://…] [--from 0] [--to 100] [--show] [--minimise [--tries 150]] [--findings FILE]
//
// Prints each seed that fails. `--minimise` makes its pair as small as it can while it fails the same way, `--show` prints
// both sides and the plan, `--findings` adds the small pairs to a file, one a line.
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Converger } from '../support/random-schema/converge.ts';
import { printModel, randomPair } from '../support/random-schema/index.ts';
import { minimise } from '../support/random-schema/minimise.ts';

const { values: options } = parseArgs({
  options: {
    url: { type: 'string', default: 'postgres://postgres@127.0.0.1:5543/postgres' },
    from: { type: 'string', default: '0' },
    to: { type: 'string', default: '100' },
    show: { type: 'boolean', default: false },
    minimise: { type: 'boolean', default: false },
    tries: { type: 'string', default: '150' },
    findings: { type: 'string' },
  },
});

const converger = await Converger.open(options.url);
const print = (model) => printModel(model, converger.version);
const causes = new Map();
let passed = 0;
let missed = 0;
for (let seed = Number(options.from); seed < Number(options.to); seed++) {
  const pair = randomPair(seed);
  const { there, back } = await converger.bothWays(print(pair.before), print(pair.after));
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
await converger.close();
if (missed > 0) process.exitCode = 1;

async function report(seed, way, pair, failure) {
  const cause = causeOf(failure);
  const isNews = !causes.has(cause);
  causes.set(cause, [...(causes.get(cause) ?? []), seed]);
  process.stdout.write(
    `MISS ${seed} ${way}: ${failure.stage}: ${failure.message.slice(0, options.show ? undefined : 400)}\n`,
  );
  let sides = { before: print(pair.before), after: print(pair.after) };
  let last = failure;
  if (options.minimise && isNews && failure.stage !== 'load') {
    const small = await minimise(
      pair,
      async (smaller) => {
        const found = await converger.oneWay(print(smaller.before), print(smaller.after));
        if (found === null || causeOf(found) !== cause) return false;
        last = found;
        return true;
      },
      Number(options.tries),
    );
    sides = { before: print(small.before), after: print(small.after) };
  }
  if (options.show || (options.minimise && isNews)) {
    const plan = last.statements.map(({ sql }) => `${sql};`).join('\n');
    process.stdout.write(
      `-- before\n${plain(sides.before)}-- after\n${plain(sides.after)}-- plan\n${plan}\n-- ${last.message}\n\n`,
    );
  }
  if (options.findings !== undefined && isNews) {
    const line = {
      seed,
      way,
      stage: failure.stage,
      before: plain(sides.before),
      after: plain(sides.after),
      problem: last.message,
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
