import { keyOf, sameDefinition, type ObjectId } from '../schema/object.ts';
import { Schema, type Entry } from '../schema/schema.ts';
import { differences } from './diff.ts';

/**
 * What may differ in its spelling alone: a server does not print every expression in the words it would print them in once
 * more (`x IN ('a', 'b')` on a varchar column of PostgreSQL). Whether it is so, only the server can tell: these are worth the
 * question.
 *
 * @returns ids of objects on both sides whose texts are the same but for casts, parentheses and blanks
 */
export function spellingSuspects(from: Schema, to: Schema): ObjectId[] {
  const suspects = differences(from, to).altered.filter(([before, after]) =>
    differInSpelling(before.definition, after.definition),
  );
  return suspects.map(([, after]) => keyOf(after));
}

function differInSpelling(a: object, b: object): boolean {
  const one = a as Record<string, unknown>;
  const other = b as Record<string, unknown>;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((field) => {
    const [left, right] = [one[field], other[field]];
    if (sameDefinition(left, right)) return true;
    return typeof left === 'string' && typeof right === 'string' && bare(left) === bare(right);
  });
}

function bare(text: string): string {
  return text.replaceAll(/::"?[\w. "]+?"?(?:\([\d, ]*\))?(?:\[\])*(?=[^\w\s."[]|\s|$)/g, '').replaceAll(/[\s()]+/g, '');
}

/**
 * A schema in which some objects are spelled as in another.
 *
 * @param ids of objects that both have
 */
export function spelledAs(schema: Schema, model: Schema, ids: readonly ObjectId[]): Schema {
  if (ids.length === 0) return schema;
  const chosen = new Set(ids);
  const entries = new Map<ObjectId, Entry>();
  for (const { id, object, needs } of schema.entries()) {
    entries.set(id, { id, object: chosen.has(id) ? model.get(id)! : object, needs, text: undefined });
  }
  return new Schema(entries);
}
