import type { Knex } from 'knex';
import type { Dialect } from '../dialects/dialect.ts';
import { ToraleError } from '../errors.ts';
import type { KnexHooks, KnexQuery } from '../session/knex.ts';
import { callerOf, type CallSite } from './call-site.ts';
import { unreadable, type StatementExecutor } from './statement.ts';

interface Made {
  readonly builder: object;
  readonly kind: 'query' | 'schema' | 'raw';
  readonly site: CallSite | null;
}

/** `op.knex`: each query goes the same way as a statement of `op.execute`, and no builder is forgotten. */
export class KnexOperations {
  readonly knex: Knex;
  readonly #dialect: Dialect;
  readonly #executor: StatementExecutor;
  readonly #file: string | null;
  readonly #word: string;
  readonly #made = new Map<object, Made>();
  #lastSite: CallSite | null = null;

  constructor(
    make: (hooks: KnexHooks) => Knex,
    options: {
      readonly dialect: Dialect;
      readonly executor: StatementExecutor;
      readonly file: string | null;
      /** What the user's code calls it; `op.knex` by default. */
      readonly word?: string;
      /** Sees each builder whose SQL is asked for, and each table builder once its callback was called. */
      readonly compiled?: (builder: object, site: CallSite | null) => void;
    },
  ) {
    this.#dialect = options.dialect;
    this.#executor = options.executor;
    this.#file = options.file;
    this.#word = options.word ?? 'op.knex';
    this.knex = make({
      query: (query, send) => this.#query(query, send),
      created: (builder, kind) => this.#created(builder, kind),
      compiled: (builder) => {
        this.#lastSite = this.#made.get(builder)?.site ?? this.#lastSite;
        this.#made.delete(builder);
        options.compiled?.(builder, this.#lastSite);
      },
    });
  }

  /** Builders that would write and that nobody ran: Knex runs a builder only when it is awaited. */
  forgotten(): { what: string; site: CallSite | null }[] {
    return [...this.#made.values()].filter(writes).map(({ kind, site }) => ({
      what: kind === 'schema' ? `${this.#word}.schema` : kind === 'raw' ? `${this.#word}.raw` : this.#word,
      site,
    }));
  }

  #created(builder: object, kind: Made['kind']): void {
    // Only told apart from the other frames of the stack, never called.
    // oxlint-disable-next-line typescript/unbound-method
    const site = callerOf(this.#created, this.#file);
    this.#made.set(builder, { builder, kind, site });
  }

  #query(query: KnexQuery, send: () => Promise<KnexQuery>): Promise<KnexQuery> {
    const site = this.#lastSite;
    const statements = this.#dialect.split(query.sql);
    for (const statement of statements.slice(1)) {
      if (this.#dialect.classify(statement).transactionControl !== null) {
        throw new ToraleError('REVISION_FAILED', `A query of several statements holds ${statement.keyword}.`);
      }
    }
    const [first] = statements;
    if (first === undefined) return send();
    return this.#executor.execute<KnexQuery>({
      statement: { ...first, text: query.sql },
      bindings: query.bindings ?? [],
      site,
      send,
      rowCountOf: rowCountOf,
      skipped: (rowCount) => Object.assign(query, { response: skippedResponse(this.#dialect, rowCount) }),
      recorded: () => Object.assign(query, { stand: unreadable(site) }),
      readAtOnce: query.output !== undefined || query.method === 'first',
    });
  }
}

function writes({ builder, kind }: Made): boolean {
  if (kind === 'schema') return ((builder as { _sequence?: unknown[] })._sequence ?? []).length > 0;
  if (kind === 'raw') {
    return /^\s*(insert|update|delete|replace|merge|truncate|create|alter|drop|rename|comment|grant|revoke)\b/i.test(
      String((builder as { sql?: string }).sql ?? ''),
    );
  }
  return ['insert', 'update', 'del', 'truncate', 'upsert'].includes(String((builder as { _method?: unknown })._method));
}

function rowCountOf({ response }: KnexQuery): number {
  const answer = (Array.isArray(response) ? response[0] : response) as
    | { rowCount?: number | null; affectedRows?: number; changes?: number }
    | undefined;
  return answer?.rowCount ?? answer?.affectedRows ?? answer?.changes ?? 0;
}

/** In the shape in which each driver answers a writing query. */
function skippedResponse(dialect: Dialect, rowCount: number): unknown {
  switch (dialect.name) {
    case 'postgres':
      return { rows: [], fields: [], rowCount };
    case 'mysql':
      return [{ affectedRows: rowCount, insertId: 0 }, undefined];
    case 'sqlite':
      return { changes: rowCount, lastInsertRowid: 0 };
  }
}
