// npm run check: everything that needs no test run. One line per tool; the output only of those that complain.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const PATH = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);

function run(command, args) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, env: { ...process.env, PATH }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => (output += error.message));
    child.on('close', (code) => done({ ok: code === 0, output }));
  });
}

/** The checks of a published package look at what would be published, not at the folder. */
async function packed(check) {
  const folder = mkdtempSync(join(tmpdir(), 'torale-check-'));
  try {
    const pack = await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]);
    if (!pack.ok) return pack;
    return await check(join(folder, readdirSync(folder)[0]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const CHECKS = {
  'lock file': () => run(process.execPath, ['.config/lock.mjs', '--check']),
  build: () => run(process.execPath, ['.config/build.mjs']),
  types: () => run('tsc', ['-p', '.']),
  lint: () => run('oxlint', ['--type-aware', '--deny-warnings']),
  format: () => run('oxfmt', ['--check']),
  unused: () => run('knip', ['--config', '.config/knip.json', '--no-progress']),
  publint: () => packed((tarball) => run('publint', ['run', tarball, '--strict'])),
  'package types': () => packed((tarball) => run('attw', [tarball, '--profile', 'esm-only'])),
};

for (const [name, check] of Object.entries(CHECKS)) {
  const { ok, output } = await check();
  process.stdout.write(`${ok ? 'ok  ' : 'FAIL'}  ${name}\n`);
  if (ok) continue;
  process.stdout.write(`${output.trimEnd()}\n`);
  process.exitCode = 1;
}
