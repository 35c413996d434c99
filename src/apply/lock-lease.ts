import { randomBytes } from 'node:crypto';
import { caller, callerText } from '../dialects/caller.ts';
import type { Dialect, Lock, LockHolder, LockOptions } from '../dialects/dialect.ts';
import { lockLost, pollLock } from '../dialects/waiting.ts';
import { ToraleError } from '../errors.ts';
import { findLeaseTable, leaseStatements, readLease, type LeaseRow } from '../journal/lease.ts';
import type { TableNames } from '../journal/tables.ts';
import type { Session } from '../session/session.ts';

export interface LeaseTimes {
  /** How long one renewal holds. */
  readonly leaseMs: number;
  readonly beatMs: number;
  /** How long a row past its time must stand still before somebody else takes it: longer than a beat. */
  readonly graceMs: number;
  /** With every renewal failing for so long, the holder stops: before the lease runs out. */
  readonly giveUpMs: number;
}

export const LEASE_TIMES: LeaseTimes = { leaseMs: 60_000, beatMs: 15_000, graceMs: 20_000, giveUpMs: 40_000 };

export interface LeaseOptions {
  readonly session: Session;
  readonly dialect: Dialect;
  readonly names: TableNames;
  readonly options: LockOptions;
  /** Another lock to hold besides. */
  readonly also: ((options: LockOptions) => Promise<Lock>) | null;
  readonly times?: LeaseTimes;
}

type Statements = ReturnType<typeof leaseStatements>;

/** Takes the lease, waiting for it, and keeps it alive on a connection of its own. */
export async function takeLease(request: LeaseOptions): Promise<Lock> {
  const { session, dialect, names, options, times = LEASE_TIMES } = request;
  if (session.openAnother === undefined) throw new ToraleError('UNEXPECTED', 'A lease needs a second connection.');
  const statements = leaseStatements(dialect, names);
  if (!(await findLeaseTable(session, dialect, names))) await createTable(session, dialect, names, statements);
  const token = randomBytes(12).toString('hex');
  const started = performance.now();
  const end = await dialect.locks!.lease.seeEverything(session);
  try {
    await pollLock(options, takerOf(request, statements, token, times), async () =>
      leaseHolder(await readLease(session, dialect, names)),
    );
    // Waits until this node has caught up with what the holder before has written.
    await readLease(session, dialect, names);
  } finally {
    await end();
  }
  const lease = new Lease(session, await session.openAnother(), dialect, statements, token, times);
  try {
    const timeoutMs = Math.max(0, options.timeoutMs - (performance.now() - started));
    lease.also = (await request.also?.({ ...options, timeoutMs })) ?? null;
    return lease;
  } catch (error) {
    await lease.release();
    throw error;
  }
}

async function createTable(
  session: Session,
  dialect: Dialect,
  names: TableNames,
  statements: Statements,
): Promise<void> {
  try {
    await session.query(statements.create);
  } catch (error) {
    // Another run made it at the same moment.
    if (!(await findLeaseTable(session, dialect, names))) throw error;
  }
}

/**
 * One try. A free row is taken at once. One past its time is taken when it has stood still for a while, and by an update
 * that fails where it has moved: its holder may be alive, and its renewals held up. (On Galera a long ALTER TABLE holds
 * up every commit of the cluster; also clocks of two nodes may differ.)
 */
function takerOf(
  { session, dialect, names }: LeaseOptions,
  statements: Statements,
  token: string,
  { leaseMs, graceMs }: LeaseTimes,
): () => Promise<boolean> {
  const holder = callerText(caller());
  let seen: { row: LeaseRow; at: number } | null = null;
  const attempt = async (): Promise<boolean> => {
    const row = await readLease(session, dialect, names);
    if (row === null) return (await session.query(statements.insert(token, holder, leaseMs))).rowCount === 1;
    if (row.expiresAt > row.now) {
      seen = null;
      return false;
    }
    if (row.token !== null) {
      const isSame = seen !== null && seen.row.token === row.token && seen.row.beats === row.beats;
      if (!isSame) seen = { row, at: performance.now() };
      if (performance.now() - seen!.at < graceMs) return false;
    }
    return (await session.query(statements.take(row, token, holder, leaseMs))).rowCount === 1;
  };
  return async () => {
    try {
      return await attempt();
    } catch (error) {
      const { refusal, code } = dialect.describeError(error);
      // Somebody else was faster: a conflict, or the row is there already.
      if (refusal === 'busy' || code === '23505' || code === '1062') return false;
      throw error;
    }
  };
}

