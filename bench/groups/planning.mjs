// 10,000 revisions planned in memory: a process tells its own CPU-seconds, as Node's start is not part of it.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { summary } from '../measure.mjs';
import { run } from '../projects.mjs';

const SCRIPT = fileURLToPath(import.meta.resolve('../planning.mjs'));

/**
 * @param {import('../bench.mjs').Bench} bench
 * @param {number} runs
 */
export function planning(bench, runs) {
  const id = 'planning, Torale';
  const samples = Array.from({ length: runs }, () => {
    const { cpu, wall } = JSON.parse(run([process.execPath, SCRIPT, dirname(bench.bin)], bench.empty));
    return { cpu, wall };
  });
  const rows = [{ key: 'planning', title: '10,000 revisions, diamonds every 3', cells: { torale: { id } } }];
  return { rows, figures: new Map([[id, summary(samples)]]) };
}
