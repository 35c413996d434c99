import { schemaNameOf } from '../schema/filter.ts';
import { keyOf, type SchemaObject } from '../schema/object.ts';
import { Schema } from '../schema/schema.ts';

export interface Managed {
  readonly from: Schema;
  readonly to: Schema;
  /** Schemas that only `from` has, and that are left alone. */
  readonly leftAlone: readonly string[];
}

/** What every database has, named or not. */
const ALWAYS = 'public';

/**
 * Both sides without the schemas that the target does not name: another application's schema in the same database, or an
 * extension's, is none of its business. What lives in no schema counts on both.
 *
 * @param hasSchemas false on dialects whose database is one schema
 */
export function managedOf(from: Schema, to: Schema, hasSchemas: boolean): Managed {
  // What a database says of itself is there from its beginning: it counts where the target says it, too.
  if (!hasSchemas) {
    return { from: from.filter((object) => object.kind !== 'database' || to.has(keyOf(object))), to, leftAlone: [] };
  }
  const named = new Set([ALWAYS]);
  for (const object of to.objects()) {
    const name = schemaNameOf(object);
    if (name !== null) named.add(name);
  }
  const leftAlone = new Set<string>();
  const keep = (object: SchemaObject): boolean => {
    const name = schemaNameOf(object);
    if (name === null || named.has(name)) return true;
    leftAlone.add(name);
    return false;
  };
  return { from: from.filter(keep), to, leftAlone: [...leftAlone].sort() };
}
