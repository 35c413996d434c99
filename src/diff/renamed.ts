import type { Kind } from '../schema/kinds.ts';
import { idOf, keyOf, nameOf, sameDefinition, type ObjectId, type Path, type SchemaObject } from '../schema/object.ts';
import { Schema, type Need } from '../schema/schema.ts';
import type { Change } from './diff.ts';
import { asAny, rulesFor } from './lookup.ts';
import type { KindTable } from './rules.ts';

/**
 * Finds what differs in nothing but its name, of the kinds whose name means nothing to rows (constraints, indexes), and
 * renames it: servers and tools name such things by habits that change.
 *
 * @returns the renames, and `from` as it is after them
 */
export function renameUnasked(from: Schema, to: Schema, kinds: KindTable): { from: Schema; renames: Change[] } {
  const gone = new Map<string, SchemaObject[]>();
  for (const object of from.objects()) {
    if (!isNameless(object, kinds) || to.has(keyOf(object))) continue;
    const place = placeOf(object);
    gone.set(place, [...(gone.get(place) ?? []), object]);
  }
  const taken = new Set([...from.objects()].flatMap((object) => namesOf(object, kinds)));
  const renames: Change[] = [];
  const moved = new Map<ObjectId, SchemaObject>();
  for (const object of to.objects()) {
    if (!isNameless(object, kinds) || from.has(keyOf(object))) continue;
    const candidates = gone.get(placeOf(object)) ?? [];
    const at = candidates.findIndex(({ definition }) => sameDefinition(definition, object.definition));
    if (at === -1 || namesOf(object, kinds).some((name) => taken.has(name))) continue;
    const [before] = candidates.splice(at, 1);
    renames.push({ type: 'rename', from: before!, to: object });
    moved.set(keyOf(before!), object);
  }
  return renames.length === 0 ? { from, renames } : { from: withRenamed(from, moved), renames };
}

function isNameless(object: SchemaObject, kinds: KindTable): boolean {
  const rules = kinds[object.kind];
  return !('unsupported' in rules) && rules.renamedUnasked === true;
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
    const renamed = moved.get(keyOf(object)) ?? followed(object, moved);
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

/** The path of what is on an object begins with that object's kind and path. */
function followed(object: SchemaObject, moved: ReadonlyMap<ObjectId, SchemaObject>): SchemaObject {
  const [kind, ...path] = object.path;
  if (kind === undefined || path.length === 0) return object;
  const subject = moved.get(idOf(kind as Kind, path));
  if (subject === undefined) return object;
  const renamed: Path = [subject.kind, ...subject.path];
  return { ...object, path: renamed } as SchemaObject;
}
