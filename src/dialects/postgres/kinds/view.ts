import type { KindRules, Statement } from '../../../diff/rules.ts';
import type { ObjectOf } from '../../../schema/object.ts';
import { qualified } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';
import { relationName, typeName } from './names.ts';
import { changeOptions, withOptions } from './options.ts';

interface Row {
  readonly oid: number;
  readonly rowType: number;
  readonly array: number;
  readonly rule: number;
  readonly schema: string;
  readonly name: string;
  readonly columns?: readonly (readonly string[])[];
  readonly definition: string;
  readonly options?: readonly string[];
}

/** Rows of name, type and, where it is not the type's own, collation. `c` is the relation. */
export const COLUMN_ROWS = `(
  SELECT json_agg(
    CASE WHEN a.attcollation = t.typcollation
      THEN json_build_array(a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod))
      ELSE json_build_array(a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), (
        SELECT pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(co.collname)
        FROM pg_catalog.pg_collation co
        JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
        WHERE co.oid = a.attcollation))
    END ORDER BY a.attnum)
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)`;

export const viewReader: Reader<Row> = {
  name: 'views',
  onlyWith: `pg_class.oid AND u.relkind = 'v'`,
  sql: () => `
    SELECT c.oid::int8, c.reltype::int8 AS "rowType", rt.typarray::int8 AS array, r.oid::int8 AS rule,
      n.nspname AS schema, c.relname AS name, ${COLUMN_ROWS} AS columns,
      pg_catalog.pg_get_viewdef(c.oid) AS definition, c.reloptions AS options
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid AND r.rulename = '_RETURN'
    LEFT JOIN pg_catalog.pg_type rt ON rt.oid = c.reltype
    WHERE c.relkind = 'v' AND ${USER_SCHEMA} AND ${notOfExtension('pg_class', 'c.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, rowType, array, rule, schema, name, columns, definition, options } of rows) {
      catalog.put(
        'view',
        [schema, name],
        { columns: columns ?? [], definition: queryOf(definition), options },
        ['pg_class', oid],
        ['pg_rewrite', rule],
        ['pg_type', rowType],
        ['pg_type', array],
      );
    }
  },
};

/** The query of a view as the server prints it, without what surrounds it. */
export function queryOf(definition: string): string {
  return definition.trim().replace(/;$/, '');
}

type View = ObjectOf<'view'>;

export const view: KindRules<'view'> = {
  noun: () => 'view',
  create: (object) => [{ sql: createView('CREATE VIEW', object) }],
  drop: ({ path }) => [{ sql: `DROP VIEW ${qualified(path)}` }],
  alter: (from, to) => {
    const isSameQuery = from.definition.definition === to.definition.definition && isPrefix(to, from);
    if (isSameQuery && isPrefix(from, to)) return changeViewOptions(from, to);
    // OR REPLACE may only add columns at the end; options that it does not name are reset.
    return isPrefix(from, to) ? [{ sql: createView('CREATE OR REPLACE VIEW', to) }] : null;
  },
  renamedAsked: { loses: () => false },
  rename: (from, to) => [{ sql: `ALTER VIEW ${qualified(from.path)} RENAME TO ${qualified(to.path.slice(1))}` }],
  occupies: ({ path }) => [relationName(path), typeName(path)],
};

function createView(words: string, { path, definition: { definition, options } }: View): string {
  return `${words} ${qualified(path)}${withOptions(options)} AS\n${definition}`;
}

function changeViewOptions(from: View, to: View): Statement[] {
  return changeOptions(`ALTER VIEW ${qualified(to.path)}`, from.definition.options, to.definition.options);
}

function isPrefix(shorter: View, longer: View): boolean {
  return shorter.definition.columns.every(
    (column, at) => JSON.stringify(column) === JSON.stringify(longer.definition.columns[at]),
  );
}
