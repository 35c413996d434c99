import type { KindRules } from '../../../diff/rules.ts';
import { idOf, keyOf } from '../../../schema/object.ts';
import { ident } from './ident.ts';

export const index: KindRules<'index'> = {
  noun: ({ definition }) => (definition.unique ? 'unique index' : 'index'),
  create: (object, { from, to }) => {
    const { path, definition } = object;
    const composed = `CREATE ${definition.unique ? 'UNIQUE ' : ''}INDEX ${ident(path[1]!)} ON ${ident(path[0]!)} ${definition.definition}`;
    const sql = to.textOf(keyOf(object)) ?? composed;
    // One that was there before has held already.
    const mayFail = definition.unique && from.has(idOf('table', [path[0]!])) && !from.has(keyOf(object));
    return [
      mayFail ? { sql, hazard: `Fails where two rows of ${path[0]} are alike in ${definition.definition}.` } : { sql },
    ];
  },
  drop: ({ path }) => [{ sql: `DROP INDEX ${ident(path[1]!)}` }],
  // Tables, indexes and views share one set of names, in which case does not count.
  occupies: ({ path }) => [`name ${path[1]!.toLowerCase()}`],
};
