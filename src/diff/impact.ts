import type { ObjectId, SchemaObject } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import type { Change } from './diff.ts';
import { subjectId } from './diff.ts';
import { asAny, rulesFor } from './lookup.ts';
import type { Fate, KindTable, PlanContext, PlanRules } from './rules.ts';

export interface Impact {
  readonly fates: ReadonlyMap<ObjectId, Fate>;
  /** What is kept by taking it over to what replaces something it uses: which, for each. */
  readonly follows: ReadonlyMap<ObjectId, readonly ObjectId[]>;
  /** What is replaced by moving the old one aside. */
  readonly asides: ReadonlySet<ObjectId>;
}

export interface Sides {
  readonly from: Schema;
  readonly to: Schema;
  readonly version: number;
  readonly flavor: string;
  /** Expressions that give rows a value where a change asks for one they do not have, by the column's id. */
  readonly fills?: ReadonlyMap<ObjectId, string> | undefined;
  /** False: statements do not say how the server is to carry them out. */
  readonly assertions?: boolean | undefined;
}

function hasRows(object: SchemaObject, kinds: KindTable): boolean {
  const { aside } = rulesFor(kinds, object);
  return aside?.carry !== undefined && aside.isEmpty?.(asAny(object)) !== true;
}

/**
 * Finds what the changes do to the rest: what has to be out of the way while something is altered or replaced, and comes
 * back afterwards. Objects that no entry names stay as they are.
 */
export function impactOf(changes: readonly Change[], sides: Sides, planRules: PlanRules): Impact {
  const { kinds } = planRules;
  const { from, to } = sides;
  const fates = new Map<ObjectId, Fate>();
  const follows = new Map<ObjectId, ObjectId[]>();
  const asides = new Set<ObjectId>();
  const context: PlanContext = { ...sides, fate: (id) => fates.get(id) ?? 'keep' };
  const queue: ObjectId[] = [];

  const decide = (id: ObjectId, fate: Fate): void => {
    fates.set(id, fate);
    if (fate === 'replace' && hasRows(from.get(id)!, kinds) && goesAside(id)) asides.add(id);
    queue.push(id);
  };
  const goesAside = (id: ObjectId): boolean => {
    const object = from.get(id)!;
    const after = to.get(id);
    return after !== undefined && rulesFor(kinds, object).aside?.applies?.(asAny(object), asAny(after)) !== false;
  };
  const rebuild = (id: ObjectId): void => {
    const object = to.get(id);
    const wholes = object === undefined ? [] : (rulesFor(kinds, object).rebuilds?.(asAny(object), context) ?? []);
    for (const whole of wholes) {
      const theirs = fates.get(whole) ?? 'keep';
      if (theirs === 'keep' || theirs === 'alter') decide(whole, 'replace');
    }
  };
  for (const change of changes) {
    if (change.type === 'create' || change.type === 'drop') decide(subjectId(change), change.type);
    else if (change.type === 'alter') {
      const rules = rulesFor(kinds, change.to);
      const statements = rules.alter?.(asAny(change.from), asAny(change.to), context) ?? null;
      decide(subjectId(change), statements === null ? 'replace' : 'alter');
    }
  }

  for (const id of planRules.rebuilt?.(changes, context) ?? []) decide(id, 'replace');
  for (const id of fates.keys()) rebuild(id);

  const follow = (id: ObjectId, replaced: ObjectId): boolean => {
    const known = follows.get(id);
    if (known?.includes(replaced)) return true;
    const object = from.get(id)!;
    const after = to.get(id)!;
    const gone = from.get(replaced)!;
    if (rulesFor(kinds, gone).aside === undefined) return false;
    const statements = rulesFor(kinds, object).follow?.(asAny(object), asAny(after), gone, context) ?? null;
    if (statements === null) return false;
    follows.set(id, [...(known ?? []), replaced]);
    asides.add(replaced);
    decide(id, 'alter');
    return true;
  };

  const outlives = (object: SchemaObject, needed: SchemaObject): boolean =>
    rulesFor(kinds, object).outlives?.(asAny(object), needed) === true;

  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const object = from.get(id);
    const fate = fates.get(id)!;
    if (object === undefined || fate === 'create') continue;
    if (fate === 'replace' || follows.has(id)) rebuild(id);
    for (const { id: dependent, strength } of from.dependents(id)) {
      const theirs = fates.get(dependent) ?? 'keep';
      if (strength === 'fate' || theirs === 'drop' || theirs === 'replace') continue;
      if (strength === 'use' && outlives(from.get(dependent)!, object)) continue;
      if (fate === 'alter') {
        const rules = rulesFor(kinds, object);
        const isInTheWay = rules.disturbs?.(
          asAny(object),
          asAny(to.get(id)!),
          from.get(dependent)!,
          context,
          follows.has(id),
        );
        if (isInTheWay === true) decide(dependent, 'replace');
        continue;
      }
      const stillNeeds = to.needs(dependent).some((need) => need.id === id);
      if (strength === 'use' && theirs === 'alter' && !stillNeeds) continue;
      if (fate === 'replace' && strength === 'use' && stillNeeds && follow(dependent, id)) continue;
      decide(dependent, 'replace');
    }
  }
  for (const id of asides) if (goesAlong(id, from, asides)) asides.delete(id);
  return { fates, follows, asides };
}

/** Whether it is a part of something that is moved aside: then it is out of the way before it is dropped. */
export function goesAlong(id: ObjectId, from: Schema, asides: ReadonlySet<ObjectId>): boolean {
  const seen = new Set([id]);
  for (const part of seen) {
    for (const need of from.needs(part)) {
      if (need.strength !== 'own') continue;
      if (asides.has(need.id)) return true;
      seen.add(need.id);
    }
  }
  return false;
}
