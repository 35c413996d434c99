import { KINDS } from '../schema/kinds.ts';
import { keyOf, nameOf, sameDefinition, type ObjectId, type SchemaObject } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import { differences } from './diff.ts';
import { asAny, rulesFor } from './lookup.ts';
import type { KindTable } from './rules.ts';
import { nameLikeness, share } from './similarity.ts';

/** Something gone and something new that may be one and the same. */
export interface RenameCandidate {
  readonly from: SchemaObject;
  readonly to: SchemaObject;
  /** For a value of an enum: the old and the new one; the objects are then the type on both sides. */
  readonly member?: readonly [string, string];
  /** 0 to 1. */
  readonly likeness: number;
  /** Dropping the old one would lose rows, values or a counter. */
  readonly loses: boolean;
}

/** From here on two things are so alike that a drop and an add would be a bad guess. */
const LIKELY = 0.55;

/**
 * What looks like renames: of the same kind, in the same place, alike in definition, parts and name. Each object is in one
 * candidate at most, the likeliest pairs first.
 */
export function renameCandidates(from: Schema, to: Schema, kinds: KindTable): RenameCandidate[] {
  const found: RenameCandidate[] = [];
  const newcomers = new Map<string, SchemaObject[]>();
  const { created, dropped, altered } = differences(from, to);
  for (const object of created) {
    const place = placeOf(object, to, kinds);
    if (place === null) continue;
    const known = newcomers.get(place);
    if (known === undefined) newcomers.set(place, [object]);
    else known.push(object);
  }
  for (const [before, after] of altered)
    if (isAsked(before, kinds)) found.push(...memberCandidates(before, after, kinds));
  for (const object of dropped) {
    if (!isAsked(object, kinds) || isGoneWithItsWhole(from, to, object)) continue;
    const place = placeOf(object, from, kinds);
    for (const newcomer of place === null ? [] : (newcomers.get(place) ?? [])) {
      const likeness = likenessOf(object, newcomer, from, to, kinds);
      if (likeness < LIKELY) continue;
      found.push({
        from: object,
        to: newcomer,
        likeness,
        loses: rulesFor(kinds, object).renamedAsked!.loses(asAny(object), from),
      });
    }
  }
  return oneEach(found);
}

const isAsked = (object: SchemaObject, kinds: KindTable): boolean => {
  const rules = kinds[object.kind];
  return !('unsupported' in rules) && rules.renamedAsked !== undefined;
};

/** Where it may have been renamed; `null` where it is not asked about. */
function placeOf(object: SchemaObject, schema: Schema, kinds: KindTable): string | null {
  if (!isAsked(object, kinds)) return null;
  const mark = rulesFor(kinds, object).renamedAsked!.sign?.(asAny(object), schema);
  return mark === null ? null : `${object.kind}:${nameOf(object.path.slice(0, -1))} ${mark ?? ''}`;
}

function isGoneWithItsWhole(from: Schema, to: Schema, object: SchemaObject): boolean {
  return from.needs(keyOf(object)).some(({ id, strength }) => strength === 'own' && !to.has(id));
}

function memberCandidates(before: SchemaObject, after: SchemaObject, kinds: KindTable): RenameCandidate[] {
  const rules = rulesFor(kinds, before);
  if (rules.members === undefined) return [];
  const old = rules.members(asAny(before));
  const now = rules.members(asAny(after));
  const gone = old.filter((member) => !now.includes(member));
  const come = now.filter((member) => !old.includes(member));
  // A rename keeps its place: only then is it the likelier reading.
  return gone
    .filter((member) => come.includes(now[old.indexOf(member)] ?? '') && old.length === now.length)
    .map((member) => ({
      from: before,
      to: after,
      member: [member, now[old.indexOf(member)]!] as const,
      likeness: 0.8,
      loses: true,
    }));
}

function likenessOf(before: SchemaObject, after: SchemaObject, from: Schema, to: Schema, kinds: KindTable): number {
  const name = nameLikeness(before.path.at(-1)!, after.path.at(-1)!);
  const old = partsOf(from, keyOf(before), kinds);
  const now = partsOf(to, keyOf(after), kinds);
  if (old.length + now.length > 0) return 0.75 * share(old, now) + 0.25 * name;
  if (sameDefinition(before.definition, after.definition)) return 0.75 + 0.25 * name;
  // A name that differs in next to nothing says enough, whatever became of the type.
  return Math.max(0.5 * definitionLikeness(before, after) + 0.5 * name, name >= 0.9 ? 0.6 : 0);
}

/** Its parts that have a name worth comparing; those named by habit, after the whole, are none. */
function partsOf(schema: Schema, id: ObjectId, kinds: KindTable): string[] {
  return schema
    .dependents(id)
    .filter(({ strength }) => strength === 'own')
    .map(({ id: part }) => schema.get(part)!)
    .filter((part) => isAsked(part, kinds))
    .map(({ path, definition }) => `${path.at(-1)} ${'type' in definition ? definition.type : ''}`);
}

/** What every object of the kind has counts three times as much as what some have. */
function definitionLikeness(before: SchemaObject, after: SchemaObject): number {
  const one = before.definition as Record<string, unknown>;
  const other = after.definition as Record<string, unknown>;
  const shape = KINDS[before.kind] as Readonly<Record<string, string>>;
  let all = 0;
  let same = 0;
  for (const [field, type] of Object.entries(shape)) {
    if (one[field] === undefined && other[field] === undefined) continue;
    const weight = type.endsWith('?') || type === 'flag' ? 1 : 3;
    all += weight;
    if (sameDefinition(one[field], other[field])) same += weight;
  }
  return all === 0 ? 1 : same / all;
}

function oneEach(candidates: readonly RenameCandidate[]): RenameCandidate[] {
  const used = new Set<string>();
  const keys = ({ from, to, member }: RenameCandidate): string[] =>
    member === undefined
      ? [`- ${keyOf(from)}`, `+ ${keyOf(to)}`]
      : [`- ${keyOf(from)} ${member[0]}`, `+ ${keyOf(to)} ${member[1]}`];
  return candidates
    .toSorted((a, b) => b.likeness - a.likeness || (keyOf(a.from) < keyOf(b.from) ? -1 : 1))
    .filter((candidate) => {
      const own = keys(candidate);
      if (own.some((key) => used.has(key))) return false;
      for (const key of own) used.add(key);
      return true;
    });
}
