import type { PlanRules } from '../diff/rules.ts';
import type { SchemaObject } from '../schema/object.ts';
import type { ObjectPool } from '../schema/pool.ts';
import type { Schema } from '../schema/schema.ts';
import type { Session } from '../session/session.ts';
import type { DialectName } from './names.ts';
import type { RowRules } from './row-rules.ts';

/** What a database holds, as its server says it. */
export interface Inspection {
  readonly schema: Schema;
  /** The server that was asked: its versions are compared before its words are. */
  readonly server: InspectedServer;
  /** Objects of a class that no rule reads, each with why: `transform for hstore language plperl`. */
  readonly unread: readonly string[];
}

export interface InspectedServer {
  readonly flavor: string;
  /** `15.20` */
  readonly version: string;
  /** As a number that orders releases: 150020 (PostgreSQL), 101119 (MariaDB), 3054001 (SQLite). */
  readonly number: number;
}

/** All that a dialect knows of schemas: loaded only by what compares them. */
export interface SchemaDialect extends PlanRules {
  readonly name: DialectName;
  /**
   * Reads the whole database in one transaction that sees one moment and writes nothing.
   *
   * @param isOwn tells what belongs to Torale and is no part of the schema
   * @param pool that of the schemas it is compared with
   */
  inspect(session: Session, isOwn: (object: SchemaObject) => boolean, pool?: ObjectPool): Promise<Inspection>;
  /**
   * What the server keeps although it cannot be used, such as a view on a column that is gone; absent where a server takes
   * no such thing.
   *
   * @returns why, in the server's words, by what it is: `view big_users`
   */
  unusable?(session: Session): Promise<ReadonlyMap<string, string>>;
  /** How rows are made up, for the proof that none is lost. */
  readonly rows?: RowRules;
}
