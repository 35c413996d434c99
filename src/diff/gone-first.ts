import type { ObjectId } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import type { ActionGraph } from './graph.ts';
import type { Impact } from './impact.ts';
import { asAny, rulesFor } from './lookup.ts';
import type { KindTable } from './rules.ts';

type NodeOf = (verb: 'create' | 'drop' | 'move', id: ObjectId) => string;

/** What should be gone before something else comes or moves: left out where it would close a circle. */
export function linkGoneFirst(
  graph: ActionGraph,
  from: Schema,
  to: Schema,
  { fates, asides }: Impact,
  kinds: KindTable,
  nodeOf: NodeOf,
): void {
  // The statement that drops it names what it depends on by the name that it had.
  for (const id of asides) {
    for (const { id: dependent } of from.dependents(id)) graph.wish(nodeOf('drop', dependent), nodeOf('move', id));
    // It would be taken for what comes with what it uses.
    for (const { id: needed, strength } of to.needs(id)) {
      if (strength === 'use') graph.wish(nodeOf('move', id), nodeOf('create', needed));
    }
  }
  const leaving = new Map<string, ObjectId[]>();
  const namesOf = (schema: Schema, id: ObjectId): readonly string[] => {
    const object = schema.get(id)!;
    return rulesFor(kinds, object).resembles?.(asAny(object)) ?? [];
  };
  for (const [id, fate] of fates) {
    if (fate !== 'drop' && fate !== 'replace') continue;
    for (const name of namesOf(from, id)) leaving.set(name, [...(leaving.get(name) ?? []), id]);
  }
  if (leaving.size === 0) return;
  for (const [id, fate] of fates) {
    if (fate !== 'create' && fate !== 'replace') continue;
    for (const name of namesOf(to, id)) {
      for (const other of leaving.get(name) ?? [])
        if (other !== id) graph.wish(nodeOf('drop', other), nodeOf('create', id));
    }
  }
}
