import type { Config } from '../config/config.ts';
import type { Dialect, Lock } from '../dialects/dialect.ts';
import type { EventListener } from '../events.ts';
import type { RevisionGraph } from '../graph/graph.ts';
import type { Session } from '../session/session.ts';
import type { RevisionSource } from './source.ts';

/** Everything one run needs; made by the library's entry points, passed down, never global. */
export interface Run {
  readonly config: Config;
  /** Read when first asked for: commands that need no files do not read them. */
  readonly source: RevisionSource;
  readonly graph: RevisionGraph;
  readonly onEvent: EventListener;
  readonly signal: AbortSignal;
  /** Set where the database is a scratch: called with each statement of a revision before it runs; what it throws stops it. */
  readonly scratchGuard?: (sql: string) => void;
  /** Called before a schema is read, and before one is built, which then is one of several. */
  readonly onInspect?: ((what: 'read' | 'built') => void) | undefined;
  /** Opens the one connection, or takes the caller's. */
  open(options: { readOnly: boolean; create: boolean }): Promise<Connected>;
}

export interface Connected {
  readonly session: Session;
  readonly dialect: Dialect;
  /** As the database is named to people. */
  readonly display: string;
  /** The migration lock while this run holds it. */
  readonly lock?: Lock;
}
