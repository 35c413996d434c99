import type { KindRules } from '../../../diff/rules.ts';
import { keyOf, nameOf, type ObjectOf } from '../../../schema/object.ts';
import { createTable, tableIdOf } from './create-table.ts';
import { ident } from './ident.ts';
import { remakeTable } from './remake.ts';
import { contentsOf } from './virtual-table.ts';

type Table = ObjectOf<'table'>;

export const table: KindRules<'table'> = {
  noun: ({ definition }) => (definition.using === undefined ? 'table' : 'virtual table'),
  create: (object, { to }) => [{ sql: createTable(object, to) }],
  drop: (object) => [
    {
      sql: `DROP TABLE ${ident(object.path[0]!)}`,
      hazard: `Data loss: every row of ${nameOf(object.path)}.`,
      loses: [keyOf(object)],
    },
  ],
  remake: remakeTable,
  rename: (from, to) => {
    const [old, now] = [from.path[0]!, to.path[0]!];
    if (old.toLowerCase() !== now.toLowerCase()) return [renameTo(old, now)];
    // SQLite finds the name taken, by the table itself.
    const spare = `torale_case_${now}`;
    return [renameTo(old, spare), renameTo(spare, now)];
  },
  renamedAsked: {
    loses: () => true,
    sign: ({ definition }: Table) => definition.using?.split('(')[0] ?? '',
  },
  identity: ({ path }) => path[0]!.toLowerCase(),
  // Tables, indexes and views share one set of names, in which case does not count.
  occupies: ({ path }) => [`name ${path[0]!.toLowerCase()}`],
  absorbs: (object, part) => tableIdOf(part) === keyOf(object),
  mentions: () => undefined,
  // It is filled from there when it is made.
  behind: (object, context) => (context.fate(keyOf(object)) === 'drop' ? [] : contentsOf(object, context)),
};

const renameTo = (from: string, to: string): { sql: string } => ({
  sql: `ALTER TABLE ${ident(from)} RENAME TO ${ident(to)}`,
});
