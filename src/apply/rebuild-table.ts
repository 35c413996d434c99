import type { TableRebuildRequest } from '../dialects/dialect.ts';
import { ToraleError } from '../errors.ts';
import { didYouMean } from '../suggest.ts';
import type { CallSite } from './call-site.ts';
import type { OperationsContext } from './operations.ts';

/** How the rows of a table come into the one that takes its place. */
export interface RebuildOptions {
  /**
   * What a column of the new table gets, as SQL over the old one: `{ full_name: "first || ' ' || last" }`. Columns of the
   * same name are copied without it; others get their default.
   */
  readonly copy?: Readonly<Record<string, string>>;
  /** Columns of the old table whose values go with it. Those that are neither kept nor named here stop the rebuild. */
  readonly drop?: readonly string[];
}

const KNOWN = ['copy', 'drop'];

/** `op.rebuildTable` of one revision, and what cannot be together with it. */
export class TableRebuilds {
  readonly #context: OperationsContext;
  #rebuilt: string | null = null;
  #within: string | null = null;
  /** One after the other, also under Promise.all: what one does to the connection is not for another. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(context: OperationsContext) {
    this.#context = context;
  }

  /** Runs what commits in the middle of a revision. */
  async outside<T>(what: 'op.autocommit' | 'op.batch', work: () => Promise<T>): Promise<T> {
    if (this.#rebuilt !== null) {
      // The statements of a rebuild follow from the table as it is. After a commit the next run would find another.
      throw new ToraleError('REVISION_FAILED', `${what} cannot follow op.rebuildTable in a revision.`, {
        hint: `Put what follows the rebuild of ${this.#rebuilt} into a revision of its own.`,
      });
    }
    const before = this.#within;
    this.#within = what;
    try {
      return await work();
    } finally {
      this.#within = before;
    }
  }

  /** @throws ToraleError REVISION_FAILED where it cannot be had, or would lose or break something */
  async rebuild(table: string, createTable: string, options: RebuildOptions, site: CallSite | null): Promise<void> {
    const { dialect, executor, foreignKeys } = this.#context;
    if (dialect.rebuildTable === null) {
      throw wrong(
        `is SQLite's: ALTER TABLE changes a table on ${dialect.name}`,
        "Guard it in a revision for several databases: if (op.dialect === 'sqlite') await op.rebuildTable(…)",
      );
    }
    if (this.#within !== null) throw wrong(`cannot run in ${this.#within}, where foreign keys are on`);
    if (foreignKeys) {
      throw wrong(
        'cannot run with foreign keys on: DROP TABLE would delete the rows that refer to the table',
        'Leave options.foreignKeys away, or put the rebuild into a revision of its own.',
      );
    }
    const request = readRequest(table, createTable, options);
    this.#rebuilt = table;
    const { rebuildTable } = dialect;
    const result = this.#queue.then(async () => {
      const steps = await executor.look(site, (session) => rebuildTable(session, request));
      for (const { sql, verify } of steps) {
        const hasRun = await this.#run(sql, site);
        if (verify !== null && hasRun) await executor.look(site, verify);
      }
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }

  /** @returns false where it was only written down */
  async #run(sql: string, site: CallSite | null): Promise<boolean> {
    const { dialect, executor, session } = this.#context;
    const statement = dialect.split(sql)[0]!;
    return executor.execute({
      statement,
      bindings: [],
      site,
      send: async () => {
        await session.query(statement.text);
        return true;
      },
      rowCountOf: () => 0,
      skipped: () => {
        throw new ToraleError('UNRESOLVED', 'A part of op.rebuildTable is marked as done by an earlier run.');
      },
      recorded: () => false,
      readAtOnce: false,
    });
  }
}

function readRequest(table: unknown, createTable: unknown, options: unknown): TableRebuildRequest {
  if (typeof table !== 'string' || typeof createTable !== 'string') {
    throw wrong("takes the name of a table and its CREATE TABLE: op.rebuildTable('users', 'CREATE TABLE users (…)')");
  }
  if (typeof options !== 'object' || options === null) throw wrong('takes { copy, drop } behind the CREATE TABLE');
  for (const name of Object.keys(options)) {
    if (KNOWN.includes(name)) continue;
    throw wrong(`has no option '${name}'`, didYouMean(name, KNOWN) ?? `Known are ${KNOWN.join(', ')}.`);
  }
  const { copy = {}, drop = [] } = options as { readonly copy?: unknown; readonly drop?: unknown };
  if (typeof copy !== 'object' || copy === null || Object.values(copy).some((sql) => typeof sql !== 'string')) {
    throw wrong('takes SQL by column as its copy: { full_name: "first || \' \' || last" }');
  }
  if (!Array.isArray(drop) || drop.some((name) => typeof name !== 'string')) {
    throw wrong("takes names of columns as its drop: ['legacy']");
  }
  return { table, createTable, copy: copy as Record<string, string>, drop: drop as string[] };
}

function wrong(what: string, hint?: string): ToraleError {
  return new ToraleError('REVISION_FAILED', `op.rebuildTable ${what}.`, { hint });
}
