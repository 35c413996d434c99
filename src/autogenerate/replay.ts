import type { Run } from '../apply/run.ts';
import { applyUpgrade } from '../apply/upgrade.ts';
import { isToraleError, ToraleError } from '../errors.ts';
import type { ToraleEvent } from '../events.ts';
import type { Session } from '../session/session.ts';
import type { Scratch } from './scratch.ts';

/** All heads together: what the revisions really do. */
const ALL_HEADS = 'heads';

/**
 * Runs revisions in a scratch database, the way `upgrade` does, with `op.scratch` true. Torale's own tables are made there
 * as well; the session is left as it began.
 *
 * @param target what `upgrade` takes: identifiers, `heads` for all
 * @throws ToraleError of the revision that failed, said to have been on a scratch database; SCRATCH_REFUSED
 */
export async function replay(
  run: Run,
  scratch: Scratch,
  target: string | readonly string[] = ALL_HEADS,
): Promise<void> {
  let refusal: unknown;
  const guard = (sql: string): void => {
    try {
      scratch.guard(sql);
    } catch (error) {
      refusal ??= error;
      throw error;
    }
  };
  const versionTableSchema = scratch.dialect.name === 'postgres' ? run.config.versionTableSchema : null;
  await makeVersionSchema(scratch, versionTableSchema);
  const { config, signal, source, graph } = run;
  const onScratch: Run = {
    source,
    graph,
    signal,
    scratchGuard: guard,
    // Nobody else is there to wait for.
    config: { ...config, lock: 'session', waitMs: 0, beforeUpgrade: null, versionTableSchema },
    onEvent: (event) => passOn(run, event),
    open: async () => ({ session: kept(scratch.session), dialect: scratch.dialect, display: scratch.display }),
  };
  try {
    await applyUpgrade(onScratch, { target, singleTransaction: false });
  } catch (error) {
    signal.throwIfAborted();
    throw replayFailure(refusal ?? error, error);
  }
  await scratch.reset();
}

/** Where it is not the connection's own, somebody made it before the first revision ran. */
async function makeVersionSchema({ session, dialect }: Scratch, schema: string | null): Promise<void> {
  if (dialect.name !== 'postgres' || schema === null || schema === 'public') return;
  await session.query(`CREATE SCHEMA IF NOT EXISTS ${dialect.quote(schema)}`);
}

/** The progress of a replay is nobody's news; what a revision warns of is. */
function passOn(run: Run, event: ToraleEvent): void {
  if (event.type === 'warning') run.onEvent(event);
}

/** The same connection, which stays open when it is closed. */
function kept(session: Session): Session {
  return new Proxy(session, {
    get(target, property) {
      if (property === 'close') return () => Promise.resolve();
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function replayFailure(error: unknown, thrown: unknown): unknown {
  if (!isToraleError(error)) return error;
  const { code, message, hint, data } = error;
  const told = isToraleError(thrown) ? thrown.data : {};
  if (code === 'SCRATCH_REFUSED') {
    const revision = typeof told['revision'] === 'string' ? told['revision'] : null;
    const where = revision === null ? '' : `Revision ${revision}${placeOf(told)}, replayed: `;
    return new ToraleError(code, `${where}${lowerFirst(message, revision !== null)}`, {
      hint,
      data: { ...told, ...data },
      cause: thrown,
    });
  }
  if (code !== 'REVISION_FAILED' && code !== 'BUSY') return error;
  const lines = message.split('\n').filter((line) => !line.startsWith('Rolled back: the database is'));
  lines.push('It ran on a scratch database, where the revisions are replayed; the database itself was not touched.');
  return new ToraleError(code, lines.join('\n'), { hint, data: { ...data, scratch: true }, cause: error });
}

function placeOf({ file, line }: Record<string, unknown>): string {
  return typeof file === 'string' ? `, ${file}${typeof line === 'number' ? `:${line}` : ''}` : '';
}

function lowerFirst(text: string, isLower: boolean): string {
  return isLower ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
