import type { KindRules } from '../../../diff/rules.ts';
import { keyOf } from '../../../schema/object.ts';
import { ident } from './ident.ts';

export const view: KindRules<'view'> = {
  noun: () => 'view',
  create: (object, { to }) => [
    { sql: to.textOf(keyOf(object)) ?? `CREATE VIEW ${ident(object.path[0]!)} ${object.definition.definition}` },
  ],
  drop: ({ path }) => [{ sql: `DROP VIEW ${ident(path[0]!)}` }],
  // What it selects from is looked up when it is used: https://www.sqlite.org/lang_createview.html
  outlives: () => true,
  occupies: ({ path }) => [`name ${path[0]!.toLowerCase()}`],
  mentions: ({ definition }) => definition.definition,
};
