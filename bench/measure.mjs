// Times whole processes from outside, by bash's `time`: Node itself cannot tell what its children used.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/**
 * One command line to be measured.
 *
 * @typedef {object} Variant
 * @property {string} id
 * @property {readonly string[]} command the program and its arguments
 * @property {string} cwd
 * @property {Readonly<Record<string, string>>} [env] added to the environment
 * @property {'warm' | 'cold'} [cache] whether Node finds its compile cache, or an empty folder in its place; warm
 * @property {() => unknown} [before] done before each run, not measured
 * @property {(output: string) => unknown} [check] after the first run: throws where the work was not done
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
 * @property {number} [rss] peak of resident memory of one run, MiB; Node alone tells it
 */

const TIMED = `TIMEFORMAT='%3R %3U %3S'; { time "$@" 2>&4 3>&- 4>&-; } 4>&2 2>&3`;
const PRELOAD = fileURLToPath(import.meta.resolve('./peak-memory.cjs'));

/** What a shell or an npm script may have set must not decide what is measured. */
const FOREIGN = /^(TORALE_|npm_|NODE_|PYTHON)|^(DATABASE_URL|TMPDIR|FORCE_COLOR|NO_COLOR)$/;

/** A first run of so many seconds counts, as telling the memory (1 ms) and cold caches are nothing in it. */
const COUNTS_AT_ONCE = 10;
/** What takes longer than this is run once. */
const ONCE = 60;

/**
 * Runs each variant in turn, round after round, so that a machine that grows busy slows all of them alike.
 *
 * @param {readonly Variant[]} variants
 * @param {object} options
 * @param {number} options.runs
 * @param {string} options.folder
 * @param {(id: string, round: number) => void} options.onRun before each run
 * @param {(id: string, error: Error) => void} options.onFailure of a variant, which is then left out
 * @returns {Promise<Map<string, Figure>>} by id
 */
export async function measure(variants, { runs, folder, onRun, onFailure }) {
  /** @type {Map<string, { samples: Sample[], runs: number, rss?: number }>} */
  const taken = new Map();
  // What stands in several rows is measured once.
  const distinct = [...new Map(variants.map((variant) => [variant.id, variant])).values()];
  const warm = mkdtempSync(join(folder, 'warm-'));
  const peak = join(folder, 'peak');
  // Round 0 warms the caches of disk and compiler and tells the memory.
  for (let round = 0; round <= runs; round++) {
    for (const variant of distinct) {
      const own = taken.get(variant.id);
      if (round > 0 && (own === undefined || own.samples.length >= own.runs)) continue;
      onRun(variant.id, round);
      const cache = variant.cache === 'cold' ? mkdtempSync(join(folder, 'cold-')) : warm;
      const env = { ...variant.env, TMPDIR: cache };
      try {
        await variant.before?.();
        if (round > 0) {
          own.samples.push(run(variant, env).sample);
        } else {
          const first = run(variant, { ...env, NODE_OPTIONS: `--require=${PRELOAD}`, PEAK_MEMORY_FILE: peak });
          await variant.check?.(first.output);
          const { wall } = first.sample;
          taken.set(variant.id, {
            samples: wall > COUNTS_AT_ONCE ? [first.sample] : [],
            runs: wall > ONCE ? 1 : runs,
            rss: peakIn(peak),
          });
        }
      } catch (error) {
        // A signal that ended the child is to be heard first.
        await setTimeout(50);
        onRun(variant.id, round);
        taken.delete(variant.id);
        onFailure(variant.id, error);
      }
      rmSync(peak, { force: true });
      if (cache !== warm) rmSync(cache, { recursive: true });
      // Lets a signal through.
      await setImmediate();
    }
  }
  rmSync(warm, { recursive: true });
  return new Map([...taken].map(([id, { samples, rss }]) => [id, { ...summary(samples), rss }]));
}

function run({ id, command, cwd }, env) {
  const { status, output, error } = spawnSync('bash', ['-c', TIMED, 'bash', ...command], {
    cwd,
    env: { ...withoutForeign(process.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${id} ended with ${status}:\n${output[2]}${output[1]}`.slice(0, 2000));
  const [wall, user, system] = output[3].trim().split(' ').map(Number);
  return { sample: { cpu: user + system, wall }, output: output[1] };
}

/** @returns {Record<string, string | undefined>} */
export function withoutForeign(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !FOREIGN.test(name)));
}

function peakIn(file) {
  try {
    return Number(readFileSync(file, 'utf8')) / 1024;
  } catch {
    return undefined;
  }
}

/** @param {readonly Sample[]} samples */
export function summary(samples) {
  const cpu = samples.map((sample) => sample.cpu).toSorted((a, b) => a - b);
  const wall = samples.map((sample) => sample.wall).toSorted((a, b) => a - b);
  const middle = Math.floor(samples.length / 2);
  return { samples, cpu: cpu[0], cpuMedian: cpu[middle], wall: wall[0], wallMedian: wall[middle] };
}
