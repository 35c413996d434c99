import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startTorale } from '../support/cli.ts';
import { adminUrl, describeOn, freshDatabase } from '../support/databases.ts';
import { BRANCHED, chain, project, revisionText } from './project.ts';
import { expectValid } from './schemas.ts';

/** A port that nothing listens on, and what makes a server listen there: every byte goes to the real one. */
async function lateServer(url: string): Promise<{ url: string; start: () => Promise<void> }> {
  const real = new URL(url);
  const port = await new Promise<number>((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as AddressInfo;
      probe.close(() => done(free));
    });
  });
  const late = new URL(url);
  late.hostname = '127.0.0.1';
  late.port = String(port);
  const defaultPort = real.protocol.startsWith('postgres') ? 5432 : 3306;
  let server: Server | undefined;
  onTestFinished(() => void server?.close());
  return {
    url: late.href,
    start: () =>
      new Promise((done) => {
        server = createServer((socket) => {
          const there = connect(Number(real.port || defaultPort), real.hostname);
          socket.pipe(there).pipe(socket);
          for (const end of [socket, there]) end.on('error', () => [socket, there].forEach((one) => one.destroy()));
        }).listen(port, '127.0.0.1', done);
      }),
  };
}

describeOn(['postgres', 'mysql'], 'wait', (dialect) => {
  test('for a server that comes up later', async () => {
    const { url } = await freshDatabase(dialect);
    const { folder } = project();
    const late = await lateServer(url);
    const child = startTorale(['wait', '--url', late.url, '--json'], { cwd: folder });
    await sleep(1200);
    expect(child.exitCode).toBeNull();
    await late.start();
    const { code, stdout, stderr } = await child.result;
    expect(code).toBe(0);
    expect(stderr).toContain('connection refused');
    const document = JSON.parse(stdout) as { server: string; waitedMs: number };
    expectValid('wait', document);
    expect(document.server).toMatch(/^(PostgreSQL|MariaDB|MySQL) \d/);
    expect(document.waitedMs).toBeGreaterThan(1000);
  });

  test('ends at once where waiting does not help', async () => {
    const admin = adminUrl(dialect as 'postgres' | 'mysql');
    const missing = Object.assign(new URL(admin), { pathname: '/torale_test_0_missing' }).href;
    const { run } = project();
    const started = performance.now();
    expect(await run('wait', '--url', missing)).toMatchObject({ code: 3, stdout: '' });
    const stranger = Object.assign(new URL(missing), { username: 'torale_nobody', password: 'verysecret' }).href;
    const denied = await run('wait', '--url', stranger, '--log-format', 'json');
    expect([3, 13]).toContain(denied.code);
    expect(denied.stderr).not.toContain('verysecret');
    expect(performance.now() - started).toBeLessThan(15_000);
    const waited = await run('wait', '--url', missing, '--for-database', '--wait', '1s');
    expect(waited).toMatchObject({ code: 3 });
    expect(waited.stderr).toContain('Waited 1 s; longer with --wait.');
  });

  test('--for-head, until another run has upgraded', async () => {
    const { url, query } = await freshDatabase(dialect);
    const { run, json, folder, write } = project(chain(dialect));
    const child = startTorale(['wait', '--for-head', '--url', url], { cwd: folder });
    await sleep(800);
    expect(child.exitCode).toBeNull();
    expect((await run('upgrade', '+1', '--url', url)).code).toBe(0);
    expect((await run('upgrade', '--url', url)).code).toBe(0);
    const { code, stdout, stderr } = await child.result;
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('no revision is applied, 3 to go'),
    });
    expect(stdout).toContain('accepts connections, and at cccc: ');
    const { document } = await json('wait', '--for-head', '--url', url);
    expectValid('wait', document);
    expect(document.heads).toEqual(['cccc']);

    // An older image, whose head the database has left behind.
    const older = project({ 'versions/aaaa.mjs': revisionText('aaaa') });
    expect((await older.run('wait', '--for-head', '--url', url)).code).toBe(0);
    write('versions/dddd.mjs', revisionText('dddd', { down: 'cccc' }));
    const late = await json('wait', '--for-head', '--url', url, '--wait', '1s');
    expectValid('error', late.document);
    expect(late).toMatchObject({ code: 8, document: { error: { code: 'PENDING', pending: ['dddd'] } } });
    const other = project({ 'versions/eeee.mjs': revisionText('eeee') });
    expect((await other.run('wait', '--for-head', '--url', url)).code).toBe(7);
    expect(await query('SELECT version_num FROM torale_version')).toHaveLength(1);
  });
});

describe('wait for a file', () => {
  test('is over at once, and makes none', async () => {
    const { run } = project(BRANCHED);
    expect(await run('wait', '--url', 'sqlite:./x.db')).toMatchObject({ code: 0, stderr: '' });
    expect(await run('wait', '--for-head', '--wait', '0', '--url', 'sqlite:./x.db')).toMatchObject({ code: 8 });
    await run('upgrade', 'heads', '--url', 'sqlite:./x.db');
    expect(await run('wait', '--for-head', '--url', 'sqlite:./x.db')).toMatchObject({ code: 0 });
  });
});

describe('a run that is stopped while a server keeps silent', () => {
  test('ends with that attempt, and says what stopped it', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { folder } = project();
    const url = `postgres://app@127.0.0.1:${port}/app`;
    const child = startTorale(['wait', '--url', url, '--connect-timeout', '4s'], { cwd: folder });
    await sleep(1000);
    child.kill('SIGTERM');
    expect(await child.result).toMatchObject({ code: 143, stderr: expect.stringContaining('Stopped by SIGTERM.') });
  });
});
