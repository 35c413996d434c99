import { resolve } from 'node:path';
import type { MysqlSslMode, MysqlUrl } from '../url.ts';
import { type ParameterRules, readChoice, readParameters, readSeconds } from '../url-parameters.ts';
import {
  displayDatabase,
  displayHost,
  displayUser,
  splitServerUrl,
  type UrlContext,
  urlError,
  type UrlText,
} from '../url-parts.ts';

const SSL_MODES = ['DISABLED', 'PREFERRED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'] as const;

const SSL_MODE = 'Write ssl-mode=REQUIRED, or ssl-mode=VERIFY_IDENTITY to have the certificate checked.';
const SOCKET = 'Write socket=/path/of/mysqld.sock.';
const leaveOut = (why: string) => `Leave it out: ${why}`;

/** Named as MySQL's own client names them: https://dev.mysql.com/doc/refman/8.4/en/connection-options.html */
const PARAMETERS: ParameterRules = {
  known: ['ssl-mode', 'ssl-ca', 'ssl-cert', 'ssl-key', 'socket', 'connect-timeout', 'connect_timeout', 'charset'],
  foreign: {
    ssl: SSL_MODE,
    tls: SSL_MODE,
    useSSL: SSL_MODE,
    sslaccept: SSL_MODE,
    sslmode: SSL_MODE,
    unix_socket: SOCKET,
    socketPath: SOCKET,
    connection_limit: leaveOut('Torale holds one connection, not a pool.'),
    multipleStatements: leaveOut('Torale sends one statement at a time.'),
    parseTime: leaveOut('it is an option of the Go driver.'),
    timezone: leaveOut('Torale sets the session to UTC.'),
    serverTimezone: leaveOut('Torale sets the session to UTC.'),
  },
};

/** Reads a MySQL or MariaDB URL. */
export function parseUrl(text: UrlText, context: UrlContext): MysqlUrl {
  const parts = splitServerUrl(text);
  const parameters = readParameters(parts.query, PARAMETERS);
  if (parts.hosts.length > 1) throw urlError('A MySQL URL names one host, this one several.');
  const file = (name: string) => {
    const path = parameters.get(name);
    return path === undefined ? undefined : resolve(context.base, path);
  };
  if (parameters.has('connect-timeout') && parameters.has('connect_timeout')) {
    throw urlError("The database URL has the parameter 'connect-timeout' twice.");
  }
  const timeout = parameters.get('connect-timeout') ?? parameters.get('connect_timeout');
  const charset = parameters.get('charset');
  if (charset !== undefined && !/^\w+$/.test(charset)) {
    throw urlError(
      "The parameter 'charset' in the database URL takes the name of a character set.",
      'utf8mb4 is the default.',
    );
  }
  // In a URL host names may hold a percent-encoded socket, as PostgreSQL's do.
  const written = parts.hosts[0]?.host ?? '';
  const inHost = written.startsWith('/') ? written : undefined;
  const socketPath = file('socket') ?? inHost;
  const host = written === '' || inHost !== undefined ? 'localhost' : written;
  const port = parts.hosts[0]?.port ?? 3306;
  const user = parts.user ?? context.osUser;
  const sslCa = file('ssl-ca');
  const place =
    socketPath === undefined
      ? `${displayHost({ host, port })}${displayDatabase(parts.database)}`
      : `localhost${displayDatabase(parts.database) || '/'}?socket=${socketPath}`;

  return {
    dialect: 'mysql',
    display: `${parts.scheme}://${displayUser(user)}${place}`,
    host,
    port,
    socketPath,
    user,
    password: parts.password,
    database: parts.database,
    sslMode: readSslMode(parameters.get('ssl-mode'), sslCa),
    sslCa,
    sslCert: file('ssl-cert'),
    sslKey: file('ssl-key'),
    connectTimeoutMs: timeout === undefined ? undefined : readSeconds('connect-timeout', timeout),
    charset,
  };
}

/** A CA that is named is meant to be checked; MySQL's client would only warn that it is not. */
function readSslMode(text: string | undefined, sslCa: string | undefined): MysqlSslMode {
  if (text === undefined) return sslCa === undefined ? 'PREFERRED' : 'VERIFY_CA';
  return readChoice('ssl-mode', text.toUpperCase().replaceAll('-', '_'), SSL_MODES);
}
