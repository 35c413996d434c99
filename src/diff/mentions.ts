import type { ObjectId } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import type { ActionGraph } from './graph.ts';
import { asAny, rulesFor } from './lookup.ts';
import type { Fate, KindTable } from './rules.ts';

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
    if (rules.occupies === undefined || object.path.length < 2) continue;
    const name = object.path[1]!.toLowerCase();
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
