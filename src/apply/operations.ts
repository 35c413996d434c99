import type { Knex } from 'knex';
import type { Dialect } from '../dialects/dialect.ts';
import { DIALECTS, type DialectName, type Flavor } from '../dialects/names.ts';
import { ToraleError } from '../errors.ts';
import type { QueryResult, Row, Session } from '../session/session.ts';
import { displayPath } from '../paths.ts';
import { didYouMean } from '../suggest.ts';
import type { AwaitGuard } from './await-guard.ts';
import { readBatchOptions, type BatchOptions, type BatchResult } from './batch-options.ts';
import { callerOf, type CallSite } from './call-site.ts';
import { TableRebuilds, type RebuildOptions } from './rebuild-table.ts';
import { unreadable, type StatementExecutor } from './statement.ts';

/** SQL for several databases at once: `null` says that there is nothing to do on that one. `mariadb` overrides `mysql`. */
export interface SqlPerDialect {
  readonly postgres?: string | null;
  readonly mysql?: string | null;
  readonly mariadb?: string | null;
  readonly sqlite?: string | null;
}

/** What a revision's `upgrade` receives, and the only thing it gets. */
export interface Operations {
  /**
   * Runs SQL: one statement or several. Bindings go with exactly one statement, in the server's own placeholders
   * (`$1` on PostgreSQL, `?` elsewhere); without them nothing in the text is ever rewritten.
   *
   * @returns the rows of the last statement, and the number returned or changed
   * @example `await op.execute('UPDATE users SET name = trim(name)')`
   */
  execute(sql: string | SqlPerDialect, bindings?: readonly unknown[]): Promise<QueryResult>;
  /** Knex on this revision's connection and transaction; its own transactions nest by savepoints. */
  readonly knex: Knex;
  readonly dialect: DialectName;
  readonly flavor: Flavor;
  /** Tells the operator something. */
  log(message: string): void;
  /** Aborted when the run is asked to stop. */
  readonly signal: AbortSignal;
  /** True while the revision runs on a scratch database. */
  readonly scratch: boolean;
  /** Runs what cannot run inside a transaction: `CREATE INDEX CONCURRENTLY`, `VACUUM`. What ran before is committed. */
  autocommit<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Changes many rows in batches, each committed by itself, so that no lock is held for long and an interrupted run
   * goes on where it stopped. What ran before is committed.
   *
   * @returns how many rows went through `each`, in how many batches
   * @throws ToraleError REVISION_FAILED for what cannot be meant, and within `op.autocommit` or another batch
   * @example
   * ```ts
   * await op.batch({
   *   select: 'SELECT id, email FROM users WHERE email_lower IS NULL',
   *   each: async (rows, { knex }) => {
   *     for (const { id, email } of rows) await knex('users').where({ id }).update({ email_lower: String(email).toLowerCase() });
   *   },
   * });
   * ```
   */
  batch<T extends Row = Row>(options: BatchOptions<T>): Promise<BatchResult>;
  /**
   * Replaces a table of SQLite by what a CREATE TABLE says, for what ALTER TABLE cannot do there. Columns are copied by
   * name; rowids, the AUTOINCREMENT counter, indexes and triggers stay. What would lose values that `drop` does not name,
   * or leave an index, a trigger or a view broken, is refused.
   *
   * @throws ToraleError REVISION_FAILED for that, on other databases, and within `op.autocommit` or `op.batch`
   * @example
   * ```ts
   * await op.rebuildTable('users', `CREATE TABLE users (id INTEGER PRIMARY KEY, full_name TEXT NOT NULL)`, {
   *   copy: { full_name: `first || ' ' || last` },
   *   drop: ['first', 'last'],
   * });
   * ```
   */
  rebuildTable(table: string, createTable: string, options?: RebuildOptions): Promise<void>;
}

export interface OperationsContext {
  readonly session: Pick<Session, 'query'>;
  readonly dialect: Dialect;
  readonly flavor: Flavor;
  readonly executor: StatementExecutor;
  readonly guard: AwaitGuard;
  /** Absolute path of the revision's file. */
  readonly file: string | null;
  /** Dialects that each revision must answer. */
  readonly dialects: readonly DialectName[] | null;
  /** `options.foreignKeys` of the revision. */
  readonly foreignKeys: boolean;
  readonly signal: AbortSignal;
  readonly scratch: boolean;
  log(message: string): void;
  knex(): Knex;
  /** What was called or made so far and not awaited. */
  forgotten(): readonly { what: string; site: CallSite | null }[];
}

export function createOperations(context: OperationsContext): Operations {
  const { dialect, guard, executor } = context;
  const rebuilds = new TableRebuilds(context);

  const execute = (sql: string | SqlPerDialect, bindings?: readonly unknown[]): Promise<QueryResult> => {
    const site = callerOf(execute, context.file);
    // Where in an object of several texts a statement stands is not known.
    const isPlain = typeof sql === 'string';
    return guard.watch('op.execute', site, () =>
      executeText(context, choose(context, sql), bindings ?? [], { site, isPlain }),
    );
  };
  const autocommit = <T>(work: () => Promise<T>): Promise<T> =>
    guard.watch('op.autocommit', callerOf(autocommit, context.file), () =>
      rebuilds.outside('op.autocommit', () => executor.autocommit(work)),
    );
  const batch = <T extends Row>(options: BatchOptions<T>): Promise<BatchResult> => {
    const site = callerOf(batch, context.file);
    return guard.watch('op.batch', site, () =>
      rebuilds.outside('op.batch', () => runBatch(context, options, site, execute)),
    );
  };
  const rebuildTable = (table: string, createTable: string, options: RebuildOptions = {}): Promise<void> => {
    const site = callerOf(rebuildTable, context.file);
    return guard.watch('op.rebuildTable', site, () => rebuilds.rebuild(table, createTable, options, site));
  };

  return {
    execute,
    autocommit,
    batch,
    rebuildTable,
    get knex() {
      return context.knex();
    },
    dialect: dialect.name,
    flavor: context.flavor,
    log: (message) => context.log(message),
    signal: context.signal,
    scratch: context.scratch,
  };
}

