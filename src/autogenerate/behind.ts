import { readCurrent } from '../apply/current.ts';
import { createRun } from '../apply/project.ts';
import type { Run } from '../apply/run.ts';
import { ToraleError } from '../errors.ts';
import type { Side } from './side.ts';

/**
 * A database as a target must have all revisions: what it lacks would be drafted as a step back.
 *
 * @throws ToraleError PENDING, UNRESOLVED or DATABASE_AHEAD
 */
export async function refuseBehind(run: Run, side: Side): Promise<void> {
  if (side.type !== 'database') return;
  const { config, onEvent, signal } = run;
  const other = createRun({ ...config, database: side.url }, { onEvent, signal });
  const { state, heads, pending, unresolved } = await readCurrent(other);
  const data = { revisions: pending, url: side.said };
  // One that never saw Torale is a schema like any other.
  if (heads.length === 0) return;
  if (state === 'behind') {
    throw new ToraleError(
      'PENDING',
      `The target ${side.said} is behind head: ${pending.length} pending, which would be taken back.`,
      {
        hint: `Bring it to head first:  torale upgrade head --url ${side.said}`,
        data,
      },
    );
  }
  if (state === 'unresolved') {
    throw new ToraleError(
      'UNRESOLVED',
      `Revision ${unresolved!.revision} is partly applied in the target ${side.said}.`,
      {
        hint: 'Finish it first:  torale upgrade',
        data,
      },
    );
  }
  if (state === 'diverged') {
    throw new ToraleError(
      'DATABASE_AHEAD',
      `The target ${side.said} is at ${heads.join(', ')}, which no file here has.`,
      { data },
    );
  }
}
