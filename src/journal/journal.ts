import type { Dialect, FoundTable, RevisionTransaction, TransactionEnd } from '../dialects/dialect.ts';
import { lockLost } from '../dialects/waiting.ts';
import { ToraleError } from '../errors.ts';
import type { Row, Session } from '../session/session.ts';
import { COLUMNS, columnsIn, LAYOUT, layoutStatements, type ToraleTable } from './layout.ts';
import type { BookkeepingStatement, JournalEntry } from './statements.ts';
import { allNames, qualified, tableNames, type TableNames } from './tables.ts';

/** What the database says of its own state. */
export interface AppliedState {
  /** The rows of the version table, sorted. */
  readonly heads: readonly string[];
  /** Statements of an unfinished revision. */
  readonly journal: readonly JournalEntry[];
}

export interface HistoryRow {
  readonly revision: string;
  readonly parents: readonly string[];
  readonly checksum: string | null;
  readonly action: string;
  readonly finishedAt: string;
}

export interface JournalOptions {
  readonly versionTable: string;
  readonly versionTableSchema: string | null;
}

/** Torale's own tables in one database. */
export class Journal {
  readonly names: TableNames;
  readonly #session: Session;
  readonly #dialect: Dialect;
  #present = new Set<ToraleTable>();
  #layout: number | null = null;

  private constructor(session: Session, dialect: Dialect, names: TableNames) {
    this.#session = session;
    this.#dialect = dialect;
    this.names = names;
  }

