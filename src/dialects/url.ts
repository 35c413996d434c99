import type { DialectName } from './names.ts';

interface CommonUrl {
  readonly dialect: DialectName;
  /** The URL as it may be shown: without password and without parameters that hold one. */
  readonly display: string;
}

export interface SqliteUrl extends CommonUrl {
  readonly dialect: 'sqlite';
  /** Absolute, or `:memory:`. */
  readonly path: string;
}

export interface HostAddress {
  /** A name, an address, or (where it starts with `/`) the directory of a Unix socket. */
  readonly host: string;
  readonly port: number;
}

/** libpq's meaning: https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION */
export type PostgresSslMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';

export interface PostgresUrl extends CommonUrl {
  readonly dialect: 'postgres';
  /** Tried in order. */
  readonly hosts: readonly HostAddress[];
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly sslMode: PostgresSslMode;
  /** File names; `sslRootCert` may also be `system`. */
  readonly sslRootCert: string | undefined;
  readonly sslCert: string | undefined;
  readonly sslKey: string | undefined;
  readonly sslPassword: string | undefined;
  readonly sslNegotiation: 'postgres' | 'direct';
  /** 0 waits without end. */
  readonly connectTimeoutMs: number | undefined;
  readonly applicationName: string | undefined;
  readonly targetSessionAttrs: 'any' | 'read-write' | 'primary' | undefined;
  /** https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-CHANNEL-BINDING */
  readonly channelBinding?: 'disable' | 'prefer' | 'require';
  /** The URL says of itself that it leads to a transaction pooler. */
  readonly pooled?: boolean;
}

/** https://dev.mysql.com/doc/refman/8.4/en/connection-options.html#option_general_ssl-mode */
export type MysqlSslMode = 'DISABLED' | 'PREFERRED' | 'REQUIRED' | 'VERIFY_CA' | 'VERIFY_IDENTITY';

export interface MysqlUrl extends CommonUrl {
  readonly dialect: 'mysql';
  readonly host: string;
  readonly port: number;
  readonly socketPath: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly sslMode: MysqlSslMode;
  readonly sslCa: string | undefined;
  readonly sslCert: string | undefined;
  readonly sslKey: string | undefined;
  readonly connectTimeoutMs: number | undefined;
  readonly charset: string | undefined;
}

export type DatabaseUrl = SqliteUrl | PostgresUrl | MysqlUrl;
