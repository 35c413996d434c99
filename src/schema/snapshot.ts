import { ToraleError } from '../errors.ts';
import { isKind, KINDS } from './kinds.ts';
import { keyOf, nameOf, type ObjectId, type SchemaObject } from './object.ts';
import { Schema, type Entry, type Need } from './schema.ts';
import { withoutSecrets } from './secrets.ts';
import { canonical, misfit } from './shape.ts';

/** The version of the format that is written. */
const SNAPSHOT_FORMAT = 1;

/** An object as a snapshot has it: with what it needs, so that a schema can be built from files alone. */
export type SnapshotObject = SchemaObject & { readonly needs?: readonly string[] };

/** The objects of a schema at one moment, as plain JSON in a stable order. */
export interface Snapshot {
  readonly format: number;
  readonly dialect: string;
  /** `PostgreSQL 15.20`, as flavor and version. */
  readonly server: { readonly flavor: string; readonly version: string };
  readonly objects: readonly SnapshotObject[];
}

export function snapshotOf(schema: Schema, dialect: string, server: Snapshot['server']): Snapshot {
  return { ...snapshotHead(dialect, server), objects: [...snapshotObjects(schema)] };
}

/** What stands before the objects. */
export function snapshotHead(dialect: string, { flavor, version }: Snapshot['server']): Omit<Snapshot, 'objects'> {
  return { format: SNAPSHOT_FORMAT, dialect, server: { flavor, version } };
}

/** One after the other, for who does not need them all at once. */
export function* snapshotObjects(schema: Schema): Generator<SnapshotObject> {
  for (const entry of sorted(schema.entries())) yield snapshotObject(entry);
}

/** By kind, place and name; but columns as their table has them, so that a schema built from this has them so, too. */
export function inOrder(schema: Schema, ids: Iterable<ObjectId> = schema.ids()): ObjectId[] {
  return sorted(Array.from(ids, (id) => schema.entry(id)!)).map(({ id }) => id);
}

function sorted(entries: Iterable<Entry>): Entry[] {
  const places = new Map<string, Entry[]>();
  let before: SchemaObject | undefined;
  let place: Entry[] = [];
  for (const entry of entries) {
    const { object } = entry;
    // Objects of one place mostly come one after the other.
    if (before === undefined || !isBeside(object, before)) {
      const name = `${object.kind}:${nameOf(object.path.slice(0, -1))}`;
      place = places.get(name) ?? [];
      if (place.length === 0) places.set(name, place);
    }
    before = object;
    place.push(entry);
  }
  return [...places.keys()].sort().flatMap((name) => {
    const all = places.get(name)!;
    return all[0]!.object.kind === 'column' ? all : all.sort((a, b) => (a.id < b.id ? -1 : 1));
  });
}

function isBeside(one: SchemaObject, other: SchemaObject): boolean {
  const last = one.path.length - 1;
  if (one.kind !== other.kind || other.path.length - 1 !== last) return false;
  for (let at = 0; at < last; at++) if (one.path[at] !== other.path[at]) return false;
  return true;
}

export function withNeeds(schema: Schema, id: ObjectId): SnapshotObject {
  return snapshotObject(schema.entry(id)!);
}

function snapshotObject({ object, needs }: Entry): SnapshotObject {
  const shown = withoutSecrets(object);
  if (needs.length === 0) return shown;
  const texts = needs.map((need) => `${need.strength} ${need.id}`);
  return { ...shown, needs: texts.length === 1 ? texts : texts.sort() };
}

/** The schema that objects of snapshots or deltas make up. */
export function schemaOf(objects: Iterable<SnapshotObject>): Schema {
  const list = [...objects];
  const needs = new Map<ObjectId, Need[]>();
  for (const object of list) if (object.needs !== undefined) needs.set(keyOf(object), object.needs.map(readNeed));
  return new Schema(
    list.map(({ kind, path, definition }) => ({ kind, path, definition }) as SchemaObject),
    needs,
  );
}

const NEED = /^(own|use|fate) ([A-Za-z]+:.*)$/s;

function readNeed(text: string): Need {
  const [, strength, id] = NEED.exec(text)!;
  return { id: id!, strength: strength as Need['strength'] };
}

/**
 * Checks an object read from a file.
 *
 * @param where names it in the error
 * @throws ToraleError SNAPSHOT_INVALID for anything that this version would not have written
 */
export function checkObject(value: unknown, where: string): SnapshotObject {
  const invalid = (problem: string): ToraleError =>
    new ToraleError('SNAPSHOT_INVALID', `${where}: ${problem}.`, {
      hint: 'Let it be written anew:  torale snapshot',
    });
  const { kind, path, definition, needs, ...rest } = value as Record<string, unknown>;
  if (typeof kind !== 'string' || !isKind(kind)) throw invalid(`${JSON.stringify(kind)} is no kind of object`);
  if (!Array.isArray(path) || !path.every((part) => typeof part === 'string'))
    throw invalid('its path is no list of names');
  const problem = misfit(KINDS[kind], definition);
  if (problem !== null) throw invalid(`the definition of ${kind} ${path.join('.')}: ${problem}`);
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw invalid(`'${unknown}' is unknown`);
  if (
    needs !== undefined &&
    !(Array.isArray(needs) && needs.every((need) => typeof need === 'string' && NEED.test(need)))
  ) {
    throw invalid(`what ${kind} ${path.join('.')} needs cannot be read`);
  }
  const read = { kind, path: path as string[], definition: canonical(KINDS[kind], definition as never) };
  return (needs === undefined ? read : { ...read, needs: needs as string[] }) as unknown as SnapshotObject;
}
