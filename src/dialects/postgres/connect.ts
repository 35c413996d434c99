import type { Socket } from 'node:net';
import type pg from 'pg';
import { ToraleError } from '../../errors.ts';
import type { QueryResult, Row, Session } from '../../session/session.ts';
import { applicationName } from '../caller.ts';
import { importDriver } from '../driver.ts';
import { readPem } from '../pem.ts';
import type { BorrowOptions, ConnectOptions } from '../dialect.ts';
import type { HostAddress, PostgresUrl } from '../url.ts';
import { endPolitely, IDLE_LIMIT_S, keepVigil } from '../vigil.ts';
import { connectError } from './errors.ts';
import { literal } from './literal.ts';
import { isTransactionPooled, poolerRefused, refusePooler } from './pooler.ts';
import { productOf } from './product.ts';
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
): Promise<{ client: pg.Client; greeting: Greeting }> {
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
      application_name: url.applicationName ?? applicationName(),
      // A network that vanishes otherwise leaves the client waiting for the kernel's two hours.
      keepAlive: true,
      keepAliveInitialDelayMillis: 3000,
    });
    // Without a listener an idle connection that the server ends would end the process.
    client.on('error', () => undefined);
    const greeting = listen(client);
    try {
      await client.connect();
      return { client, greeting };
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
  if (!options.readOnly) refusePooler(url);
  const timeoutMs = url.connectTimeoutMs ?? options.connectTimeoutMs;
  let failure: unknown;
  for (const address of url.hosts) {
    let client: pg.Client;
    let greeting: Greeting;
    const open = () => openClient(driver.Client, url, address, timeoutMs);
    try {
      ({ client, greeting } = await open());
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
      const isProxied = await prepareSession(client, options, {
        product: productOf(greeting.version, greeting.crdbVersion),
        display: url.display,
        openAnother: async () => (await open()).client,
        own: options.readOnly ? [] : survival(greeting.version),
      });
      const endVigil = options.readOnly || isProxied ? () => undefined : watch(client, open);
      const session = new PostgresSession(client, greeting, isProxied, () => {
        endVigil();
        return endPolitely(
          () => client.end(),
          () => streamOf(client).destroy(),
        );
      });
      session.openAnother = () => connect(url, { ...options, readOnly: false });
      return session;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw connectError(error, url);
    }
  }
  throw failure;
}

interface Setting {
  readonly name: string;
  readonly value: string;
}

/**
 * What frees the migration lock when the network between is gone: the server notices a client that does not answer
 * within half a minute, even while it runs a statement for it, and ends a connection that is idle for longer than ours
 * ever is. It is not so for a caller's own connection, whose code may take its time.
 */
function survival(version: string): Setting[] {
  const major = Number.parseInt(version, 10);
  return [
    { name: 'tcp_keepalives_idle', value: '15' },
    { name: 'tcp_keepalives_interval', value: '5' },
    { name: 'tcp_keepalives_count', value: '3' },
    ...(major >= 12 ? [{ name: 'tcp_user_timeout', value: '30000' }] : []),
    ...(major >= 14
      ? [
          { name: 'client_connection_check_interval', value: CLIENT_CHECK },
          { name: 'idle_session_timeout', value: `${IDLE_LIMIT_S}s` },
        ]
      : []),
    { name: 'idle_in_transaction_session_timeout', value: `${IDLE_LIMIT_S}s` },
  ];
}

/** How often the server looks whether its client is there while it runs a statement. */
export const CLIENT_CHECK = '5s';

const streamOf = (client: pg.Client): Socket =>
  (client as unknown as { connection: { stream: Socket } }).connection.stream;

function watch(client: pg.Client, open: () => Promise<{ client: pg.Client }>): () => void {
  const state = client as unknown as { readyForQuery?: boolean; _ended?: boolean };
  return keepVigil({
    isIdle: () => state.readyForQuery === true || state._ended === true,
    bytesRead: () => streamOf(client).bytesRead,
    // An empty query: it is answered in a failed transaction as well, and takes no snapshot.
    ping: () => void client.query(';').catch(() => undefined),
    reach: async () => {
      const { client: other } = await open();
      await endPolitely(
        () => other.end(),
        () => streamOf(other).destroy(),
      );
    },
    cut: (error) => void streamOf(client).destroy(error),
  });
}

export interface SessionGround {
  /** Settings that a server may not know or take, for connections of our own. */
  readonly own?: readonly Setting[];
  /** Another product than PostgreSQL: what it says of its backends is no sign of a pooler. */
  readonly product: string | undefined;
  readonly display: string;
  openAnother(): Promise<pg.Client>;
}

