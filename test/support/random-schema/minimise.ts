import type { Pair } from './index.ts';
import type { Model, Thing } from './model.ts';

/**
 * Makes a pair smaller while it fails. Whatever is left out, both sides still load, as models see to that themselves.
 *
 * @param most how often it may try
 */
export async function minimise(pair: Pair, fails: (pair: Pair) => Promise<boolean>, most: number): Promise<Pair> {
  let best = pair;
  let tries = 0;
  const attempt = async (smaller: Pair): Promise<boolean> => {
    if (tries === most) return false;
    tries += 1;
    if (!(await fails(smaller))) return false;
    best = smaller;
    return true;
  };
  // Differences first: what they do not need then goes from both sides alike.
  await inHalves(
    () => differing(best),
    (ids) => attempt({ before: best.before, after: reverted(best, ids) }),
  );
  await inHalves(
    () => [...new Set([...best.before.keys(), ...best.after.keys()])],
    (ids) => attempt({ before: without(best.before, ids), after: without(best.after, ids) }),
  );
  await inHalves(
    () => choicesOf(best),
    (names) => attempt({ before: plainer(best.before, names), after: plainer(best.after, names) }),
  );
  return best;
}

/** Tries to do without half of the list, then without a quarter, and so on to each one alone. */
async function inHalves(all: () => string[], attempt: (some: ReadonlySet<string>) => Promise<boolean>): Promise<void> {
  for (let size = Math.ceil(all().length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    const list = all();
    for (let at = 0; at < list.length; at += size) await attempt(new Set(list.slice(at, at + size)));
  }
}

function differing({ before, after }: Pair): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (id) => JSON.stringify(before.get(id)) !== JSON.stringify(after.get(id)),
  );
}

function reverted({ before, after }: Pair, ids: ReadonlySet<string>): Model {
  const result = new Map(after);
  for (const id of ids) {
    const thing = before.get(id);
    if (thing === undefined) result.delete(id);
    else result.set(id, thing);
  }
  return result;
}

function without(model: Model, ids: ReadonlySet<string>): Model {
  return new Map([...model].filter(([id]) => !ids.has(id)));
}

/** The choices that are not plain on one side or the other, each as its thing and its name. */
function choicesOf({ before, after }: Pair): string[] {
  const names = [...before, ...after].flatMap(([id, { choices }]) =>
    Object.entries(choices)
      .filter(([, choice]) => choice !== 0)
      .map(([name]) => `${id}\0${name}`),
  );
  return [...new Set(names)];
}

function plainer(model: Model, names: ReadonlySet<string>): Model {
  return new Map(
    [...model].map(([id, thing]): [string, Thing] => {
      const choices = Object.entries(thing.choices).map(([name, choice]) => [
        name,
        names.has(`${id}\0${name}`) ? 0 : choice,
      ]);
      return [id, { ...thing, choices: Object.fromEntries(choices) as Thing['choices'] }];
    }),
  );
}
