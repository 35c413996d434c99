import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { SkippedServers } from '../test/support/reporter.ts';

// .ci/run counts from this file.
const results = process.env['TORALE_TEST_RESULTS'];

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', ...(results ? [['json', { outputFile: results }] as const] : []), new SkippedServers()],
    // Tests start child processes and wait for real servers on small machines.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // On two cores: tests wait for servers and for time to pass as much as they compute.
    maxWorkers: 3,
  },
});
