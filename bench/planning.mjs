// node bench/planning.mjs [dist]: plans 10,000 revisions with a diamond every three, and prints its seconds as JSON.
// Node's start and the import of the modules do not count: no file is read, the headers are made up.
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { idOf } from './baselines/work.mjs';

const SIZE = 10_000;
const dist = process.argv[2] ?? fileURLToPath(import.meta.resolve('../dist'));
const { RevisionGraph } = await import(pathToFileURL(resolve(dist, 'graph', 'graph.js')).href);

/** Two revisions on one parent, a third that merges them, and so on. */
const headers = Array.from({ length: SIZE }, (_, at) => ({ revision: idOf(at), downRevision: parentOf(at) }));

function parentOf(at) {
  if (at === 0) return null;
  if (at % 3 === 0) return [idOf(at - 2), idOf(at - 1)];
  return idOf(at - (at % 3));
}

const begun = performance.now();
const start = process.cpuUsage();
const graph = RevisionGraph.from(headers);
const { steps } = graph.plan({ applied: [], target: 'heads' });
const { user, system } = process.cpuUsage(start);
const wall = (performance.now() - begun) / 1000;

if (steps.length !== SIZE) throw new Error(`${steps.length} steps planned instead of ${SIZE}`);
process.stdout.write(`${JSON.stringify({ revisions: SIZE, cpu: (user + system) / 1e6, wall })}\n`);
