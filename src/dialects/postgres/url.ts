import { resolve } from 'node:path';
import type { HostAddress, PostgresSslMode, PostgresUrl } from '../url.ts';
import { type ParameterRules, readChoice, readParameters, readSeconds } from '../url-parameters.ts';
import {
  displayDatabase,
  displayHost,
  displayUser,
  readPort,
  splitServerUrl,
  type UrlContext,
  urlError,
  type UrlParts,
  type UrlText,
} from '../url-parts.ts';

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
const ENCRYPTED: readonly PostgresSslMode[] = ['require', 'verify-ca', 'verify-full'];

const leaveOut = (why: string) => `Leave it out: ${why}`;
const OWN_KEEPALIVE = leaveOut('Torale keeps its connection alive by itself.');
const OWN_POOL = leaveOut('Torale holds one connection, not a pool.');
const NOT_OURS = "Torale does not support this parameter of libpq's.";

/** https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS */
const PARAMETERS: ParameterRules = {
  known: [
    'host',
    'port',
    'user',
    'password',
    'dbname',
    'sslmode',
    'sslrootcert',
    'sslcert',
    'sslkey',
    'sslpassword',
    'sslnegotiation',
    'connect_timeout',
    'application_name',
    'fallback_application_name',
    'target_session_attrs',
    'channel_binding',
    'client_encoding',
    'gssencmode',
    'load_balance_hosts',
    'pgbouncer',
  ],
  secret: ['password', 'sslpassword'],
  foreign: {
    options: "Say the search path with 'searchPath' in the configuration; other settings belong to the role.",
    schema: "Say it with 'searchPath' in the configuration: the first schema is where new tables go.",
    search_path: "Say it with 'searchPath' in the configuration.",
    currentSchema: "Say it with 'searchPath' in the configuration.",
    role: "Say it with 'role' in the configuration.",
    ssl: 'Write sslmode=require, or sslmode=verify-full to have the certificate checked.',
    sslaccept: 'Write sslmode=verify-full (strict) or sslmode=require.',
    uselibpqcompat: leaveOut("sslmode has libpq's meaning here."),
    connection_limit: OWN_POOL,
    pool_timeout: OWN_POOL,
    pool_size: OWN_POOL,
    socket_timeout: leaveOut("revisions set their own timeouts with 'options'."),
    statement_timeout: leaveOut("revisions set their own timeouts with 'options'."),
    statement_cache_size: leaveOut('Torale prepares no statements.'),
    keepalives: OWN_KEEPALIVE,
    keepalives_idle: OWN_KEEPALIVE,
    keepalives_interval: OWN_KEEPALIVE,
    keepalives_count: OWN_KEEPALIVE,
    tcp_user_timeout: OWN_KEEPALIVE,
    hostaddr: "Write the address as 'host'.",
    service: NOT_OURS,
    passfile: `${NOT_OURS} Give the password with TORALE_PASSWORD_FILE.`,
    sslcrl: NOT_OURS,
    sslcrldir: NOT_OURS,
    require_auth: NOT_OURS,
    requirepeer: NOT_OURS,
    ssl_min_protocol_version: NOT_OURS,
    ssl_max_protocol_version: NOT_OURS,
  },
};

/** The variables of libpq that fill in what a URL leaves out. `~/.pgpass`, services and `PGOPTIONS` are not read. */
const VARIABLES: Readonly<Record<string, string>> = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslnegotiation: 'PGSSLNEGOTIATION',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  application_name: 'PGAPPNAME',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  channel_binding: 'PGCHANNELBINDING',
  host: 'PGHOST',
  port: 'PGPORT',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  dbname: 'PGDATABASE',
};

/**
 * Reads a PostgreSQL URL with libpq's meaning of its parts, parameters and `PG*` variables.
 * One difference: without any host it is `localhost`, since where a server puts its socket is known to libpq's build only.
 */
export function parseUrl(text: UrlText, context: UrlContext): PostgresUrl {
  const parts = splitServerUrl(text);
  const parameters = readParameters(parts.query, PARAMETERS);
  const variable = (name: string) => context.env?.[VARIABLES[name] ?? ''] || undefined;
  const value = (name: string) => parameters.get(name) ?? variable(name);
  const file = (name: string) => {
    const path = value(name);
    return path === undefined ? undefined : resolve(context.base, path);
  };

  const hosts = readHosts(parts, parameters, variable);
  const user = parameters.get('user') ?? parts.user ?? variable('user') ?? context.osUser;
  const database = parameters.get('dbname') ?? parts.database ?? variable('dbname') ?? user;
  const timeout = value('connect_timeout');
  const session = value('target_session_attrs');
  const binding = value('channel_binding');
  refuseUnsupported(parameters);

  return {
    dialect: 'postgres',
    display: display(hosts, user, database),
    hosts,
    user,
    password: parameters.get('password') ?? parts.password ?? variable('password'),
    database,
    ...readTls(value, file),
    sslCert: file('sslcert'),
    sslKey: file('sslkey'),
    sslPassword: parameters.get('sslpassword'),
    connectTimeoutMs: timeout === undefined ? undefined : readTimeout(timeout),
    applicationName: value('application_name') ?? parameters.get('fallback_application_name'),
    targetSessionAttrs: session === undefined ? undefined : readSession(session),
    ...(binding === undefined
      ? {}
      : { channelBinding: readChoice('channel_binding', binding, ['disable', 'prefer', 'require']) }),
    ...(parameters.has('pgbouncer')
      ? { pooled: readChoice('pgbouncer', parameters.get('pgbouncer')!, ['true', 'false']) === 'true' }
      : {}),
  };
}

