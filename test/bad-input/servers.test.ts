import { expect, test } from 'vitest';
import { upgrade } from '../../src/index.ts';
import { torale } from '../support/cli.ts';
import { adminUrl, describeOn, freshDatabase } from '../support/databases.ts';
import { silentPort } from '../support/nearby.ts';
import { writeVersions } from '../support/revisions.ts';
import { changed, refuses } from './refusal.ts';

const CHAIN = ['a1', 'b2'].map((id) => ({
  id,
  body: `await op.execute('CREATE TABLE ${id} (id integer PRIMARY KEY)');`,
}));
const SERVERS = ['postgres', 'mysql'] as const;
const SCHEME = { postgres: 'postgres', mysql: 'mysql' };
const PORT = { postgres: 5432, mysql: 3306 };

describeOn(SERVERS, 'a server that cannot be reached', (dialect) => {
  const scheme = SCHEME[dialect as 'postgres'];
  const versions = (): string[] => ['--versions', writeVersions(CHAIN)];

  test('because nothing listens there', async () => {
    const refusal = {
      exit: 3,
      code: 'UNREACHABLE',
      says: /Cannot reach \w+:\/\/app@127\.0\.0\.1:1\/app: connection refused[^]*--wait/,
    };
    for (const command of ['upgrade', 'current']) {
      await refuses([command, '--url', `${scheme}://app@127.0.0.1:1/app`, ...versions()], refusal);
    }
  });

  test('because its name is unknown', async () => {
    const refusal = { exit: 3, code: 'UNREACHABLE', says: /torale\.invalid.*: host name/ };
    await refuses(['current', '--url', `${scheme}://app@torale.invalid/app`, ...versions()], refusal);
  });

  test('because it never answers: it fails in the time given', async () => {
    const port = await silentPort();
    const started = performance.now();
    const refusal = { exit: 3, code: 'UNREACHABLE', says: /no answer in time/ };
    await refuses(
      ['current', '--url', `${scheme}://app@127.0.0.1:${port}/app`, '--connect-timeout', '1s', ...versions()],
      refusal,
    );
    // Twice, for people and for programs.
    expect(performance.now() - started).toBeLessThan(8000);
  });

  test('for longer than --wait', async () => {
    const args = ['current', '--url', `${scheme}://app@127.0.0.1:1/app`, '--wait', '1s', ...versions()];
    const { code, stderr } = await torale(args);
    expect(code).toBe(3);
    expect(stderr).toMatch(/torale: .*connection refused, .* of 1\.0 s\n/);
  });

  test('because it speaks another protocol', async () => {
    const other = dialect === 'postgres' ? 'mysql' : 'postgres';
    const url = changed(adminUrl(dialect as 'postgres'), (parts) => Object.assign(parts, { pathname: '/app' }));
    const { port, hostname } = new URL(url);
    const wrong = `${SCHEME[other]}://app@${hostname}:${port || PORT[dialect as 'postgres']}/app`;
    const { code, stderr } = await torale(['current', '--url', wrong, '--connect-timeout', '2s', ...versions()]);
    expect(code, stderr).toBe(3);
  });

  test('because the database is missing', async () => {
    const url = changed(adminUrl(dialect as 'postgres'), (parts) =>
      Object.assign(parts, { pathname: '/torale_nowhere' }),
    );
    const refusal = {
      exit: 3,
      code: 'DATABASE_MISSING',
      says: /torale_nowhere[^]*(createdb|CREATE DATABASE) torale_nowhere/,
    };
    for (const command of ['upgrade', 'current']) await refuses([command, '--url', url, ...versions()], refusal);
  });
});

describeOn(SERVERS, 'the migration lock', (dialect) => {
  test('that another run holds: exit 4, and who holds it', async () => {
    const db = await freshDatabase(dialect);
    const versions = writeVersions([
      { id: 'a1', body: `op.log('in'); await new Promise((done) => op.signal.addEventListener('abort', done));` },
    ]);
    const controller = new AbortController();
    let isIn: () => void = () => undefined;
    const inside = new Promise<void>((done) => (isIn = done));
    const holder = upgrade({
      url: db.url,
      versions,
      signal: controller.signal,
      onEvent: (event) => event.type === 'log' && isIn(),
    });
    holder.catch(() => undefined);
    await inside;
    const refusal = {
      exit: 4,
      code: 'LOCKED',
      says: /migration lock is held by .*(pid|server process|connection) \d+[^]*--lock-timeout/,
    };
    await refuses(['upgrade', 'head', '--url', db.url, '--versions', versions, '--lock-timeout', '0'], refusal);
    expect((await torale(['current', '--url', db.url, '--versions', versions])).code).toBe(0);
    controller.abort();
    await expect(holder).rejects.toMatchObject({ code: 'INTERRUPTED', exitCode: 130 });
  });
});
