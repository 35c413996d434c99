import type { Kind } from '../schema/kinds.ts';
import { idOf, keyOf, nameOf, sameDefinition, type ObjectId, type SchemaObject } from '../schema/object.ts';
import { Schema, type Need } from '../schema/schema.ts';
import type { Change } from './diff.ts';
import { asAny, rulesFor } from './lookup.ts';
import type { KindTable } from './rules.ts';

/**
 * Finds what is the same under another name, and renames it: what differs in nothing else, of the kinds whose name means
 * nothing to rows (constraints, indexes: servers and tools name them by habits that change), and what something else tells.
 *
 * @returns the renames, and `from` as it is after them
 */
export function renameUnasked(from: Schema, to: Schema, kinds: KindTable): { from: Schema; renames: Change[] } {
  const gone = new Map<string, SchemaObject[]>();
  for (const object of from.objects()) {
    const sign = to.has(keyOf(object)) ? undefined : signOf(object, from, kinds);
    if (sign !== undefined) gone.set(sign, [...(gone.get(sign) ?? []), object]);
  }
  const taken = new Map([...from.objects()].flatMap((object) => namesOf(object, kinds).map((name) => [name, object])));
  const moved = new Map<ObjectId, SchemaObject>();
  for (const object of to.objects()) {
    const sign = from.has(keyOf(object)) ? undefined : signOf(object, to, kinds);
    const candidates = sign === undefined ? [] : (gone.get(sign) ?? []);
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
    const isAlong = keyOf(followed(before, from, moved)) === keyOf(renamed);
    return isAlong ? [] : [{ type: 'rename', from: before, to: renamed }];
  });
  return { from: withRenamed(from, moved), renames };
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
  const objects = [...schema.objects()].map((object) => {
    const renamed = moved.get(keyOf(object)) ?? followed(object, schema, moved);
    if (renamed !== object) ids.set(keyOf(object), keyOf(renamed));
    return renamed;
  });
  const current = (id: ObjectId): ObjectId => ids.get(id) ?? id;
  const needs = new Map<ObjectId, Need[]>();
  for (const id of schema.ids()) {
    needs.set(
      current(id),
      schema.needs(id).map((need) => ({ ...need, id: current(need.id) })),
    );
  }
  return new Schema(objects, needs);
}

/** The path of what is on an object begins with that object's kind and path, that of its parts with its path. */
function followed(object: SchemaObject, schema: Schema, moved: ReadonlyMap<ObjectId, SchemaObject>): SchemaObject {
  const [kind, ...path] = object.path;
  const subject = kind === undefined || path.length === 0 ? undefined : moved.get(idOf(kind as Kind, path));
  if (subject !== undefined) return { ...object, path: [subject.kind, ...subject.path] } as SchemaObject;
  for (const { id, strength } of schema.needs(keyOf(object))) {
    const whole = strength === 'own' ? moved.get(id) : undefined;
    const before = whole === undefined ? undefined : schema.get(id)!.path;
    if (whole === undefined || !before!.every((part, at) => object.path[at] === part)) continue;
    return { ...object, path: [...whole.path, ...object.path.slice(before!.length)] } as SchemaObject;
  }
  return object;
}
