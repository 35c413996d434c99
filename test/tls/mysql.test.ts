import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { current, upgrade } from '../../src/index.ts';
import { refuses } from '../bad-input/refusal.ts';
import { describeIf } from '../support/databases.ts';
import { canStart, NEEDS_PROGRAMS, startOwn } from '../support/nearby.ts';
import type { RunningServer } from '../support/private-server.ts';
import { mysqlRows } from '../support/raw.ts';
import { writeVersions } from '../support/revisions.ts';
import {
  ADDRESSES,
  canTry,
  hasOpenssl,
  makeCertificates,
  NAMED_ADDRESS,
  NEEDS_OPENSSL,
  type Certificates,
} from './certificates.ts';

async function isEncrypted(url: string): Promise<boolean> {
  let answer: string | undefined;
  const body = `const { rows } = await op.execute("SHOW SESSION STATUS LIKE 'Ssl_cipher'"); op.log(String(rows[0].Value)); throw new Error('seen');`;
  const onEvent = (event: { type: string; message?: string }): void =>
    void (event.type === 'log' && (answer = event.message ?? ''));
  const failure: unknown = await upgrade({ url, versions: writeVersions([{ id: 'a1', body }]), onEvent }).catch(
    (error: unknown) => error,
  );
  if (answer === undefined) throw failure;
  return answer !== '';
}

interface Mode {
  readonly title: string;
  readonly mode: string;
  readonly ca?: 'ca' | 'otherCa';
  readonly host?: '127.0.0.1' | typeof NAMED_ADDRESS;
  readonly user?: string;
  readonly outcome: boolean | 'TLS_REFUSED' | 'DENIED';
}

/** https://dev.mysql.com/doc/refman/8.4/en/connection-options.html#option_general_ssl-mode */
const MODES: readonly Mode[] = [
  { title: 'DISABLED', mode: 'DISABLED', outcome: false },
  { title: 'PREFERRED encrypts', mode: 'PREFERRED', outcome: true },
  { title: 'REQUIRED encrypts and checks nothing', mode: 'REQUIRED', outcome: true },
  { title: 'REQUIRED with another name', mode: 'REQUIRED', host: '127.0.0.1', outcome: true },
  { title: 'VERIFY_CA with the right authority', mode: 'VERIFY_CA', ca: 'ca', outcome: true },
  { title: 'VERIFY_CA cares for no name', mode: 'VERIFY_CA', ca: 'ca', host: '127.0.0.1', outcome: true },
  { title: 'VERIFY_CA with the wrong authority', mode: 'VERIFY_CA', ca: 'otherCa', outcome: 'TLS_REFUSED' },
  { title: 'VERIFY_CA without an authority trusts no stranger', mode: 'VERIFY_CA', outcome: 'TLS_REFUSED' },
  { title: 'VERIFY_IDENTITY with the right authority and name', mode: 'VERIFY_IDENTITY', ca: 'ca', outcome: true },
  {
    title: 'VERIFY_IDENTITY with an address that the certificate names',
    mode: 'VERIFY_IDENTITY',
    ca: 'ca',
    host: NAMED_ADDRESS,
    outcome: true,
  },
  {
    title: 'VERIFY_IDENTITY with another name',
    mode: 'VERIFY_IDENTITY',
    ca: 'ca',
    host: '127.0.0.1',
    outcome: 'TLS_REFUSED',
  },
  { title: 'VERIFY_IDENTITY with the wrong authority', mode: 'VERIFY_IDENTITY', ca: 'otherCa', outcome: 'TLS_REFUSED' },
  { title: 'VERIFY_IDENTITY without an authority', mode: 'VERIFY_IDENTITY', outcome: 'TLS_REFUSED' },
  { title: 'DISABLED for a user who must come encrypted', mode: 'DISABLED', user: 'tls_only', outcome: 'DENIED' },
  { title: 'PREFERRED for a user who must come encrypted', mode: 'PREFERRED', user: 'tls_only', outcome: true },
];

const versions = (): string => writeVersions([{ id: 'a1' }]);
const needs = hasOpenssl ? NEEDS_PROGRAMS.mysql : NEEDS_OPENSSL;

describeIf(canStart.mysql && hasOpenssl, needs, 'ssl-mode of MySQL and MariaDB', () => {
  let folder: string;
  let certificates: Certificates;
  let server: RunningServer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'torale-test-tls-'));
    certificates = makeCertificates(folder);
    const { cert, key, ca } = certificates.server;
    server = await startOwn('mysql', {
      settings: {
        'bind-address': ADDRESSES,
        'ssl-cert': 'DATA/server.pem',
        'ssl-key': 'DATA/server.key',
        'ssl-ca': 'DATA/ca.pem',
      },
      files: { 'server.pem': cert, 'server.key': key, 'ca.pem': ca },
    });
    await mysqlRows(
      server.url,
      `CREATE DATABASE app; CREATE USER tls_only@'%' REQUIRE SSL; GRANT ALL ON *.* TO tls_only@'%';
       CREATE USER tls_only@localhost REQUIRE SSL; GRANT ALL ON *.* TO tls_only@localhost`,
    );
  });

  afterAll(() => {
    server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function urlOf({ mode, ca, host, user }: Omit<Mode, 'title' | 'outcome'>): string {
    const url = new URL(server.url);
    url.hostname = host ?? 'localhost';
    url.username = user ?? 'root';
    url.pathname = '/app';
    url.searchParams.set('ssl-mode', mode);
    if (ca !== undefined) url.searchParams.set('ssl-ca', certificates[ca]);
    return url.href;
  }

  test.for(MODES.filter(canTry))('$title', async ({ outcome, ...mode }) => {
    const url = urlOf(mode);
    if (typeof outcome === 'boolean') expect(await isEncrypted(url)).toBe(outcome);
    else await expect(current({ url, versions: versions() })).rejects.toMatchObject({ code: outcome });
  });

  test('a stranger is refused in plain words', async () => {
    const refusal = { exit: 3, code: 'TLS_REFUSED', says: /TLS.*certificate/i };
    await refuses(['current', '--url', urlOf({ mode: 'VERIFY_IDENTITY' }), '--versions', versions()], refusal);
    const missing = urlOf({ mode: 'VERIFY_CA' }) + '&ssl-ca=nowhere.pem';
    await refuses(['current', '--url', missing, '--versions', versions()], {
      exit: 2,
      code: 'CONFIG_UNREADABLE',
      says: /ssl-ca.*nowhere\.pem/,
    });
  });
});

describeIf(canStart.mysql, NEEDS_PROGRAMS.mysql, 'a MySQL server without TLS', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startOwn('mysql', { settings: { ssl: '0' } });
    await mysqlRows(server.url, 'CREATE DATABASE app');
  });
  afterAll(() => server?.stop());

  test.each(['REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'])('refuses ssl-mode=%s', async (mode) => {
    const refusal = { exit: 3, code: 'TLS_REFUSED', says: new RegExp(`does not speak TLS.*ssl-mode=${mode}`) };
    await refuses(['current', '--url', `${server.url}/app?ssl-mode=${mode}`, '--versions', versions()], refusal);
  });

  test.each(['DISABLED', 'PREFERRED'])('takes ssl-mode=%s', async (mode) => {
    expect(await isEncrypted(`${server.url}/app?ssl-mode=${mode}`)).toBe(false);
  });
});
