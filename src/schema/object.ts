import type { Kind, Kinds, LooseKinds } from './kinds.ts';
import { KINDS } from './kinds.ts';
import { canonical } from './shape.ts';

export type Path = readonly string[];

/** One object of a schema: what it is, where, and what the server says of it. */
export interface ObjectOf<K extends Kind> {
  readonly kind: K;
  readonly path: Path;
  readonly definition: Kinds[K];
}

export type SchemaObject = { readonly [K in Kind]: ObjectOf<K> }[Kind];

/** Makes an object in its canonical form. */
export function objectOf<K extends Kind>(kind: K, path: Path, definition: LooseKinds[K]): ObjectOf<K> {
  return { kind, path, definition: canonical(KINDS[kind], definition as never) as Kinds[K] };
}

/** `table:public.users`: one text for each object; parts that hold a dot, a colon, a quote or a blank stand in quotes. */
export function idOf(kind: Kind, path: Path): ObjectId {
  // Joined, not added up: that would keep the parts beside the whole, 32 bytes more for each id.
  return [kind, nameOf(path)].join(':');
}

export type ObjectId = string;

/** {@link idOf} of what is named within another: a table's column. */
export function idWithin(kind: Kind, wholeName: string, name: string): ObjectId {
  return [kind, ':', wholeName, '.', said(name)].join('');
}

/** The name in the id of an object of this kind. */
export function nameIn(id: ObjectId, kind: Kind): string {
  return id.slice(kind.length + 1);
}

export function keyOf(object: { readonly kind: Kind; readonly path: Path }): ObjectId {
  return idOf(object.kind, object.path);
}

/** A path as people write it: `public.users.name`. */
export function nameOf(path: Path): string {
  let name = '';
  for (const part of path) {
    name = name === '' ? said(part) : `${name}.${said(part)}`;
  }
  return name;
}

function said(part: string): string {
  return PLAIN.test(part) ? part : `"${part.replaceAll('"', '""')}"`;
}

const PLAIN = /^[^.:"\s]+$/;

/** Whether two definitions say the same; key order does not count. */
export function sameDefinition(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, at) => sameDefinition(item, b[at]));
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && sameDefinition(left[name], right[name]))
  );
}
