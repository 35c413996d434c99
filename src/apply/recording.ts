import type { Dialect } from '../dialects/dialect.ts';
import type { Session } from '../session/session.ts';
import type { BatchRequest } from './batch.ts';
import type { BatchResult } from './batch-options.ts';
import type { CallSite } from './call-site.ts';
import { hashOf, hashOfBatch } from './statement-journal.ts';
import { unreadable, UnreadableResult, type StatementExecutor, type StatementRequest } from './statement.ts';

export interface RecordedStatement {
  /** With bindings inlined as literals, without a terminator. */
  readonly sql: string;
  /** False for what `op.autocommit` holds. */
  readonly transactional: boolean;
  readonly site: CallSite | null;
  /** The select of an `op.batch`; what is done to its rows cannot be known without them. */
  readonly isBatch: boolean;
  /** As the journal would keep it. */
  readonly hash: string;
}

/** The schema where a recording starts, which is what its revisions would find until one of them has changed it. */
export class StartingSchema {
  readonly #session: Pick<Session, 'query'> | null;
  #isPast = false;

  /** @param session null where no database is asked */
  constructor(session: Pick<Session, 'query'> | null) {
    this.#session = session;
  }

  leave(): void {
    this.#isPast = true;
  }

  look<T>(site: CallSite | null, work: (session: Pick<Session, 'query'>) => Promise<T>): Promise<T> {
    return this.#session === null || this.#isPast
      ? Promise.reject(new UnreadableResult(site, 'schema'))
      : work(this.#session);
  }
}

/** Writes a revision's statements down and runs none of them. */
export class Recording implements StatementExecutor {
  readonly statements: RecordedStatement[] = [];
  readonly #dialect: Dialect;
  readonly #schema: StartingSchema;
  #outside = false;

  constructor(dialect: Dialect, schema: StartingSchema) {
    this.#dialect = dialect;
    this.#schema = schema;
  }

  async execute<T>(request: StatementRequest<T>): Promise<T> {
    const { statement, bindings, site } = request;
    this.statements.push({
      sql: bindings.length === 0 ? statement.text : this.#dialect.inline(statement.text, bindings),
      transactional: !this.#outside,
      site,
      isBatch: false,
      hash: hashOf(statement.text, bindings),
    });
    if (this.#dialect.classify(statement).effect === 'schema') this.#schema.leave();
    if (request.readAtOnce) throw new UnreadableResult(site);
    return request.recorded();
  }

  async autocommit<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#outside;
    this.#outside = true;
    try {
      return await work();
    } finally {
      this.#outside = before;
    }
  }

  look<T>(site: CallSite | null, work: (session: Pick<Session, 'query'>) => Promise<T>): Promise<T> {
    return this.#schema.look(site, work);
  }

  batch({ plan, site }: BatchRequest): Promise<BatchResult> {
    const hash = hashOfBatch(plan);
    this.statements.push({ sql: plan.select.text, transactional: false, site, isBatch: true, hash });
    return Promise.resolve(unreadable<BatchResult>(site));
  }
}
