import { keyOf, sameDefinition, type SchemaObject } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';

/** One difference between two schemas. */
export type Change =
  | { readonly type: 'create'; readonly object: SchemaObject }
  | { readonly type: 'drop'; readonly object: SchemaObject }
  | { readonly type: 'alter' | 'rename'; readonly from: SchemaObject; readonly to: SchemaObject };

/** The same, each in the order of its own schema. */
export interface Differences {
  readonly created: readonly SchemaObject[];
  readonly dropped: readonly SchemaObject[];
  readonly altered: readonly (readonly [from: SchemaObject, to: SchemaObject])[];
}

/** Who settles spellings, who looks for renames and who plans: all compare the same two. */
const compared = new WeakMap<Schema, WeakMap<Schema, Differences>>();

export function differences(from: Schema, to: Schema): Differences {
  const known = compared.get(from)?.get(to);
  if (known !== undefined) return known;
  const created: SchemaObject[] = [];
  const altered: [SchemaObject, SchemaObject][] = [];
  for (const { id, object } of to.entries()) {
    const before = from.get(id);
    if (before === undefined) created.push(object);
    else if (!sameDefinition(before.definition, object.definition)) altered.push([before, object]);
  }
  const dropped: SchemaObject[] = [];
  for (const { id, object } of from.entries()) if (!to.has(id)) dropped.push(object);
  const found = { created, dropped, altered };
  compared.set(from, (compared.get(from) ?? new WeakMap<Schema, Differences>()).set(to, found));
  return found;
}

/**
 * What takes one schema to another, object by object, in the order of their ids.
 *
 * @example
 * ```ts
 * diff(Schema.empty, to); // every object of `to` as a create
 * ```
 */
export function diff(from: Schema, to: Schema): Change[] {
  const { created, dropped, altered } = differences(from, to);
  const changes: Change[] = [
    ...created.map((object) => ({ type: 'create', object }) as const),
    ...dropped.map((object) => ({ type: 'drop', object }) as const),
    ...altered.map(([before, after]) => ({ type: 'alter', from: before, to: after }) as const),
  ];
  const byId = changes.map((change) => [subjectId(change), change] as const);
  return byId.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change);
}

/** The object a change is about: as it will be, or as it was where it goes. */
function subjectOf(change: Change): SchemaObject {
  return 'object' in change ? change.object : change.to;
}

export function subjectId(change: Change): string {
  return keyOf(subjectOf(change));
}
