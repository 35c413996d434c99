import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('oclif.manifest.json describes the commands as they are', () => {
  const build = fileURLToPath(new URL('../.config/build.mjs', import.meta.url));
  expect(() => execFileSync(process.execPath, [build, '--check-manifest'], { stdio: 'pipe' })).not.toThrow();
});