export function leaseHolder(row: LeaseRow | null): LockHolder | null {
  if (row === null || row.holder === null) return null;
  return { description: row.holder, sinceMs: row.now.getTime() - row.takenAt.getTime(), connection: null };
}

/**
 * A lease that is held. It is renewed in the background; and in the transaction that records a revision, and before each
 * statement that commits by itself, so that what somebody else took over in between cannot be recorded or gone on with.
 */
class Lease implements Lock {
  readonly condition = null;
  also: Lock | null = null;
  readonly #session: Session;
  readonly #dialect: Dialect;
  readonly #statements: Statements;
  readonly #token: string;
  readonly #times: LeaseTimes;
  readonly #lost = new AbortController();
  #side: Session | null;
  #renewedAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();
  #isReleased = false;

  constructor(
    session: Session,
    side: Session,
    dialect: Dialect,
    statements: Statements,
    token: string,
    times: LeaseTimes,
  ) {
    this.#session = session;
    this.#side = side;
    this.#dialect = dialect;
    this.#statements = statements;
    this.#token = token;
    this.#times = times;
    this.#schedule(times.beatMs);
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async verify(): Promise<void> {
    this.#lost.signal.throwIfAborted();
    await this.also?.verify();
  }

  async confirm(isTouched: boolean): Promise<void> {
    await this.also?.confirm(isTouched);
    this.#lost.signal.throwIfAborted();
    await this.#renew(this.#session);
    this.#lost.signal.throwIfAborted();
  }

  async release(): Promise<void> {
    this.#isReleased = true;
    clearTimeout(this.#timer);
    await this.also?.release().catch(() => undefined);
    // Not on the other connection: while this one is cut off, a statement of it may still be running.
    await this.#session.query(this.#statements.free(this.#token, 0)).catch(() => undefined);
    void this.#beating.then(() => this.#side?.close()).catch(() => undefined);
  }

  #schedule(delay: number): void {
    if (this.#isReleased || this.#lost.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#beating = this.#beat();
    }, delay);
    this.#timer.unref();
  }

  async #beat(): Promise<void> {
    const started = performance.now();
    const retryMs = Math.min(1000, this.#times.beatMs);
    try {
      this.#side ??= await this.#session.openAnother!();
      await this.#renew(this.#side);
      // One that was held up has renewed from when it began: the next must follow at once.
      const isLate = performance.now() - started > this.#times.beatMs;
      this.#schedule(isLate ? 0 : this.#times.beatMs);
    } catch (error) {
      if (this.#dialect.describeError(error).refusal !== 'busy') {
        const broken = this.#side;
        this.#side = null;
        void broken?.close().catch(() => undefined);
      }
      if (performance.now() - this.#renewedAt > this.#times.giveUpMs) {
        this.#lose(`it could not be renewed for ${Math.round(this.#times.giveUpMs / 1000)} s`, error);
      }
      this.#schedule(retryMs);
    }
  }

  async #renew(session: Session): Promise<void> {
    const started = performance.now();
    const { rowCount } = await session.query(this.#statements.renew(this.#token, this.#times.leaseMs));
    if (rowCount === 1) this.#renewedAt = started;
    else if (!this.#isReleased) this.#lose('another run took it over, or somebody broke it');
  }

  #lose(how: string, cause?: unknown): void {
    this.#lost.abort(lockLost(how, cause));
  }
}
