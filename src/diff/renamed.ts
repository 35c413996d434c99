import { isKind } from '../schema/kinds.ts';
import { idOf, keyOf, nameOf, sameDefinition, type ObjectId, type SchemaObject } from '../schema/object.ts';
import { Schema, type Need } from '../schema/schema.ts';
import { differences, type Change } from './diff.ts';
import { asAny, rulesFor } from './lookup.ts';
import type { KindTable } from './rules.ts';

/**
 * Finds what is the same under another name, and renames it: what differs in nothing else, of the kinds whose name means
 * nothing to rows (constraints, indexes: servers and tools name them by habits that change), and what something else tells.
 *
 * @returns the renames, and `from` as it is after them
 */
export function renameUnasked(from: Schema, to: Schema, kinds: KindTable): { from: Schema; renames: Change[] } {
  const { created, dropped } = differences(from, to);
  const gone = new Map<string, SchemaObject[]>();
  for (const object of dropped) {
    const sign = signOf(object, from, kinds);
    if (sign !== undefined) add(gone, sign, object);
  }
  const newcomers = created.flatMap((object): [SchemaObject, SchemaObject[]][] => {
    const sign = signOf(object, to, kinds);
    const candidates = sign === undefined ? undefined : gone.get(sign);
    return candidates === undefined ? [] : [[object, candidates]];
  });
  if (newcomers.length === 0) return { from, renames: [] };
  const wanted = new Set(newcomers.flatMap(([object]) => namesOf(object, kinds)));
  const taken = new Map<string, SchemaObject>();
  for (const object of from.objects()) {
    for (const name of namesOf(object, kinds)) if (wanted.has(name)) taken.set(name, object);
  }
  const moved = new Map<ObjectId, SchemaObject>();
  for (const [object, candidates] of newcomers) {
    const isFree = (before: SchemaObject): boolean =>
      namesOf(object, kinds).every((name) => (taken.get(name) ?? before) === before);
    const at = candidates.findIndex((before) => isFree(before) && isSame(before, object, kinds));
    if (at === -1) continue;
    const [before] = candidates.splice(at, 1);
    moved.set(keyOf(before!), { ...before!, path: object.path } as SchemaObject);
  }
  if (moved.size === 0) return { from, renames: [] };
  const renames = [...moved].flatMap(([id, renamed]): Change[] => {
    const before = from.get(id)!;
    // What has its new path from the whole that it is a part of is no rename of its own.
    const isAlong = keyOf(followed(id, before, from, moved)) === keyOf(renamed);
    return isAlong ? [] : [{ type: 'rename', from: before, to: renamed }];
  });
  return { from: withRenamed(from, moved), renames };
}

function add<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [value]);
  else known.push(value);
}

/** Only objects with one sign can be one and the same; undefined where the name is all there is. */
function signOf(object: SchemaObject, schema: Schema, kinds: KindTable): string | undefined {
  const rules = kinds[object.kind];
  if ('unsupported' in rules) return undefined;
  const identity = rulesFor(kinds, object).identity?.(asAny(object), schema);
  if (identity !== undefined) return `${object.kind} ${identity}`;
  return rules.renamedUnasked === true ? placeOf(object) : undefined;
}

function isSame(before: SchemaObject, after: SchemaObject, kinds: KindTable): boolean {
  return rulesFor(kinds, before).identity !== undefined || sameDefinition(before.definition, after.definition);
}

function namesOf(object: SchemaObject, kinds: KindTable): readonly string[] {
  const rules = kinds[object.kind];
  return 'unsupported' in rules ? [] : (rulesFor(kinds, object).occupies?.(asAny(object)) ?? []);
}

const placeOf = ({ kind, path }: SchemaObject): string => `${kind}:${nameOf(path.slice(0, -1))}`;

/** A schema in which some objects have another path, with what is on them (comments, grants) and what needs them. */
function withRenamed(schema: Schema, moved: ReadonlyMap<ObjectId, SchemaObject>): Schema {
  const ids = new Map<ObjectId, ObjectId>();
  const objects = new Map<ObjectId, SchemaObject>();
  for (const { id, object } of schema.entries()) {
    const renamed = moved.get(id) ?? followed(id, object, schema, moved);
    const current = renamed === object ? id : keyOf(renamed);
    if (current !== id) ids.set(id, current);
    objects.set(current, renamed);
  }
  const current = (id: ObjectId): ObjectId => ids.get(id) ?? id;
  const needs = new Map<ObjectId, readonly Need[]>();
  for (const entry of schema.entries()) {
    const isMoved = entry.needs.some((need) => ids.has(need.id));
    needs.set(
      current(entry.id),
      isMoved ? entry.needs.map((need) => ({ ...need, id: current(need.id) })) : entry.needs,
    );
  }
  return new Schema(objects.values(), needs);
}

/** The path of what is on an object begins with that object's kind and path, that of its parts with its path. */
function followed(
  id: ObjectId,
  object: SchemaObject,
  schema: Schema,
  moved: ReadonlyMap<ObjectId, SchemaObject>,
): SchemaObject {
  const [kind, ...path] = object.path;
  const isOnOther = kind !== undefined && path.length > 0 && isKind(kind);
  const subject = isOnOther ? moved.get(idOf(kind, path)) : undefined;
  if (subject !== undefined) return { ...object, path: [subject.kind, ...subject.path] } as SchemaObject;
  for (const { id: needed, strength } of schema.needs(id)) {
    const whole = strength === 'own' ? moved.get(needed) : undefined;
    const before = whole === undefined ? undefined : schema.get(needed)!.path;
    if (whole === undefined || !before!.every((part, at) => object.path[at] === part)) continue;
    return { ...object, path: [...whole.path, ...object.path.slice(before!.length)] } as SchemaObject;
  }
  return object;
}
