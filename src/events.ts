/** What the library tells while it works; it never prints. Durations are milliseconds. */
export type ToraleEvent =
  /** Before the first revision runs; also with nothing to do. */
  | {
      readonly type: 'plan';
      readonly database: string;
      readonly heads: readonly string[];
      readonly steps: readonly PlannedStep[];
    }
  | { readonly type: 'revision-started'; readonly step: PlannedStep; readonly resumed: boolean }
  | { readonly type: 'revision-applied'; readonly step: PlannedStep; readonly durationMs: number }
  | { readonly type: 'revision-failed'; readonly step: PlannedStep }
  | { readonly type: 'statement'; readonly revision: string; readonly statement: number; readonly sql: string }
  /** A statement waits, for what these hold. */
  | { readonly type: 'blocked'; readonly revision: string; readonly blockers: readonly string[] }
  /** A statement could not get its lock; everything of the revision was rolled back and will be tried again. */
  | {
      readonly type: 'lock-retry';
      readonly revision: string;
      readonly statement: number;
      readonly attempt: number;
      readonly lockTimeoutMs: number;
      readonly restMs: number;
      readonly blockers: readonly string[];
    }
  /** What became of a statement that an earlier run was cut off in. */
  | {
      readonly type: 'statement-settled';
      readonly revision: string;
      readonly statement: number;
      readonly verdict: 'applied' | 'notApplied' | 'ambiguous';
    }
  /** How far an `op.batch` has come: at most once a second, and at its end. Earlier runs are counted in. */
  | {
      readonly type: 'batch';
      readonly revision: string;
      readonly rows: number;
      readonly batches: number;
      /** Of this run; 0 where it took less than a second. */
      readonly ratePerSecond: number;
      readonly done: boolean;
    }
  /** From `op.log` of a revision. */
  | { readonly type: 'log'; readonly revision: string; readonly message: string }
  | { readonly type: 'waiting-for-lock'; readonly holder: string | null; readonly elapsedMs: number }
  | {
      readonly type: 'waiting-for-server';
      readonly reason: string;
      readonly elapsedMs: number;
      readonly limitMs: number;
    }
  /** `wait --for-head`: somebody else is to upgrade the database. */
  | {
      readonly type: 'waiting-for-head';
      readonly heads: readonly string[];
      /** How many revisions are pending. */
      readonly pending: number;
      readonly elapsedMs: number;
      readonly limitMs: number;
    }
  /** The database stands at or beyond this image's head already. */
  | {
      readonly type: 'up-to-date';
      readonly database: string;
      readonly heads: readonly string[];
      readonly waited: boolean;
    }
  | { readonly type: 'ahead'; readonly unknown: readonly string[]; readonly codeHeads: readonly string[] }
  | { readonly type: 'warning'; readonly code: string; readonly message: string; readonly hint?: string };

export interface PlannedStep {
  readonly revision: string;
  readonly message: string;
  readonly file: string | null;
}

export type EventListener = (event: ToraleEvent) => void;
