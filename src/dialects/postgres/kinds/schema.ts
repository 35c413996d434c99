import type { KindRules } from '../../../diff/rules.ts';
import { idOf } from '../../../schema/object.ts';
import { ident } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly name: string;
}

export const schemaReader: Reader<Row> = {
  name: 'schemas',
  sql: () => `
    SELECT n.oid::int8, n.nspname AS name
    FROM pg_catalog.pg_namespace n
    WHERE ${USER_SCHEMA} AND ${notOfExtension('pg_namespace', 'n.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, name } of rows) catalog.put('schema', [name], {}, ['pg_namespace', oid]);
  },
};

export const schema: KindRules<'schema'> = {
  noun: () => 'schema',
  create: ({ path: [name] }) => [{ sql: `CREATE SCHEMA ${ident(name!)}` }],
  drop: ({ path: [name] }) => [{ sql: `DROP SCHEMA ${ident(name!)}` }],
  renamedAsked: {
    loses: ({ path }, schema) =>
      [...schema.objects()].some((object) => object.kind === 'table' && object.path[0] === path[0]),
  },
  rename: (from, to) => [{ sql: `ALTER SCHEMA ${ident(from.path[0]!)} RENAME TO ${ident(to.path[0]!)}` }],
  occupies: ({ path }) => [idOf('schema', path)],
};
