import type { DialectName, Flavor } from '../dialects/names.ts';
import type { DatabaseUrl } from '../dialects/url.ts';

/** Everything a run needs to know, whatever it was said with. Paths are absolute, durations are milliseconds. */
export interface Config {
  /** `null` where no database is named: commands that need one say so. */
  readonly database: DatabaseUrl | null;
  /** The version locations; new revisions go to the first. */
  readonly versions: readonly string[];
  readonly versionTable: string;
  /** The schema of Torale's own tables; `null` is the connection's own. PostgreSQL only. */
  readonly versionTableSchema: string | null;
  /** `SET ROLE` for the session. PostgreSQL only. */
  readonly role: string | null;
  /** PostgreSQL only. */
  readonly searchPath: readonly string[] | null;
  /** The dialects that each revision must answer; `null` asks nothing. */
  readonly dialects: readonly DialectName[] | null;
  /** How long to wait for the migration lock. */
  readonly lockTimeoutMs: number;
  /** What the lock is made of: `auto` takes a lease where the server's own locks do not exclude. */
  readonly lock: LockMode;
  /** What a revision may override with its `options`; see `StatementLimits`. */
  readonly statementLockTimeoutMs: number;
  readonly statementLockBudgetMs: number;
  readonly statementTimeoutMs: number;
  /** How long to wait for the server to accept connections; 0 tries once. */
  readonly waitMs: number;
  /** The time one attempt to connect may take. */
  readonly connectTimeoutMs: number;
  /** Names of new files: `%(rev)s_%(slug)s`. */
  readonly fileTemplate: string;
  readonly truncateSlugLength: number;
  /** This database may be dropped by `reset`. */
  readonly development: boolean;
  /** This server never hosts a scratch database. */
  readonly protected: boolean;
  /** The wanted schema, as it was said; `null` where none is. */
  readonly target: Target | null;
  /** The folder that a relative file name in `target` counts from. */
  readonly targetBase: string;
  /** What runs before the first pending revision. */
  readonly beforeUpgrade: CommandLine | null;
  /** Servers for scratch databases, one for a dialect at most; the database's own serves its dialect where none is there. */
  readonly scratchUrls: readonly DatabaseUrl[];
}

export const LOCK_MODES = ['auto', 'session', 'lease'] as const;
export type LockMode = (typeof LOCK_MODES)[number];

/** A program with its arguments; no shell reads it. */
export interface CommandLine {
  readonly argv: readonly string[];
  /** Where it runs. */
  readonly folder: string;
  /** Its environment. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** One URL, or one for each dialect. */
export type ScratchUrl = string | Readonly<Partial<Record<DialectName, string>>>;

/** A file, a folder, a URL, a revision or a program; several files; or one such for each dialect. */
export type Target = TargetName | Readonly<Partial<Record<Flavor, TargetName>>>;

type TargetName = string | readonly string[] | TargetCommand;

/** A program that prints the schema as SQL: as a list that no shell reads, or as a line for a shell. */
export type TargetCommand = { readonly command: readonly string[] } | { readonly print: string };
