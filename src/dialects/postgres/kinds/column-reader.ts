import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';
import { defaultName } from './default-name.ts';
import { identityOptions } from './sequence-options.ts';

interface Row {
  readonly relation: number;
  readonly number: number;
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly collation?: string;
  readonly notNull: boolean;
  readonly identity?: string;
  readonly generated?: string;
  readonly expression?: string;
  readonly default?: number;
  readonly storage?: string;
  readonly compression?: string;
  readonly statistics?: number;
  readonly options?: readonly string[];
  readonly foreignOptions?: readonly string[];
  readonly inherited: boolean;
  readonly local: boolean;
  readonly sequence?: {
    readonly oid: number;
    readonly schema: string;
    readonly name: string;
    readonly type: string;
    readonly start: string;
    readonly increment: string;
    readonly minimum: string;
    readonly maximum: string;
    readonly cache: string;
    readonly cycle: boolean;
  };
  /** The columns of parents by that name: table and number. */
  readonly above?: readonly (readonly [number, number])[];
}

/** From 18 on NOT NULL is a constraint; one that says more than that is an object of its own. */
const NOT_NULL_18 = `a.attnotnull AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_constraint k
      WHERE k.conrelid = c.oid AND k.contype = 'n' AND k.conkey[1] = a.attnum AND k.conislocal AND (
        k.connoinherit OR NOT k.convalidated OR k.conname <> pg_catalog.left(c.relname || '_' || a.attname || '_not_null', 63)))`;

/** `pg_attver` is the server's own stamp, from the minor releases of November 2026 on; pg_dump leaves it out as well. */
const OPTIONS = `(SELECT json_agg(o) FROM pg_catalog.unnest(a.attoptions) o WHERE o !~ '^pg_attver=')`;

export const columnReader: Reader<Row> = {
  name: 'columns',
  sql: (version) => `
    SELECT c.oid::int8 AS relation, a.attnum AS number, n.nspname AS schema, c.relname AS table, a.attname AS name,
      pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
      CASE WHEN a.attcollation <> t.typcollation
        THEN pg_catalog.quote_ident(ln.nspname) || '.' || pg_catalog.quote_ident(l.collname) END AS collation,
      ${version >= 180_000 ? NOT_NULL_18 : 'a.attnotnull'} AS "notNull",
      CASE WHEN i.seqrelid IS NOT NULL THEN CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END END
        AS identity,
      CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END AS generated,
      CASE WHEN a.attgenerated <> '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END AS expression,
      CASE WHEN a.attgenerated <> '' THEN d.oid::int8 END AS default,
      CASE WHEN a.attstorage <> t.typstorage THEN
        CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' WHEN 'x' THEN 'EXTENDED' END
      END AS storage,
      ${version >= 140_000 ? `CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END` : 'NULL'} AS compression,
      NULLIF(a.attstattarget, -1) AS statistics, ${OPTIONS} AS options, a.attfdwoptions AS "foreignOptions",
      a.attinhcount > 0 AS inherited, a.attinhcount > 0 AND a.attislocal AND NOT c.relispartition AS local,
      CASE WHEN i.seqrelid IS NOT NULL THEN json_build_object('oid', i.seqrelid::int8, 'schema', sn.nspname,
        'name', sc.relname, 'type', pg_catalog.format_type(i.seqtypid, NULL), 'start', i.seqstart::text,
        'increment', i.seqincrement::text, 'minimum', i.seqmin::text, 'maximum', i.seqmax::text,
        'cache', i.seqcache::text, 'cycle', i.seqcycle) END AS sequence,
      CASE WHEN a.attinhcount > 0 THEN (
        SELECT json_agg(json_build_array(p.attrelid::int8, p.attnum))
        FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_attribute p ON p.attrelid = h.inhparent
        WHERE h.inhrelid = c.oid AND p.attname = a.attname) END AS above
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'f')
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
    LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
    LEFT JOIN (
      pg_catalog.pg_depend o
      JOIN pg_catalog.pg_sequence i ON i.seqrelid = o.objid
      JOIN pg_catalog.pg_class sc ON sc.oid = o.objid
      JOIN pg_catalog.pg_namespace sn ON sn.oid = sc.relnamespace
    ) ON a.attidentity <> '' AND o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND o.deptype = 'i'
      AND o.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND o.refobjid = c.oid AND o.refobjsubid = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped AND ${USER_SCHEMA} AND ${notOfExtension('pg_class', 'c.oid')}
    ORDER BY c.oid, a.attnum`,
  read: (rows, catalog) => {
    for (const row of rows) {
      const { relation, number, schema, table, name, sequence, above, default: expressionOid, ...definition } = row;
      const isUsual = sequence?.schema === schema && sequence.name === defaultName(table, name, 'seq');
      const id = catalog.put(
        'column',
        [schema, table, name],
        {
          ...definition,
          ...(sequence === undefined || isUsual ? {} : { identitySequence: [sequence.schema, sequence.name] }),
          ...(sequence === undefined ? {} : { identityOptions: identityOptions(sequence, definition.type) }),
        },
        ['pg_class', relation, number],
      );
      if (sequence !== undefined) catalog.alias(id, ['pg_class', sequence.oid]);
      if (expressionOid !== undefined) catalog.alias(id, ['pg_attrdef', expressionOid]);
      catalog.later(() => {
        catalog.need(id, catalog.at(['pg_class', relation]), 'own');
        for (const parent of above ?? []) catalog.need(id, catalog.at(['pg_class', ...parent]), 'use');
      });
    }
  },
};
