import { Random } from './random.ts';
import type { Spec, Specs } from './specs.ts';

/**
 * One thing of a model. What a choice means is decided where it is printed, by what is there then; so any mix of things and
 * choices prints as SQL that loads. 0 is always the plain case; a text is the id of another thing.
 */
export interface Thing {
  readonly kind: string;
  /** The thing that it is a part of. */
  readonly on: string;
  readonly number: number;
  readonly choices: Readonly<Record<string, number | string>>;
}

export type Model = ReadonlyMap<string, Thing>;

function idOf({ kind, on, number }: Pick<Thing, 'kind' | 'on' | 'number'>): string {
  return on === '' ? `${kind} ${number}` : `${kind} ${number} of ${on}`;
}

const LARGEST = 999;

function rollChoice(chance: Spec['choices'][string], model: Model, random: Random): number | string {
  if (typeof chance === 'number') return random.chance(chance) ? 1 + random.below(LARGEST) : 0;
  const ids = [...model.entries()].filter(([, { kind }]) => chance.includes(kind)).map(([id]) => id);
  return random.pick(ids) ?? 0;
}

function roll(specs: Specs, kind: string, on: string, number: number, model: Model, random: Random): Thing {
  const choices = Object.fromEntries(
    Object.entries(specs[kind]!.choices).map(([name, chance]) => [name, rollChoice(chance, model, random)]),
  );
  return { kind, on, number, choices };
}

/** Ids of what a thing of this kind can be a part of; `''` where it is a part of nothing. */
function places(specs: Specs, kind: string, model: Model): string[] {
  const { on } = specs[kind]!;
  if (on === undefined) return [''];
  return [...model.entries()].filter(([, thing]) => on.includes(thing.kind)).map(([id]) => id);
}

/** @param size 1 for what the specs say, less for fewer things */
export function randomModel(specs: Specs, random: Random, size: number): Model {
  const model = new Map<string, Thing>();
  for (const [kind, { most, share }] of Object.entries(specs)) {
    for (const on of places(specs, kind, model)) {
      for (let number = 1; number <= most; number++) {
        if (!random.chance(share * size)) continue;
        const thing = roll(specs, kind, on, number, model, random);
        model.set(idOf(thing), thing);
      }
    }
  }
  return model;
}

/** Drops, adds and changes some things. What lost its ground stays in the model and is not printed. */
export function mutate(specs: Specs, model: Model, random: Random, changes: number): Model {
  const result = new Map(model);
  for (let done = 0; done < changes; done++) {
    const what = random.next();
    if (what < 0.15) {
      const id = random.pick([...result.keys()]);
      if (id !== undefined) result.delete(id);
    } else if (what < 0.35) add(specs, result, random);
    else change(specs, result, random);
  }
  return result;
}

function add(specs: Specs, model: Map<string, Thing>, random: Random): void {
  const kind = random.pick(Object.keys(specs))!;
  const on = random.pick(places(specs, kind, model));
  if (on === undefined) return;
  const thing = roll(specs, kind, on, 1 + random.below(specs[kind]!.most), model, random);
  if (!model.has(idOf(thing))) model.set(idOf(thing), thing);
}

function change(specs: Specs, model: Map<string, Thing>, random: Random): void {
  const id = random.pick([...model.keys()]);
  if (id === undefined) return;
  const thing = model.get(id)!;
  const name = random.pick(Object.keys(thing.choices));
  if (name === undefined) return;
  const chance = specs[thing.kind]!.choices[name]!;
  // Rolled at even chances: what is rare in a schema should not be rare in a change.
  const value = rollChoice(typeof chance === 'number' ? 0.6 : chance, model, random);
  model.set(id, { ...thing, choices: { ...thing.choices, [name]: value } });
}
