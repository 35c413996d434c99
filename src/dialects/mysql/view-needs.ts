import { idOf, keyOf, type ObjectId } from '../../schema/object.ts';
import type { Entry, Need } from '../../schema/schema.ts';
import { nameIn, tokensOf } from './kinds/text.ts';

/**
 * What views use, by the names in their texts: the servers keep no list of it but for tables, and no view can be made before
 * what it uses. A column counts where its name and its table's are there, which may be one too many.
 */
export function viewNeeds(entries: ReadonlyMap<ObjectId, Entry>): Map<ObjectId, readonly Need[]> {
  const views = [...entries.values()].flatMap(({ object }) => (object.kind === 'view' ? [object] : []));
  if (views.length === 0) return new Map();
  const named = new Map<string, ObjectId[]>();
  const columns = new Map<string, (readonly [table: ObjectId, id: ObjectId])[]>();
  const add = <T>(names: Map<string, T[]>, name: string, entry: T): unknown => {
    const known = names.get(name);
    return known === undefined ? names.set(name, [entry]) : known.push(entry);
  };
  for (const [id, { object }] of entries) {
    const { kind, path } = object;
    if (kind === 'table' || kind === 'view' || kind === 'sequence') add(named, path[0]!, id);
    else if (kind === 'routine' && path[0] === 'function') add(named, path[1]!, id);
    else if (kind === 'column') add(columns, path[1]!, [idOf('table', [path[0]!]), id]);
  }
  return new Map(
    views.map((view) => {
      const text = view.definition.definition;
      const names = new Set(
        tokensOf(text)
          .filter(({ kind }) => kind === 'name')
          .map((token) => nameIn(text, token)),
      );
      const used = [...names].flatMap((name) => named.get(name) ?? []);
      const tables = new Set(used);
      const parts = [...names]
        .flatMap((name) => columns.get(name) ?? [])
        .flatMap(([table, id]) => (tables.has(table) ? [id] : []));
      return [keyOf(view), [...used, ...parts].map((id): Need => ({ id, strength: 'use' }))];
    }),
  );
}
