import type { ObjectId, ObjectOf, Path } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import type { Session } from '../session/session.ts';

/** What tables got. */
export interface Filling {
  /** How many rows each table has, of a partitioned one those of its partitions. */
  readonly filled: ReadonlyMap<ObjectId, number>;
  /** Tables without any row, each with the server's reason. */
  readonly unfilled: readonly { readonly table: ObjectId; readonly why: string }[];
}

/** A table to be looked through, as it is called at that moment. */
export interface TallyRequest {
  readonly id: ObjectId;
  readonly path: Path;
  /** Columns that tell one row of this table from another. */
  readonly own: readonly string[];
  /** The same within the tables among which rows may move. */
  readonly common: readonly string[];
  /** Columns of which only is counted how many have a value. */
  readonly counted: readonly string[];
}

/** What a table holds at one moment. */
export interface TableTally {
  /** What the server calls the table by, whatever its name; the name itself where there is nothing that a rebuild keeps. */
  readonly handle: string;
  /** Each row as two checksums: of its own columns, of the common ones. */
  readonly rows: readonly (readonly [own: string, common: string])[];
  readonly counts: readonly number[];
}

/** A statement that failed on rows. */
export interface RowFailure {
  readonly error: unknown;
  readonly sql: string;
  /** Whether it ran outside a transaction, and may have left something half made. */
  readonly isAlone: boolean;
  /** What was tried for it before. */
  readonly tried: Set<string>;
}

/** A table that was emptied: by its name at that moment, and by its handle. */
export interface EmptiedTable {
  readonly id: ObjectId;
  readonly handle: string;
}

/** A column with the schema that it is in. */
export interface ColumnPlace {
  readonly column: ObjectOf<'column'>;
  readonly schema: Schema;
}

/** How a dialect makes rows up, looks them through and takes them away: for the proof that no row is lost. */
export interface RowRules {
  /** Puts rows into every table, or into these alone; not inside a transaction. */
  fill(session: Session, schema: Schema, only?: ReadonlySet<ObjectId>): Promise<Filling>;
  /** What tables hold; those that cannot be read are left out. Not inside a transaction. */
  tally(session: Session, requests: readonly TallyRequest[]): Promise<ReadonlyMap<ObjectId, TableTally>>;
  /** The server's message with its code, and without what follows it. */
  explain(error: unknown): { readonly code: string; readonly message: string };
  /** Empties what a statement may have failed on, a little more at each call; null when nothing is left to try. */
  empty(session: Session, failure: RowFailure): Promise<readonly EmptiedTable[] | null>;
  /** Lets checks that wait for the end of the transaction happen now. */
  settle(session: Session): Promise<void>;
  /** Which of the statements so far is to blame for what {@link settle} threw, by its index; null: the last one. */
  blame?(error: unknown, statements: readonly string[]): number | null;
  /** Whether values may become others in a column of the same type; absent: never. */
  converts?(before: ColumnPlace, after: ColumnPlace): boolean;
  /** What all spellings of a name have in common, where several are one name. */
  fold?(name: string, kind: 'table' | 'column'): string;
}
