import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { Connection, ConnectionOptions, ResultSetHeader } from 'mysql2';
import { ToraleError } from '../../errors.ts';
import type { OwnStatement, QueryResult, Row, Server, Session } from '../../session/session.ts';
import { caller } from '../caller.ts';
import type { BorrowOptions, ConnectOptions } from '../dialect.ts';
import { importDriver } from '../driver.ts';
import { readPem } from '../pem.ts';
import type { MysqlUrl } from '../url.ts';
import { endPolitely, IDLE_LIMIT_S, keepVigil } from '../vigil.ts';
import { connectError } from './errors.ts';
import { pinsTimestamps, preparesBlocks, serverOf } from './flavor.ts';
import { productOf } from './product.ts';
import { inOneBlock } from './transact.ts';

type Tls = Exclude<ConnectionOptions['ssl'], undefined | string> | undefined;

/** https://dev.mysql.com/doc/refman/8.4/en/connection-options.html#option_general_ssl-mode, which mysql2 does not read. */
function tlsAttempts(url: MysqlUrl): Tls[] {
  // "--ssl-mode … has no effect on connections through a Unix socket" unless asked for.
  if (url.sslMode === 'DISABLED' || (url.socketPath && url.sslMode === 'PREFERRED')) return [undefined];
  const files = {
    ...(url.sslCa ? { ca: readPem(url.sslCa, 'ssl-ca') } : {}),
    ...(url.sslCert ? { cert: readPem(url.sslCert, 'ssl-cert') } : {}),
    ...(url.sslKey ? { key: readPem(url.sslKey, 'ssl-key') } : {}),
  };
  switch (url.sslMode) {
    case 'PREFERRED':
      return [{ ...files, rejectUnauthorized: false }, undefined];
    case 'REQUIRED':
      return [{ ...files, rejectUnauthorized: false }];
    case 'VERIFY_CA':
      return [{ ...files, rejectUnauthorized: true }];
    case 'VERIFY_IDENTITY':
      return [{ ...files, rejectUnauthorized: true, verifyIdentity: true }];
  }
}

interface Stream {
  _host?: string;
  getPeerCertificate?(): PeerCertificate;
}

/**
 * Where the host is an address, mysql2 tells Node no name to compare the certificate with, and Node falls back on the
 * name that the socket was opened for, and else on `localhost`: any certificate for that would do.
 */
function nameAddress(connection: Connection, host: string | undefined): void {
  const { stream } = connection as unknown as { stream?: Stream };
  if (stream !== undefined && host !== undefined && isIP(host) !== 0) stream._host = host;
}

/** The same once more, in words of our own: nothing may rest on a private property of Node's alone. */
function wrongIdentity(connection: Connection, { host, ssl }: ConnectionOptions): Error | undefined {
  if (typeof ssl !== 'object' || ssl.verifyIdentity !== true || host === undefined) return undefined;
  const certificate = (connection as unknown as { stream: Stream }).stream.getPeerCertificate?.();
  return certificate === undefined
    ? new Error('the TLS certificate is missing')
    : checkServerIdentity(host, certificate);
}

function openConnection(driver: typeof import('mysql2'), options: ConnectionOptions): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const connection = driver.createConnection(options);
    nameAddress(connection, options.host);
    connection.once('error', reject);
    connection.connect((refusal) => {
      const error = refusal ?? wrongIdentity(connection, options);
      if (error) {
        connection.destroy();
        reject(error);
        return;
      }
      connection.off('error', reject);
      // Without a listener an idle connection that the server ends would end the process.
      connection.on('error', () => undefined);
      resolve(connection);
    });
  });
}

