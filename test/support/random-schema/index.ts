import { mutate, randomModel, type Model } from './model.ts';
import { printModel } from './print.ts';
import { Random } from './random.ts';
import { SPECS, type Specs } from './specs.ts';

export { printModel } from './print.ts';
export type { Model } from './model.ts';

export interface Pair {
  readonly before: Model;
  readonly after: Model;
}

/**
 * Two schemas for one seed: most often the second is the first with some changes, at times it has little to do with it, or
 * one of them is empty.
 */
export function randomPair(seed: number, specs: Specs = SPECS): Pair {
  const random = new Random(seed);
  const size = [0.3, 0.5, 0.8, 1][random.below(4)]!;
  const before = randomModel(specs, random, size);
  const kind = random.below(20);
  if (kind === 0) return { before: new Map(), after: before };
  if (kind <= 2) return { before, after: randomModel(specs, random, size) };
  const changes = [1, 2, 3, 5, 8, 12, 20, 40][random.below(8)]!;
  return { before, after: mutate(specs, before, random, changes) };
}

/**
 * A script that fills an empty database with a schema, the same for the same seed.
 *
 * @param version of the server as it numbers it: 150020
 */
export function randomSchema(seed: number, version: number): string {
  return printModel(randomModel(SPECS, new Random(seed), 1), version);
}
