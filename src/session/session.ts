import type { DialectName, Flavor } from '../dialects/names.ts';

export type Row = Record<string, unknown>;

export interface QueryResult {
  readonly rows: readonly Row[];
  /** Rows returned or changed, as the server counts them. */
  readonly rowCount: number;
}

export interface Server {
  readonly flavor: Flavor;
  /** Dotted, as far as the server tells: `15.20`, `10.11.19`, `3.54.1`. */
  readonly version: string;
  /** The way it is named to people: `PostgreSQL 15.20`. */
  readonly title: string;
  /** Another product that speaks the protocol of `flavor`, as far as its greeting tells. */
  readonly product?: string | undefined;
}

export interface OwnStatement {
  readonly sql: string;
  readonly bindings: readonly unknown[];
  /** How many it must change, where that is known. */
  readonly rows?: number;
}

/**
 * One pinned connection: lock, DDL and bookkeeping all run on it, so that none can outlive another.
 * Statements are sent one at a time, in the order of the calls.
 */
export interface Session {
  readonly dialect: DialectName;
  readonly server: Server;
  /** The server's number for this connection; null where it has none, or it is hidden by a proxy. */
  readonly id: number | null;
  /** Runs one statement. Without bindings the text goes to the server as it is. Rejects with the driver's error. */
  query(sql: string, bindings?: readonly unknown[]): Promise<QueryResult>;
  /** Runs one statement of Torale's own, which recurs: the driver may keep it prepared. */
  prepared(sql: string, bindings: readonly unknown[]): Promise<QueryResult>;
  /**
   * Runs statements of Torale's own as one transaction in one round trip, where the server can.
   *
   * @returns false where it cannot, or where one of them would change another number of rows than it says: nothing is
   *   changed then
   */
  transact?(statements: readonly OwnStatement[]): Promise<boolean>;
  /** Whether the server holds a transaction open on this connection. */
  inTransaction(): Promise<boolean>;
  /** What Knex takes for a connection. */
  readonly driver: object;
  /** One more connection like this one, for what must not wait for it; SQLite has none. */
  openAnother?(): Promise<Session>;
  /** Ends the connection; puts a borrowed one back as it was found. */
  close(): Promise<void>;
}
