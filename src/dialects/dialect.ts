import type { ToraleError } from '../errors.ts';
import type { OwnStatement, Server, Session } from '../session/session.ts';
import type { NamedObject } from './sql/objects.ts';
import type { SqlStatement } from './sql/statement.ts';
import type { Classification } from './sql/statement.ts';
import type { DialectName } from './names.ts';
import type { DatabaseUrl } from './url.ts';

export interface ConnectOptions {
  readonly connectTimeoutMs: number;
  /** Reading commands never write: the session is opened so that it cannot. */
  readonly readOnly: boolean;
  /** Make the database file if it is missing (SQLite). */
  readonly create: boolean;
  /** `SET ROLE` (PostgreSQL). */
  readonly role?: string | null;
  /** PostgreSQL. */
  readonly searchPath?: readonly string[] | null;
  readonly signal?: AbortSignal | undefined;
}

export type BorrowOptions = Pick<ConnectOptions, 'readOnly' | 'role' | 'searchPath'>;

/** What a server says of a failed statement, in the same words for every dialect. */
export interface ServerError {
  /** SQLSTATE, error number or SQLite's result code: `23505`, `1062`, `SQLITE_CONSTRAINT`. */
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  /** 1-based character position in the statement. */
  readonly position?: number;
  /** The connection did not survive: what became of the statement is unknown. */
  readonly connectionLost: boolean;
  /** What kind of no it is; undefined where it is no word of the server's at all. */
  readonly refusal?: Refusal | undefined;
}

/** `busy`: another transaction holds what is needed. `damaged`: the file is no database, or a broken one. */
export type Refusal = 'denied' | 'readOnly' | 'full' | 'busy' | 'damaged' | 'other';

/** Tells runs on different version tables of one database apart. */
export interface LockTarget {
  readonly schema: string | null;
  readonly table: string;
}

export interface LockOptions extends LockTarget {
  /** 0 fails at once. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Called when the lock is not free, at most once a second. */
  readonly onWait: (wait: { elapsedMs: number; holder: LockHolder | null }) => void;
}

export interface LockHolder {
  /** As it is shown: `torale 0.1.0 on api-7f9 (pid 7)`. */
  readonly description: string;
  /** How long it has held it; `null` where the server does not tell. */
  readonly sinceMs: number | null;
  /** The server's number of its connection; `null` where the holder is not a connection of this server. */
  readonly connection: number | null;
}

/** The migration lock while it is held. What finds it lost throws the error of {@link lockLost}. */
export interface Lock {
  /**
   * SQL that is true while it is held, for the statement that records a revision: asked there it costs no round trip.
   * `null` where `confirm` does it.
   */
  readonly condition: string | null;
  /** Aborts when the lock is found lost while a revision runs. */
  readonly lost: AbortSignal | null;
  /** Before each revision: asks what could have changed without an error. */
  verify(): Promise<void>;
  /**
   * In the transaction that records, or before a statement that commits by itself.
   *
   * @param isTouched code ran that could have released it
   */
  confirm(isTouched: boolean): Promise<void>;
  release(): Promise<void>;
}

/**
 * What the named locks of a server are worth. `local`: they exclude only those who talk to the same node.
 * `foreign`: another product behind the protocol, whose locks may be none.
 */
export type LockWorth =
  | { readonly kind: 'good' }
  | { readonly kind: 'local'; readonly why: string }
  | { readonly kind: 'foreign'; readonly product: string; readonly why: string };

/** The locks of a server's own, and what a lease in a table needs of it. */
export interface ServerLocks {
  /** Asked by who is about to take the lock; one query at most. */
  appraise(session: Session): Promise<LockWorth>;
  acquire(session: Session, options: LockOptions): Promise<Lock>;
  holder(session: Session, target: LockTarget): Promise<LockHolder | null>;
  /** Ends that connection if it holds the lock still; tells whether it did. */
  end(session: Session, target: LockTarget, connection: number): Promise<boolean>;
  readonly lease: {
    /** The server's clock, also within a transaction. */
    readonly now: string;
    /** A time that many milliseconds from now. */
    in(milliseconds: number): string;
    /** From here on this session sees everything that other nodes have committed. Ends with what it returns. */
    seeEverything(session: Session): Promise<() => Promise<void>>;
  };
}

/** A table of Torale's as it is found in the database, with all that would make it somebody else's. */
export interface FoundTable {
  readonly name: string;
  /** `table`, or what it is instead. */
  readonly kind: string;
  readonly columns: readonly string[];
  /** Triggers, rules, policies, defaults: anything that would run code when Torale writes there. */
  readonly foreign: readonly string[];
}

export interface ColumnTypes {
  readonly id: string;
  readonly text: string;
  readonly short: string;
  readonly integer: string;
  readonly timestamp: string;
  /** A whole `id` column that counts by itself and is the primary key. */
  readonly serial: string;
  /** What follows `CREATE TABLE … (…)`. */
  readonly tableOptions: string;
}

