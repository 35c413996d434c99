import type { KindRules } from '../../../diff/rules.ts';
import { ident, qualified } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly schema: string;
  readonly domain: string;
  readonly name: string;
  readonly definition: string;
}

export const domainConstraintReader: Reader<Row> = {
  name: 'domain_constraints',
  onlyWith: `pg_type.oid AND u.typtype = 'd'`,
  // NOT NULL is one of them from version 17 on, and a field of the domain on all.
  sql: () => `
    SELECT c.oid::int8, n.nspname AS schema, t.typname AS domain, c.conname AS name,
      pg_catalog.pg_get_constraintdef(c.oid) AS definition
    FROM pg_catalog.pg_constraint c
    JOIN pg_catalog.pg_type t ON t.oid = c.contypid
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE c.contype = 'c' AND ${USER_SCHEMA} AND ${notOfExtension('pg_type', 't.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, schema, domain, name, definition } of rows) {
      catalog.put('domainConstraint', [schema, domain, name], { definition }, ['pg_constraint', oid]);
    }
  },
};

export const domainConstraint: KindRules<'domainConstraint'> = {
  noun: () => 'constraint',
  create: ({ path: [schema, name, constraint], definition: { definition } }) => {
    const domain = qualified([schema!, name!]);
    const sql = `ALTER DOMAIN ${domain} ADD CONSTRAINT ${ident(constraint!)} ${definition}`;
    if (definition.endsWith(' NOT VALID')) return [{ sql }];
    return [{ sql, hazard: `Fails where a value of domain ${domain} does not meet it.` }];
  },
  drop: ({ path }) => [{ sql: `ALTER DOMAIN ${qualified(path.slice(0, 2))} DROP CONSTRAINT ${ident(path[2]!)}` }],
  alter: ({ definition: from }, { path, definition: to }) => {
    if (from.definition !== `${to.definition} NOT VALID`) return null;
    const domain = qualified(path.slice(0, 2));
    const hazard = `Fails where a value of domain ${domain} does not meet it.`;
    return [{ sql: `ALTER DOMAIN ${domain} VALIDATE CONSTRAINT ${ident(path[2]!)}`, hazard }];
  },
  rename: (from, to) => [
    {
      sql: `ALTER DOMAIN ${qualified(from.path.slice(0, 2))} RENAME CONSTRAINT ${ident(from.path[2]!)} TO ${ident(to.path[2]!)}`,
    },
  ],
  renamedUnasked: true,
};
