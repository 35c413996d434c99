import { ToraleError } from '../errors.ts';
import { isKind, KINDS } from './kinds.ts';
import { keyOf, nameOf, type ObjectId, type SchemaObject } from './object.ts';
import { Schema, type Need } from './schema.ts';
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
  const objects = inOrder(schema).map((id) => withNeeds(schema, id));
  const { flavor, version } = server;
  return { format: SNAPSHOT_FORMAT, dialect, server: { flavor, version }, objects };
}

/** By kind, place and name; but columns as their table has them, so that a schema built from this has them so, too. */
export function inOrder(schema: Schema, ids: Iterable<ObjectId> = schema.ids()): ObjectId[] {
  const places = new Map<string, { readonly place: string; readonly isColumns: boolean; readonly ids: ObjectId[] }>();
  for (const id of ids) {
    const { kind, path } = schema.get(id)!;
    const place = `${kind}:${nameOf(path.slice(0, -1))}`;
    const known = places.get(place);
    if (known === undefined) places.set(place, { place, isColumns: kind === 'column', ids: [id] });
    else known.ids.push(id);
  }
  return [...places.values()]
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .flatMap((place) => (place.isColumns ? place.ids : place.ids.sort()));
}

export function withNeeds(schema: Schema, id: ObjectId): SnapshotObject {
  const object = withoutSecrets(schema.get(id)!);
  const needs = schema
    .needs(id)
    .map((need) => `${need.strength} ${need.id}`)
    .sort();
  return needs.length === 0 ? object : { ...object, needs };
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