/** Milliseconds. */
export interface SessionLimits {
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

/** A column of a query's answer, and how a value of it is kept as text and found again. */
export interface ResultColumn {
  readonly name: string;
  /** Why rows cannot be ordered by it: `it is …`. */
  readonly unfit: string | null;
  /** An expression for the exact text of another. */
  readonly toText: (expression: string) => string;
  /** What stands for the value in a comparison. */
  readonly fromText: (text: string) => string;
}

/** What `op.rebuildTable` was asked for. */
export interface TableRebuildRequest {
  readonly table: string;
  /** `CREATE TABLE`, as it is to be afterwards. */
  readonly createTable: string;
  /** SQL over the old table, by column of the new one. */
  readonly copy: Readonly<Record<string, string>>;
  /** Columns whose values may be lost. */
  readonly drop: readonly string[];
}

export interface TableRebuildStep {
  readonly sql: string;
  /** Looks at what the statement did, and throws what must not be committed. */
  readonly verify: ((session: Pick<Session, 'query'>) => Promise<void>) | null;
}

/** Everything Torale must know of one kind of database. */
export interface Dialect {
  readonly name: DialectName;
  /** Whether DDL is rolled back with its transaction. */
  readonly transactionalDdl: boolean;
  /** Whether the migration lock outlives a transaction; otherwise BEGIN itself takes it, for each revision. */
  readonly sessionLock: boolean;
  /** What a script says first: the client of the server may read it in another encoding. */
  readonly preamble: readonly string[];
  /** How a script begins a revision's transaction. */
  readonly begin: string;
  readonly knexClient: 'postgres' | 'mysql2' | 'better-sqlite3';
  connect(url: DatabaseUrl, options: ConnectOptions): Promise<Session>;
  /** Makes a session of a caller's own connection, which is left as it was found when the session is closed. */
  borrow(connection: object, options: BorrowOptions): Promise<Session>;
  /** Why a caller's pool or Knex gave no connection. `display` is what the database is called to people. */
  borrowError(error: unknown, display: string): ToraleError;
  split(sql: string): SqlStatement[];
  classify(statement: SqlStatement): Classification;
  /** Replaces placeholders by literals: what `--sql` and `--dry-run` print. */
  inline(sql: string, bindings: readonly unknown[]): string;
  literal(value: unknown): string;
  quote(name: string): string;
  /** A statement as lines of a script for the server's own client: a body with `;` in it may need DELIMITER. */
  terminate(sql: string): string[];
  /** The n-th placeholder, from 1. */
  placeholder(position: number): string;
  /** The objects whose definition a statement changes; null where its text does not name them. */
  objectsOf(statement: SqlStatement): NamedObject[] | null;
  /** How an object looks now, in short; for null how the whole database looks. */
  fingerprint(session: Session, object: NamedObject | null): Promise<string>;
  /** Takes away what a failed statement left behind of these objects. */
  clearLeftovers(session: Session, objects: readonly NamedObject[]): Promise<void>;
  /** Whether a statement that changes one object takes effect whole or not at all. */
  atomicDdl(server: Server): boolean;
  /** The columns that a query answers with. */
  columnsOf(session: Session, select: string): Promise<ResultColumn[]>;
  describeError(error: unknown): ServerError;
  /** Begins the transaction of a revision; where there is no session lock this waits for the write lock. */
  beginRevision(session: Session, options: RevisionTransactionOptions): Promise<RevisionTransaction>;
  /**
   * Keeps other runs out while a revision is between two transactions, where no session lock does.
   *
   * @returns gives it back
   */
  holdOutside(session: Session): () => void;
  /** Sets how long statements on this session may wait and run; 0 is no limit. */
  limitSession(session: Session, limits: SessionLimits): Promise<void>;
  /** Asked on another connection: who holds what connection `id` waits for. */
  blockersOf(side: Session, id: number): Promise<string[]>;
  /** Asked on another connection: cancels the statement that connection `id` runs. */
  cancel(side: Session, id: number): Promise<void>;
  /** `null` where BEGIN itself is the lock. */
  readonly locks: ServerLocks | null;
  /**
   * Looks at a table and plans how a new one takes its place, with its rows, indexes and triggers. `null` where ALTER TABLE
   * changes whatever a table has.
   */
  readonly rebuildTable:
    | ((session: Pick<Session, 'query'>, request: TableRebuildRequest) => Promise<readonly TableRebuildStep[]>)
    | null;
  /** Empties the database; tells what was dropped. */
  reset(session: Session): Promise<string[]>;
  readonly columnTypes: ColumnTypes;
  /** Which of the tables exist, and the schema they are looked for in (`null`: the connection's own). */
  findTables(
    session: Session,
    schema: string | null,
    names: readonly string[],
  ): Promise<{ schema: string; tables: FoundTable[] }>;
}

export interface RevisionTransactionOptions {
  readonly lock: LockOptions;
  /** SQLite: enforce foreign keys while the revision runs. */
  readonly foreignKeys: boolean;
}

/** An open transaction of a revision. */
export interface RevisionTransaction {
  /** SQLite: nobody else has written since this session's last one began, so that what was read since then holds. */
  readonly isUndisturbed?: boolean;
  /**
   * Throws what must not be committed (SQLite: rows that break a foreign key they did not break before).
   *
   * @param end `isFollowed`: the next statement of this session begins a revision, or there is none. What a revision sets
   *   may then stay.
   */
  commit(end?: TransactionEnd): Promise<void>;
  /**
   * Runs statements of Torale's own and commits, in one round trip, where the server can.
   *
   * @returns the first that changed another number of rows than it says, where the transaction failed for it
   */
  writeAndCommit?(statements: readonly OwnStatement[], end: TransactionEnd): Promise<RowsDiffer | null>;
  rollback(): Promise<void>;
}

export interface TransactionEnd {
  readonly isFollowed: boolean;
}

export interface RowsDiffer {
  /** Of the statement. */
  readonly index: number;
  readonly found: number;
}
