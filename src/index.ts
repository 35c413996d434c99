import type { Knex } from 'knex';
import type { BeforeUpgrade } from './apply/backup.ts';
import { runCheck, type CheckReport } from './apply/check.ts';
import { readCurrent, type CurrentReport } from './apply/current.ts';
import { createRun } from './apply/project.ts';
import type { Run } from './apply/run.ts';
import { applyStamp } from './apply/stamp.ts';
import { applyUpgrade, type ApplyReport } from './apply/upgrade.ts';
import { withoutSecrets } from './apply/without-secrets.ts';
import type { Duration } from './config/define.ts';
import { libraryConfig } from './config/library.ts';
import { ToraleError } from './errors.ts';
import type { EventListener } from './events.ts';
import type { RevisionInput } from './revision/module.ts';

export { diff, inspect } from './autogenerate/library.ts';
export type { DiffOptions, DiffReport, InspectOptions, SchemaOptions, SchemaSide } from './autogenerate/library.ts';
export type { BeforeUpgrade, Pending } from './apply/backup.ts';
export type { BatchContext, BatchOptions, BatchResult } from './apply/batch-options.ts';
export type { CheckReport, Finding } from './apply/check.ts';
export type { CurrentReport, DatabaseState } from './apply/current.ts';
export type { Operations, SqlPerDialect } from './apply/operations.ts';
export type { RebuildOptions } from './apply/rebuild-table.ts';
export type { AppliedRevision, ApplyReport } from './apply/upgrade.ts';
export { defineConfig } from './config/define.ts';
export type { ConfigFile, ConfigSettings } from './config/define.ts';
export type { DialectName, Flavor } from './dialects/names.ts';
export { ToraleError } from './errors.ts';
export type { ErrorCode } from './errors.ts';
export type { EventListener, PlannedStep, ToraleEvent } from './events.ts';
export { RevisionGraph } from './graph/graph.ts';
export type { RevisionHeader } from './graph/header.ts';
export type { RevisionInput } from './revision/module.ts';
export type { QueryResult, Row } from './session/session.ts';
export type { Change } from './diff/diff.ts';
export type { Statement } from './diff/rules.ts';
export type { SchemaObject } from './schema/object.ts';
export type { Snapshot, SnapshotObject } from './schema/snapshot.ts';

/** The database, the revisions, and how to go about it. Nothing is read from the environment or from files of its own. */
export interface ToraleOptions {
  /** `postgres://…`, `mysql://…`, `mariadb://…` or `sqlite:./app.db`; a relative path counts from the working folder. */
  readonly url?: string;
  /** Instead of `url`: one connection of it is used and given back as it was found. */
  readonly knex?: Knex;
  /** Instead of `url`: a pg client or pool, a mysql2 connection or pool, a better-sqlite3 database. */
  readonly connection?: object;
  /** Folders of revision files; `versions` by default. */
  readonly versions?: string | readonly string[];
  /** Instead of `versions`: imported revision modules, for bundled applications. */
  readonly revisions?: readonly RevisionInput[];
  readonly versionTable?: string;
  readonly versionTableSchema?: string;
  readonly role?: string;
  readonly searchPath?: string | readonly string[];
  /** A lock of the server's own, or a lease in a table; `auto`, the default, chooses. */
  readonly lock?: 'auto' | 'session' | 'lease';
  /** How long to wait for the migration lock: seconds, or `'10m'`, which is the default. */
  readonly lockTimeout?: Duration;
  /** The longest a statement waits for a lock in one try; `'2s'` is the default. */
  readonly statementLockTimeout?: Duration;
  /** How long a revision is tried again for want of a lock; `'15m'` is the default. */
  readonly statementLockBudget?: Duration;
  /** The longest a statement may run inside a transaction; `'30m'` is the default, 0 no limit. */
  readonly statementTimeout?: Duration;
  /** How long to wait for a server that is not up yet. */
  readonly wait?: Duration;
  readonly connectTimeout?: Duration;
  readonly signal?: AbortSignal;
  readonly onEvent?: EventListener;
}

