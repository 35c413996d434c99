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

/** Writes a revision's statements down and runs none of them. */
export class Recording implements StatementExecutor {
  readonly statements: RecordedStatement[] = [];
  readonly #inline: (sql: string, bindings: readonly unknown[]) => string;
  #outside = false;

  constructor(inline: (sql: string, bindings: readonly unknown[]) => string) {
    this.#inline = inline;
  }

  async execute<T>(request: StatementRequest<T>): Promise<T> {
    const { statement, bindings, site } = request;
    this.statements.push({
      sql: bindings.length === 0 ? statement.text : this.#inline(statement.text, bindings),
      transactional: !this.#outside,
      site,
      isBatch: false,
      hash: hashOf(statement.text, bindings),
    });
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
  batch({ plan, site }: BatchRequest): Promise<BatchResult> {
    const hash = hashOfBatch(plan);
    this.statements.push({ sql: plan.select.text, transactional: false, site, isBatch: true, hash });
    return Promise.resolve(unreadable<BatchResult>(site));
  }
}
