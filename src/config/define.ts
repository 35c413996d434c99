import type { DialectName } from '../dialects/names.ts';
import type { LockMode, ScratchUrl, Target } from './config.ts';

/** A time: `'10m'`, `'1h30m'`, `'250ms'`, or a number of seconds. */
export type Duration = string | number;

/** What may be said in a configuration file, at its top and in each of its environments. Relative paths count from the file's folder. */
export interface ConfigSettings {
  /** The database: `postgres://…`, `mysql://…`, `mariadb://…` or `sqlite:./app.db`. */
  readonly url?: string | undefined;
  /** The password, where the URL has none. */
  readonly password?: string | undefined;
  /** A file that holds the password. */
  readonly passwordFile?: string | undefined;
  /** The folder of the revisions, or several; new revisions go to the first. Default `versions`. */
  readonly versions?: string | readonly string[] | undefined;
  /** Default `torale_version`. */
  readonly versionTable?: string | undefined;
  /** The schema of Torale's own tables (PostgreSQL). */
  readonly versionTableSchema?: string | null | undefined;
  /** `SET ROLE` for the session (PostgreSQL). */
  readonly role?: string | null | undefined;
  /** The session's search path (PostgreSQL). */
  readonly searchPath?: string | readonly string[] | null | undefined;
  /** The dialects that each revision must answer: autogenerate writes for all of them at once. */
  readonly dialects?: DialectName | readonly DialectName[] | null | undefined;
  /** A lock of the server's own, or a lease in a table; `auto`, the default, chooses. */
  readonly lock?: LockMode | undefined;
  /** How long to wait for the migration lock. Default `10m`. */
  readonly lockTimeout?: Duration | undefined;
  /** The longest a statement waits for a lock in one try (PostgreSQL, MySQL). Default `2s`. */
  readonly statementLockTimeout?: Duration | undefined;
  /** How long a revision is tried again for want of a lock. Default `15m`. */
  readonly statementLockBudget?: Duration | undefined;
  /** The longest a statement may run inside a transaction (PostgreSQL, MariaDB); 0 is no limit. Default `30m`. */
  readonly statementTimeout?: Duration | undefined;
  /** How long to wait for the server to accept connections. Default 0: one attempt. */
  readonly wait?: Duration | undefined;
  /** How long one attempt to connect may take. Default `5s`. */
  readonly connectTimeout?: Duration | undefined;
  /** Names of new files. Default `%(rev)s_%(slug)s`. */
  readonly fileTemplate?: string | undefined;
  /** Default 40. */
  readonly truncateSlugLength?: number | undefined;
  /** This database may be dropped by `reset`. */
  readonly development?: boolean | undefined;
  /** This server never hosts a scratch database. */
  readonly protected?: boolean | undefined;
  /**
   * A program with its arguments that runs before the first pending revision, such as
   * `['pg_dump', '-Fc', '-f', 'before.dump']`; no shell reads it. Where it fails nothing is applied.
   */
  readonly beforeUpgrade?: readonly string[] | null | undefined;
  /**
   * The wanted schema: `.sql` files, a folder or a glob of them, a `schema.ts`, a database URL, a revision, or what a program
   * prints: `{ print: 'drizzle-kit export' }`, `{ command: ['node', 'export.mjs'] }`. Or one such for each dialect.
   */
  readonly target?: Target | null | undefined;
  /**
   * The server for scratch databases, instead of that of `url`; or one for each dialect: `{ postgres: 'postgres://localhost/postgres' }`.
   * SQLite needs none.
   */
  readonly scratchUrl?: ScratchUrl | null | undefined;
}

/** What `torale.config.mjs` exports, and what `package.json#torale` holds. */
export interface ConfigFile extends ConfigSettings {
  /** Settings by environment, chosen with `--env NAME`. What one leaves out comes from the top. */
  readonly environments?: Readonly<Record<string, ConfigSettings>> | undefined;
}

/**
 * Gives an editor the types of a configuration file.
 *
 * @example
 * ```js
 * import { defineConfig } from 'torale';
 * export default defineConfig({ url: 'sqlite:./app.db', versions: 'versions' });
 * ```
 */
export function defineConfig(config: ConfigFile): ConfigFile {
  return config;
}