/**
 * Settings are set after connecting, since poolers refuse them in the start-up packet; and only where no pooler stands
 * between, since behind one in transaction mode they would end up in other clients' sessions. There, who only reads does
 * so in one transaction, and who writes is refused.
 *
 * @returns whether something stands between: the process is not the one that greeted
 */
export async function prepareSession(
  client: pg.Client,
  options: BorrowOptions,
  ground: SessionGround,
): Promise<boolean> {
  const { own = [], ...rest } = ground;
  try {
    return await applySettings(client, options, rest, [...settingsOf(options), ...own]);
  } catch (error) {
    // 42704, 22023: unknown here, or of no use on the server's platform. Nothing was set then.
    const { code } = error as { code?: string };
    if (own.length === 0 || (code !== '42704' && code !== '22023')) throw error;
    return applySettings(client, options, rest, settingsOf(options));
  }
}

async function applySettings(
  client: pg.Client,
  options: BorrowOptions,
  ground: SessionGround,
  settings: readonly Setting[],
): Promise<boolean> {
  const { product, display } = ground;
  const { processID } = client as unknown as { processID: number | null };
  const expected = product === undefined && processID !== null ? String(processID) : 'b.pid';
  const columns = settings.map(
    ({ name, value }) => `CASE WHEN b.pid OPERATOR(pg_catalog.=) ${expected} THEN ${setConfig(name, value, false)} END`,
  );
  const { rows } = await client.query<[number, ...unknown[]]>({
    text: `SELECT b.pid, ${columns.join(', ')} FROM (SELECT pg_catalog.pg_backend_pid() AS pid OFFSET 0) AS b`,
    rowMode: 'array',
  });
  if (expected === 'b.pid' || rows[0]?.[0] === processID) return false;
  if (options.readOnly) {
    await client.query('BEGIN READ ONLY');
  } else if (await isTransactionPooled(client, () => ground.openAnother())) {
    throw poolerRefused(display);
  }
  await client.query(
    `SELECT ${settings.map(({ name, value }) => setConfig(name, value, options.readOnly)).join(', ')}`,
  );
  return true;
}

function settingsOf(options: BorrowOptions): Setting[] {
  return [
    ...(options.role ? [{ name: 'role', value: options.role }] : []),
    ...(options.searchPath ? [{ name: 'search_path', value: options.searchPath.map(quote).join(', ') }] : []),
    options.readOnly
      ? { name: 'default_transaction_read_only', value: 'on' }
      : { name: 'idle_in_transaction_session_timeout', value: '0' },
    // Literals and the splitter count on it; the default since PostgreSQL 9.1.
    { name: 'standard_conforming_strings', value: 'on' },
  ];
}

function setConfig(name: string, value: string, isLocal: boolean): string {
  return `pg_catalog.set_config(${literal(name)}, ${literal(value)}, ${isLocal})`;
}

/** What the server reports of itself while it greets; asking for it would cost a round trip. */
export interface Greeting {
  version: string;
  crdbVersion?: string;
}

function listen(client: pg.Client): Greeting {
  const greeting: Greeting = { version: '' };
  const { connection } = client as unknown as { connection: NodeJS.EventEmitter };
  connection.on('parameterStatus', (message: { parameterName: string; parameterValue: string }) => {
    if (message.parameterName === 'server_version') greeting.version = message.parameterValue;
    if (message.parameterName === 'crdb_version') greeting.crdbVersion = message.parameterValue;
  });
  return greeting;
}

export class PostgresSession implements Session {
  readonly dialect = 'postgres';
  readonly id: number | null;
  readonly server;
  readonly driver: pg.Client;
  /** Something stands between, such as a pooler. */
  readonly isProxied: boolean;
  openAnother?: () => Promise<Session>;
  readonly #end: () => Promise<void>;

  constructor(client: pg.Client, { version, crdbVersion }: Greeting, isProxied: boolean, end: () => Promise<void>) {
    this.driver = client;
    this.isProxied = isProxied;
    this.id = isProxied ? null : ((client as unknown as { processID?: number | null }).processID ?? null);
    this.#end = end;
    const short = version.split(' ')[0] ?? '';
    const product = productOf(version, crdbVersion);
    this.server = { flavor: 'postgres', version: short, title: `PostgreSQL ${short}`.trim(), product } as const;
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
