import { keyOf, sameDefinition, type SchemaObject } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';

/** One difference between two schemas. */
export type Change =
  | { readonly type: 'create'; readonly object: SchemaObject }
  | { readonly type: 'drop'; readonly object: SchemaObject }
  | { readonly type: 'alter' | 'rename'; readonly from: SchemaObject; readonly to: SchemaObject };

/**
 * What takes one schema to another, object by object, in the order of their ids.
 *
 * @example
 * ```ts
 * diff(Schema.empty, to); // every object of `to` as a create
 * ```
 */
export function diff(from: Schema, to: Schema): Change[] {
  const ids = [...new Set([...from.ids(), ...to.ids()])].sort();
  const changes: Change[] = [];
  for (const id of ids) {
    const before = from.get(id);
    const after = to.get(id);
    if (before === undefined) changes.push({ type: 'create', object: after! });
    else if (after === undefined) changes.push({ type: 'drop', object: before });
    else if (!sameDefinition(before.definition, after.definition)) {
      changes.push({ type: 'alter', from: before, to: after });
    }
  }
  return changes;
}

/** The object a change is about: as it will be, or as it was where it goes. */
function subjectOf(change: Change): SchemaObject {
  return 'object' in change ? change.object : change.to;
}

export function subjectId(change: Change): string {
  return keyOf(subjectOf(change));
}
