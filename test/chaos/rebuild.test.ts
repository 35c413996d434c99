import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

test('a table rebuild that is killed leaves the old state or the new one', async () => {
  // A small one of what `npm run rebuild` does with a million rows.
  const script = fileURLToPath(new URL('../campaigns/rebuild.mjs', import.meta.url));
  const { stdout } = await run(process.execPath, [script, '--rows', '5000', '--rounds', '6', '--seed', '1']).catch(
    (error: { stdout: string }) => error,
  );
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, rounds: 6, wrong: 0, retries: { 0: 6 }, failures: [] });
}, 120_000);