  /**
   * Looks for the tables; writes nothing.
   *
   * @throws ToraleError FOREIGN_VERSION_TABLE for one that is not ours, NEWER_LAYOUT
   */
  static async open(session: Session, dialect: Dialect, options: JournalOptions): Promise<Journal> {
    const wanted = allNames(tableNames(options.versionTable, ''));
    const { schema, tables } = await dialect.findTables(session, options.versionTableSchema, wanted);
    const names = tableNames(options.versionTable, schema);
    const found = (table: ToraleTable): FoundTable | undefined => tables.find(({ name }) => name === names[table]);
    const journal = new Journal(session, dialect, names);
    // The layout first: it tells which columns the others must have.
    for (const table of ['layout', 'version', 'history', 'journal'] as const) {
      const candidate = found(table);
      if (candidate === undefined) continue;
      refuseForeign(table, candidate, columnsIn(table, journal.#layout));
      journal.#present.add(table);
      if (table === 'layout') await journal.#readLayout();
    }
    return journal;
  }

  async #readLayout(): Promise<void> {
    const { rows } = await this.#select('layout', 'version, compatible');
    if (rows[0] === undefined) return;
    if (Number(rows[0]['compatible']) > LAYOUT) {
      throw new ToraleError(
        'NEWER_LAYOUT',
        `The tables of Torale here have layout ${Number(rows[0]['version'])}, this version knows ${LAYOUT}.`,
        {
          hint: 'Update Torale.',
          data: { layout: Number(rows[0]['version']) },
        },
      );
    }
    this.#layout = Number(rows[0]['version']);
  }

  /** Whether the version table is there at all. */
  get exists(): boolean {
    return this.#present.has('version');
  }

  /** Whether {@link ensure} would write. */
  get complete(): boolean {
    return this.#present.size === Object.keys(COLUMNS).length && this.#layout !== null && this.#layout >= LAYOUT;
  }

  /** What {@link ensure} runs. */
  ensureStatements(): string[] {
    return layoutStatements(this.#dialect, this.names, this.#present, this.#layout);
  }

  /** Makes what is missing. The caller holds the lock, or a transaction that excludes others. */
  async ensure(): Promise<void> {
    for (const statement of this.ensureStatements()) await this.#session.query(statement);
    this.#present = new Set(Object.keys(COLUMNS) as ToraleTable[]);
    this.#layout = LAYOUT;
  }

  async read(): Promise<AppliedState> {
    const heads = this.#present.has('version') ? (await this.#select('version', 'version_num')).rows : [];
    const journal = this.#present.has('journal')
      ? (await this.#select('journal', columnsIn('journal', this.#layout).join(', '), 'revision, statement')).rows
      : [];
    return { heads: heads.map((row) => String(row['version_num'])).sort(), journal: journal.map(toJournalEntry) };
  }

  /** The heads alone, read again where another run may have moved them. */
  async readHeads(): Promise<string[]> {
    const { rows } = await this.#select('version', 'version_num');
    return rows.map((row) => String(row['version_num'])).sort();
  }

  /** The latest entry of each revision, oldest first. */
  async readHistory(): Promise<HistoryRow[]> {
    if (!this.#present.has('history')) return [];
    const { rows } = await this.#select('history', 'revision, parents, checksum, action, finished_at', 'id');
    const latest = new Map<string, HistoryRow>();
    for (const row of rows) {
      const revision = String(row['revision']);
      latest.delete(revision);
      latest.set(revision, toHistoryRow(revision, row));
    }
    return [...latest.values()];
  }

  async write(statement: BookkeepingStatement): Promise<void> {
    const { rowCount } = await this.#session.prepared(statement.sql, statement.bindings);
    if (statement.rows !== undefined && rowCount !== statement.rows) throw this.#rowsDiffer(statement, rowCount);
  }

  /** Writes what comes last in a transaction, and commits it. */
  async writeAndCommit(
    statements: readonly BookkeepingStatement[],
    transaction: RevisionTransaction,
    end: TransactionEnd,
  ): Promise<void> {
    if (transaction.writeAndCommit === undefined) {
      for (const statement of statements) await this.write(statement);
      return transaction.commit(end);
    }
    const differs = await transaction.writeAndCommit(statements, end);
    if (differs !== null) throw this.#rowsDiffer(statements[differs.index]!, differs.found);
  }

  #rowsDiffer({ rows, isLockChecked }: BookkeepingStatement, found: number): ToraleError {
    if (isLockChecked === true && found === 0) return lockLost('this connection holds it no longer');
    return new ToraleError(
      'WRITE_FAILED',
      `${this.names.version} was changed by somebody else during this run: expected ${rows} row, found ${found}.`,
      { hint: "Run 'torale current' to see where the database stands." },
    );
  }

  /** @returns whether all of them are written and committed; where not, none is */
  async writeAtOnce(statements: readonly BookkeepingStatement[]): Promise<boolean> {
    return (await this.#session.transact?.(statements)) ?? false;
  }

  #select(table: ToraleTable, columns: string, order?: string): Promise<{ rows: readonly Row[] }> {
    return this.#session.prepared(
      `SELECT ${columns} FROM ${qualified(this.#dialect, this.names, table)}${order ? ` ORDER BY ${order}` : ''}`,
      [],
    );
  }
}

/** A table that would run somebody's code when it is written to, or that is another program's, is never used. */
export function refuseForeign(table: ToraleTable | 'lock', found: FoundTable, columns: readonly string[]): void {
  const missing = columns.filter((column) => !found.columns.includes(column));
  const surplus = table === 'version' ? found.columns.filter((column) => column !== 'version_num') : [];
  const reasons = [
    ...(found.kind === 'table' ? [] : [`it is a ${found.kind}`]),
    ...(missing.length > 0 ? [`it has no column ${missing.join(', ')}`] : []),
    ...(surplus.length > 0 ? [`it has a column ${surplus.join(', ')}`] : []),
    ...found.foreign.map((what) => `it has a ${what}`),
  ];
  if (reasons.length === 0) return;
  throw new ToraleError(
    'FOREIGN_VERSION_TABLE',
    `The table ${found.name} is not one of Torale's: ${reasons.join('; ')}.`,
    {
      hint: 'Name another with versionTable (--version-table), or move that one away.',
      data: { table: found.name, reasons },
    },
  );
}

function toJournalEntry(row: Row): JournalEntry {
  return {
    revision: String(row['revision']),
    statement: Number(row['statement']),
    hash: String(row['hash']),
    state: row['state'] === 'done' ? 'done' : 'started',
    rowCount: row['row_count'] === null ? null : Number(row['row_count']),
    checksum: row['checksum'] === null ? null : String(row['checksum'] as string),
    fingerprint: row['fingerprint'] == null ? null : String(row['fingerprint'] as string),
    startedAt: new Date(row['started_at'] as string | Date),
    finishedAt: row['finished_at'] === null ? null : new Date(row['finished_at'] as string | Date),
  };
}

function toHistoryRow(revision: string, row: Row): HistoryRow {
  const finished = row['finished_at'];
  return {
    revision,
    parents: parseParents(String(row['parents'])),
    checksum: row['checksum'] === null ? null : String(row['checksum'] as string),
    action: String(row['action']),
    finishedAt: finished instanceof Date ? finished.toISOString() : String(finished),
  };
}

function parseParents(text: string): string[] {
  try {
    const parents: unknown = JSON.parse(text);
    if (Array.isArray(parents)) return parents.filter((parent) => typeof parent === 'string');
  } catch {
    // Written by hand or by another program: ancestry is then unknown, which is what the callers assume.
  }
  return [];
}
