import type { Dialect } from '../dialects/dialect.ts';
import type { OwnStatement } from '../session/session.ts';
import { qualified, type TableNames } from './tables.ts';

/**
 * A statement of Torale's own with its values: run by `upgrade`, printed with literals by `--sql`. Where it changes
 * another number of rows than it says, somebody else wrote meanwhile.
 */
export interface BookkeepingStatement extends OwnStatement {
  /** It changes none where the migration lock is lost. */
  readonly isLockChecked?: boolean;
}

/** Takes the version table from one set of heads to another with as few rows written as possible. */
export function moveHeads(
  dialect: Dialect,
  names: TableNames,
  from: readonly string[],
  to: readonly string[],
): BookkeepingStatement[] {
  const table = qualified(dialect, names, 'version');
  const gone = from.filter((head) => !to.includes(head));
  const added = to.filter((head) => !from.includes(head));
  const statements: BookkeepingStatement[] = [];
  const moved = Math.min(gone.length, added.length, 1);
  const [one, two] = [dialect.placeholder(1), dialect.placeholder(2)];
  for (const head of gone.slice(moved)) {
    statements.push({ sql: `DELETE FROM ${table} WHERE version_num = ${one}`, bindings: [head], rows: 1 });
  }
  if (moved === 1) {
    statements.push({
      sql: `UPDATE ${table} SET version_num = ${one} WHERE version_num = ${two}`,
      bindings: [added[0], gone[0]],
      rows: 1,
    });
  }
  for (const head of added.slice(moved)) {
    statements.push({ sql: `INSERT INTO ${table} (version_num) VALUES (${one})`, bindings: [head], rows: 1 });
  }
  return statements;
}

export interface HistoryEntry {
  readonly revision: string;
  /** Ids of all parents, dependencies included: ancestry without the files. */
  readonly parents: readonly string[];
  readonly action: 'upgrade' | 'stamp';
  readonly checksum: string | null;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly durationMs: number;
  readonly toraleVersion: string;
  /** `user@host (pid 7)` */
  readonly appliedBy: string;
}

const HISTORY_COLUMNS =
  'revision, parents, action, checksum, started_at, finished_at, duration_ms, torale_version, applied_by';

/** @param condition SQL that is true while the migration lock is held; nothing is recorded without it */
export function recordHistory(
  dialect: Dialect,
  names: TableNames,
  entry: HistoryEntry,
  condition: string | null = null,
): BookkeepingStatement {
  const values = [
    entry.revision,
    JSON.stringify(entry.parents),
    entry.action,
    entry.checksum,
    timestamp(dialect, entry.startedAt),
    timestamp(dialect, entry.finishedAt),
    Math.round(entry.durationMs),
    entry.toraleVersion,
    entry.appliedBy,
  ];
  const marks = values.map((_, index) => dialect.placeholder(index + 1)).join(', ');
  const insert = `INSERT INTO ${qualified(dialect, names, 'history')} (${HISTORY_COLUMNS})`;
  if (condition === null) return { sql: `${insert} VALUES (${marks})`, bindings: values };
  return { sql: `${insert} SELECT ${marks} WHERE ${condition}`, bindings: values, rows: 1, isLockChecked: true };
}

/** All that says that a revision is applied, to be written in one transaction. */
export function recordRevision(
  dialect: Dialect,
  names: TableNames,
  entry: HistoryEntry,
  from: {
    readonly headsBefore: readonly string[];
    readonly headsAfter: readonly string[];
    /** As recordHistory has it. */
    readonly condition: string | null;
    /** The journal holds rows of it. */
    readonly journalled: boolean;
  },
): BookkeepingStatement[] {
  return [
    ...moveHeads(dialect, names, from.headsBefore, from.headsAfter),
    recordHistory(dialect, names, entry, from.condition),
    ...(from.journalled ? [journalForget(dialect, names, entry.revision)] : []),
  ];
}

/** UTC in the form that each server's timestamp column takes from a string. */
function timestamp(dialect: Dialect, at: Date): string {
  const iso = at.toISOString();
  return dialect.name === 'mysql' ? iso.replace('T', ' ').replace('Z', '') : iso;
}

export interface JournalEntry {
  readonly revision: string;
  /** Number of the statement in its revision, from 1. */
  readonly statement: number;
  /** sha256 of the statement's text and bindings. */
  readonly hash: string;
  readonly state: 'started' | 'done';
  readonly rowCount: number | null;
  /** Of the revision's file. */
  readonly checksum: string | null;
  /** As JSON: how the objects it names looked before it; of an `op.batch`, how far it came. */
  readonly fingerprint: string | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

const JOURNAL_COLUMNS = 'revision, statement, hash, state, row_count, checksum, fingerprint, started_at, finished_at';

export function journalInsert(dialect: Dialect, names: TableNames, entry: JournalEntry): BookkeepingStatement {
  const values = [
    entry.revision,
    entry.statement,
    entry.hash,
    entry.state,
    entry.rowCount,
    entry.checksum,
    entry.fingerprint,
    timestamp(dialect, entry.startedAt),
    entry.finishedAt === null ? null : timestamp(dialect, entry.finishedAt),
  ];
  return {
    sql: `INSERT INTO ${qualified(dialect, names, 'journal')} (${JOURNAL_COLUMNS}) VALUES (${values
      .map((_, index) => dialect.placeholder(index + 1))
      .join(', ')})`,
    bindings: values,
    rows: 1,
  };
}

export function journalDone(
  dialect: Dialect,
  names: TableNames,
  entry: Pick<JournalEntry, 'revision' | 'statement' | 'rowCount'>,
  finishedAt: Date,
): BookkeepingStatement {
  const place = (position: number): string => dialect.placeholder(position);
  return {
    sql:
      `UPDATE ${qualified(dialect, names, 'journal')} SET state = 'done', row_count = ${place(1)}, ` +
      `finished_at = ${place(2)} WHERE revision = ${place(3)} AND statement = ${place(4)}`,
    bindings: [entry.rowCount, timestamp(dialect, finishedAt), entry.revision, entry.statement],
    rows: 1,
  };
}

/** Moves the row of an `op.batch` on; somebody else may not have moved it. */
export function journalAdvance(
  dialect: Dialect,
  names: TableNames,
  entry: JournalEntry,
  before: string,
): BookkeepingStatement {
  const place = (position: number): string => dialect.placeholder(position);
  return {
    sql:
      `UPDATE ${qualified(dialect, names, 'journal')} SET state = ${place(1)}, row_count = ${place(2)}, ` +
      `fingerprint = ${place(3)}, finished_at = ${place(4)} ` +
      `WHERE revision = ${place(5)} AND statement = ${place(6)} AND fingerprint = ${place(7)}`,
    bindings: [
      entry.state,
      entry.rowCount,
      entry.fingerprint,
      entry.finishedAt === null ? null : timestamp(dialect, entry.finishedAt),
      entry.revision,
      entry.statement,
      before,
    ],
    rows: 1,
  };
}

/** Forgets one statement (the server refused it as a whole) or, without a number, the whole revision. */
export function journalForget(
  dialect: Dialect,
  names: TableNames,
  revision: string,
  statement?: number,
): BookkeepingStatement {
  const where = `revision = ${dialect.placeholder(1)}`;
  return {
    sql:
      `DELETE FROM ${qualified(dialect, names, 'journal')} WHERE ${where}` +
      (statement === undefined ? '' : ` AND statement = ${dialect.placeholder(2)}`),
    bindings: statement === undefined ? [revision] : [revision, statement],
  };
}
