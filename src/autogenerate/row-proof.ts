import type { RevisionTransaction } from '../dialects/dialect.ts';
import { loadDialect } from '../dialects/load.ts';
import type { EmptiedTable, Filling, RowRules } from '../dialects/row-rules.ts';
import type { Statement } from '../diff/rules.ts';
import type { ObjectId } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import type { Session } from '../session/session.ts';
import { comparisonOf, type Renamed } from './row-comparison.ts';
import { respelledNames } from './row-names.ts';
import { reachOf } from './row-reach.ts';
import { lossesOf, type Lost } from './row-losses.ts';
import { beginAsRevision } from './run-statements.ts';

export interface RowProofRequest {
  readonly rules: RowRules;
  /** On a scratch database that is at the from-state; not inside a transaction. */
  readonly session: Session;
  readonly statements: readonly Statement[];
  readonly from: Schema;
  readonly to: Schema;
  /** Tables and columns that have another name afterwards. */
  readonly renames?: readonly Renamed[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A statement that fails only where there are rows. */
export interface Failing {
  readonly index: number;
  /** The server's: `23502`. */
  readonly code: string;
  readonly message: string;
}

export interface RowProof {
  /** Rows and values that no statement says it gives up. */
  readonly lost: readonly Lost[];
  readonly failing: readonly Failing[];
  readonly filled: Filling['filled'];
  readonly unfilled: Filling['unfilled'];
  /** Tables whose rows were taken away for a failing statement, and could not be followed. */
  readonly emptied: readonly ObjectId[];
  /** The statement that failed without any rows as well: the rest was not run, nothing was compared. */
  readonly stoppedAt?: number;
}

/** How often a statement is run again, with fewer rows each time. */
const MOST_TRIES = 40;

/** Runs statements on made-up rows: none may be lost but by what a statement says it gives up. */
export async function proveWithRows(request: RowProofRequest): Promise<RowProof> {
  const { rules, session, statements, from, to } = request;
  const reach = reachOf(from, to, statements);
  const { filled, unfilled } = await rules.fill(session, from, reach?.from);
  const renames = request.renames ?? [];
  const respelled =
    rules.fold === undefined ? [] : respelledNames(from, to, (name, kind) => rules.fold!(name, kind), renames);
  const comparison = comparisonOf(from, to, statements, [...renames, ...respelled], rules, reach);
  const befores = comparison.tables.map(({ before }) => before);
  const before = await rules.tally(session, befores);
  const run = new RowRun(request);
  const isDone = await run.all();
  const told = { failing: run.failing, filled, unfilled, emptied: [...new Set(run.emptied.map(({ id }) => id))] };
  if (!isDone) return { ...told, lost: [], stoppedAt: run.failing.at(-1)!.index };
  const afters = [
    ...comparison.tables.flatMap((table) => table.after ?? []),
    ...comparison.newcomers.map((newcomer) => newcomer.request),
  ];
  const after = await rules.tally(session, afters);
  return { ...told, lost: lossesOf(comparison, statements, before, after, run.emptied) };
}

/** The transaction ended with the statement that failed. */
class Gone extends Error {
  constructor(cause: unknown) {
    super('the transaction is gone', { cause });
  }
}

class RowRun {
  readonly failing: Failing[] = [];
  readonly emptied: EmptiedTable[] = [];
  readonly #request: RowProofRequest;
  #transaction: RevisionTransaction | null = null;

  constructor(request: RowProofRequest) {
    this.#request = request;
  }

  /** False where one cannot be run at all. */
  async all(): Promise<boolean> {
    const { statements, session, signal } = this.#request;
    const { transactionalDdl } = await loadDialect(session.dialect);
    try {
      for (const [index, statement] of statements.entries()) {
        signal?.throwIfAborted();
        // Where DDL commits, a savepoint does not outlive it: what failed is run again on what the others left.
        const isAlone = !transactionalDdl || statement.transactional === false;
        if (isAlone && !(await this.#commit(index - 1))) return false;
        if (!isAlone) this.#transaction ??= await beginAsRevision(session);
        const run = async (): Promise<unknown> => session.query(statement.sql);
        if (!(await this.#try(index, statement.sql, isAlone ? run : () => this.#inStep(run)))) return false;
      }
      return await this.#commit(statements.length - 1);
    } finally {
      await this.#transaction?.rollback();
    }
  }

  /** What waits for the end of the transaction may fail there: as if the last statement had. */
  async #commit(index: number): Promise<boolean> {
    if (this.#transaction === null) return true;
    const { session, rules, statements } = this.#request;
    const settle = (): Promise<void> => this.#inStep(() => rules.settle(session));
    if (!(await this.#try(index, statements[index]?.sql ?? '', settle))) return false;
    await this.#transaction.commit();
    this.#transaction = null;
    return true;
  }

  async #inStep(work: () => Promise<unknown>): Promise<void> {
    const { session } = this.#request;
    await session.query('SAVEPOINT torale_proof');
    try {
      await work();
    } catch (error) {
      // ON CONFLICT ROLLBACK takes all of it back.
      if (!(await session.inTransaction())) throw new Gone(error);
      await session.query('ROLLBACK TO SAVEPOINT torale_proof');
      await session.query('RELEASE SAVEPOINT torale_proof');
      throw error;
    }
    await session.query('RELEASE SAVEPOINT torale_proof');
  }

  async #try(index: number, sql: string, run: () => Promise<unknown>): Promise<boolean> {
    const { session, rules } = this.#request;
    const tried = new Set<string>();
    for (let round = 0; round < MOST_TRIES; round += 1) {
      try {
        await run();
        return true;
      } catch (thrown) {
        const error: unknown = thrown instanceof Gone ? thrown.cause : thrown;
        if (round === 0) this.failing.push({ index: this.#blame(error) ?? index, ...rules.explain(error) });
        if (thrown instanceof Gone) return false;
        const emptied = await rules.empty(session, { error, sql, isAlone: this.#transaction === null, tried });
        if (emptied === null) return false;
        this.emptied.push(...emptied);
      }
    }
    return false;
  }

  #blame(error: unknown): number | null | undefined {
    const { rules, statements } = this.#request;
    return rules.blame?.(
      error,
      statements.map(({ sql }) => sql),
    );
  }
}

/** The statements with a word of warning on each that failed on rows and has none yet. */
export function withHazards(
  statements: readonly Statement[],
  failing: readonly Pick<Failing, 'index' | 'message'>[],
): Statement[] {
  const messages = new Map(failing.map(({ index, message }) => [index, message]));
  return statements.map((statement, index) => {
    const message = messages.get(index);
    if (message === undefined || statement.hazard !== undefined) return statement;
    return { ...statement, hazard: `Fails with rows: ${message.replace(/\.$/, '')}.` };
  });
}
