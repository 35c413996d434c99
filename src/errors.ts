/** Exit codes by name. Scripts and Kubernetes `podFailurePolicy` rules rely on them; they never change. */
export const EXIT_CODES = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  unreachable: 3,
  locked: 4,
  failed: 5,
  unresolved: 6,
  history: 7,
  pending: 8,
  differs: 9,
  busy: 10,
  someFailed: 11,
  refused: 12,
  denied: 13,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitName = keyof typeof EXIT_CODES;

interface Failure {
  readonly exit: ExitName;
  /** What it means, for the table in the documentation. */
  readonly means: string;
}

/** Every failure Torale can report. The documentation's table is checked against this one. */
export const FAILURES = {
  UNEXPECTED: { exit: 'unexpected', means: 'A defect in Torale.' },

  USAGE: { exit: 'usage', means: 'A flag or an argument is missing or wrong.' },
  UNKNOWN_COMMAND: { exit: 'usage', means: 'There is no such command.' },
  CONFIG_INVALID: { exit: 'usage', means: 'The configuration has an unknown key or a wrong value.' },
  CONFIG_UNREADABLE: { exit: 'usage', means: 'A configuration, environment or secret file cannot be read.' },
  URL_INVALID: { exit: 'usage', means: 'The database URL cannot be understood.' },
  URL_UNSUPPORTED: { exit: 'usage', means: 'The URL names a service that Torale cannot work with.' },
  NO_DATABASE: { exit: 'usage', means: 'No database is named.' },
  DRIVER_MISSING: { exit: 'usage', means: 'The driver package for this database is not installed.' },
  TARGET_UNKNOWN: { exit: 'usage', means: 'What was named as a schema is no URL, file, folder or revision.' },
  FORWARD_ONLY: { exit: 'usage', means: 'Torale has no downgrade.' },

  UNREACHABLE: { exit: 'unreachable', means: 'The database server did not answer in time.' },
  DATABASE_MISSING: { exit: 'unreachable', means: 'The server answers, but has no such database.' },
  TLS_REFUSED: { exit: 'unreachable', means: 'The encrypted connection asked for cannot be had.' },
  CONNECTION_LOST: { exit: 'unreachable', means: 'The connection broke during the run.' },

  LOCKED: { exit: 'locked', means: 'Another run holds the migration lock.' },

  REVISION_FAILED: { exit: 'failed', means: 'A statement or the code of a revision failed.' },
  REVISION_INVALID: { exit: 'failed', means: 'A revision file cannot be imported or has no upgrade function.' },
  SQL_UNREADABLE: { exit: 'failed', means: 'SQL text that cannot be split into statements.' },
  TARGET_FAILED: {
    exit: 'failed',
    means: 'The target schema could not be built: its SQL, its code or its command failed.',
  },
  WRITE_FAILED: { exit: 'failed', means: "Torale's own tables could not be written: read-only database, full disk." },
  BACKUP_FAILED: { exit: 'failed', means: 'The backup before the first revision failed; nothing was applied.' },

  UNRESOLVED: { exit: 'unresolved', means: 'A revision is partly applied and a person must decide.' },

  VERSIONS_UNREADABLE: { exit: 'history', means: 'A version location or a file in it cannot be read.' },
  HEADER_INVALID: { exit: 'history', means: 'A file in a version location has no readable revision header.' },
  ID_INVALID: { exit: 'history', means: 'A revision id contains a forbidden character.' },
  DUPLICATE_REVISION: { exit: 'history', means: 'Two files carry the same revision id.' },
  DUPLICATE_LABEL: { exit: 'history', means: 'A branch label is used twice, or equals a revision id.' },
  MISSING_REVISION: { exit: 'history', means: 'A revision names a parent or a dependency that does not exist.' },
  SELF_LOOP: { exit: 'history', means: 'A revision names itself as its parent or dependency.' },
  CYCLE: { exit: 'history', means: 'Revisions form a cycle.' },
  UNKNOWN_REVISION: { exit: 'history', means: 'An identifier matches no revision.' },
  AMBIGUOUS_REVISION: { exit: 'history', means: 'An identifier matches several revisions.' },
  MULTIPLE_HEADS: { exit: 'history', means: 'One head was asked for and there are several.' },
  NOT_IN_BRANCH: { exit: 'history', means: 'The revision does not belong to the branch named before the @.' },
  RELATIVE_REVISION: { exit: 'history', means: 'A relative identifier leads past an end, or its way is not unique.' },
  OVERLAPPING_REVISIONS: { exit: 'history', means: 'Of several revisions given, one is an ancestor of another.' },
  RANGE_INVALID: { exit: 'history', means: 'The ends of a range are not ancestor and descendant.' },
  NOT_A_HEAD: { exit: 'history', means: 'A new revision was based on one that has children already.' },
  DATABASE_AHEAD: { exit: 'history', means: 'The database holds a revision that these files do not know.' },
  REVISION_EDITED: { exit: 'history', means: 'An applied revision was edited afterwards.' },
  REVISION_DELETED: { exit: 'history', means: 'An applied revision is no longer among the files.' },
  FOREIGN_VERSION_TABLE: { exit: 'history', means: 'The version table is not one of ours.' },
  SNAPSHOT_INVALID: { exit: 'history', means: "A revision's snapshot cannot be read, or was edited." },
  SNAPSHOT_MISSING: { exit: 'history', means: 'A revision has no snapshot, or one of an older text.' },
  FOLD_CONFLICT: { exit: 'history', means: 'The snapshots of the revisions do not fit together.' },
  NEWER_LAYOUT: { exit: 'history', means: "Torale's own tables were written by a newer Torale." },

  PENDING: { exit: 'pending', means: 'Revisions are waiting to be applied.' },
  DIFFERS: { exit: 'differs', means: 'A schema is not what it should be.' },
  NOT_PROVED: { exit: 'differs', means: 'A generated revision does not lead to its target; nothing was written.' },
  BUSY: { exit: 'busy', means: 'A statement could not get its lock; it was rolled back.' },
  SCRATCH_REFUSED: {
    exit: 'refused',
    means: 'A scratch database is not allowed here, or a statement would have left it.',
  },
  REFUSED: { exit: 'refused', means: 'A safety rule needs an explicit answer.' },
  RENAME_UNDECIDED: { exit: 'refused', means: 'A drop and an add look like a rename, and nobody said which.' },
  TARGET_EMPTY: { exit: 'refused', means: 'The target holds no object, and everything would be dropped.' },
  UNREAD_OBJECT: { exit: 'refused', means: 'A database holds an object that no rule can read.' },
  SERVER_MISMATCH: { exit: 'refused', means: 'Two schemas come from servers whose words cannot be compared.' },

  DENIED: { exit: 'denied', means: 'Wrong user or password, or a privilege is missing.' },

  INTERRUPTED: { exit: 'interrupted', means: 'Stopped by SIGINT or by the AbortSignal given.' },
  TERMINATED: { exit: 'terminated', means: 'Stopped by SIGTERM.' },
} as const satisfies Record<string, Failure>;

