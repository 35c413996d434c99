import { ToraleError } from '../errors.ts';
import type { Kind } from '../schema/kinds.ts';
import { nameOf, type ObjectOf, type SchemaObject } from '../schema/object.ts';
import type { KindRules, KindTable } from './rules.ts';

/** Rules for any kind. The one place where the table of kinds meets an object whose kind is not known when it is compiled. */
export type AnyRules = KindRules<Kind>;

/** @throws ToraleError REFUSED for a kind the dialect has no rules for */
export function rulesFor(kinds: KindTable, object: SchemaObject): AnyRules {
  const rules = kinds[object.kind];
  if ('unsupported' in rules) {
    throw new ToraleError('REFUSED', `${object.kind} ${nameOf(object.path)}: ${rules.unsupported}.`, {
      data: { kind: object.kind, path: object.path },
    });
  }
  return rules as unknown as AnyRules;
}

export function asAny(object: SchemaObject): ObjectOf<Kind> {
  return object as unknown as ObjectOf<Kind>;
}

/** What people call it: `table users`. */
export function describeObject(kinds: KindTable, object: SchemaObject): string {
  return `${rulesFor(kinds, object).noun(asAny(object))} ${nameOf(object.path)}`;
}
