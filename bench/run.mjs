// npm run bench [-- --only heads,current] [--runs 7] [--bin dist/bin.cjs]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findServers } from './databases.mjs';
import { measure } from './measure.mjs';
import { rowsOf, tableOf } from './table.mjs';
import { Workloads } from './workloads.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: Workloads.names.join(',') },
    runs: { type: 'string', default: '7' },
    bin: { type: 'string', default: fileURLToPath(import.meta.resolve('../dist/bin.cjs')) },
  },
});
const names = options.only.split(',');
const runs = Number(options.runs);
const say = (text) => process.stderr.write(process.stderr.isTTY ? `\r\u001b[2K${text}` : '');

/** What takes seconds is run less often; each group is measured with its own baselines beside it. */
const GROUPS = [
  { of: ['version', 'heads', 'current', 'at-head'], runs },
  { of: ['upgrade'], runs: Math.ceil(runs / 2) },
];

// Ends the process only after what was made is taken away again.
let stopped;
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => (stopped = signal));
function goOn() {
  if (stopped !== undefined) throw new Error('stopped');
}

const unknown = names.find((name) => !Workloads.names.includes(name));
if (unknown !== undefined) throw new Error(`There is no workload '${unknown}': ${Workloads.names.join(', ')}`);
if (!(runs >= 1)) throw new Error(`--runs takes a number, not '${options.runs}'.`);

const servers = await findServers();
for (const reason of servers.missing) process.stderr.write(`Left out: ${reason}\n`);
const dialects = ['sqlite', 'postgres', 'mysql'].filter((name) => name === 'sqlite' || name in servers);

const folder = mkdtempSync(join(tmpdir(), 'torale-bench-'));
const workloads = new Workloads({ bin: resolve(options.bin), folder, dialects });
try {
  const result = { machine: machine(), groups: [] };
  for (const group of GROUPS) {
    const made = [];
    for (const name of group.of.filter((one) => names.includes(one))) {
      say(`preparing ${name}`);
      made.push(...(await workloads.make(name)));
      goOn();
    }
    if (made.length === 0) continue;
    const figures = await measure(workloads.variants(made), {
      runs: group.runs,
      folder,
      onRun: (done, of) => {
        say(`${group.of.join(', ')}: ${done} of ${of}`);
        goOn();
      },
    });
    const rows = rowsOf(made, figures);
    say('');
    process.stdout.write(`${tableOf(rows)}\n\n`);
    result.groups.push({ runs: group.runs, rows });
  }
  const { node, system, processor } = result.machine;
  process.stdout.write(`${system}, ${processor}; ${node}; ${Object.values(result.machine.servers).join('; ')}\n`);
  const out = fileURLToPath(import.meta.resolve('./out'));
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'latest.json'), `${JSON.stringify(result, null, 2)}\n`);
} catch (error) {
  // The signal that ended a child is still to be heard here.
  await setTimeout(50);
  if (stopped === undefined) throw error;
  process.stderr.write(`Stopped by ${String(stopped)}.\n`);
  process.exitCode = 1;
} finally {
  say('');
  await workloads.close();
  rmSync(folder, { recursive: true, force: true });
}

function machine() {
  const [processor] = cpus();
  const { missing: _, ...found } = servers;
  return {
    system: `${process.platform} ${process.arch}`,
    processor: `${cpus().length} × ${processor.model}`,
    node: `Node ${process.versions.node}`,
    servers: found,
  };
}
