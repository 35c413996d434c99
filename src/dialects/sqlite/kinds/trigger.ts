import type { KindRules } from '../../../diff/rules.ts';
import { keyOf } from '../../../schema/object.ts';
import { ident } from './ident.ts';

export const trigger: KindRules<'trigger'> = {
  noun: () => 'trigger',
  create: (object, { to }) => [
    {
      sql: to.textOf(keyOf(object)) ?? `CREATE TRIGGER ${ident(object.path[1]!)} ${object.definition.definition ?? ''}`,
    },
  ],
  drop: ({ path }) => [{ sql: `DROP TRIGGER ${ident(path[1]!)}` }],
  occupies: ({ path }) => [`trigger ${path[1]!.toLowerCase()}`],
  mentions: ({ definition }) => definition.definition,
};
