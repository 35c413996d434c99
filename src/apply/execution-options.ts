import type { Dialect, Lock, LockOptions, RevisionTransaction, SessionLimits } from '../dialects/dialect.ts';
import type { Journal } from '../journal/journal.ts';
import type { JournalEntry } from '../journal/statements.ts';
import type { Session } from '../session/session.ts';
import type { BatchProgress } from './batch.ts';
import type { BatchPosition } from './batch-position.ts';
import type { CallSite } from './call-site.ts';
import type { Verdict } from './settle.ts';
import type { StatementMemory } from './statement-journal.ts';

/** What became of one statement of the revision at hand. */
export interface StatementReport {
  readonly number: number;
  readonly sql: string;
  readonly site: CallSite | null;
  /** `skipped`: completed by an earlier run. */
  state: 'done' | 'failed' | 'skipped';
  /** It stays whatever happens now. */
  committed: boolean;
  /** How far an `op.batch` has come. */
  batch?: BatchPosition;
  /** The statement of its function that runs or failed. */
  inner?: { readonly sql: string; readonly site: CallSite | null };
}

export interface ExecutionOptions {
  readonly session: Session;
  readonly dialect: Dialect;
  readonly journal: Journal;
  readonly revision: string;
  readonly checksum: string | null;
  /** What an earlier run left in the journal for this revision. */
  readonly prior: readonly JournalEntry[];
  /** Takes the place of the journal where the database is a scratch. */
  readonly memory: StatementMemory | null;
  readonly lock: LockOptions;
  /** The migration lock; `null` where the transaction is it. */
  readonly held: Lock | null;
  readonly foreignKeys: boolean;
  readonly signal: AbortSignal;
  /** Sets how long statements may wait and run: the revision's own limits, or those given. */
  readonly limit: (limits?: SessionLimits) => Promise<void>;
  /** Runs a statement and looks who keeps it waiting. */
  readonly watch: <T>(work: () => Promise<T>) => Promise<T>;
  /** Told of a statement that an earlier run was cut off in. */
  readonly onSettled: (statement: number, verdict: Verdict) => void;
  readonly batches: {
    readonly limits: SessionLimits;
    /** Whether the function of a batch may be called again with the same rows. */
    readonly retry: boolean;
    readonly onProgress: (progress: BatchProgress) => void;
  };
  /** The caller's transaction spans the revisions: neither begun nor committed here. */
  readonly outer: RevisionTransaction | null;
  /** Another revision comes next, with nothing on this connection between. */
  readonly isFollowed: boolean;
}
