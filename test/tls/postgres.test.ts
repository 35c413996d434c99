import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { current, upgrade } from '../../src/index.ts';
import { describeIf } from '../support/databases.ts';
import { canStart, NEEDS_PROGRAMS, startOwn } from '../support/nearby.ts';
import type { RunningServer } from '../support/private-server.ts';
import { postgresRows } from '../support/raw.ts';
import { writeVersions } from '../support/revisions.ts';
import { refuses } from '../bad-input/refusal.ts';
import {
  ADDRESSES,
  canTry,
  hasOpenssl,
  makeCertificates,
  NAMED_ADDRESS,
  NEEDS_OPENSSL,
  type Certificates,
} from './certificates.ts';

/** Who may come how; the rest is for the test's own looking. */
const HBA = `
host    all  postgres  127.0.0.0/8  trust
hostssl all  tls_only  127.0.0.0/8  trust
hostnossl all plain_only 127.0.0.0/8 trust
hostssl all  with_cert 127.0.0.0/8  trust clientcert=verify-ca
host    all  secret    127.0.0.0/8  scram-sha-256
`;

/** Whether this connection is encrypted, asked through a revision. */
async function isEncrypted(url: string): Promise<boolean> {
  let answer = '';
  const body = `const { rows } = await op.execute('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'); op.log(String(rows[0].ssl)); throw new Error('seen');`;
  const onEvent = (event: { type: string; message?: string }): void =>
    void (event.type === 'log' && (answer = event.message ?? ''));
  const failure: unknown = await upgrade({ url, versions: writeVersions([{ id: 'a1', body }]), onEvent }).catch(
    (error: unknown) => error,
  );
  if (answer === '') throw failure;
  return answer === 'true';
}

const PLAIN = { exit: 0, encrypted: false } as const;
const TLS = { exit: 0, encrypted: true } as const;
const REFUSED = { exit: 3, code: 'TLS_REFUSED' } as const;
const DENIED = { exit: 13, code: 'DENIED' } as const;
type Outcome = typeof PLAIN | typeof TLS | typeof REFUSED | typeof DENIED;

interface Mode {
  readonly title: string;
  readonly mode: string;
  readonly ca?: 'ca' | 'otherCa';
  readonly host?: '127.0.0.1' | typeof NAMED_ADDRESS;
  readonly user?: string;
  readonly outcome: Outcome;
}

/** libpq's table: https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-SSLMODE-STATEMENTS */
const MODES: readonly Mode[] = [
  { title: 'disable', mode: 'disable', outcome: PLAIN },
  { title: 'allow stays plain where it may', mode: 'allow', outcome: PLAIN },
  { title: 'allow encrypts where it must', mode: 'allow', user: 'tls_only', outcome: TLS },
  { title: 'prefer encrypts', mode: 'prefer', outcome: TLS },
  { title: 'prefer goes plain where it must', mode: 'prefer', user: 'plain_only', outcome: PLAIN },
  { title: 'require encrypts and checks nothing', mode: 'require', outcome: TLS },
  { title: 'require with another name', mode: 'require', host: '127.0.0.1', outcome: TLS },
  { title: 'require with an authority checks it', mode: 'require', ca: 'ca', outcome: TLS },
  { title: 'require with the wrong authority', mode: 'require', ca: 'otherCa', outcome: REFUSED },
  { title: 'verify-ca with the right authority', mode: 'verify-ca', ca: 'ca', outcome: TLS },
  { title: 'verify-ca cares for no name', mode: 'verify-ca', ca: 'ca', host: '127.0.0.1', outcome: TLS },
  { title: 'verify-ca with the wrong authority', mode: 'verify-ca', ca: 'otherCa', outcome: REFUSED },
  { title: 'verify-ca without an authority trusts no stranger', mode: 'verify-ca', outcome: REFUSED },
  { title: 'verify-full with the right authority and name', mode: 'verify-full', ca: 'ca', outcome: TLS },
  {
    title: 'verify-full with an address that the certificate names',
    mode: 'verify-full',
    ca: 'ca',
    host: NAMED_ADDRESS,
    outcome: TLS,
  },
  { title: 'verify-full with another name', mode: 'verify-full', ca: 'ca', host: '127.0.0.1', outcome: REFUSED },
  { title: 'verify-full with the wrong authority', mode: 'verify-full', ca: 'otherCa', outcome: REFUSED },
  { title: 'verify-full without an authority trusts no stranger', mode: 'verify-full', outcome: REFUSED },
  { title: 'disable where the server wants TLS', mode: 'disable', user: 'tls_only', outcome: DENIED },
  { title: 'require where the server wants none', mode: 'require', user: 'plain_only', outcome: DENIED },
];

const needs = hasOpenssl ? NEEDS_PROGRAMS.postgres : NEEDS_OPENSSL;

