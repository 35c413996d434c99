import type { KindRules } from '../../../diff/rules.ts';
import { sameDefinition, type ObjectOf } from '../../../schema/object.ts';
import { ident, qualified } from '../ident.ts';
import { inParentheses } from '../parentheses.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly schema: string;
  readonly relation: string;
  readonly name: string;
  readonly command: string;
  readonly restrictive: boolean;
  readonly roles?: readonly string[];
  readonly using?: string;
  readonly withCheck?: string;
}

export const policyReader: Reader<Row> = {
  name: 'policies',
  onlyWith: 'pg_policy.oid',
  // Role 0 is everyone: no row of pg_roles, so the list is empty.
  sql: () => `
    SELECT p.oid::int8, n.nspname AS schema, c.relname AS relation, p.polname AS name,
      CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END AS command,
      NOT p.polpermissive AS restrictive,
      (SELECT json_agg(r.rolname ORDER BY r.rolname) FROM pg_catalog.pg_roles r WHERE r.oid = ANY (p.polroles)) AS roles,
      pg_catalog.pg_get_expr(p.polqual, p.polrelid) AS using, pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) AS "withCheck"
    FROM pg_catalog.pg_policy p
    JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE ${USER_SCHEMA} AND ${notOfExtension('pg_policy', 'p.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, schema, relation, name, roles, ...definition } of rows) {
      catalog.put('policy', [schema, relation, name], { ...definition, roles: roles ?? [] }, ['pg_policy', oid]);
    }
  },
};

type Policy = ObjectOf<'policy'>;

export const policy: KindRules<'policy'> = {
  noun: () => 'policy',
  create: (object) => {
    const { command, restrictive, roles, using, withCheck } = object.definition;
    const clauses = [
      `CREATE POLICY ${onRelation(object)}`,
      ...(restrictive === true ? ['AS RESTRICTIVE'] : []),
      ...(command === 'ALL' ? [] : [`FOR ${command}`]),
      ...(roles.length === 0 ? [] : [toRoles(roles)]),
      ...expressions(using, withCheck),
    ];
    return [{ sql: clauses.join('\n  ') }];
  },
  drop: (object) => [{ sql: `DROP POLICY ${onRelation(object)}` }],
  alter: ({ definition: from }, object) => {
    const { definition: to } = object;
    const isInPlace = from.command === to.command && from.restrictive === to.restrictive;
    const isUsingGone = from.using !== undefined && to.using === undefined;
    const isCheckGone = from.withCheck !== undefined && to.withCheck === undefined;
    if (!isInPlace || isUsingGone || isCheckGone) return null;
    const clauses = [
      ...(sameDefinition(from.roles, to.roles) ? [] : [toRoles(to.roles)]),
      ...expressions(
        from.using === to.using ? undefined : to.using,
        from.withCheck === to.withCheck ? undefined : to.withCheck,
      ),
    ];
    return [{ sql: [`ALTER POLICY ${onRelation(object)}`, ...clauses].join('\n  ') }];
  },
  rename: (from, to) => [{ sql: `ALTER POLICY ${onRelation(from)} RENAME TO ${ident(to.path[2]!)}` }],
};

function onRelation({ path }: Policy): string {
  return `${ident(path[2]!)} ON ${qualified(path.slice(0, 2))}`;
}

function toRoles(roles: readonly string[]): string {
  return `TO ${roles.length === 0 ? 'PUBLIC' : roles.map(ident).join(', ')}`;
}

function expressions(using: string | undefined, withCheck: string | undefined): string[] {
  return [
    ...(using === undefined ? [] : [`USING ${inParentheses(using)}`]),
    ...(withCheck === undefined ? [] : [`WITH CHECK ${inParentheses(withCheck)}`]),
  ];
}
