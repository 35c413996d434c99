import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../src/version.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);
const npm = (args: readonly string[], cwd: string) =>
  run('npm', [...args, '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], { cwd });

/** Node itself comes from npm, as the package's `node-<platform>-<arch>`, and stays in the temporary folder for the next run. */
async function nodeBinary(wanted: string): Promise<string> {
  const os = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${os}-${process.arch}`;
  const folder = join(tmpdir(), `torale-test-node-${wanted}-${process.getuid?.() ?? 'user'}`);
  const binary = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    await npm(['install', '--no-save', '--ignore-scripts', '--prefix', folder, `${name}@${wanted}`], folder);
  }
  return binary;
}

const folder = mkdtempSync(join(tmpdir(), 'torale-test-package-'));
const bin = join(folder, 'node_modules', 'torale', 'dist', 'bin.cjs');

async function torale(node: string, args: readonly string[]) {
  const result = await run(node, [bin, ...args], { cwd: folder, env: { PATH: process.env['PATH'] } }).catch(
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  return { code: 'code' in result ? result.code : 0, stdout: result.stdout, stderr: result.stderr };
}

beforeAll(async () => {
  await npm(['pack', '--ignore-scripts', '--pack-destination', folder], root);
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  await npm(['install', '--ignore-scripts', `./${tarball}`], folder);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(['22.14.0', '24'])('the published package on Node %s', (wanted) => {
  test('starts', async () => {
    const node = await nodeBinary(wanted);
    expect(await torale(node, ['--version'])).toEqual({ code: 0, stdout: `torale ${version}\n`, stderr: '' });
    expect(await torale(node, ['--help'])).toMatchObject({ code: 0, stderr: '' });
    expect(await torale(node, ['no-such-command'])).toMatchObject({ code: 2, stdout: '' });
  });

  test('is a library with nothing of the command line in it', async () => {
    const node = await nodeBinary(wanted);
    const script = "import('torale').then((torale) => console.log(typeof torale.ToraleError))";
    expect((await run(node, ['--eval', script], { cwd: folder })).stdout).toBe('function\n');
  });
});

test('an older Node is told in one line', async () => {
  const node = await nodeBinary('20');
  const { code, stdout, stderr } = await torale(node, ['upgrade']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^torale needs Node\.js 22\.14 or newer; this is 20\.\d+\.\d+ \(.*\)\.\n$/);
});
