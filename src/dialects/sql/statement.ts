/** One statement of an SQL text, as it is sent to the server. */
export interface SqlStatement {
  /** With the comments before it; without surrounding blanks and the delimiter after it. */
  readonly text: string;
  /** Where `text` begins in the source. */
  readonly offset: number;
  /** The line in the source, from 1, on which the statement itself begins, after its comments. */
  readonly line: number;
  /** The first word in upper case: `CREATE`, `WITH`. Empty for a statement without words. */
  readonly keyword: string;
  /** The first words in upper case; quoted names keep their quotes, so that none looks like a keyword. */
  readonly words: readonly string[];
}

export type TransactionControl = 'begin' | 'commit' | 'rollback' | 'savepoint' | 'prepare';

/**
 * What a statement touches: nothing; rows; the definition of objects (and all that is not known to do less); or only
 * this connection.
 */
export type Effect = 'read' | 'data' | 'schema' | 'session';

/** What can be told from a statement's text alone. */
export interface Classification {
  /** `commit` also for what ends the open transaction on its way: LOCK TABLES, SET autocommit = 1. */
  readonly transactionControl: TransactionControl | null;
  readonly effect: Effect;
  /**
   * MySQL or MariaDB may commit the open transaction before running it: where the two differ, or a setting decides,
   * this says true.
   */
  readonly implicitCommit: boolean;
  /** The server refuses it (or silently ignores it) inside a transaction. For advice, not for decisions. */
  readonly needsAutocommit: boolean;
  /** Runs code that the text does not show (CALL, EXECUTE, DO), which may do anything, a commit included. */
  readonly opaque: boolean;
}
