import { createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { current, ToraleError, upgrade, type ToraleOptions } from '../../src/index.ts';
import { describeOn, freshDatabase } from '../support/databases.ts';
import { writeVersions } from '../support/revisions.ts';

const SLOW = [
  {
    id: 'a1',
    body: "await op.execute({ postgres: 'SELECT pg_sleep(20)', mysql: 'SELECT SLEEP(20)', sqlite: null });",
  },
];

/** What comes of a call that is stopped as callers do it most often: without a reason of Torale's. */
async function stopped(options: ToraleOptions, afterMs: number, reason?: unknown): Promise<ToraleError> {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), afterMs);
  const started = performance.now();
  const failure: unknown = await upgrade({ ...options, signal: controller.signal }).catch((error: unknown) => error);
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(failure).toBeInstanceOf(ToraleError);
  return failure as ToraleError;
}

const INTERRUPTED = { code: 'INTERRUPTED', exitCode: 130 };

describeOn(['postgres', 'mysql'], 'a call that is stopped without a reason ends as INTERRUPTED', (dialect) => {
  test.each([undefined, 'enough', new Error('enough')])('in a statement: %s', async (reason) => {
    const { url } = await freshDatabase(dialect);
    const versions = writeVersions(SLOW);
    expect(await stopped({ url, versions }, 500, reason)).toMatchObject(INTERRUPTED);
    expect((await current({ url, versions })).heads).toEqual([]);
  });

  test('while another run holds the lock', async () => {
    const { url } = await freshDatabase(dialect);
    const versions = writeVersions(SLOW);
    const holder = stopped({ url, versions }, 3000);
    await new Promise((done) => setTimeout(done, 1000));
    expect(await stopped({ url, versions }, 500)).toMatchObject(INTERRUPTED);
    expect(await holder).toMatchObject(INTERRUPTED);
  });

  test('while the server keeps silent, or is waited for', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const scheme = dialect === 'postgres' ? 'postgres' : 'mysql';
    const versions = writeVersions(SLOW);
    const silent = { url: `${scheme}://app@127.0.0.1:${port}/app`, connectTimeout: '15s' };
    expect(await stopped({ ...silent, versions }, 300)).toMatchObject(INTERRUPTED);
    const absent = { url: `${scheme}://app@127.0.0.1:1/app`, wait: '30s' };
    expect(await stopped({ ...absent, versions }, 700)).toMatchObject(INTERRUPTED);
  });
});
