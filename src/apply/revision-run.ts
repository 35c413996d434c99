import type { Dialect, RevisionTransaction, SessionLimits } from '../dialects/dialect.ts';
import { isToraleError } from '../errors.ts';
import type { PlannedStep } from '../events.ts';
import type { Journal } from '../journal/journal.ts';
import type { HistoryEntry, JournalEntry } from '../journal/statements.ts';
import { plainStatements } from '../revision/body.ts';
import type { RevisionModule } from '../revision/load.ts';
import { knexOn } from '../session/knex.ts';
import type { Session } from '../session/session.ts';
import { version } from '../version.ts';
import { whoAmI } from './history-entry.ts';
import type { SessionLimiter } from './session-limiter.ts';
import { AwaitGuard } from './await-guard.ts';
import { lockOptions } from './bookkeeping.ts';
import { bookkeepingFailure } from './database.ts';
import { Execution } from './execution.ts';
import { type FailureContext, incompleteRevision, revisionFailure } from './failure.ts';
import { KnexOperations } from './knex-operations.ts';
import { createOperations, refuseForgotten } from './operations.ts';
import type { Connected, Run } from './run.ts';
import type { StatementMemory } from './statement-journal.ts';
import { guardedExecutor, type StatementExecutor } from './statement.ts';
import { namingBlockers, type Watcher } from './watcher.ts';

export interface RevisionRunOptions {
  readonly run: Run;
  readonly connected: Connected;
  readonly journal: Journal;
  readonly step: PlannedStep;
  readonly parents: readonly string[];
  readonly headsBefore: readonly string[];
  readonly headsAfter: readonly string[];
  /** Where the database stands once this revision is rolled back. */
  readonly headsCommitted: readonly string[];
  readonly prior: readonly JournalEntry[];
  readonly outer: RevisionTransaction | null;
  /** Another revision comes next, with nothing on this connection between. */
  readonly isFollowed: boolean;
  readonly watcher: Watcher;
  /** Stop before anything has run, because another run was there first. */
  readonly stale: () => Promise<boolean>;
}

/** One try at a revision. */
export interface Attempt {
  readonly module: RevisionModule;
  readonly limiter: SessionLimiter;
  readonly limits: SessionLimits;
  /** What earlier tries and this one did on a scratch database. */
  readonly memory: StatementMemory | null;
  /** Who kept a statement waiting; filled in while it runs. */
  blockers: readonly string[];
}

/**
 * Runs one revision and records it.
 *
 * @returns milliseconds; null where the database has moved on meanwhile
 * @throws ToraleError BUSY where a statement could not get its lock, which another try may; REVISION_FAILED, UNRESOLVED
 */
export async function runRevision(options: RevisionRunOptions, attempt: Attempt): Promise<number | null> {
  const { run, connected, journal, step, headsBefore, headsAfter, watcher } = options;
  const { session, dialect } = connected;
  const { module } = attempt;
  const startedAt = new Date();
  const started = performance.now();
  const checksum = module.checksum ?? null;
  const execution = new Execution({
    session,
    dialect,
    journal,
    revision: step.revision,
    checksum,
    prior: options.prior,
    memory: attempt.memory,
    lock: lockOptions(run, journal),
    held: connected.lock ?? null,
    foreignKeys: module.options?.foreignKeys === true,
    signal: run.signal,
    outer: options.outer,
    isFollowed: options.isFollowed,
    limit: (limits) => attempt.limiter.set(limits ?? attempt.limits),
    watch: (work) => {
      const { lockTimeoutMs } = attempt.limits;
      if (lockTimeoutMs === 0 || session.id === null) return work();
      return namingBlockers(watcher, Math.max(300, lockTimeoutMs * 0.6), work, (blockers) => {
        attempt.blockers = blockers;
        run.onEvent({ type: 'blocked', revision: step.revision, blockers });
      });
    },
    batches: {
      // Rows are waited for longer than tables: nobody queues up behind it.
      limits: {
        ...attempt.limits,
        lockTimeoutMs:
          attempt.limits.lockTimeoutMs && Math.max(attempt.limits.lockTimeoutMs, run.config.statementLockTimeoutMs),
      },
      retry: module.options?.['retry'] !== false,
      onProgress: (progress) => run.onEvent({ type: 'batch', revision: step.revision, ...progress }),
    },
    onSettled: (statement, verdict) =>
      run.onEvent({ type: 'statement-settled', revision: step.revision, statement, verdict }),
  });
  let isOwn = true;
  try {
    if (!(await execution.begin()) && (await options.stale())) {
      await execution.abandon();
      return null;
    }
    isOwn = false;
    await callUpgrade(module, { run, session, dialect, step, executor: execution });
    await execution.idle();
    // A revision that looked at op.signal and returned early is not done.
    run.signal.throwIfAborted();
    isOwn = true;
    const finishedAt = new Date();
    const durationMs = performance.now() - started;
    const entry: HistoryEntry = {
      revision: step.revision,
      parents: options.parents,
      action: 'upgrade',
      checksum,
      startedAt,
      finishedAt,
      durationMs,
      toraleVersion: version,
      appliedBy: whoAmI(),
    };
    await execution.finish(headsBefore, headsAfter, entry);
    return durationMs;
  } catch (error) {
    await execution.idle();
    const state = await execution.abandon();
    throw toFailure(error, { state, isOwn, execution }, options);
  } finally {
    execution.close();
  }
}

