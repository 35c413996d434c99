import type { Run } from '../apply/run.ts';
import type { DialectName } from '../dialects/names.ts';
import { SCRATCH_HINT } from '../dialects/scratch-dialect.ts';
import { isToraleError, ToraleError } from '../errors.ts';
import type { SideContext } from './open-side.ts';
import { readSides } from './read-sides.ts';
import type { Side, SideInput } from './side.ts';

/** What reading a target takes from the outside. */
export interface TargetGround {
  /** The environment of a target's command. */
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined;
  /** Gets the secrets of a target's URL. */
  readonly secrets?: string[] | undefined;
}

/** A target, and what opening it takes. */
export interface Target {
  readonly context: SideContext;
  readonly side: Side;
}

/** The dialects that revisions are written for, where the configuration names several; else whichever is at hand: null. */
export function dialectsOf({ config: { dialects } }: Pick<Run, 'config'>): readonly (DialectName | null)[] {
  return dialects === null || dialects.length < 2 ? [null] : dialects;
}

/**
 * The target that was named, or the configured one, for each dialect of the configuration.
 *
 * @throws ToraleError USAGE where there is none, NO_DATABASE where one of the dialects has no server, and what `readSides`
 * throws
 */
export async function readTargets(
  run: Run,
  named: SideInput | undefined,
  ground: TargetGround,
): Promise<readonly Target[]> {
  const targets: Target[] = [];
  for (const dialect of dialectsOf(run)) targets.push(await readTarget(run, named, ground, dialect));
  if (targets.length > 1) for (const { context } of targets) refuseWithoutServer(context);
  return targets;
}

/**
 * The target of one dialect.
 *
 * @param dialect null: the one at hand
 */
export async function readTarget(
  run: Run,
  named: SideInput | undefined,
  { variables, secrets }: TargetGround,
  dialect: DialectName | null,
): Promise<Target> {
  const { target, targetBase } = run.config;
  const input = named ?? target;
  if (input === null) {
    throw new ToraleError('USAGE', 'There is no target: nothing says what the schema should be.', {
      hint: "Name it with --target schema.sql, or as 'target' in the configuration.",
    });
  }
  const base = named === undefined ? targetBase : process.cwd();
  try {
    const { context, sides } = await readSides(run, [input], {
      dialect,
      base,
      ...(variables === undefined ? {} : { variables }),
      ...(secrets === undefined ? {} : { secrets }),
    });
    return { context, side: sides[0]! };
  } catch (error) {
    throw dialect === null ? error : ofOneDialectOnly(error, dialect);
  }
}

/** A database is of one dialect, and cannot be the target of another. */
function ofOneDialectOnly(error: unknown, wanted: DialectName): unknown {
  if (!isToraleError(error) || !Array.isArray(error.data['dialects'])) return error;
  const found = (error.data['dialects'] as string[]).find((dialect) => dialect !== wanted);
  return new ToraleError(
    'TARGET_UNKNOWN',
    `The target is a ${found} database, and the configuration's dialects name ${wanted} as well.`,
    {
      hint: `Name one for each:  target: { ${found}: '…', ${wanted}: '…' }`,
      data: { dialect: wanted },
      cause: error,
    },
  );
}

function refuseWithoutServer({ dialect, host }: SideContext): void {
  if (dialect === 'sqlite' || host !== null) return;
  throw new ToraleError(
    'NO_DATABASE',
    `The configuration's dialects name ${dialect}, and no server is named that can have a scratch database of it.`,
    { hint: `${SCRATCH_HINT}\nscratchUrl: { ${dialect}: '${dialect}://…' }`, data: { dialect } },
  );
}
