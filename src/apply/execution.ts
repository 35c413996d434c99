import { createHash } from 'node:crypto';
import type { Dialect, Lock, LockOptions, RevisionTransaction, SessionLimits } from '../dialects/dialect.ts';
import { ToraleError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import {
  journalForget,
  moveHeads,
  recordHistory,
  type HistoryEntry,
  type JournalEntry,
} from '../journal/statements.ts';
import type { Session } from '../session/session.ts';
import type { CallSite } from './call-site.ts';
import { UNLIMITED } from './limits.ts';
import type { Verdict } from './settle.ts';
import { StatementJournal } from './statement-journal.ts';
import type { StatementExecutor, StatementRequest } from './statement.ts';

/** What became of one statement of the revision at hand. */
export interface StatementReport {
  readonly number: number;
  readonly sql: string;
  readonly site: CallSite | null;
  /** `skipped`: completed by an earlier run. */
  state: 'done' | 'failed' | 'skipped';
  /** It stays whatever happens now. */
  committed: boolean;
}

export interface ExecutionOptions {
  readonly session: Session;
  readonly dialect: Dialect;
  readonly journal: Journal;
  readonly revision: string;
  readonly checksum: string | null;
  /** What an earlier run left in the journal for this revision. */
  readonly prior: readonly JournalEntry[];
  readonly lock: LockOptions;
  /** The migration lock; `null` where the transaction is it. */
  readonly held: Lock | null;
  readonly foreignKeys: boolean;
  readonly signal: AbortSignal;
  /** Sets how long statements may wait and run: the revision's own limits, or those given. */
  readonly limit: (limits?: SessionLimits) => Promise<void>;
  /** Runs a statement and looks who keeps it waiting. */
  readonly watch: <T>(work: () => Promise<T>) => Promise<T>;
  /** Told of a statement that an earlier run was cut off in. */
  readonly onSettled: (statement: number, verdict: Verdict) => void;
  /** The caller's transaction spans the revisions: neither begun nor committed here. */
  readonly outer: RevisionTransaction | null;
}

/**
 * Runs one revision's statements so that an interrupted run can be taken up again.
 *
 * Where DDL is transactional everything is one transaction. What commits by itself (DDL on MySQL, `op.autocommit`)
 * is journalled before and after, and ends the transaction that is open; data changes between share a transaction
 * with their journal rows.
 */
export class Execution implements StatementExecutor {
  readonly reports: StatementReport[] = [];
  readonly #options: ExecutionOptions;
  readonly #prior: Map<number, JournalEntry>;
  readonly #statements: StatementJournal;
  #transaction: RevisionTransaction | null = null;
  /** Done in the open transaction, without journal rows yet. */
  #uncommitted: { entry: JournalEntry; report: StatementReport }[] = [];
  /** The journal holds rows of this revision. */
  #journalled: boolean;
  #outside = false;
  #closed = false;
  /** A procedure was called, or other code that the text of its statement does not show. */
  #opaque = false;
  /** Something ran that could have released the migration lock. */
  #mayUnlock = false;
  #busy = false;
  /** One statement at a time, in the order of the calls, also under Promise.all. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: ExecutionOptions) {
    this.#options = options;
    this.#statements = new StatementJournal(options.session, options.dialect, options.journal);
    this.#prior = new Map(options.prior.map((entry) => [entry.statement, entry]));
    this.#journalled = options.prior.length > 0;
    this.#transaction = options.outer;
  }

  /** Begins; where there is no session lock, this is what excludes other runs. */
  async begin(): Promise<void> {
    await this.#options.limit();
    if (this.#options.dialect.transactionalDdl) await this.#open();
  }

  /** A statement could not get its lock, so another try may succeed. */
  get isBusy(): boolean {
    return this.#busy;
  }

  execute<T>(request: StatementRequest<T>): Promise<T> {
    return this.#enqueue(() => this.#execute(request));
  }

  async autocommit<T>(work: () => Promise<T>): Promise<T> {
    if (this.#options.outer !== null) {
      throw new ToraleError('REVISION_FAILED', 'op.autocommit cannot run in a run that is a single transaction.', {
        hint: 'Leave --single-transaction away.',
      });
    }
    if (this.#outside) return work();
    await this.#enqueue(async () => {
      await this.#commitOpen();
      await this.#options.limit(UNLIMITED);
    });
    this.#outside = true;
    try {
      return await work();
    } finally {
      await this.#enqueue(async () => {
        this.#outside = false;
        await this.#options.limit();
        if (this.#options.dialect.transactionalDdl) await this.#open();
      });
    }
  }

  /** Nothing runs from here on: a query nobody awaited must not end up in the next revision's transaction. */
  close(): void {
    this.#closed = true;
  }

  /** Waits for statements that nobody awaited, so that none runs on after the revision was given up. */
  async idle(): Promise<void> {
    await this.#queue;
  }

  /** Records the revision as applied, in one transaction with what it did last. */
  async finish(headsBefore: readonly string[], headsAfter: readonly string[], entry: HistoryEntry): Promise<void> {
    const { dialect, journal, session, held } = this.#options;
    await this.#refuseLostTransaction();
    if (this.#transaction === null) {
      if ((dialect.transactionalDdl || this.#opaque) && (await session.inTransaction())) throw leftOpen();
      await this.#open();
    }
    for (const statement of moveHeads(dialect, journal.names, headsBefore, headsAfter)) await journal.write(statement);
    await held?.confirm(this.#mayUnlock);
    await journal.write(recordHistory(dialect, journal.names, entry, held?.condition));
    if (this.#journalled) await journal.write(journalForget(dialect, journal.names, this.#options.revision));
    if (this.#options.outer === null) await this.#transaction!.commit();
    this.#transaction = null;
  }

  /**
   * Takes back what can be taken back.
   *
   * @returns whether statements of this revision stay in the database
   */
  async abandon(): Promise<'rolledBack' | 'resumable'> {
    if (this.#options.outer === null) {
      // A connection that is gone has rolled back by itself.
      await this.#transaction?.rollback().catch(() => undefined);
      if (this.#transaction === null && !this.#options.dialect.transactionalDdl) {
        await this.#options.session.query('ROLLBACK').catch(() => undefined);
      }
    }
    this.#transaction = null;
    return this.#journalled ? 'resumable' : 'rolledBack';
  }

  async #execute<T>(request: StatementRequest<T>): Promise<T> {
    const { dialect, signal, session } = this.#options;
    signal.throwIfAborted();
    if (this.#closed)
      throw new ToraleError(
        'REVISION_FAILED',
        `Revision ${this.#options.revision} is over; it ran a statement that was not awaited.`,
      );
    const { statement, bindings } = request;
    const effect = dialect.classify(statement);
    const report: StatementReport = {
      number: this.reports.length + 1,
      sql: statement.text,
      site: request.site,
      state: 'failed',
      committed: false,
    };
    this.reports.push(report);
    refuseTransactionControl(effect.transactionControl, report);

    const hash = hashOf(statement.text, bindings);
    const repeatable = effect.effect === 'read' || effect.effect === 'session';
    const prior = await this.#settlePrior(report, hash);
    if (prior !== undefined && !repeatable) {
      report.state = 'skipped';
      report.committed = true;
      return request.skipped(prior.rowCount ?? 0);
    }

    this.#opaque ||= effect.opaque;
    this.#mayUnlock ||= effect.opaque || /lock/i.test(statement.text);
    const entry = this.#entry(report.number, hash);
    if (this.#outside || (!dialect.transactionalDdl && effect.implicitCommit)) {
      await this.#commitOpen();
      const result = repeatable ? await this.#send(request) : await this.#journalledSend(request, entry);
      report.state = 'done';
      report.committed = !repeatable;
      return result;
    }
    // Reading needs no transaction where DDL commits by itself anyway; a savepoint is lost without one.
    const needsOne = dialect.transactionalDdl || !repeatable || effect.transactionControl === 'savepoint';
    if (this.#transaction === null && needsOne) await this.#open();
    const result = await this.#send(request);
    report.state = 'done';
    if (dialect.transactionalDdl && !(await session.inTransaction())) throw endedInside(report);
    this.#uncommitted.push({ entry: { ...entry, rowCount: request.rowCountOf(result) }, report });
    return result;
  }

  /** What an earlier run left about this statement, its fate decided: done, or nothing. */
  async #settlePrior(report: StatementReport, hash: string): Promise<JournalEntry | undefined> {
    const prior = this.#prior.get(report.number);
    if (prior === undefined) return undefined;
    if (prior.state === 'done') {
      if (prior.hash !== hash) throw changedStatement(this.#options.revision, report);
      return prior;
    }
    const verdict = await this.#statements.verdict(prior);
    this.#options.onSettled(report.number, verdict);
    if (verdict === 'ambiguous' || (verdict === 'applied' && prior.hash !== hash)) {
      throw inDoubt(this.#options.revision, report, verdict);
    }
    if (verdict === 'applied') {
      await this.#statements.done(prior, null);
      const settled: JournalEntry = { ...prior, state: 'done' };
      this.#prior.set(report.number, settled);
      return settled;
    }
    await this.#statements.forget(prior);
    this.#prior.delete(report.number);
    return undefined;
  }

  /** The journal first, then the statement, then the journal: whatever dies between, the next run can tell. */
  async #journalledSend<T>(request: StatementRequest<T>, entry: JournalEntry): Promise<T> {
    const { dialect, session, held } = this.#options;
    await held?.confirm(this.#mayUnlock);
    await this.#statements.start(request.statement, entry);
    this.#journalled = true;
    let result: T;
    try {
      result = await this.#send(request);
    } catch (error) {
      if (!dialect.describeError(error).connectionLost && (await this.#statements.refused(request.statement, entry))) {
        this.#journalled = this.#prior.size > 0 || this.reports.some((report) => report.committed);
      }
      throw error;
    }
    await this.#statements.done(entry, request.rowCountOf(result));
    if (this.#opaque && (await session.inTransaction())) throw leftOpen();
    return result;
  }

  async #send<T>(request: StatementRequest<T>): Promise<T> {
    try {
      return await this.#options.watch(() => request.send());
    } catch (error) {
      this.#busy ||= this.#options.dialect.describeError(error).refusal === 'busy';
      throw error;
    }
  }

  async #open(): Promise<void> {
    const { session, dialect, lock, foreignKeys } = this.#options;
    this.#transaction ??= await dialect.beginRevision(session, { lock, foreignKeys });
  }

  /** Ends the open transaction, with a journal row for each statement in it. */
  async #commitOpen(): Promise<void> {
    if (this.#transaction === null) return;
    await this.#refuseLostTransaction();
    for (const { entry } of this.#uncommitted) {
      if (this.#prior.has(entry.statement)) continue;
      await this.#statements.record(entry);
      this.#journalled = true;
    }
    await this.#transaction.commit();
    for (const { report } of this.#uncommitted) report.committed = true;
    this.#uncommitted = [];
    this.#transaction = null;
  }

  /** What a text says is known; where code ran that no text shows, MySQL has to be asked. */
  async #refuseLostTransaction(): Promise<void> {
    const { dialect, session } = this.#options;
    if (this.#transaction === null || !(dialect.transactionalDdl || this.#opaque)) return;
    if (await session.inTransaction()) return;
    this.#transaction = null;
    throw endedInside(this.reports.at(-1));
  }

  #entry(statement: number, hash: string): JournalEntry {
    const { revision, checksum } = this.#options;
    return {
      revision,
      statement,
      hash,
      state: 'started',
      rowCount: null,
      checksum,
      fingerprint: null,
      startedAt: new Date(),
      finishedAt: null,
    };
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}

export function hashOf(sql: string, bindings: readonly unknown[]): string {
  const values = JSON.stringify(bindings, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
  return createHash('sha256').update(sql).update('\0').update(values).digest('hex');
}

const FORBIDDEN: Record<string, string> = { begin: 'begins', commit: 'ends', rollback: 'ends', prepare: 'prepares' };

function refuseTransactionControl(control: string | null, { number, sql }: StatementReport): void {
  const verb = control === null ? undefined : FORBIDDEN[control];
  if (verb === undefined) return;
  throw new ToraleError(
    'REVISION_FAILED',
    `Statement ${number} (${firstWords(sql)}) ${verb} a transaction; Torale holds the transaction of a revision.`,
    {
      hint: 'Leave it out. What must run outside a transaction goes into op.autocommit(async () => …); savepoints are allowed.',
    },
  );
}

function endedInside(report: StatementReport | undefined): ToraleError {
  const where = report === undefined ? '' : ` by statement ${report.number} (${firstWords(report.sql)})`;
  return new ToraleError(
    'REVISION_FAILED',
    `The transaction of the revision was ended${where}: what ran before it can no longer be rolled back.`,
    {
      hint: 'A COMMIT or ROLLBACK must not hide in a revision, a procedure it calls or a Knex query.',
      data: { transactionEnded: true },
    },
  );
}

function leftOpen(): ToraleError {
  return new ToraleError('REVISION_FAILED', 'The revision left a transaction open on the connection.', {
    hint: 'Leave BEGIN and COMMIT out: Torale holds the transaction of a revision.',
  });
}

function inDoubt(revision: string, report: StatementReport, verdict: Verdict): ToraleError {
  const what =
    verdict === 'applied'
      ? 'it took effect, and the file has another statement there now'
      : 'whether it took effect cannot be told from the objects it names';
  return new ToraleError(
    'UNRESOLVED',
    `An earlier run of revision ${revision} was cut off in statement ${report.number}: ${what}.`,
    {
      hint: RESOLVE,
      data: { revision, statement: report.number, sql: report.sql, verdict },
    },
  );
}

function changedStatement(revision: string, report: StatementReport): ToraleError {
  return new ToraleError(
    'UNRESOLVED',
    `Statement ${report.number} of revision ${revision} is not the one that an earlier run completed.`,
    {
      hint: `Restore the file as it was, and the run goes on after what is done. ${RESOLVE}`,
      data: { revision, statement: report.number, sql: report.sql },
    },
  );
}

const RESOLVE = 'Or decide by hand: torale resolve --help';

function firstWords(sql: string): string {
  const line = sql.replace(/\s+/g, ' ').trim();
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
