import type { KindRules } from '../../../diff/rules.ts';
import { keyOf, nameOf } from '../../../schema/object.ts';
import { columnClause } from './column.ts';
import { ident } from './ident.ts';
import { needsRebuild } from './rebuild.ts';

export const table: KindRules<'table'> = {
  noun: () => 'table',
  create: ({ path, definition }, { parts }) => {
    const columns = parts.filter((part) => part.kind === 'column').map((part) => `  ${columnClause(part)}`);
    const behind = (definition.clauses ?? []).join(', ');
    const sql = `CREATE TABLE ${ident(path[0]!)} (\n${columns.join(',\n')}\n)${behind === '' ? '' : ` ${behind}`}`;
    return [{ sql }];
  },
  drop: (object) => [
    {
      sql: `DROP TABLE ${ident(object.path[0]!)}`,
      hazard: `Data loss: every row of ${nameOf(object.path)}.`,
      loses: [keyOf(object)],
    },
  ],
  alter: (_from, to) => {
    throw needsRebuild(to, 'another storage');
  },
  rename: (from, to) => [{ sql: `ALTER TABLE ${ident(from.path[0]!)} RENAME TO ${ident(to.path[0]!)}` }],
  renamedAsked: { loses: () => true },
  // Tables, indexes and views share one set of names, in which case does not count.
  occupies: ({ path }) => [`name ${path[0]!.toLowerCase()}`],
  absorbs: (_table, part) => part.kind === 'column',
};
