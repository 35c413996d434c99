import type { Knex } from 'knex';
import type { Duration } from '../config/define.ts';
import { parseDuration } from '../config/duration.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { SqlStatement } from '../dialects/sql/statement.ts';
import { ToraleError } from '../errors.ts';
import type { QueryResult, Row } from '../session/session.ts';
import { didYouMean } from '../suggest.ts';
import type { SqlPerDialect } from './operations.ts';

/** What the function of a batch works with; all of it runs in the transaction of that batch. */
export interface BatchContext {
  execute(sql: string | SqlPerDialect, bindings?: readonly unknown[]): Promise<QueryResult>;
  readonly knex: Knex;
}

/** A large change of data, in committed batches. */
export interface BatchOptions<T extends Row = Row> {
  /** A query whose rows are to be worked on; rows that a change takes out of it are neither skipped nor seen twice. */
  readonly select: string | SqlPerDialect;
  /** The column or columns of the select that order it and that no two rows share. Default: its first column. */
  readonly key?: string | readonly string[];
  /** Rows of the first batch. Default 1000. */
  readonly size?: number;
  /**
   * How long a batch should take: a slower one makes the next smaller, a quicker one larger, up to ten times `size`.
   * Default `'500ms'`.
   */
  readonly budget?: Duration;
  /** A rest between batches. Default none. */
  readonly pause?: Duration;
  /** Changes the rows of one batch. It may be called again with the same rows where a batch could not get its locks. */
  each(rows: readonly T[], context: BatchContext): Promise<void> | void;
}

export interface BatchResult {
  /** Rows that went through `each`, those of earlier runs included. */
  readonly rows: number;
  readonly batches: number;
}

/** The options, read. */
export interface BatchPlan {
  readonly select: SqlStatement;
  /** Null is the first column. */
  readonly key: readonly string[] | null;
  readonly size: number;
  readonly budgetMs: number;
  readonly pauseMs: number;
}

const KNOWN = ['select', 'key', 'size', 'budget', 'pause', 'each'];
const QUERIES = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE']);

/**
 * @param sql the select for this run's dialect
 * @throws ToraleError REVISION_FAILED for what cannot be meant
 */
export function readBatchOptions(dialect: Dialect, options: BatchOptions<never>, sql: string): BatchPlan {
  for (const name of Object.keys(options)) {
    if (KNOWN.includes(name)) continue;
    throw wrong(`has no option '${name}'`, didYouMean(name, KNOWN) ?? `Known are ${KNOWN.join(', ')}.`);
  }
  if (typeof options.each !== 'function') throw wrong('needs each: async (rows, { execute, knex }) => { … }');
  const { key, size = 1000 } = options;
  const names = key === undefined ? null : [key].flat();
  if (names !== null && (names.length === 0 || names.some((name) => typeof name !== 'string' || name === ''))) {
    throw wrong('takes the name of a column, or several, as its key');
  }
  if (!Number.isSafeInteger(size) || size < 1 || size > 1_000_000) {
    throw wrong(`takes a whole number from 1 to 1000000 as its size, not ${String(size)}`);
  }
  const budgetMs = readDuration('budget', options.budget ?? '500ms');
  if (budgetMs === 0) throw wrong('cannot do a batch in no time: its budget is 0');
  return {
    select: readSelect(dialect, sql),
    key: names,
    size,
    budgetMs,
    pauseMs: readDuration('pause', options.pause ?? 0),
  };
}

function readSelect(dialect: Dialect, sql: string): SqlStatement {
  const [select, ...rest] = dialect.split(sql);
  if (select === undefined || rest.length > 0) {
    throw wrong(`takes exactly one query as its select, not ${rest.length === 0 ? 'none' : rest.length + 1}`);
  }
  if (!QUERIES.has(select.keyword)) throw wrong(`takes a query as its select, not ${select.keyword}`);
  return select;
}

function readDuration(name: string, value: unknown): number {
  const read = typeof value === 'string' || typeof value === 'number' ? parseDuration(value) : undefined;
  if (read !== undefined) return read;
  throw wrong(`takes a duration as its ${name}, not ${String(value)}`, "Write '250ms', '2s' or a number of seconds.");
}

function wrong(what: string, hint?: string): ToraleError {
  return new ToraleError('REVISION_FAILED', `op.batch ${what}.`, { hint });
}
