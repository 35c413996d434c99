import type { KindRules } from '../../../diff/rules.ts';
import { ident, qualified } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';
import { enabledCase, fires } from './trigger.ts';
import { queryOf } from './view.ts';

interface Row {
  readonly oid: number;
  readonly schema: string;
  readonly relation: string;
  readonly name: string;
  readonly definition: string;
  readonly enabled?: string;
}

export const ruleReader: Reader<Row> = {
  name: 'rules',
  onlyWith: `pg_rewrite.oid AND u.rulename <> '_RETURN'`,
  sql: () => `
    SELECT r.oid::int8, n.nspname AS schema, c.relname AS relation, r.rulename AS name,
      pg_catalog.pg_get_ruledef(r.oid) AS definition, ${enabledCase('r.ev_enabled')} AS enabled
    FROM pg_catalog.pg_rewrite r
    JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE r.rulename <> '_RETURN' AND ${USER_SCHEMA} AND ${notOfExtension('pg_rewrite', 'r.oid')}
      AND ${notOfExtension('pg_class', 'c.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, schema, relation, name, definition, enabled } of rows) {
      const words = { definition: queryOf(definition), enabled };
      catalog.put('rule', [schema, relation, name], words, ['pg_rewrite', oid]);
    }
  },
};

export const rule: KindRules<'rule'> = {
  noun: () => 'rule',
  create: (object) => [{ sql: object.definition.definition }, ...fires('RULE', object, undefined)],
  drop: ({ path }) => [{ sql: `DROP RULE ${ident(path[2]!)} ON ${qualified(path.slice(0, 2))}` }],
  alter: ({ definition: from }, to) => {
    const { definition } = to.definition;
    const isSame = from.definition === definition;
    // OR REPLACE leaves a disabled rule disabled.
    return [
      ...(isSame ? [] : [{ sql: definition.replace('CREATE RULE', 'CREATE OR REPLACE RULE') }]),
      ...fires('RULE', to, from.enabled),
    ];
  },
  rename: (from, to) => [
    {
      sql: `ALTER RULE ${ident(from.path[2]!)} ON ${qualified(from.path.slice(0, 2))} RENAME TO ${ident(to.path[2]!)}`,
    },
  ],
};
