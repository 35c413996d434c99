import type { SqlStatement } from '../dialects/sql/statement.ts';
import type { BatchRequest } from './batch.ts';
import type { BatchResult } from './batch-options.ts';
import type { Session } from '../session/session.ts';
import type { CallSite } from './call-site.ts';

/** One statement that a revision wants run, whether it came through `op.execute` or through Knex. */
export interface StatementRequest<T> {
  readonly statement: SqlStatement;
  readonly bindings: readonly unknown[];
  readonly site: CallSite | null;
  /** Sends it on the session. */
  send(): Promise<T>;
  rowCountOf(result: T): number;
  /** The answer for a statement that an earlier, interrupted run has completed. */
  skipped(rowCount: number): T;
  /** The answer while recording: fails on first use, since there is none. */
  recorded(): T;
  /** The answer will be turned into a value at once (`.first()`, `hasTable`), so there is nothing to hand out. */
  readonly readAtOnce: boolean;
}

/** Runs the statements of one revision, or only writes them down. */
export interface StatementExecutor {
  execute<T>(request: StatementRequest<T>): Promise<T>;
  autocommit<T>(work: () => Promise<T>): Promise<T>;
  batch(request: BatchRequest): Promise<BatchResult>;
  /** Asks the database as it is at this point of the revision, for what can be said only then. */
  look<T>(site: CallSite | null, work: (session: Pick<Session, 'query'>) => Promise<T>): Promise<T>;
}

/** The same executor; `guard` is called with each text before it runs, and what it throws stops it. */
export function guardedExecutor(executor: StatementExecutor, guard: (sql: string) => void): StatementExecutor {
  return {
    execute: async (request) => {
      guard(request.statement.text);
      return executor.execute(request);
    },
    autocommit: (work) => executor.autocommit(work),
    batch: async (request) => {
      guard(request.plan.select.text);
      return executor.batch(request);
    },
    look: (site, work) => executor.look(site, work),
  };
}

/** What a revision needs and a recording, which runs nothing, does not have. */
export type Unrecorded = 'result' | 'schema';

/** Thrown where a revision looks at the result of a statement, or at the schema that its statements would have made. */
export class UnreadableResult extends Error {
  override readonly name = 'UnreadableResult';
  readonly site: CallSite | null;
  readonly wanted: Unrecorded;

  constructor(site: CallSite | null, wanted: Unrecorded = 'result') {
    const what = wanted === 'result' ? 'reads the result of a statement' : 'looks at the schema';
    super(`This revision ${what}, which a recording does not have.`);
    this.site = site;
    this.wanted = wanted;
  }
}

/** Stands for a result; whatever is asked of it throws. */
export function unreadable<T>(site: CallSite | null): T {
  const fail = (): never => {
    throw new UnreadableResult(site);
  };
  return new Proxy(Object.create(null) as object, {
    // `await` asks every value for its `then`.
    get: (_, property) => (property === 'then' ? undefined : fail()),
    has: fail,
    ownKeys: fail,
    getOwnPropertyDescriptor: fail,
  }) as T;
}
