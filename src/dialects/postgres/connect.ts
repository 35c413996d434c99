import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { ToraleError } from '../../errors.ts';
import type { QueryResult, Row, Session } from '../../session/session.ts';
import { version as toraleVersion } from '../../version.ts';
import { importDriver } from '../driver.ts';
import type { BorrowOptions, ConnectOptions } from '../dialect.ts';
import type { HostAddress, PostgresUrl } from '../url.ts';
import { connectError } from './errors.ts';
import { quote } from './quote.ts';

type Tls = Exclude<pg.ClientConfig['ssl'], undefined>;

/**
 * What each `sslmode` tries, in order; the next is tried only where the server refused the one before for its
 * encryption (https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION). pg's own reading of
 * the word differs: there `require` and `prefer` verify the certificate.
 */
function tlsAttempts(url: PostgresUrl, host: string): Tls[] {
  // libpq ignores sslmode on a Unix socket.
  if (host.startsWith('/') || url.sslMode === 'disable') return [false];
  const files = {
    ...(url.sslRootCert && url.sslRootCert !== 'system' ? { ca: readPem(url.sslRootCert, 'sslrootcert') } : {}),
    ...(url.sslCert ? { cert: readPem(url.sslCert, 'sslcert') } : {}),
    ...(url.sslKey ? { key: readPem(url.sslKey, 'sslkey') } : {}),
    ...(url.sslPassword ? { passphrase: url.sslPassword } : {}),
  };
  const unverified: Tls = { ...files, rejectUnauthorized: false };
  const chainOnly: Tls = { ...files, rejectUnauthorized: true, checkServerIdentity: () => undefined };
  switch (url.sslMode) {
    case 'allow':
      return [false, unverified];
    case 'prefer':
      return [unverified, false];
    case 'require':
      // "If a root CA file is present, the behavior of sslmode=require is the same as that of verify-ca."
      return [url.sslRootCert ? chainOnly : unverified];
    case 'verify-ca':
      return [chainOnly];
    case 'verify-full':
      return [{ ...files, rejectUnauthorized: true }];
  }
}

function readPem(file: string, parameter: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ToraleError('CONFIG_UNREADABLE', `Cannot read ${parameter} file ${file}.`, { cause });
  }
}

/** The server spoke, and only the encryption was wrong: the other way may work. */
function isTlsMismatch(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return /does not support SSL/.test(message ?? '') || (code === '28000' && /pg_hba\.conf/.test(message ?? ''));
}

async function openClient(
  Client: typeof pg.Client,
  url: PostgresUrl,
  address: HostAddress,
  timeoutMs: number,
): Promise<{ client: pg.Client; version: string }> {
  const attempts = tlsAttempts(url, address.host);
  for (const [index, ssl] of attempts.entries()) {
    const client = new Client({
      host: address.host,
      port: address.port,
      user: url.user,
      // An empty string would be sent as a password; undefined lets ~/.pgpass answer, as libpq does.
      password: url.password,
      database: url.database,
      ssl,
      ...(url.sslNegotiation === 'direct' ? { sslnegotiation: 'direct' as const } : {}),
      connectionTimeoutMillis: timeoutMs,
      // Poolers refuse other start-up parameters; this one they know.
      application_name: url.applicationName ?? `torale/${toraleVersion}`,
      // A network that vanishes otherwise leaves the client waiting for the kernel's two hours.
      keepAlive: true,
      keepAliveInitialDelayMillis: 3000,
    });
    // Without a listener an idle connection that the server ends would end the process.
    client.on('error', () => undefined);
    const version = listenForVersion(client);
    try {
      await client.connect();
      return { client, version: version() };
    } catch (error) {
      await client.end().catch(() => undefined);
      if (index + 1 < attempts.length && isTlsMismatch(error)) continue;
      throw error;
    }
  }
  throw new Error('unreachable: every sslmode has an attempt');
}

/** Connects to the first of the hosts that answers and is what `target_session_attrs` asks for. */
export async function connect(url: PostgresUrl, options: ConnectOptions): Promise<Session> {
  const { default: driver } = await importDriver<{ default: typeof pg }>('pg', () => import('pg'));
  const timeoutMs = url.connectTimeoutMs ?? options.connectTimeoutMs;
  let failure: unknown;
  for (const address of url.hosts) {
    let client: pg.Client;
    let version: string;
    try {
      ({ client, version } = await openClient(driver.Client, url, address, timeoutMs));
    } catch (error) {
      failure = connectError(error, url);
      continue;
    }
    try {
      if (url.targetSessionAttrs === 'read-write' || url.targetSessionAttrs === 'primary') {
        const { rows } = await client.query<{ standby: boolean }>('SELECT pg_catalog.pg_is_in_recovery() AS standby');
        if (rows[0]?.standby) {
          failure = new ToraleError('UNREACHABLE', `${url.display}: ${address.host} is a standby.`);
          await client.end();
          continue;
        }
      }
      await prepareSession(client, options);
      return new PostgresSession(client, version, () => client.end());
    } catch (error) {
      await client.end().catch(() => undefined);
      throw connectError(error, url);
    }
  }
  throw failure;
}

/** Settings are SET after connecting, since poolers refuse them in the start-up packet. */
export async function prepareSession(client: pg.Client, options: BorrowOptions): Promise<void> {
  const settings: string[] = [];
  if (options.role) settings.push(`SET ROLE ${quote(options.role)}`);
  if (options.searchPath) settings.push(`SET search_path = ${options.searchPath.map(quote).join(', ')}`);
  if (options.readOnly) settings.push('SET default_transaction_read_only = on');
  else settings.push('SET idle_in_transaction_session_timeout = 0');
  // Literals and the splitter count on it; the default since PostgreSQL 9.1.
  settings.push('SET standard_conforming_strings = on');
  await client.query(settings.join('; '));
}

/** The server reports its version while it greets; asking for it would cost a round trip. */
function listenForVersion(client: pg.Client): () => string {
  let version = '';
  const { connection } = client as unknown as { connection: NodeJS.EventEmitter };
  connection.on('parameterStatus', (message: { parameterName: string; parameterValue: string }) => {
    if (message.parameterName === 'server_version') version = message.parameterValue;
  });
  return () => version;
}

export class PostgresSession implements Session {
  readonly dialect = 'postgres';
  readonly server;
  readonly driver: pg.Client;
  readonly #end: () => Promise<void>;

  constructor(client: pg.Client, version: string, end: () => Promise<void>) {
    this.driver = client;
    this.#end = end;
    const short = version.split(' ')[0] ?? '';
    this.server = { flavor: 'postgres', version: short, title: `PostgreSQL ${short}`.trim() } as const;
  }

  async query(sql: string, bindings?: readonly unknown[]): Promise<QueryResult> {
    const result =
      bindings === undefined || bindings.length === 0
        ? await this.driver.query<Row>(sql)
        : await this.driver.query<Row>(sql, [...bindings]);
    return { rows: result.rows ?? [], rowCount: result.rowCount ?? 0 };
  }

  // Never a named statement: a transaction pooler would find it on another backend.
  prepared(sql: string, bindings: readonly unknown[]): Promise<QueryResult> {
    return this.query(sql, bindings);
  }

  inTransaction(): Promise<boolean> {
    const status = this.driver.getTransactionStatus();
    return Promise.resolve(status === 'T' || status === 'E');
  }

  close(): Promise<void> {
    return this.#end();
  }
}
