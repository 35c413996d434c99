import type { KindRules } from '../../../diff/rules.ts';
import { qualified } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';
import { typeName } from './names.ts';
import { routine } from './routine.ts';

interface Row {
  readonly oid: number;
  readonly array: number;
  readonly multirangeOid?: number;
  readonly multirangeArray?: number;
  readonly schema: string;
  readonly name: string;
  readonly subtype: string;
  readonly operatorClass?: string;
  readonly collation?: string;
  readonly canonical?: string;
  readonly canonicalOid: number;
  readonly difference?: string;
  readonly multirange?: string;
  readonly multirangeSchema?: string;
  /** The functions that come with the type. */
  readonly functions?: readonly number[];
}

export const rangeTypeReader: Reader<Row> = {
  name: 'range_types',
  onlyWith: 'pg_range.rngtypid',
  // Multiranges came with version 14.
  sql: (version) => `
    SELECT t.oid::int8, t.typarray::int8 AS array, n.nspname AS schema, t.typname AS name,
      pg_catalog.format_type(r.rngsubtype, NULL) AS subtype,
      (SELECT pg_catalog.quote_ident(o.nspname) || '.' || pg_catalog.quote_ident(c.opcname)
        FROM pg_catalog.pg_opclass c JOIN pg_catalog.pg_namespace o ON o.oid = c.opcnamespace
        WHERE c.oid = r.rngsubopc AND NOT c.opcdefault) AS "operatorClass",
      (SELECT pg_catalog.quote_ident(o.nspname) || '.' || pg_catalog.quote_ident(c.collname)
        FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_namespace o ON o.oid = c.collnamespace
        WHERE c.oid = r.rngcollation AND r.rngcollation <> s.typcollation) AS collation,
      NULLIF(r.rngcanonical::text, '-') AS canonical, r.rngcanonical::oid::int8 AS "canonicalOid",
      NULLIF(r.rngsubdiff::text, '-') AS difference,
      ${
        version >= 140_000
          ? `m.oid::int8 AS "multirangeOid", m.typarray::int8 AS "multirangeArray", m.typname AS multirange,
             mn.nspname AS "multirangeSchema",`
          : ''
      }
      (SELECT json_agg(d.objid::int8) FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.deptype = 'i'
          AND d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
          AND d.refobjid IN (t.oid${version >= 140_000 ? ', m.oid' : ''})) AS functions
    FROM pg_catalog.pg_range r
    JOIN pg_catalog.pg_type t ON t.oid = r.rngtypid
    JOIN pg_catalog.pg_type s ON s.oid = r.rngsubtype
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    ${
      version >= 140_000
        ? `JOIN pg_catalog.pg_type m ON m.oid = r.rngmultitypid
           JOIN pg_catalog.pg_namespace mn ON mn.oid = m.typnamespace`
        : ''
    }
    WHERE ${USER_SCHEMA} AND ${notOfExtension('pg_type', 't.oid')}`,
  read: (rows, catalog) => {
    for (const row of rows) {
      const { oid, array, schema, name, multirangeSchema, multirangeOid, multirangeArray, canonicalOid, functions } =
        row;
      const isUsual = multirangeSchema === schema && row.multirange === usualMultirange(name);
      const multirange =
        multirangeSchema === undefined || isUsual ? null : qualified([multirangeSchema, row.multirange!]);
      const { subtype, operatorClass, collation, canonical, difference } = row;
      const id = catalog.put(
        'rangeType',
        [schema, name],
        { subtype, operatorClass, collation, canonical, difference, multirange },
        ['pg_type', oid],
        ['pg_type', array],
      );
      if (multirangeOid !== undefined) catalog.alias(id, ['pg_type', multirangeOid], ['pg_type', multirangeArray!]);
      for (const made of functions ?? []) catalog.alias(id, ['pg_proc', made]);
      catalog.later(() => catalog.partOf(catalog.at(['pg_proc', canonicalOid]), id));
    }
  },
};

/** https://www.postgresql.org/docs/current/sql-createtype.html (MULTIRANGE_TYPE_NAME) */
function usualMultirange(name: string): string {
  return name.includes('range') ? name.replace('range', 'multirange') : `${name}_multirange`;
}

export const rangeType: KindRules<'rangeType'> = {
  noun: () => 'range type',
  create: ({ path, definition }, context) => {
    const { subtype, operatorClass, collation, canonical, difference, multirange } = definition;
    const clauses = [
      `subtype = ${subtype}`,
      ...(operatorClass === undefined ? [] : [`subtype_opclass = ${operatorClass}`]),
      ...(collation === undefined ? [] : [`collation = ${collation}`]),
      ...(canonical === undefined ? [] : [`canonical = ${canonical}`]),
      ...(difference === undefined ? [] : [`subtype_diff = ${difference}`]),
      ...(multirange === undefined ? [] : [`multirange_type_name = ${multirange}`]),
    ];
    const sql = `CREATE TYPE ${qualified(path)} AS RANGE (\n  ${clauses.join(',\n  ')}\n)`;
    // The canonical function takes and returns the type: a shell of it comes first.
    const functions = context.parts.flatMap((part) => (part.kind === 'routine' ? routine.create(part, context) : []));
    return functions.length === 0 ? [{ sql }] : [{ sql: `CREATE TYPE ${qualified(path)}` }, ...functions, { sql }];
  },
  drop: ({ path, definition: { canonical } }) => [
    { sql: `DROP TYPE ${qualified(path)}${canonical === undefined ? '' : ' CASCADE'}` },
  ],
  renamedAsked: { loses: () => false },
  rename: (from, to) => [{ sql: `ALTER TYPE ${qualified(from.path)} RENAME TO ${qualified(to.path.slice(1))}` }],
  occupies: ({ path, definition: { multirange } }) => [
    typeName(path),
    ...(multirange === undefined ? [typeName([path[0]!, usualMultirange(path[1]!)])] : []),
  ],
  absorbs: ({ definition: { canonical } }, part) => {
    return part.kind === 'routine' && canonical === qualified(part.path.slice(0, 2));
  },
};
