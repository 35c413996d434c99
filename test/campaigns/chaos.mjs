// npm run chaos -- --dialect postgres|mysql|sqlite [--kill client|server] [--rounds 100] [--runners 4] [--seed N] [--outside]
//
// Several runners at once on one database; one after the other is killed (or the server is) and another takes its
// place, until the database is at head. Then everything must be as if nobody had been killed.
import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DIALECTS, openServer } from './parts/databases.mjs';
import { longHistory, writeHistory } from './parts/histories.mjs';
import { randomOf } from './parts/random.mjs';
import { add, finish, say } from './parts/report.mjs';
import { startUpgrade, temporaryFolder } from './parts/runners.mjs';
import { judgeName } from './parts/schemas.mjs';
import { faultsOf, stateOf } from './parts/verify.mjs';

const { values: options } = parseArgs({
  options: {
    dialect: { type: 'string' },
    kill: { type: 'string', default: 'client' },
    rounds: { type: 'string', default: '100' },
    runners: { type: 'string', default: '4' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    /** Only this round, of a seed that showed something. */
    round: { type: 'string' },
    /** An existing server; by default one is started. */
    url: { type: 'string' },
    /** SQLite: with a revision that runs outside a transaction. */
    outside: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
const dialect = DIALECTS.find((name) => name === options.dialect);
const isServerKilled = options.kill === 'server';
if (dialect === undefined) throw new Error(`--dialect takes ${DIALECTS.join(', ')}.`);
if (isServerKilled && (dialect === 'sqlite' || options.url !== undefined)) {
  throw new Error('--kill server needs a server of its own: not with sqlite or --url.');
}

const started = performance.now();
const server = await openServer(dialect, {
  durable: isServerKilled,
  ...(options.url === undefined ? {} : { url: options.url }),
});
const history = longHistory(dialect, options.outside);
const versions = writeHistory(history, join(temporaryFolder(), 'versions'));
const revisions = history.map(({ id }) => id);

const undisturbed = await server.database();
const calm = await startUpgrade(undisturbed, versions).result;
if (calm.code !== 0) throw new Error(`The undisturbed run failed: ${calm.output}`);
const expected = await stateOf(undisturbed);
await undisturbed.drop();
say(`${server.version}: undisturbed in ${calm.seconds.toFixed(1)} s; seed ${options.seed}`);

/** What runs end with: killed, done, a server that is gone (3, or 5 in the middle of a revision), waited in vain. */
const EXPECTED_ENDS = isServerKilled ? [0, 137, 3, 5] : [0, 137];
const LIMIT_MS = 120_000;

const totals = {
  rounds: 0,
  wrong: 0,
  byHand: 0,
  runners: 0,
  kills: 0,
  killsOfTheWorking: 0,
  resumed: 0,
  settled: {},
  exits: {},
};
const failures = [];

/** The runner that has the lock, as far as its output tells. */
const isWorking = ({ output }) => /to apply|applied/.test(output) && !/waiting[^\n]*\n?$/i.test(output);

async function playRound(number) {
  const random = randomOf(`${options.seed}:${number}`);
  const database = await server.database();
  const began = performance.now();
  const running = [];
  const over = [];
  const unexpected = [];
  let byHand = false;
  let done = false;
  const launch = () => {
    const runner = startUpgrade(database, versions, ['--wait', '60s']);
    running.push(runner);
    void runner.result.then(({ code, output }) => {
      running.splice(running.indexOf(runner), 1);
      over.push(runner);
      add(totals.exits, code);
      totals.runners += 1;
      if (output.includes('going on with')) totals.resumed += 1;
      for (const [, not] of output.matchAll(/was cut off, was (not )?applied/g))
        add(totals.settled, not ? 'notApplied' : 'applied');
      if (code === 0) done = true;
      if (code === 6) byHand = true;
      if (!EXPECTED_ENDS.includes(code)) unexpected.push(`exit ${code}: ${output.slice(-600)}`);
    });
  };
  for (let slot = 0; slot < Number(options.runners); slot++) launch();
  // Some rounds see many kills, some few; a run of kills that never ends would only test patience.
  const kills = isServerKilled ? random.whole(1, 4) : random.whole(3, 12);
  const mean = (calm.seconds * 1000 * random.between(0.5, 1.5)) / (kills + 1);
  for (let kill = 0; kill < kills && !done && !byHand; kill++) {
    await pause(Math.min(random.wait(mean) + 20, 4000));
    if (done || byHand) break;
    if (isServerKilled) {
      await server.crash();
      await pause(random.between(0, 300));
      await server.restart();
      totals.kills += 1;
    } else {
      const working = running.filter(isWorking);
      // Mostly the one that works: killing who waits is easily survived.
      const isAll = random.next() < 0.05;
      const victims = isAll
        ? [...running]
        : [random.next() < 0.75 && working.length > 0 ? random.pick(working) : random.pick(running)];
      for (const victim of victims) {
        if (victim === undefined) continue;
        totals.kills += 1;
        if (isWorking(victim)) totals.killsOfTheWorking += 1;
        victim.kill();
        await victim.result;
      }
    }
    while (running.length < Number(options.runners) && !done) launch();
  }
  // From here on everybody may finish; who fails for want of the server is followed by another.
  for (;;) {
    await Promise.all(running.map(({ result }) => result));
    if (done || byHand || performance.now() - began > LIMIT_MS) break;
    launch();
  }
  const faults = byHand || !done ? [] : await faultsOf(expected, database, revisions);
  if (!done) faults.push('never at head');
  faults.push(...unexpected);
  totals.rounds += 1;
  if (byHand) totals.byHand += 1;
  else if (faults.length > 0) totals.wrong += 1;
  if (faults.length > 0 || byHand) {
    failures.push({ round: number, faults });
    say(`round ${number} (seed ${options.seed}): ${faults.join('\n')}`);
  }
  await database.drop();
}

const numbers =
  options.round === undefined
    ? Array.from({ length: Number(options.rounds) }, (_, index) => index + 1)
    : [Number(options.round)];
for (const number of numbers) {
  await playRound(number);
  if (number % 10 === 0)
    say(`${number} rounds, ${totals.kills} kills, ${totals.wrong} wrong, ${totals.byHand} by hand`);
}
server.stop();
finish(
  {
    campaign: 'chaos',
    dialect,
    server: server.version,
    kill: options.kill,
    seed: options.seed,
    runnersAtOnce: Number(options.runners),
    revisions: revisions.length,
    comparedBy: judgeName,
    undisturbedSeconds: Number(calm.seconds.toFixed(1)),
    ...totals,
    seconds: Math.round((performance.now() - started) / 1000),
    failures,
  },
  { ok: totals.wrong === 0 && totals.byHand === 0, out: options.out },
);