async function runBatch<T extends Row>(
  context: OperationsContext,
  options: BatchOptions<T>,
  site: CallSite | null,
  execute: Operations['execute'],
): Promise<BatchResult> {
  const sql = choose(context, options.select, 'op.batch');
  if (sql === null) return { rows: 0, batches: 0 };
  const plan = readBatchOptions(context.dialect, options, sql);
  const inBatch = {
    execute,
    get knex() {
      return context.knex();
    },
  };
  const each = async (rows: readonly Row[]): Promise<void> => {
    const before = context.forgotten().length;
    await options.each(rows as readonly T[], inBatch);
    // After the last batch it would be too late: the others are committed.
    refuseForgotten(context.forgotten().slice(before), 'each() of op.batch');
  };
  return context.executor.batch({ plan, site, each });
}

/** @throws ToraleError REVISION_FAILED for what a function called and did not wait for */
export function refuseForgotten(
  forgotten: readonly { what: string; site: CallSite | null }[],
  where = 'upgrade()',
): void {
  const [first] = forgotten;
  if (first === undefined) return;
  const at = first.site === null ? '' : ` at ${displayPath(first.site.file)}:${first.site.line}`;
  const more = forgotten.length === 1 ? '' : ` (and ${forgotten.length - 1} more)`;
  throw new ToraleError(
    'REVISION_FAILED',
    `${first.what}${at} was not awaited${more}: ${where} returned before it was done.`,
    {
      hint: /^(?:op\.)?knex/.test(first.what)
        ? 'Write await before it: Knex runs a query only when it is awaited.'
        : 'Write await before it.',
    },
  );
}

const NOTHING: QueryResult = { rows: [], rowCount: 0 };

async function executeText(
  context: OperationsContext,
  sql: string | null,
  bindings: readonly unknown[],
  { site, isPlain }: { readonly site: CallSite | null; readonly isPlain: boolean },
): Promise<QueryResult> {
  if (sql === null) return NOTHING;
  const statements = context.dialect.split(sql);
  if (bindings.length > 0 && statements.length !== 1) {
    throw new ToraleError(
      'REVISION_FAILED',
      `op.execute got bindings with ${statements.length} statements; they go with exactly one.`,
    );
  }
  let result = NOTHING;
  for (const statement of statements) {
    const at = site === null || !isPlain ? site : { file: site.file, line: site.line + statement.line - 1 };
    result = await context.executor.execute<QueryResult>({
      statement,
      bindings,
      site: at,
      send: () => context.session.query(statement.text, bindings),
      rowCountOf: (answer) => answer.rowCount,
      skipped: (rowCount) => ({
        get rows(): never {
          throw new ToraleError('UNRESOLVED', 'The rows of a statement that an earlier run completed are not kept.');
        },
        rowCount,
      }),
      recorded: () => unreadable(at),
      readAtOnce: false,
    });
  }
  return result;
}

/** @throws ToraleError REVISION_FAILED for a key that is no dialect, or where this dialect has no entry */
function choose(context: OperationsContext, sql: string | SqlPerDialect, what = 'op.execute'): string | null {
  if (typeof sql === 'string') return sql;
  if (typeof sql !== 'object' || sql === null) {
    throw new ToraleError(
      'REVISION_FAILED',
      `${what} takes SQL text or { postgres, mysql, sqlite }, not ${typeof sql}.`,
    );
  }
  const known = [...DIALECTS, 'mariadb'];
  for (const key of Object.keys(sql)) {
    if (known.includes(key)) continue;
    throw new ToraleError('REVISION_FAILED', `${what}: '${key}' is no dialect.`, {
      hint: didYouMean(key, known) ?? `Known are ${known.join(', ')}.`,
    });
  }
  for (const dialect of context.dialects ?? []) {
    const answered = sql[dialect] !== undefined || (dialect === 'mysql' && sql.mariadb !== undefined);
    if (!answered) {
      throw new ToraleError(
        'REVISION_FAILED',
        `${what} has no SQL for ${dialect}, which the configuration's dialects name.`,
        {
          hint: `Add ${dialect}: '…', or ${dialect}: null where there is nothing to do.`,
        },
      );
    }
  }
  const chosen = context.flavor === 'mariadb' && sql.mariadb !== undefined ? sql.mariadb : sql[context.dialect.name];
  if (chosen === undefined) {
    throw new ToraleError('REVISION_FAILED', `${what} has no SQL for ${context.dialect.name}.`, {
      hint: `Add ${context.dialect.name}: '…', or ${context.dialect.name}: null where there is nothing to do.`,
    });
  }
  return chosen;
}
