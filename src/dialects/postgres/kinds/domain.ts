import type { KindRules, Statement } from '../../../diff/rules.ts';
import type { SchemaObject } from '../../../schema/object.ts';
import { ident, qualified } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';
import { moveType } from './aside.ts';
import { typeName } from './names.ts';

interface Row {
  readonly oid: number;
  readonly array: number;
  readonly schema: string;
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly collation?: string;
  readonly default?: string;
}

export const domainReader: Reader<Row> = {
  name: 'domains',
  onlyWith: `pg_type.oid AND u.typtype = 'd'`,
  sql: () => `
    SELECT t.oid::int8, t.typarray::int8 AS array, n.nspname AS schema, t.typname AS name,
      pg_catalog.format_type(t.typbasetype, t.typtypmod) AS type, t.typnotnull AS "notNull",
      CASE WHEN t.typcollation <> b.typcollation THEN (
        SELECT pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(co.collname)
        FROM pg_catalog.pg_collation co JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
        WHERE co.oid = t.typcollation) END AS collation,
      COALESCE(pg_catalog.pg_get_expr(t.typdefaultbin, 0), pg_catalog.quote_literal(t.typdefault)) AS default
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype = 'd' AND ${USER_SCHEMA} AND ${notOfExtension('pg_type', 't.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, array, schema, name, ...definition } of rows) {
      catalog.put('domain', [schema, name], definition, ['pg_type', oid], ['pg_type', array]);
    }
  },
};

export const domain: KindRules<'domain'> = {
  noun: () => 'domain',
  create: ({ path, definition: { type, collation, default: value, notNull } }, { parts }) => {
    const clauses = [
      `CREATE DOMAIN ${qualified(path)} AS ${type}`,
      ...(collation === undefined ? [] : [`COLLATE ${collation}`]),
      ...(value === undefined ? [] : [`DEFAULT ${value}`]),
      ...(notNull === true ? ['NOT NULL'] : []),
      ...parts.flatMap(constraintClause),
    ];
    return [{ sql: clauses.join('\n  ') }];
  },
  drop: ({ path }) => [{ sql: `DROP DOMAIN ${qualified(path)}` }],
  alter: ({ definition: from }, { path, definition: to }) => {
    if (from.type !== to.type || from.collation !== to.collation) return null;
    const words = `ALTER DOMAIN ${qualified(path)}`;
    const statements: Statement[] = [];
    if (from.default !== to.default) {
      statements.push({ sql: `${words} ${to.default === undefined ? 'DROP DEFAULT' : `SET DEFAULT ${to.default}`}` });
    }
    if (from.notNull === true && to.notNull === undefined) statements.push({ sql: `${words} DROP NOT NULL` });
    if (from.notNull === undefined && to.notNull === true) {
      const hazard = `Fails where a column of domain ${qualified(path)} has no value.`;
      statements.push({ sql: `${words} SET NOT NULL`, hazard });
    }
    return statements;
  },
  renamedAsked: { loses: () => false },
  rename: (from, to) => [{ sql: `ALTER DOMAIN ${qualified(from.path)} RENAME TO ${qualified(to.path.slice(1))}` }],
  occupies: ({ path }) => [typeName(path)],
  absorbs: (_whole, part) => constraintClause(part).length > 0,
  aside: { move: moveType },
};

/** As CREATE DOMAIN takes it, which knows no NOT VALID. */
function constraintClause(part: SchemaObject): string[] {
  if (part.kind !== 'domainConstraint' || part.definition.definition.endsWith(' NOT VALID')) return [];
  return [`CONSTRAINT ${ident(part.path[2]!)} ${part.definition.definition}`];
}
