import { AsyncLocalStorage } from 'node:async_hooks';
import type { RevisionTransaction } from '../dialects/dialect.ts';
import { ToraleError } from '../errors.ts';
import { journalAdvance, journalInsert, type JournalEntry } from '../journal/statements.ts';
import { runBatches, type BatchProgress, type BatchRequest } from './batch.ts';
import type { BatchResult } from './batch-options.ts';
import { Pages } from './batch-pages.ts';
import { formatPosition, type BatchPosition } from './batch-position.ts';
import { endedInside, firstWords, refuseTransactionControl } from './execution-errors.ts';
import type { ExecutionOptions, StatementReport } from './execution-options.ts';
import type { StatementRequest } from './statement.ts';
import type { Succession } from './succession.ts';

/** What runs on behalf of the function of a batch, and not beside it. */
const inside = new AsyncLocalStorage<BatchRun>();

/** More does not fit the journal's column; the position has the true number. */
const MOST_COUNTED = 2 ** 31 - 1;

export interface BatchRunOptions {
  readonly execution: ExecutionOptions;
  readonly succession: Succession;
  readonly report: StatementReport;
  readonly entry: JournalEntry;
  /** Where an earlier run stopped. */
  readonly from: BatchPosition;
  /** The journal has a row of it. */
  readonly isStored: boolean;
  /** Waits for the statements that were called. */
  readonly idle: () => Promise<void>;
}

/** One call of `op.batch`: the transactions of its batches, each with the journal's row that tells how far it came. */
export class BatchRun {
  readonly #options: BatchRunOptions;
  #transaction: RevisionTransaction | null = null;
  #stored: string | null;
  #opaque = false;
  #mayUnlock = false;

  constructor(options: BatchRunOptions) {
    this.#options = options;
    this.#stored = options.isStored ? formatPosition(options.from) : null;
  }

  /** The journal has a row of it. */
  get isStored(): boolean {
    return this.#stored !== null;
  }

  async run(request: BatchRequest): Promise<BatchResult> {
    const { execution, from, report } = this.#options;
    const { session, dialect, signal, batches } = execution;
    const { select, key } = request.plan;
    await execution.limit(batches.limits);
    const pages = await Pages.open(session, dialect, select.text, key);
    const result = await runBatches(request, from, {
      pages,
      signal,
      commit: (work) => this.#commit(work),
      isBusy: (error) => batches.retry && dialect.describeError(error).refusal === 'busy',
      onProgress: (progress: BatchProgress) => batches.onProgress(progress),
    });
    report.state = 'done';
    report.committed = this.isStored;
    await execution.limit();
    return result;
  }

  /** Runs a statement of the function: neither numbered nor journalled, for its batch is done whole or not at all. */
  async execute<T>(request: StatementRequest<T>): Promise<T> {
    const { execution, report } = this.#options;
    const { statement, site } = request;
    if (inside.getStore() !== this || this.#transaction === null) throw besideIt(statement.text);
    const effect = execution.dialect.classify(statement);
    report.inner = { sql: statement.text, site };
    refuseTransactionControl(effect.transactionControl, { number: report.number, sql: statement.text });
    if (effect.implicitCommit || (effect.effect === 'schema' && !effect.opaque)) throw definition(statement.text);
    this.#opaque ||= effect.opaque;
    this.#mayUnlock ||= effect.opaque || /lock/i.test(statement.text);
    const result = await execution.watch(() => request.send());
    delete report.inner;
    return result;
  }

  async #commit(work: () => Promise<{ position: BatchPosition; isLast: boolean }>): Promise<void> {
    const { execution, succession, report, idle } = this.#options;
    const { session, dialect, lock, held } = execution;
    // Nothing is rebuilt here, and looking for broken keys in all tables after each batch would take too long.
    this.#transaction = await dialect.beginRevision(session, { lock, foreignKeys: true });
    const before = this.#stored;
    try {
      await succession.enter();
      const { position, isLast } = await inside.run(this, work);
      await idle();
      await this.#refuseLostTransaction();
      await held?.confirm(this.#mayUnlock);
      await this.#write(position, isLast);
      await succession.leave();
      await this.#transaction.commit();
      report.batch = position;
    } catch (error) {
      await idle();
      await this.#transaction?.rollback().catch(() => undefined);
      // A connection that broke in its COMMIT may have committed.
      if (!dialect.describeError(error).connectionLost) this.#stored = before;
      throw error;
    } finally {
      this.#transaction = null;
    }
  }

  async #write(position: BatchPosition, isLast: boolean): Promise<void> {
    const { execution, entry } = this.#options;
    const { dialect, journal } = execution;
    if (position.rows === 0 && this.#stored === null) return;
    const row: JournalEntry = {
      ...entry,
      state: isLast ? 'done' : 'started',
      rowCount: Math.min(position.rows, MOST_COUNTED),
      fingerprint: formatPosition(position),
      finishedAt: isLast ? new Date() : null,
    };
    await journal.write(
      this.#stored === null
        ? journalInsert(dialect, journal.names, row)
        : journalAdvance(dialect, journal.names, row, this.#stored),
    );
    this.#stored = row.fingerprint;
  }

  async #refuseLostTransaction(): Promise<void> {
    const { execution, report } = this.#options;
    if (!execution.dialect.transactionalDdl && !this.#opaque) return;
    if (await execution.session.inTransaction()) return;
    this.#transaction = null;
    throw endedInside(report);
  }
}

/** @throws ToraleError REVISION_FAILED where batches cannot be committed one by one */
export function refuseBatchWithin(where: string | null): void {
  if (where === null) return;
  throw new ToraleError('REVISION_FAILED', `op.batch cannot run in ${where}.`, {
    hint: 'It commits each batch: let it stand on its own in upgrade().',
  });
}

function besideIt(sql: string): ToraleError {
  return new ToraleError(
    'REVISION_FAILED',
    `A statement (${firstWords(sql)}) ran beside op.batch, in none of its batches.`,
    {
      hint: 'Await op.batch before the next statement; in a batch, await each statement of its function.',
    },
  );
}

function definition(sql: string): ToraleError {
  return new ToraleError(
    'REVISION_FAILED',
    `op.batch changes data only; this changes a definition: ${firstWords(sql)}`,
    {
      hint: 'Let it run before or after op.batch.',
    },
  );
}
