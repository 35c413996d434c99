import { idOf } from '../../../schema/object.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';
import { defaultName, joinedColumns } from './default-name.ts';

interface Row {
  readonly oid: number;
  readonly relation: number;
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly unique: boolean;
  readonly text: string;
  /** What stands before and what is left out of the text. */
  readonly prefix: string;
  readonly with?: string;
  readonly columns: readonly string[];
  readonly options?: readonly string[];
  readonly parent?: readonly string[];
  readonly partitions?: readonly (readonly string[])[];
  readonly statistics?: Readonly<Record<string, string>>;
  readonly tablespace?: string;
  readonly invalid: boolean;
}

/** Storage options as the server prints them in WITH (…); NULL where there are none. */
export function printedOptions(options: string): string {
  return `(SELECT pg_catalog.string_agg(pg_catalog.quote_ident(o.option_name) || '=' || CASE
        WHEN pg_catalog.quote_ident(o.option_value) = o.option_value THEN o.option_value
        ELSE pg_catalog.quote_literal(o.option_value) END, ', ')
      FROM pg_catalog.pg_options_to_table(${options}) o)`;
}

export const indexReader: Reader<Row> = {
  name: 'indexes',
  onlyWith: 'pg_index.indexrelid',
  // Those of constraints are parts of the constraint.
  sql: () => `
    SELECT i.oid::int8, c.oid::int8 AS relation, n.nspname AS schema, c.relname AS table, i.relname AS name,
      x.indisunique AS unique, pg_catalog.pg_get_indexdef(i.oid) AS text,
      pg_catalog.format('CREATE %sINDEX %I ON %s%I.%I ', CASE WHEN x.indisunique THEN 'UNIQUE ' END, i.relname,
        CASE WHEN i.relkind = 'I' THEN 'ONLY ' END, n.nspname, c.relname) AS prefix,
      ${printedOptions('i.reloptions')} AS with,
      (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = i.oid) AS columns,
      i.reloptions AS options,
      CASE WHEN p.oid IS NOT NULL THEN json_build_array(pn.nspname, pc.relname, p.relname) END AS parent,
      CASE WHEN i.relkind = 'I' THEN (
        SELECT json_agg(json_build_array(hn.nspname, hc.relname))
        FROM pg_catalog.pg_inherits h
        JOIN pg_catalog.pg_class hc ON hc.oid = h.inhrelid
        JOIN pg_catalog.pg_namespace hn ON hn.oid = hc.relnamespace
        WHERE h.inhparent = c.oid) END AS partitions,
      (SELECT json_object_agg(a.attnum::text, a.attstattarget::text) FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = i.oid AND a.attstattarget >= 0) AS statistics,
      s.spcname AS tablespace, NOT x.indisvalid AS invalid
    FROM pg_catalog.pg_index x
    JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
    JOIN pg_catalog.pg_class c ON c.oid = x.indrelid AND c.relkind IN ('r', 'p', 'm')
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = i.reltablespace
    LEFT JOIN pg_catalog.pg_inherits h ON h.inhrelid = i.oid
    LEFT JOIN pg_catalog.pg_class p ON p.oid = h.inhparent
    LEFT JOIN pg_catalog.pg_index px ON px.indexrelid = p.oid
    LEFT JOIN pg_catalog.pg_class pc ON pc.oid = px.indrelid
    LEFT JOIN pg_catalog.pg_namespace pn ON pn.oid = pc.relnamespace
    WHERE ${USER_SCHEMA} AND ${notOfExtension('pg_class', 'c.oid')} AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))
    ORDER BY i.oid`,
  read: (rows, catalog) => {
    for (const {
      oid,
      relation,
      schema,
      table,
      name,
      text,
      prefix,
      with: storage,
      columns,
      partitions,
      ...definition
    } of rows) {
      const bare = text.slice(prefix.length);
      const id = catalog.put(
        'index',
        [schema, table, name],
        {
          ...definition,
          definition: storage === undefined ? bare : bare.replace(` WITH (${storage})`, () => ''),
          given: definition.parent === undefined ? null : givenUnless(name, table, columns),
        },
        ['pg_class', oid],
      );
      catalog.later(() => catalog.need(id, catalog.at(['pg_class', relation]), 'own'));
      // It is a part of the parent's index for as long as its table is a part of the parent. One of the parent comes when
      // its partitions are there: it would make theirs itself when they join.
      for (const path of [[schema, table], ...(partitions ?? [])]) catalog.need(id, idOf('partition', path), 'use');
    }
  },
};

/** Where the usual name was taken the server counts it up. */
function givenUnless(name: string, table: string, columns: readonly string[]): string | null {
  const addition = joinedColumns(columns);
  const usual = defaultName(table, addition, 'idx');
  const counted = /^idx\d+$/.exec(name.slice(name.lastIndexOf('_') + 1))?.[0];
  return name === usual || (counted !== undefined && name === defaultName(table, addition, counted)) ? null : usual;
}
