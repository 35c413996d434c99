import type { Run } from '../apply/run.ts';
import { ToraleError } from '../errors.ts';
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

/**
 * The target that was named, or the configured one, and what opening it takes.
 *
 * @throws ToraleError USAGE where there is none, and what `readSides` throws
 */
export async function readTarget(
  run: Run,
  named: SideInput | undefined,
  { variables, secrets }: TargetGround,
): Promise<{ context: SideContext; side: Side }> {
  const { target, targetBase } = run.config;
  const input = named ?? target;
  if (input === null) {
    throw new ToraleError('USAGE', 'There is no target: nothing says what the schema should be.', {
      hint: "Name it with --target schema.sql, or as 'target' in the configuration.",
    });
  }
  const base = named === undefined ? targetBase : process.cwd();
  const { context, sides } = await readSides(run, [input], {
    dialect: null,
    base,
    ...(variables === undefined ? {} : { variables }),
    ...(secrets === undefined ? {} : { secrets }),
  });
  return { context, side: sides[0]! };
}
