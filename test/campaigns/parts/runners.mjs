import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const BIN = fileURLToPath(new URL('../../../dist/bin.cjs', import.meta.url));

/** A user's environment: without npm's variables, and without a database that somebody set. */
const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(TORALE_|VITEST|npm_)|^(DATABASE_URL|NODE_ENV|NODE_OPTIONS)$/.test(name),
  ),
);

/**
 * A program under test. Never throws: its end is a result.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 */
export function startProgram(program, args, { cwd, env } = {}) {
  const started = performance.now();
  const child = spawn(program, args, { cwd, env: { ...ENVIRONMENT, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const runner = {
    pid: child.pid,
    output: '',
    /** @type {{ code: number, seconds: number } | undefined} 137 where it was killed */
    end: undefined,
    kill: (/** @type {NodeJS.Signals} */ signal = 'SIGKILL') => child.kill(signal),
    /** @type {Promise<{ code: number, output: string, seconds: number }>} */
    result: Promise.resolve({ code: 0, output: '', seconds: 0 }),
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => (runner.output += text));
  }
  runner.result = new Promise((done) => {
    child.on('error', (error) => (runner.output += String(error)));
    child.on('close', (code, signal) => {
      runner.end = { code: signal === 'SIGKILL' ? 137 : (code ?? 128), seconds: (performance.now() - started) / 1000 };
      done({ ...runner.end, output: runner.output });
    });
  });
  return runner;
}

/** @param {{ url: string }} database @param {string} versions @param {readonly string[]} [more] */
export function startUpgrade(database, versions, more = []) {
  return startProgram(process.execPath, [
    BIN,
    'upgrade',
    'head',
    '--url',
    database.url,
    '--versions',
    versions,
    ...more,
  ]);
}

/** @type {string[]} */
const folders = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone when the process ends. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'torale-test-campaign-'));
  folders.push(folder);
  return folder;
}
