import type { ObjectId } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import type { ActionGraph } from './graph.ts';
import { asAny, rulesFor } from './lookup.ts';
import type { Fate, KindTable, PlanContext } from './rules.ts';

const WORD = /[\p{L}_][\p{L}\p{N}_$]*/gu;

/** Bodies kept as text name other objects without the server knowing; those come first where that is possible. */
export function linkMentions(
  graph: ActionGraph,
  to: Schema,
  fates: ReadonlyMap<ObjectId, Fate>,
  kinds: KindTable,
  nodeOf: (verb: 'create' | 'alter', id: ObjectId) => string,
): void {
  const named = new Map<string, ObjectId[]>();
  const texts: [ObjectId, string][] = [];
  for (const [id, fate] of fates) {
    if (fate !== 'create' && fate !== 'replace' && fate !== 'alter') continue;
    const object = to.get(id)!;
    const rules = rulesFor(kinds, object);
    const text = rules.mentions?.(asAny(object));
    if (text !== undefined) texts.push([id, text]);
    // A path begins with a schema, where there are any.
    const name = (object.path[1] ?? object.path[0])?.toLowerCase();
    if (rules.occupies === undefined || name === undefined) continue;
    named.set(name, [...(named.get(name) ?? []), id]);
  }
  for (const [id, text] of texts) {
    const words = new Set([...text.matchAll(WORD)].map(([word]) => word.toLowerCase()));
    const verb = fates.get(id) === 'alter' ? 'alter' : 'create';
    for (const word of words) {
      for (const mentioned of named.get(word) ?? []) {
        if (mentioned === id) continue;
        graph.wish(nodeOf('create', mentioned), nodeOf(verb, id));
        graph.wish(nodeOf('alter', mentioned), nodeOf(verb, id));
      }
    }
  }
}

/** What only should come first: left out where it would close a circle. */
export function linkBehind(
  graph: ActionGraph,
  context: PlanContext,
  fates: ReadonlyMap<ObjectId, Fate>,
  kinds: KindTable,
  nodeOf: (verb: 'create' | 'alter' | 'drop', id: ObjectId) => string,
): void {
  for (const [id, fate] of fates) {
    if (fate === 'keep') continue;
    const object = (fate === 'drop' ? context.from : context.to).get(id)!;
    const node = nodeOf(fate === 'replace' ? 'create' : fate, id);
    for (const before of rulesFor(kinds, object).behind?.(asAny(object), context) ?? []) {
      for (const verb of ['drop', 'create', 'alter'] as const) graph.wish(nodeOf(verb, before), node);
    }
  }
}

/** What the dialect knows of orders, before parts join their wholes. */
export function linkOrders(
  graph: ActionGraph,
  context: PlanContext,
  fates: ReadonlyMap<ObjectId, Fate>,
  kinds: KindTable,
  nodeOf: (verb: 'create' | 'alter' | 'drop', id: ObjectId) => string,
): void {
  for (const [id, fate] of fates) {
    if (fate === 'keep') continue;
    const object = (context.to.get(id) ?? context.from.get(id))!;
    for (const [first, second] of rulesFor(kinds, object).orders?.(asAny(object), context) ?? []) {
      graph.wish(nodeOf(...first), nodeOf(...second));
    }
  }
}
