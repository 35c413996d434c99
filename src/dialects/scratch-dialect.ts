import type { Kind } from '../schema/kinds.ts';
import type { SchemaObject } from '../schema/object.ts';
import type { Session } from '../session/session.ts';
import type { SqlStatement } from './sql/statement.ts';
import type { DatabaseUrl } from './url.ts';

export interface ScratchOptions {
  readonly connectTimeoutMs: number;
  /** Who is to own it, and what its sessions `SET ROLE` to (PostgreSQL). */
  readonly role: string | null;
  readonly searchPath: readonly string[] | null;
  readonly signal: AbortSignal;
}

/** A database made to be thrown away. */
export interface ScratchDatabase {
  readonly name: string;
  /** As it is shown to people. */
  readonly display: string;
  /** Another one after {@link mark} and {@link rewind}. */
  readonly session: Session;
  /**
   * Remembers what it holds, to be called once. Absent where no server of the dialect copies databases, false where this one
   * does not copy this one.
   */
  mark?(): Promise<boolean>;
  /** Makes it hold what was remembered. The session is as it began. */
  rewind?(): Promise<void>;
  /** Puts the session back to how it began, whatever ran on it. */
  reset(): Promise<void>;
  /** Takes the database away, what was remembered of it, and whoever is in it. */
  drop(): Promise<void>;
}

/** How a dialect makes scratch databases: loaded only where one is needed. */
export interface ScratchDialect {
  /** What every new database has. */
  readonly pristine: readonly SchemaObject[];
  /** The kind of what every database has as its server makes it: stored snapshots know it only once a revision changed it. */
  readonly inherent?: Kind;
  /**
   * Makes an empty database on a server, like the one of that URL in encoding and collation. Drops what runs that died
   * left behind there.
   *
   * @throws ToraleError DENIED, SCRATCH_REFUSED and what connecting throws
   */
  create(url: DatabaseUrl | null, options: ScratchOptions): Promise<ScratchDatabase>;
  /**
   * What a statement would do outside of its own database, as far as its text tells.
   *
   * @param seen what earlier statements left behind that later ones can set off, kept here
   * @returns `CREATE ROLE changes the whole server`; null where it stays inside
   */
  leaves(statement: SqlStatement, name: string, seen?: Set<string>): string | null;
}

const PREFIX = 'torale_scratch_';

/** What tells a scratch database and its maker: unique, and short enough for any server. */
export function scratchName(home: string | number): string {
  const random = Math.floor(Math.random() * 36 ** 6)
    .toString(36)
    .padStart(6, '0');
  return `${PREFIX}${Date.now().toString(36)}_${home}_${process.pid.toString(36)}_${random}`;
}

/** The parts of such a name; null for any other. */
export function readScratchName(name: string): { readonly home: string; readonly madeAt: number } | null {
  const match = /^torale_scratch_([0-9a-z]+)_([0-9a-z]+)_[0-9a-z]+_[0-9a-z]+$/.exec(name);
  return match === null ? null : { home: match[2]!, madeAt: Number.parseInt(match[1]!, 36) };
}

/** The ways out of a scratch database that cannot be had where it was asked for. */
export const SCRATCH_HINT =
  'Name a server for scratch databases as scratchUrl (TORALE_SCRATCH_URL): a local one of the same version will do.';
