// npm run race -- --dialect postgres|mysql|sqlite [--runners 50] [--times 20]
//
// Many runners at the same instant on an empty database, as when every replica of a deployment migrates at its start.
import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { DIALECTS, openServer } from './parts/databases.mjs';
import { shortHistory, writeHistory } from './parts/histories.mjs';
import { add, finish, say } from './parts/report.mjs';
import { startUpgrade, temporaryFolder } from './parts/runners.mjs';
import { judgeName } from './parts/schemas.mjs';
import { faultsOf, stateOf } from './parts/verify.mjs';

const { values: options } = parseArgs({
  options: {
    dialect: { type: 'string' },
    runners: { type: 'string', default: '50' },
    times: { type: 'string', default: '20' },
    url: { type: 'string' },
    out: { type: 'string' },
  },
});
const dialect = DIALECTS.find((name) => name === options.dialect);
if (dialect === undefined) throw new Error(`--dialect takes ${DIALECTS.join(', ')}.`);

const started = performance.now();
const server = await openServer(dialect, options.url === undefined ? {} : { url: options.url });
const history = shortHistory(dialect);
const versions = writeHistory(history, join(temporaryFolder(), 'versions'));
const revisions = history.map(({ id }) => id);

const undisturbed = await server.database();
const calm = await startUpgrade(undisturbed, versions).result;
if (calm.code !== 0) throw new Error(`One run alone failed: ${calm.output}`);
const expected = await stateOf(undisturbed);
await undisturbed.drop();

const exits = {};
const failures = [];
let slowest = 0;
/** How many runs found work to do: one, where nothing is done twice. On SQLite runs may take turns between revisions. */
let workers = 0;
for (let time = 1; time <= Number(options.times); time++) {
  const database = await server.database();
  const runners = Array.from({ length: Number(options.runners) }, () => startUpgrade(database, versions));
  const results = await Promise.all(runners.map(({ result }) => result));
  const faults = results
    .filter(({ code }) => code !== 0)
    .map(({ code, output }) => `exit ${code}: ${output.slice(-600)}`);
  for (const { code } of results) add(exits, code);
  slowest = Math.max(slowest, ...results.map(({ seconds }) => seconds));
  workers += results.filter(({ output }) => /: applied /.test(output)).length;
  faults.push(...(await faultsOf(expected, database, revisions)));
  if (faults.length > 0) {
    failures.push({ time, faults });
    say(`time ${time}: ${faults.join('\n')}`);
  }
  await database.drop();
}
server.stop();
finish(
  {
    campaign: 'race',
    dialect,
    server: server.version,
    runners: Number(options.runners),
    times: Number(options.times),
    comparedBy: judgeName,
    exits,
    runsThatApplied: workers,
    slowestSeconds: Number(slowest.toFixed(1)),
    seconds: Math.round((performance.now() - started) / 1000),
    failures,
  },
  { ok: failures.length === 0, out: options.out },
);