describeIf(canStart.postgres && hasOpenssl, needs, 'sslmode of PostgreSQL', () => {
  let folder: string;
  let certificates: Certificates;
  let server: RunningServer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'torale-test-tls-'));
    certificates = makeCertificates(folder);
    const { cert, key, ca } = certificates.server;
    server = await startOwn('postgres', {
      settings: {
        ssl: 'on',
        listen_addresses: ADDRESSES,
        ssl_ca_file: 'root.crt',
        password_encryption: 'scram-sha-256',
      },
      files: { 'server.crt': cert, 'server.key': key, 'root.crt': ca, 'pg_hba.conf': HBA },
    });
    await postgresRows(
      server.url,
      `CREATE ROLE tls_only SUPERUSER LOGIN; CREATE ROLE plain_only SUPERUSER LOGIN; CREATE ROLE with_cert SUPERUSER LOGIN;
       CREATE ROLE secret LOGIN PASSWORD 'right'`,
    );
    await postgresRows(server.url, 'CREATE DATABASE empty');
  });

  afterAll(() => {
    server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function urlOf({ mode, ca, host, user }: Omit<Mode, 'title' | 'outcome'>, more: Record<string, string> = {}): string {
    const url = new URL(server.url);
    url.hostname = host ?? 'localhost';
    url.username = user ?? 'postgres';
    url.searchParams.set('sslmode', mode);
    if (ca !== undefined) url.searchParams.set('sslrootcert', certificates[ca]);
    for (const [name, value] of Object.entries(more)) url.searchParams.set(name, value);
    return url.href;
  }

  test.for(MODES.filter(canTry))('$title', async ({ outcome, ...mode }) => {
    const url = urlOf(mode);
    if (outcome.exit === 0) expect(await isEncrypted(url)).toBe(outcome.encrypted);
    else
      await expect(current({ url, versions: writeVersions([{ id: 'a1' }]) })).rejects.toMatchObject({
        code: outcome.code,
        exitCode: outcome.exit,
      });
  });

  test('a client certificate is given where the server wants one', async () => {
    const mine = { sslcert: certificates.clientCert, sslkey: certificates.clientKey };
    expect(await isEncrypted(urlOf({ mode: 'require', user: 'with_cert' }, mine))).toBe(true);
    const without = current({
      url: urlOf({ mode: 'require', user: 'with_cert' }),
      versions: writeVersions([{ id: 'a1' }]),
    });
    await expect(without).rejects.toMatchObject({ code: 'DENIED' });
  });

  describe('is refused in plain words', () => {
    const args = (url: string): string[] => ['current', '--url', url, '--versions', writeVersions([{ id: 'a1' }])];

    test('for a certificate of a stranger', async () => {
      const refusal = { exit: 3, code: 'TLS_REFUSED', says: /localhost.*TLS.*(certificate|self.signed)/i };
      await refuses(args(urlOf({ mode: 'verify-full' })), refusal);
    });

    test('for the name of another', async () => {
      const refusal = { exit: 3, code: 'TLS_REFUSED', says: /127\.0\.0\.1.*TLS/ };
      await refuses(args(urlOf({ mode: 'verify-full', ca: 'ca', host: '127.0.0.1' })), refusal);
    });

    test('for a file that is not there', async () => {
      const refusal = { exit: 2, code: 'CONFIG_UNREADABLE', says: /sslrootcert.*nowhere\.pem/ };
      await refuses(args(urlOf({ mode: 'verify-full' }, { sslrootcert: join(folder, 'nowhere.pem') })), refusal);
    });

    test('for a file that is no certificate', async () => {
      const refusal = { exit: 3, code: 'TLS_REFUSED', says: /TLS/ };
      await refuses(args(urlOf({ mode: 'verify-full' }, { sslrootcert: certificates.clientKey })), refusal);
    });

    test('for a role that must come encrypted', async () => {
      const refusal = { exit: 13, code: 'DENIED', says: /pg_hba\.conf[^]*TLS/ };
      await refuses(args(urlOf({ mode: 'disable', user: 'tls_only' })), refusal);
    });

    test.each(['wrong', ''])('for a wrong password: "%s"', async (password) => {
      const url = new URL(urlOf({ mode: 'prefer', user: 'secret' }));
      url.password = password;
      await refuses(args(url.href), {
        exit: 13,
        code: 'DENIED',
        says: password === '' ? /asks for a password/ : /password authentication failed[^]*Check/,
      });
    });

    test('but not for the right one', async () => {
      const url = new URL(urlOf({ mode: 'prefer', user: 'secret' }));
      Object.assign(url, { password: 'right', pathname: '/empty' });
      expect((await current({ url: url.href, versions: writeVersions([{ id: 'a1' }]) })).state).toBe('empty');
    });
  });
});

describeIf(canStart.postgres, NEEDS_PROGRAMS.postgres, 'a PostgreSQL server without TLS', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startOwn('postgres', {});
  });
  afterAll(() => server?.stop());

  test.each(['require', 'verify-ca', 'verify-full'])('refuses sslmode=%s', async (mode) => {
    const url = `${server.url}?sslmode=${mode}`;
    const refusal = { exit: 3, code: 'TLS_REFUSED', says: new RegExp(`does not speak TLS.*sslmode=${mode}`) };
    await refuses(['current', '--url', url, '--versions', writeVersions([{ id: 'a1' }])], refusal);
  });

  test.each(['disable', 'allow', 'prefer'])('takes sslmode=%s', async (mode) => {
    expect(await isEncrypted(`${server.url}?sslmode=${mode}`)).toBe(false);
  });
});
