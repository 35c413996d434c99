import { formatSeconds, pause } from '../dialects/waiting.ts';
import { isToraleError, ToraleError } from '../errors.ts';
import { readCurrent, type CurrentReport } from './current.ts';
import { onDatabase } from './database.ts';
import { openForReading } from './read.ts';
import type { Run } from './run.ts';

export interface WaitRequest {
  /** Until the database is at the head of the files, or ahead of it. */
  readonly forHead: boolean;
  /** A database that does not exist yet is waited for as a server is. */
  readonly forDatabase: boolean;
  readonly limitMs: number;
}

export interface WaitReport {
  readonly database: string;
  /** `PostgreSQL 15.19` */
  readonly server: string;
  readonly waitedMs: number;
  /** With `forHead`: the applied heads. */
  readonly heads?: readonly string[];
}

/** How often the state of a database is told anew while it does not change. */
const TELL_MS = 10_000;

/**
 * Waits until the server takes connections and, where asked, until somebody else has upgraded the database. Only reads,
 * and takes no lock.
 *
 * @param run opens without waiting by itself
 * @throws ToraleError what kept it from connecting; PENDING where the head was not reached in time; DATABASE_AHEAD where
 *   waiting cannot help
 */
export async function waitFor(run: Run, request: WaitRequest): Promise<WaitReport> {
  const started = performance.now();
  const elapsed = (): number => performance.now() - started;
  const found = await untilReached(run, request, elapsed, async () =>
    onDatabase(await openForReading(run), ({ session, display }) =>
      Promise.resolve({ database: display, server: session.server.title }),
    ),
  );
  if (!request.forHead) return { ...found, waitedMs: Math.round(elapsed()) };
  const told = { state: '', at: 0 };
  const { heads } = await untilReached(run, request, elapsed, async (isLast) => {
    const report = await readCurrent(run);
    if (report.state === 'head' || report.state === 'ahead') return report;
    if (report.state === 'diverged') throw diverged(report, found.database);
    if (isLast) throw notThere(report, found.database, request.limitMs);
    const state = `${report.heads.join()} ${report.pending.length}`;
    if (state !== told.state || elapsed() - told.at >= TELL_MS) {
      Object.assign(told, { state, at: elapsed() });
      const { limitMs } = request;
      const pending = report.pending.length;
      run.onEvent({ type: 'waiting-for-head', heads: report.heads, pending, elapsedMs: elapsed(), limitMs });
    }
    return null;
  });
  return { ...found, waitedMs: Math.round(elapsed()), heads };
}

/** Looks until it finds something; a server that goes away meanwhile is waited for as one that is not up yet. */
async function untilReached<T>(
  run: Run,
  request: WaitRequest,
  elapsed: () => number,
  look: (isLast: boolean) => Promise<T | null>,
): Promise<T> {
  const { limitMs } = request;
  for (let delay = 250; ; delay = Math.min(delay * 1.5, 2000)) {
    run.signal.throwIfAborted();
    const leftMs = limitMs - elapsed();
    try {
      const found = await look(leftMs <= 0);
      if (found !== null) return found;
    } catch (error) {
      if (!isToraleError(error) || !mayMendItself(error, request)) throw error;
      if (leftMs <= 0) throw tooLate(error, limitMs);
      run.onEvent({ type: 'waiting-for-server', reason: error.message, elapsedMs: elapsed(), limitMs });
    }
    // The last look is at the very end of the time.
    await pause(Math.min(delay, Math.max(limitMs - elapsed(), 0)), run.signal);
  }
}

/** A wrong password does not mend itself, and neither does a database that nobody was said to be creating. */
function mayMendItself({ code, data }: ToraleError, { forDatabase }: WaitRequest): boolean {
  if (code === 'DATABASE_MISSING') return forDatabase && data['missing'] !== true;
  return code === 'UNREACHABLE' || code === 'CONNECTION_LOST';
}

function tooLate(error: ToraleError, limitMs: number): ToraleError {
  return new ToraleError(error.code, error.message, {
    hint: limitMs === 0 ? error.hint : `Waited ${formatSeconds(limitMs)}; longer with --wait.`,
    data: { ...error.data, waitedMs: limitMs },
    cause: error,
  });
}

function notThere(
  { heads, pending, codeHeads, unresolved }: CurrentReport,
  database: string,
  limitMs: number,
): ToraleError {
  const at = heads.length === 0 ? 'at no revision' : `at ${heads.join(', ')}`;
  const why = unresolved === undefined ? '' : `; ${unresolved.revision} is partly applied`;
  return new ToraleError(
    'PENDING',
    `${database} is ${at}, ${pending.length} revision${pending.length === 1 ? '' : 's'} behind ${codeHeads.join(', ')}${why}. Waited ${formatSeconds(limitMs)}.`,
    {
      hint: "Is 'torale upgrade head' running, or did it fail?",
      data: { heads, codeHeads, pending, waitedMs: limitMs, ...(unresolved === undefined ? {} : { unresolved }) },
    },
  );
}

function diverged({ unknown }: CurrentReport, database: string): ToraleError {
  return new ToraleError(
    'DATABASE_AHEAD',
    `${database} is at ${unknown.join(', ')}, which no file here has, and its history does not lead to this one.`,
    { hint: 'Waiting cannot help: look with torale current -v', data: { revisions: unknown } },
  );
}