/** @throws ToraleError UNREACHABLE, DATABASE_MISSING, DENIED, TLS_REFUSED */
export async function connect(url: MysqlUrl, options: ConnectOptions): Promise<Session> {
  const driver = await importDriver('mysql2', () => import('mysql2'));
  const base: ConnectionOptions = {
    ...(url.socketPath ? { socketPath: url.socketPath } : { host: url.host, port: url.port }),
    ...(url.user === undefined ? {} : { user: url.user }),
    ...(url.password === undefined ? {} : { password: url.password }),
    ...(url.database === undefined ? {} : { database: url.database }),
    charset: url.charset ?? 'utf8mb4',
    connectTimeout: url.connectTimeoutMs ?? options.connectTimeoutMs,
    // The keepalive delay of 0 that mysql2 has by default never fires.
    enableKeepAlive: true,
    keepAliveInitialDelay: 3000,
    multipleStatements: false,
    // A rogue server may ask the client for any file: https://dev.mysql.com/doc/refman/8.4/en/load-data-local-security.html
    // IGNORE_SPACE would end up in the sql_mode that triggers and routines keep.
    flags: ['-LOCAL_FILES', '-IGNORE_SPACE'],
    supportBigNumbers: true,
    timezone: 'Z',
    connectAttributes: connectAttributes(),
  };
  const attempts = tlsAttempts(url);
  for (const [index, ssl] of attempts.entries()) {
    try {
      const open = () => openConnection(driver, ssl ? { ...base, ssl } : base);
      return await openSession(await open(), options, url, open);
    } catch (error) {
      const mismatch = (error as NodeJS.ErrnoException).code === 'HANDSHAKE_NO_SSL_SUPPORT';
      if (mismatch && index + 1 < attempts.length) continue;
      throw connectError(error, url);
    }
  }
  throw new Error('unreachable: every ssl-mode has an attempt');
}

/** https://dev.mysql.com/doc/refman/8.4/en/performance-schema-connection-attribute-tables.html */
function connectAttributes(): Record<string, string> {
  const { program, host, pid } = caller();
  return { program_name: program, client_host: host, _pid: String(pid) };
}

async function openSession(
  connection: Connection,
  options: ConnectOptions,
  url: MysqlUrl,
  open: () => Promise<Connection>,
): Promise<Session> {
  const endVigil = options.readOnly ? () => undefined : watch(connection, open);
  const session = new MysqlSession(connection, () => {
    endVigil();
    return endConnection(connection);
  });
  try {
    if (url.database === undefined) {
      throw new ToraleError('NO_DATABASE', `${url.display} names no database.`, {
        hint: 'Write it after the host: mysql://user@host/database',
      });
    }
    for (const statement of sessionSettings(options, session.server)) await session.query(statement);
    // The collation that the server's own clients have with it: the driver's is another, and programs keep it.
    if (url.charset === undefined) await session.query('SET NAMES utf8mb4');
    // Other connections of ours keep what sessionSettings says: nothing pings there.
    if (!options.readOnly) await session.query(`SET SESSION wait_timeout = ${IDLE_LIMIT_S}`);
    session.openAnother = () => connect(url, { ...options, readOnly: false });
    return session;
  } catch (error) {
    endVigil();
    connection.destroy();
    throw error;
  }
}

const streamOf = (connection: Connection): Socket => (connection as unknown as { stream: Socket }).stream;

function watch(connection: Connection, open: () => Promise<Connection>): () => void {
  const state = connection as unknown as { _command?: unknown; _closing?: boolean };
  return keepVigil({
    isIdle: () => !state._command || state._closing === true,
    bytesRead: () => streamOf(connection).bytesRead,
    ping: () => connection.ping(() => undefined),
    reach: async () => endConnection(await open()),
    cut: (error) => void streamOf(connection).destroy(error),
  });
}

/** Both modes change what a text means: our splitter and literals would read it otherwise than the server. */
const READABLE_MODE =
  "REPLACE(REPLACE(REPLACE(CONCAT(',', @@sql_mode, ','), ',ANSI_QUOTES,', ','), ',NO_BACKSLASH_ESCAPES,', ','), ',ANSI,', ',')";

/** A connection of its own to where a caller's goes: one out of a pool may be the last that the pool has. */
export async function connectLike(given: Connection, options: BorrowOptions): Promise<Session> {
  const driver = await importDriver('mysql2', () => import('mysql2'));
  const { config } = given as unknown as { config: ConnectionOptions };
  const { host, port, socketPath, user, password, database, ssl } = config;
  const address = socketPath === undefined ? { host, port } : { socketPath };
  const connection = await openConnection(driver, {
    ...Object.fromEntries(Object.entries({ ...address, user, password, database, ssl }).filter(([, value]) => value)),
    timezone: 'Z',
    connectAttributes: connectAttributes(),
  });
  const session = new MysqlSession(connection, () => endConnection(connection));
  for (const statement of sessionSettings(options, session.server)) await session.query(statement);
  return session;
}

