import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { version } from '../src/version.ts';
import { torale } from './support/cli.ts';

test("the version is package.json's, also on the command line", async () => {
  const packageJson = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(version).toBe(packageJson.version);
  expect(await torale(['--version'])).toEqual({ code: 0, stdout: `torale ${version}\n`, stderr: '' });
});