/** Calls the revision's function with its operations, and fails it for what it forgot to await. */
export async function callUpgrade(
  module: RevisionModule,
  context: {
    run: Run;
    dialect: Dialect;
    session: Pick<Session, 'query' | 'driver' | 'server'>;
    step: PlannedStep;
    executor: StatementExecutor;
  },
): Promise<void> {
  const { run, session, dialect, step } = context;
  const executor =
    run.scratchGuard === undefined ? context.executor : guardedExecutor(context.executor, run.scratchGuard);
  const guard = new AwaitGuard();
  let knex: KnexOperations | undefined;
  const forgotten = () => [...guard.forgotten(), ...(knex?.forgotten() ?? [])];
  const op = createOperations({
    session,
    dialect,
    flavor: session.server.flavor,
    executor,
    guard,
    file: step.file,
    dialects: run.config.dialects,
    foreignKeys: module.options?.foreignKeys === true,
    signal: run.signal,
    scratch: run.scratchGuard !== undefined,
    forgotten,
    log: (message) => run.onEvent({ type: 'log', revision: step.revision, message: String(message) }),
    knex: () => {
      knex ??= new KnexOperations((hooks) => knexOn(dialect.knexClient, session.driver, session.server, hooks), {
        dialect,
        executor,
        file: step.file,
      });
      return knex.knex;
    },
  });
  await module.upgrade(op);
  refuseForgotten(forgotten());
}

interface Outcome {
  readonly state: 'rolledBack' | 'resumable';
  /** A statement of Torale's failed (or COMMIT), none of the revision's. */
  readonly isOwn: boolean;
  readonly execution: Execution;
}

function toFailure(error: unknown, { state, isOwn, execution }: Outcome, options: RevisionRunOptions): unknown {
  const { run, connected, step, headsCommitted } = options;
  if (run.signal.aborted) return run.signal.reason;
  if (isToraleError(error) && (error.code === 'LOCKED' || error.code === 'WRITE_FAILED')) return error;
  const { dialect, session } = connected;
  const serverError = isToraleError(error) ? null : dialect.describeError(error);
  const failed = execution.reports.at(-1)?.state === 'failed';
  const text = run.source.textOf(step.revision);
  const context: FailureContext = {
    revision: step.revision,
    file: step.file,
    reports: execution.reports,
    planned: text === null ? null : plainStatements(text, dialect.name, (sql) => dialect.split(sql)),
    state,
    heads: headsCommitted,
    server: session.server.title.split(' ')[0] ?? '',
    serverError: failed || isOwn ? serverError : null,
    advice: failed ? adviceFor(execution.reports.at(-1)!.sql, dialect) : undefined,
    busy: execution.isBusy,
    ddlCommits: !dialect.transactionalDdl,
  };
  // COMMIT may also fail for what the revision did, such as a deferred constraint.
  if (isOwn && serverError !== null && serverError.refusal !== 'other') {
    const failure = bookkeepingFailure(error, connected);
    if (isToraleError(failure)) return incompleteRevision(failure, context);
  }
  return revisionFailure(error, context);
}

/** The server's refusal inside a transaction is no help to somebody who never wrote BEGIN. */
function adviceFor(sql: string, dialect: Dialect): string | undefined {
  const [statement] = dialect.split(sql);
  if (statement === undefined || !dialect.transactionalDdl || !dialect.classify(statement).needsAutocommit)
    return undefined;
  return "This statement cannot run inside a transaction. Write: await op.autocommit(async () => { await op.execute('…'); });";
}
