import type { KindRules } from '../../../diff/rules.ts';
import { ident } from './ident.ts';

export const index: KindRules<'index'> = {
  noun: ({ definition }) => (definition.unique ? 'unique index' : 'index'),
  create: ({ path, definition: { unique, definition } }, { from }) => {
    const sql = `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${ident(path[1]!)} ON ${ident(path[0]!)} ${definition}`;
    const mayHaveRows = from.find('table', [path[0]!]) !== undefined;
    return [
      unique && mayHaveRows
        ? { sql, hazard: `Fails where two rows of ${path[0]} are alike in ${definition}.` }
        : { sql },
    ];
  },
  drop: ({ path }) => [{ sql: `DROP INDEX ${ident(path[1]!)}` }],
  occupies: ({ path }) => [`name ${path[1]!.toLowerCase()}`],
};
