import type { ObjectId, ObjectOf, Path } from '../../../schema/object.ts';
import type { Address, Catalog } from '../catalog.ts';
import { inUserSchema, type Reader } from '../reader.ts';
import { defaultName } from './default-name.ts';
import { identityOptions } from './sequence-options.ts';

interface Row {
  readonly relation: number;
  readonly number: number;
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly more?: More;
}

/** What most columns have nothing of. */
interface More {
  readonly collation?: string;
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
const NOT_NULL_18 = `a.attnotnull AND (a.attrelid, a.attnum) NOT IN (
      SELECT k.conrelid, k.conkey[1]
      FROM pg_catalog.pg_constraint k
      JOIN pg_catalog.pg_class kc ON kc.oid = k.conrelid
      JOIN pg_catalog.pg_attribute ka ON ka.attrelid = k.conrelid AND ka.attnum = k.conkey[1]
      WHERE k.contype = 'n' AND k.conislocal AND (
        k.connoinherit OR NOT k.convalidated OR k.conname <> pg_catalog.left(kc.relname || '_' || ka.attname || '_not_null', 63)))`;

/** `pg_attver` is the server's own stamp, from the minor releases of November 2026 on; pg_dump leaves it out as well. */
const OPTIONS = `(SELECT json_agg(o) FROM pg_catalog.unnest(a.attoptions) o WHERE o !~ '^pg_attver=')`;

const HAS_OPTIONS = `pg_catalog.cardinality(a.attoptions) > 1 OR a.attoptions[1] NOT LIKE 'pg_attver=%'`;

const SEQUENCE = `(
        SELECT json_build_object('oid', i.seqrelid::int8, 'schema', sn.nspname, 'name', sc.relname,
          'type', pg_catalog.format_type(i.seqtypid, NULL), 'start', i.seqstart::text, 'increment', i.seqincrement::text,
          'minimum', i.seqmin::text, 'maximum', i.seqmax::text, 'cache', i.seqcache::text, 'cycle', i.seqcycle)
        FROM pg_catalog.pg_depend o
        JOIN pg_catalog.pg_sequence i ON i.seqrelid = o.objid
        JOIN pg_catalog.pg_class sc ON sc.oid = o.objid
        JOIN pg_catalog.pg_namespace sn ON sn.oid = sc.relnamespace
        WHERE o.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND o.refobjid = a.attrelid AND o.refobjsubid = a.attnum
          AND o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND o.deptype = 'i')`;

const more = (version: number): string => `
      SELECT
        CASE WHEN a.attcollation <> t.typcollation THEN (
          SELECT pg_catalog.quote_ident(ln.nspname) || '.' || pg_catalog.quote_ident(l.collname)
          FROM pg_catalog.pg_collation l JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
          WHERE l.oid = a.attcollation) END AS collation,
        CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END AS identity,
        CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END AS generated,
        CASE WHEN a.attgenerated <> '' THEN (
          SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d
          WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) END AS expression,
        CASE WHEN a.attgenerated <> '' THEN (
          SELECT d.oid::int8 FROM pg_catalog.pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) END AS default,
        CASE WHEN a.attstorage <> t.typstorage THEN
          CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' WHEN 'x' THEN 'EXTENDED' END
        END AS storage,
        ${version >= 140_000 ? `CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END` : 'NULL'} AS compression,
        NULLIF(a.attstattarget, -1) AS statistics, ${OPTIONS} AS options, a.attfdwoptions AS "foreignOptions",
        a.attinhcount > 0 AS inherited, a.attinhcount > 0 AND a.attislocal AND NOT c.relispartition AS local,
        CASE WHEN a.attidentity <> '' THEN ${SEQUENCE} END AS sequence,
        CASE WHEN a.attinhcount > 0 THEN (
          SELECT json_agg(json_build_array(p.attrelid::int8, p.attnum))
          FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_attribute p ON p.attrelid = h.inhparent
          WHERE h.inhrelid = a.attrelid AND p.attname = a.attname) END AS above`;

export const columnReader: Reader<Row> = {
  name: 'columns',
  columns: ['relation', 'number', 'name', 'type', 'notNull', 'more'],
  sql: (version, catalog) => `
    SELECT a.attrelid::int8 AS relation, a.attnum AS number, a.attname AS name,
      pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
      ${version >= 180_000 ? NOT_NULL_18 : 'a.attnotnull'} AS "notNull",
      CASE WHEN a.attcollation <> t.typcollation OR a.attidentity <> '' OR a.attgenerated <> '' OR a.attinhcount > 0
        OR a.attstorage <> t.typstorage ${version >= 140_000 ? `OR a.attcompression <> ''` : ''}
        OR a.attstattarget <> -1 OR ${HAS_OPTIONS} OR a.attfdwoptions IS NOT NULL
        THEN (SELECT json_strip_nulls(row_to_json(m)) FROM (${more(version)}) m) END AS more
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    WHERE c.relkind IN ('r', 'p', 'f') AND ${inUserSchema('c.relnamespace', catalog)} AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum`,
  read: (rows, catalog) => {
    const usual = { nullable: new Map<string, Definition>(), notNull: new Map<string, Definition>() };
    for (const { relation, number, name, type, notNull, more: rest } of rows) {
      const table = catalog.relation(relation);
      if (table === undefined) continue;
      const address = ['pg_class', relation, number] as const;
      if (rest !== undefined) {
        const id = putUnusual([...table.object.path, name], { type, notNull }, rest, address, catalog);
        catalog.need(id, table.id, 'own');
        continue;
      }
      const known = usual[notNull ? 'notNull' : 'nullable'];
      let definition = known.get(type);
      if (definition === undefined) known.set(type, (definition = catalog.define('column', { type, notNull })));
      catalog.putPart('column', table, catalog.name(name), definition, address);
    }
  },
};

type Definition = ObjectOf<'column'>['definition'];

function putUnusual(
  path: Path,
  usual: Pick<Row, 'type' | 'notNull'>,
  { sequence, above, default: expressionOid, identity, ...rest }: More,
  address: Address,
  catalog: Catalog,
): ObjectId {
  const [schema, table, name] = path as [string, string, string];
  const isUsual = sequence?.schema === schema && sequence.name === defaultName(table, name, 'seq');
  const definition = {
    ...usual,
    ...rest,
    // A partition has the identity of its parent.
    ...(sequence === undefined ? {} : { identity, identityOptions: identityOptions(sequence, usual.type) }),
    ...(sequence === undefined || isUsual ? {} : { identitySequence: [sequence.schema, sequence.name] }),
  };
  const id = catalog.put('column', path, definition, address);
  if (sequence !== undefined) catalog.alias(id, ['pg_class', sequence.oid]);
  if (expressionOid !== undefined) catalog.alias(id, ['pg_attrdef', expressionOid]);
  if (above !== undefined) {
    catalog.later(() => {
      for (const parent of above) catalog.need(id, catalog.at(['pg_class', ...parent]), 'use');
    });
  }
  return id;
}
