import type { RevisionTransaction } from '../dialects/dialect.ts';
import { recordRevision, type HistoryEntry, type JournalEntry } from '../journal/statements.ts';
import type { Session } from '../session/session.ts';
import type { BatchRequest } from './batch.ts';
import type { BatchResult } from './batch-options.ts';
import { AT_THE_BEGINNING, parsePosition } from './batch-position.ts';
import { BatchRun, refuseBatchWithin } from './batch-run.ts';
import type { CallSite } from './call-site.ts';
import {
  afterItsEnd,
  changedStatement,
  endedInside,
  inDoubt,
  leftOpen,
  refuseTransactionControl,
  refuseAutocommit,
} from './execution-errors.ts';
import type { ExecutionOptions, StatementReport } from './execution-options.ts';
import { UNLIMITED } from './limits.ts';
import { hashOf, hashOfBatch, startedEntry, StatementJournal } from './statement-journal.ts';
import type { StatementExecutor, StatementRequest } from './statement.ts';
import { Succession } from './succession.ts';

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
  readonly #succession: Succession;
  #transaction: RevisionTransaction | null = null;
  /** Done in the open transaction, without journal rows yet. */
  #uncommitted: { entry: JournalEntry; report: StatementReport }[] = [];
  /** The journal holds rows of this revision. */
  #journalled: boolean;
  #outside = false;
  #batch: BatchRun | null = null;
  /** Why an `op.batch` stopped: nothing runs after one that is not complete. */
  #failedBatch: { readonly error: unknown } | null = null;
  #closed = false;
  #letOthersIn: (() => void) | null = null;
  /** A procedure was called, or other code that the text of its statement does not show. */
  #opaque = false;
  /** Something ran that could have released the migration lock. */
  #mayUnlock = false;
  /** A statement could not get its lock, so another try may succeed. */
  isBusy = false;
  /** One statement at a time, in the order of the calls, also under Promise.all. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: ExecutionOptions) {
    this.#options = options;
    this.#statements = new StatementJournal(options.session, options.dialect, options.journal, options.memory);
    this.#prior = new Map(options.prior.map((entry) => [entry.statement, entry]));
    this.#journalled = options.prior.length > 0;
    this.#transaction = options.outer;
    const comesBetween = !options.dialect.sessionLock && options.outer === null;
    this.#succession = new Succession(options.journal, options.revision, comesBetween);
  }

  /** Begins, which excludes other runs where no session lock does; tells whether none can have come between. */
  async begin(): Promise<boolean> {
    await this.#options.limit();
    if (this.#options.dialect.transactionalDdl) await this.#open();
    return this.#transaction?.isUndisturbed === true;
  }

  execute<T>(request: StatementRequest<T>): Promise<T> {
    return this.#enqueue(() => this.#execute(request));
  }

  async autocommit<T>(work: () => Promise<T>): Promise<T> {
    refuseAutocommit({ inOne: this.#options.outer !== null, inBatch: this.#batch !== null });
    if (this.#outside) return work();
    await this.#enqueue(async () => {
      this.#keepOthersOut();
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

  async batch(request: BatchRequest): Promise<BatchResult> {
    const batch = await this.#enqueue(() => {
      this.#keepOthersOut();
      return this.#startBatch(request);
    });
    if (!(batch instanceof BatchRun)) return batch;
    try {
      return await batch.run(request);
    } catch (error) {
      this.#failedBatch = { error };
      this.isBusy ||= this.#options.dialect.describeError(error).refusal === 'busy';
      throw error;
    } finally {
      this.#journalled ||= batch.isStored;
      this.#batch = null;
    }
  }

  look<T>(_: CallSite | null, work: (session: Session) => Promise<T>): Promise<T> {
    return this.#enqueue(() => work(this.#options.session));
  }

  /** Nothing runs from here on: a query nobody awaited must not end up in the next revision's transaction. */
  close(): void {
    this.#closed = true;
    this.#letOthersIn?.();
  }

  /** From the first time that the revision leaves its transaction until its end. */
  #keepOthersOut(): void {
    this.#letOthersIn ??= this.#options.dialect.holdOutside(this.#options.session);
  }

  /** Waits for statements that nobody awaited, so that none runs on after the revision was given up. */
  async idle(): Promise<void> {
    await this.#queue;
  }

  /** Records the revision as applied, in one transaction with what it did last. */
  async finish(headsBefore: readonly string[], headsAfter: readonly string[], entry: HistoryEntry): Promise<void> {
    const { dialect, journal, session, held } = this.#options;
    if (this.#failedBatch !== null) throw this.#failedBatch.error;
    await this.#refuseLostTransaction();
    const last = recordRevision(dialect, journal.names, entry, {
      headsBefore,
      headsAfter,
      condition: held?.condition ?? null,
      journalled: this.#journalled,
    });
    if (this.#transaction === null) {
      if ((dialect.transactionalDdl || this.#opaque) && (await session.inTransaction())) throw leftOpen();
      // A lease is renewed in the same transaction, and a lock that may be gone is asked for.
      if (held?.lost === null && !this.#mayUnlock && (await journal.writeAtOnce(last))) return;
      await this.#open();
    }
    await held?.confirm(this.#mayUnlock);
    if (this.#options.outer === null) await journal.writeAndCommit(last, this.#transaction!, this.#options);
    else for (const statement of last) await journal.write(statement);
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
    const { dialect, session } = this.#options;
    this.#refuseLate();
    if (this.#batch !== null) return this.#batch.execute(request);
    const { statement, bindings } = request;
    const effect = dialect.classify(statement);
    const report = this.#report(statement.text, request.site);
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
    const entry = startedEntry(this.#options, report.number, hash);
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

  async #startBatch({ plan, site }: BatchRequest): Promise<BatchRun | BatchResult> {
    const { outer, revision } = this.#options;
    this.#refuseLate();
    refuseBatchWithin(outer !== null ? 'a run that is a single transaction' : null);
    refuseBatchWithin(this.#outside ? 'op.autocommit' : this.#batch === null ? null : 'another op.batch');
    const report = this.#report(`op.batch: ${plan.select.text}`, site);
    const hash = hashOfBatch(plan);
    const prior = this.#prior.get(report.number);
    const from = prior === undefined ? AT_THE_BEGINNING : parsePosition(prior.fingerprint);
    if (from === null || (prior !== undefined && prior.hash !== hash)) throw changedStatement(revision, report);
    report.batch = from;
    if (prior?.state === 'done') {
      report.state = 'skipped';
      report.committed = true;
      return { rows: from.rows, batches: from.batches };
    }
    await this.#commitOpen();
    const entry = prior ?? startedEntry(this.#options, report.number, hash);
    this.#batch = new BatchRun({
      execution: this.#options,
      succession: this.#succession,
      report,
      entry,
      from,
      isStored: prior !== undefined,
      idle: () => this.idle(),
    });
    return this.#batch;
  }

  /** What an earlier run left about this statement, its fate decided: done, or nothing. */
  async #settlePrior(report: StatementReport, hash: string): Promise<JournalEntry | undefined> {
    const prior = this.#prior.get(report.number);
    if (prior === undefined) return undefined;
    if (prior.state === 'done') {
      if (prior.hash !== hash) throw changedStatement(this.#options.revision, report);
      return prior;
    }
    if (parsePosition(prior.fingerprint) !== null) throw changedStatement(this.#options.revision, report);
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
    await this.#succession.leave();
    if (this.#opaque && (await session.inTransaction())) throw leftOpen();
    return result;
  }

  async #send<T>(request: StatementRequest<T>): Promise<T> {
    try {
      return await this.#options.watch(() => request.send());
    } catch (error) {
      this.isBusy ||= this.#options.dialect.describeError(error).refusal === 'busy';
      throw error;
    }
  }

  async #open(): Promise<void> {
    if (this.#transaction !== null) return;
    this.#transaction = await this.#options.dialect.beginRevision(this.#options.session, this.#options);
    await this.#succession.enter();
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
    await this.#succession.leave();
    await this.#transaction.commit();
    for (const { report } of this.#uncommitted) report.committed = true;
    this.#uncommitted = [];
    this.#transaction = null;
  }

  /** What a text says is known; where code ran that no text shows, MySQL has to be asked. */
  async #refuseLostTransaction(): Promise<void> {
    const { dialect, session } = this.#options;
    const isInDoubt = this.#transaction !== null && (dialect.transactionalDdl || this.#opaque);
    if (!isInDoubt || (await session.inTransaction())) return;
    this.#transaction = null;
    throw endedInside(this.reports.at(-1));
  }

  /** @throws what stopped the run or an `op.batch` before it */
  #refuseLate(): void {
    const { signal, revision } = this.#options;
    signal.throwIfAborted();
    if (this.#failedBatch !== null) throw this.#failedBatch.error;
    if (this.#closed) throw afterItsEnd(revision);
  }

  #report(sql: string, site: CallSite | null): StatementReport {
    const number = this.reports.length + 1;
    const report: StatementReport = { number, sql, site, state: 'failed', committed: false };
    this.reports.push(report);
    return report;
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}
