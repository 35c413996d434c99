import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { DIALECTS, type DialectName } from '../../src/dialects/names.ts';
import { adminUrl, describeOn } from '../support/databases.ts';

const run = promisify(execFile);

/** A small one of what `npm run chaos` and `npm run race` do at length. */
async function campaign(name: string, dialect: DialectName, ...args: string[]): Promise<unknown> {
  const script = fileURLToPath(new URL(`../campaigns/${name}.mjs`, import.meta.url));
  const url = dialect === 'sqlite' ? [] : ['--url', adminUrl(dialect)];
  const { stdout } = await run(process.execPath, [script, '--dialect', dialect, ...url, ...args]).catch(
    (error: { stdout: string }) => error,
  );
  return JSON.parse(stdout);
}

describeOn(DIALECTS, 'runners that are killed at random', (dialect) => {
  test('leave what an undisturbed run leaves', async () => {
    expect(await campaign('chaos', dialect, '--rounds', '1', '--seed', '1')).toMatchObject({
      ok: true,
      rounds: 1,
      wrong: 0,
      byHand: 0,
      failures: [],
    });
  });
});

describeOn(DIALECTS, 'runners that all start at once', (dialect) => {
  test('apply each revision once, and all succeed', async () => {
    expect(await campaign('race', dialect, '--runners', '12', '--times', '1')).toMatchObject({
      ok: true,
      exits: { 0: 12 },
      failures: [],
    });
  });
});