export interface UpgradeOptions extends ToraleOptions {
  /** What to upgrade to: an id, a label, `head` (default), `heads`, `+1`, or several. */
  readonly revision?: string | readonly string[];
  /**
   * At an application's start-up: upgrades SQLite, and leaves PostgreSQL and MySQL to the deploy step, where several
   * instances start at once and the application's role should not own the schema.
   */
  readonly auto?: boolean;
  /** With `auto`: upgrade PostgreSQL and MySQL as well. */
  readonly force?: boolean;
  /** All revisions in one transaction (PostgreSQL, SQLite). */
  readonly singleTransaction?: boolean;
  /** SQLite: copies the database to this file before the first revision that is pending. */
  readonly backup?: string;
  /** Called under the migration lock before the first revision that is pending; what it throws stops the run. */
  readonly beforeUpgrade?: BeforeUpgrade;
}

/** Calls `work` with the run that these options describe. */
async function perform<T>(options: ToraleOptions, work: (run: Run) => Promise<T>, offline = false): Promise<T> {
  const named = [options.url, options.knex, options.connection].filter((one) => one !== undefined).length;
  if (named === 0 && !offline) {
    throw new ToraleError('NO_DATABASE', 'No database is named.', { hint: 'Give url, knex or connection.' });
  }
  if (named > 1)
    throw new ToraleError('USAGE', 'Several databases are named.', { hint: 'Give one of url, knex and connection.' });
  return withoutSecrets(createRun(libraryConfig(options), options), work);
}

/**
 * Applies the revisions that are missing, each exactly once.
 *
 * @returns what was applied, with durations in milliseconds, and the heads afterwards
 * @throws ToraleError; `code` and `exitCode` as documented in docs/exit-codes.md
 * @example
 * ```ts
 * const { applied } = await upgrade({ url: 'sqlite:./app.db', versions: 'versions' });
 * ```
 */
export async function upgrade(options: UpgradeOptions): Promise<ApplyReport> {
  return perform(options, (run) => upgradeWith(run, options));
}

async function upgradeWith(run: Run, options: UpgradeOptions): Promise<ApplyReport> {
  if (options.auto === true && options.force !== true) {
    const server = await serverDialect(run);
    if (server !== null) {
      run.onEvent({
        type: 'warning',
        code: 'LEFT_TO_DEPLOY',
        message: `upgrade({ auto: true }) leaves ${server} to the deploy step.`,
        hint: "Run 'torale upgrade head' there, or give force: true.",
      });
      return { applied: [], heads: [] };
    }
  }
  return applyUpgrade(run, {
    target: options.revision ?? 'head',
    singleTransaction: options.singleTransaction ?? false,
    backup: options.backup ?? null,
    beforeUpgrade: options.beforeUpgrade ?? null,
  });
}

async function serverDialect(run: Run): Promise<string | null> {
  if (run.config.database !== null)
    return run.config.database.dialect === 'sqlite' ? null : run.config.database.dialect;
  const { session, dialect } = await run.open({ readOnly: true, create: false });
  await session.close();
  return dialect.name === 'sqlite' ? null : dialect.name;
}

/** Where the database stands. Writes nothing. */
export async function current(options: ToraleOptions): Promise<CurrentReport> {
  return perform(options, readCurrent);
}

export interface StampOptions extends ToraleOptions {
  readonly revision: string | readonly string[];
  /** Empty the version table first, whatever it holds. */
  readonly purge?: boolean;
}

/** Sets the version table without running a revision. @returns the heads afterwards */
export async function stamp(options: StampOptions): Promise<{ heads: readonly string[] }> {
  const request = { targets: [options.revision].flat(), purge: options.purge ?? false };
  const { heads } = await perform(options, (run) => applyStamp(run, request));
  return { heads };
}

export interface CheckOptions extends ToraleOptions {
  /** Only what needs no database. */
  readonly offline?: boolean;
  /** Compare the database with the snapshots of what is applied there as well. */
  readonly drift?: boolean;
}

/** Is the graph sound, was an applied revision edited, is anything pending? Writes nothing. */
export async function check(options: CheckOptions): Promise<CheckReport> {
  const offline = options.offline ?? false;
  const { drift = false } = options;
  return perform(
    options,
    async (run) => {
      const { compareSchemas } = await import('./autogenerate/compare-schemas.ts');
      return runCheck(run, { offline, compareSchemas: (applied) => compareSchemas(run, { applied, drift }) });
    },
    offline,
  );
}
