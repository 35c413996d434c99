// Times whole processes from outside, by bash's `time`: Node itself cannot tell what its children used.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/**
 * One command line to be measured.
 *
 * @typedef {object} Variant
 * @property {string} id
 * @property {readonly string[]} command the program and its arguments
 * @property {string} cwd
 * @property {Readonly<Record<string, string>>} [env] added to the environment
 * @property {'warm' | 'cold'} cache whether Node finds its compile cache, or an empty folder in its place
 * @property {() => unknown} [before] done before each run, not measured
 */

/**
 * @typedef {object} Sample
 * @property {number} cpu seconds, user and system, of the process and its children
 * @property {number} wall seconds
 */

/**
 * @typedef {object} Figure
 * @property {readonly Sample[]} samples
 * @property {number} cpu the least
 * @property {number} cpuMedian
 * @property {number} wall the least
 * @property {number} wallMedian
 * @property {number} rss peak of resident memory of one run, MiB
 */

const TIMED = `TIMEFORMAT='%3R %3U %3S'; { time "$@" 2>&4 3>&- 4>&-; } 4>&2 2>&3`;
const PRELOAD = fileURLToPath(import.meta.resolve('./peak-memory.cjs'));

/** What a shell or an npm script may have set must not decide what is measured. */
const FOREIGN = /^(TORALE_|npm_|NODE_)|^(DATABASE_URL|TMPDIR|FORCE_COLOR|NO_COLOR)$/;

/**
 * Runs each variant in turn, round after round, so that a machine that grows busy slows all of them alike.
 *
 * @param {readonly Variant[]} variants
 * @param {{ runs: number, folder: string, onRun?: (done: number, of: number) => void }} options
 * @returns {Promise<Map<string, Figure>>} by id
 */
export async function measure(variants, { runs, folder, onRun }) {
  /** @type {Map<string, { samples: Sample[], rss: number }>} */
  const taken = new Map(variants.map(({ id }) => [id, { samples: [], rss: 0 }]));
  const warm = mkdtempSync(join(folder, 'warm-'));
  const peak = join(folder, 'peak');
  // Round 0 warms the caches of disk and compiler and tells the memory, which costs time.
  for (let round = 0; round <= runs; round++) {
    for (const [at, variant] of variants.entries()) {
      await variant.before?.();
      const cache = variant.cache === 'warm' ? warm : mkdtempSync(join(folder, 'cold-'));
      const env = { ...variant.env, TMPDIR: cache };
      const own = taken.get(variant.id);
      if (round === 0) {
        run(variant, { ...env, NODE_OPTIONS: `--require=${PRELOAD}`, PEAK_MEMORY_FILE: peak });
        own.rss = Number(readFileSync(peak, 'utf8')) / 1024;
      } else {
        own.samples.push(run(variant, env));
      }
      if (cache !== warm) rmSync(cache, { recursive: true });
      onRun?.(round * variants.length + at + 1, (runs + 1) * variants.length);
      // Lets a signal through.
      await setImmediate();
    }
  }
  rmSync(warm, { recursive: true });
  return new Map([...taken].map(([id, { samples, rss }]) => [id, { ...summary(samples), rss }]));
}

/** @returns {Sample} */
function run({ id, command, cwd }, env) {
  const { status, output, error } = spawnSync('bash', ['-c', TIMED, 'bash', ...command], {
    cwd,
    env: { ...withoutForeign(process.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${id} ended with ${status}:\n${output[2]}${output[1]}`);
  const [wall, user, system] = output[3].trim().split(' ').map(Number);
  return { cpu: user + system, wall };
}

/** @returns {Record<string, string | undefined>} */
export function withoutForeign(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !FOREIGN.test(name)));
}

/** @param {readonly Sample[]} samples */
function summary(samples) {
  const cpu = samples.map((sample) => sample.cpu).toSorted((a, b) => a - b);
  const wall = samples.map((sample) => sample.wall).toSorted((a, b) => a - b);
  const middle = Math.floor(samples.length / 2);
  return { samples, cpu: cpu[0], cpuMedian: cpu[middle], wall: wall[0], wallMedian: wall[middle] };
}
