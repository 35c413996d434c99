import type { Dialect } from '../dialects/dialect.ts';
import { thrownError } from '../dialects/network.ts';
import type { PlannedStep } from '../events.ts';
import type { Session, Server } from '../session/session.ts';
import { isToraleError, ToraleError } from '../errors.ts';
import type { CallSite } from './call-site.ts';
import { Recording, StartingSchema, type RecordedStatement } from './recording.ts';
import { callUpgrade } from './revision-run.ts';
import type { Run } from './run.ts';
import { UnreadableResult, type Unrecorded } from './statement.ts';

export interface RecordedRevision {
  readonly step: PlannedStep;
  readonly statements: readonly RecordedStatement[];
  /** Where the revision looked at what a recording does not have: what follows is not known. */
  readonly stoppedAt: CallSite | null;
  /** What it looked at. */
  readonly stopped: Unrecorded | null;
}

/**
 * Runs a revision's function and writes down what it would do; nothing reaches a server.
 *
 * @param server the server it is recorded for; offline, only its flavor is known
 * @param schema where the recording of this and of other revisions starts
 * @throws ToraleError REVISION_FAILED for code that fails by itself
 */
export async function recordRevision(
  run: Run,
  dialect: Dialect,
  server: Server,
  step: PlannedStep,
  schema = new StartingSchema(null),
): Promise<RecordedRevision> {
  const module = await run.source.load(step.revision);
  const recording = new Recording(dialect, schema);
  const session: Pick<Session, 'query' | 'driver' | 'server'> = {
    driver: {},
    server,
    query: () => Promise.reject(new Error('a recording has no server')),
  };
  try {
    await callUpgrade(module, { run, dialect, session, step, executor: recording });
    return { step, statements: recording.statements, stopped: null, stoppedAt: null };
  } catch (error) {
    const stop = unreadableOf(error);
    if (stop !== null) {
      // What it would do further on may change the schema.
      schema.leave();
      return { step, statements: recording.statements, stopped: stop.wanted, stoppedAt: stop.site };
    }
    if (isToraleError(error) && error.code === 'REVISION_INVALID') throw error;
    throw new ToraleError(
      'REVISION_FAILED',
      `Revision ${step.revision} failed while it was recorded; nothing ran.\n  ${thrownError(error).message}`,
      {
        hint: isToraleError(error) ? error.hint : undefined,
        cause: error,
        data: { revision: step.revision, state: 'rolledBack' },
      },
    );
  }
}

function unreadableOf(error: unknown): UnreadableResult | null {
  let cause = error;
  // An error may be its own cause.
  for (let depth = 0; cause instanceof Error && depth < 10; depth++, cause = cause.cause) {
    if (cause instanceof UnreadableResult) return cause;
  }
  return null;
}