/**
 * Literals are UTC, a TIMESTAMP has no default that nobody wrote, and what a site's configuration switches off must not
 * change what a revision does.
 */
export function sessionSettings({ readOnly }: BorrowOptions, server: Server): string[] {
  const timestamps = pinsTimestamps(server) ? ', explicit_defaults_for_timestamp = 1' : '';
  const always = `SET SESSION time_zone = '+00:00', autocommit = 1, sql_mode = ${READABLE_MODE}${timestamps}`;
  return readOnly
    ? [always, 'SET SESSION TRANSACTION READ ONLY']
    : [`${always}, foreign_key_checks = 1, wait_timeout = 900`];
}

function endConnection(connection: Connection): Promise<void> {
  const end = () =>
    new Promise<void>((resolve) => {
      connection.end(() => {
        connection.destroy();
        resolve();
      });
    });
  return endPolitely(end, () => streamOf(connection).destroy());
}

/** SERVER_STATUS_IN_TRANS: https://dev.mysql.com/doc/dev/mysql-server/latest/mysql__com_8h.html */
const IN_TRANSACTION = 1;

/** How Torale and revisions read answers, whatever a caller's own connection is set to. */
const ANSWER = {
  rowsAsArray: false,
  nestTables: false,
  namedPlaceholders: false,
  typeCast: true,
  dateStrings: false,
  timezone: 'Z',
} as const;

export class MysqlSession implements Session {
  readonly dialect = 'mysql';
  readonly id: number | null;
  readonly server;
  readonly driver: Connection;
  openAnother?: () => Promise<Session>;
  readonly #end: () => Promise<void>;

  constructor(connection: Connection, end: () => Promise<void>) {
    this.driver = connection;
    this.id = connection.threadId ?? null;
    this.#end = end;
    const { _handshakePacket: greeting } = connection as unknown as { _handshakePacket?: { serverVersion?: string } };
    const version = greeting?.serverVersion ?? '';
    this.server = { ...serverOf(version), product: productOf(version) };
  }

  // With bindings the server's own placeholders are used: mysql2's client-side ones rewrite every `?`,
  // those inside string literals too.
  query(sql: string, bindings?: readonly unknown[]): Promise<QueryResult> {
    if (bindings !== undefined && bindings.length > 0) return this.prepared(sql, bindings);
    return new Promise((resolve, reject) => {
      this.driver.query({ ...ANSWER, sql }, (error: unknown, result: unknown) => {
        if (error) reject(error as Error);
        else resolve(toResult(result));
      });
    });
  }

  prepared(sql: string, bindings: readonly unknown[]): Promise<QueryResult> {
    return new Promise((resolve, reject) => {
      this.driver.execute(
        { ...ANSWER, sql },
        bindings.map(toParameter) as never[],
        (error: unknown, result: unknown) => {
          if (error) reject(error as Error);
          else resolve(toResult(result));
        },
      );
    });
  }

  async transact(statements: readonly OwnStatement[]): Promise<boolean> {
    if (!preparesBlocks(this.server)) return false;
    return inOneBlock(statements, (sql, bindings) => this.prepared(sql, bindings));
  }

  inTransaction(): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.driver.query('DO 0', (error: unknown, result: unknown) => {
        if (error) reject(error as Error);
        else resolve((((result as { serverStatus?: number }).serverStatus ?? 0) & IN_TRANSACTION) !== 0);
      });
    });
  }

  close(): Promise<void> {
    return this.#end();
  }
}

/** mysql2 sends numbers as DOUBLE, which loses whole numbers beyond 2^53; undefined it refuses with a poor message. */
function toParameter(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value === undefined ? null : value;
}

function toResult(result: unknown): QueryResult {
  // A CALL answers with several results, the last of them its status.
  if (Array.isArray(result)) {
    const rows = (Array.isArray(result[0]) ? result[0] : result) as Row[];
    return { rows, rowCount: rows.length };
  }
  return { rows: [], rowCount: (result as ResultSetHeader | undefined)?.affectedRows ?? 0 };
}