function readHosts(
  parts: UrlParts,
  parameters: ReadonlyMap<string, string>,
  variable: (name: string) => string | undefined,
): HostAddress[] {
  const written = parts.hosts.map(({ host }) => host);
  const named = written.some((host) => host !== '') ? written : undefined;
  const names = parameters.get('host')?.split(',') ?? named ?? variable('host')?.split(',') ?? ['localhost'];
  if (names.includes('')) throw urlError('One of the hosts in the database URL has no name.');

  const fromUrl = parts.hosts.some(({ port }) => port !== undefined) ? parts.hosts.map(({ port }) => port) : undefined;
  const ports =
    parameters.get('port')?.split(',').map(readPort) ?? fromUrl ?? variable('port')?.split(',').map(readPort);
  if (ports !== undefined && ports.length !== 1 && ports.length !== names.length) {
    throw urlError(`The database URL names ${names.length} hosts, but ${ports.length} ports.`);
  }
  return names.map((host, index) => ({ host, port: (ports?.length === 1 ? ports[0] : ports?.[index]) ?? 5432 }));
}

function readTls(
  value: (name: string) => string | undefined,
  file: (name: string) => string | undefined,
): Pick<PostgresUrl, 'sslMode' | 'sslRootCert' | 'sslNegotiation'> {
  const mode = value('sslmode');
  const system = value('sslrootcert') === 'system';
  if (mode === 'no-verify') {
    throw urlError(
      "The parameter 'sslmode' in the database URL does not take 'no-verify'.",
      'Write sslmode=require: it encrypts and does not check the certificate.',
    );
  }
  const sslMode = mode === undefined ? (system ? 'verify-full' : 'prefer') : readChoice('sslmode', mode, SSL_MODES);
  // Both refusals are libpq's own.
  if (system && sslMode !== 'verify-full') {
    throw urlError(`sslmode=${sslMode} is too weak for sslrootcert=system.`, 'Write sslmode=verify-full.');
  }
  const sslNegotiation = readChoice('sslnegotiation', value('sslnegotiation') ?? 'postgres', ['postgres', 'direct']);
  if (sslNegotiation === 'direct' && !ENCRYPTED.includes(sslMode)) {
    throw urlError(`sslmode=${sslMode} is too weak for sslnegotiation=direct.`, 'Write sslmode=require or stronger.');
  }
  return { sslMode, sslRootCert: system ? 'system' : file('sslrootcert'), sslNegotiation };
}

/** Zero and less wait without end, one second counts as two: libpq's rules. */
function readTimeout(text: string): number {
  const milliseconds = readSeconds('connect_timeout', text);
  return milliseconds === 1000 ? 2000 : milliseconds;
}

function readSession(text: string): 'any' | 'read-write' | 'primary' {
  if (['read-only', 'standby', 'prefer-standby'].includes(text)) {
    throw urlError(`target_session_attrs=${text} asks for a server that cannot be written to.`, 'Write primary.');
  }
  return readChoice('target_session_attrs', text, ['any', 'read-write', 'primary']);
}

/** Parameters of which one value is what Torale does anyhow: that one is accepted, the others would be a lie. */
function refuseUnsupported(parameters: ReadonlyMap<string, string>): void {
  const encoding = parameters.get('client_encoding')?.toLowerCase().replaceAll('-', '');
  if (encoding !== undefined) readChoice('client_encoding', encoding, ['utf8', 'auto']);
  const gss = parameters.get('gssencmode');
  if (gss !== undefined) readChoice('gssencmode', gss, ['disable', 'prefer']);
  const balance = parameters.get('load_balance_hosts');
  if (balance !== undefined) readChoice('load_balance_hosts', balance, ['disable']);
}

function display(hosts: readonly HostAddress[], user: string | undefined, database: string | undefined): string {
  const sockets = hosts.every(({ host }) => host.startsWith('/'));
  const name = displayDatabase(database);
  if (!sockets) return `postgres://${displayUser(user)}${hosts.map(displayHost).join(',')}${name}`;
  const ports = hosts.every(({ port }) => port === 5432) ? '' : `&port=${hosts.map(({ port }) => port).join(',')}`;
  return `postgres://${displayUser(user)}${name || '/'}?host=${hosts.map(({ host }) => host).join(',')}${ports}`;
}