export type ErrorCode = keyof typeof FAILURES;

export interface ToraleErrorOptions {
  /** The way out: what to do or to run next. */
  readonly hint?: string | undefined;
  /** The facts, as plain JSON values; printed beside code and message under `--json`. */
  readonly data?: Record<string, unknown>;
  readonly cause?: unknown;
}

/**
 * The one error class Torale throws.
 *
 * @example
 * ```ts
 * try { await upgrade({ url }) } catch (error) {
 *   if (error instanceof ToraleError && error.code === 'LOCKED') retryLater();
 * }
 * ```
 */
export class ToraleError extends Error {
  override readonly name = 'ToraleError';
  /** What went wrong, a key of the documented table. */
  readonly code: ErrorCode;
  /** The exit code the CLI ends with for this failure. */
  readonly exitCode: number;
  /** The facts as plain JSON values, e.g. `{ revisions, files }`. */
  readonly data: Record<string, unknown>;
  /** The way out. */
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: ToraleErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.exitCode = EXIT_CODES[FAILURES[code].exit];
    this.data = options.data ?? {};
    this.hint = options.hint;
  }
}

/** True for a ToraleError, also one of another copy of this module (the CLI is a bundle of its own). */
export function isToraleError(error: unknown): error is ToraleError {
  return error instanceof Error && error.name === 'ToraleError' && 'exitCode' in error;
}
