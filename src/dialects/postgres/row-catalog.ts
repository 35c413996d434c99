import type { Path } from '../../schema/object.ts';
import type { Session } from '../../session/session.ts';
import { notOfExtension, USER_SCHEMA } from './reader.ts';

/** What making up rows must know of a column. */
export interface RowColumn {
  readonly name: string;
  readonly number: number;
  readonly type: number;
  readonly modifier: number;
  /** The type as SQL writes it: `character varying(80)`. */
  readonly typeName: string;
  /** By itself, or because its domain is. */
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  /** `a`: GENERATED ALWAYS AS IDENTITY. */
  readonly identity: '' | 'a' | 'd';
  readonly generated: boolean;
}

export interface RowTable {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** `r`: ordinary, `p`: partitioned, `f`: foreign. */
  readonly type: 'r' | 'p' | 'f';
  /** Of a partition, the oid of the table it is a part of. */
  readonly parent: number | null;
  /** What a row must satisfy to belong to this partition. */
  readonly bound: string | null;
  /** Row security hides rows from who is asking. */
  readonly shielded: boolean;
  readonly columns: readonly RowColumn[];
}

export interface RowCheck {
  readonly table: number;
  readonly name: string;
  readonly columns: readonly number[];
  readonly expression: string;
}

export interface RowForeignKey {
  readonly table: number;
  readonly columns: readonly number[];
  readonly references: number;
  readonly referenced: readonly number[];
}

/** A unique index, or one of an exclusion constraint. */
export interface RowKey {
  readonly table: number;
  /** Without those that are expressions. */
  readonly columns: readonly number[];
  readonly expressions: string | null;
}

export interface RowType {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** `b`ase, `c`omposite, `d`omain, `e`num, `m`ultirange, `p`seudo or `r`ange. */
  readonly type: string;
  readonly category: string;
  readonly delimiter: string;
  readonly element: number;
  readonly base: number;
  readonly modifier: number;
  readonly labels: readonly string[] | null;
  readonly attributes: readonly (readonly [number, number])[] | null;
  /** Of a range its elements' type, of a multirange its ranges'. */
  readonly subtype: number | null;
  readonly checks: readonly string[] | null;
}

export interface RowCatalog {
  readonly tables: readonly RowTable[];
  readonly checks: readonly RowCheck[];
  readonly foreignKeys: readonly RowForeignKey[];
  readonly keys: readonly RowKey[];
  readonly types: readonly RowType[];
  readonly isUtf8: boolean;
}

const IS_TABLE = `c.relkind IN ('r', 'p', 'f') AND ${USER_SCHEMA}`;
const IS_LOOKED_AT = `${IS_TABLE} AND c.relpersistence <> 't' AND ${notOfExtension('pg_class', 'c.oid')}`;
const ALL = `SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ${IS_TABLE}`;

/** Some, with those that they refer to. */
const SOME = `
  WITH asked AS (
    SELECT c.oid FROM unnest($1::text[], $2::text[]) u(schema, name)
    JOIN pg_catalog.pg_namespace n ON n.nspname = u.schema
    JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = u.name
  ), chosen AS (
  SELECT a.oid FROM asked a
  UNION SELECT k.confrelid FROM pg_catalog.pg_constraint k JOIN asked a ON k.conrelid = a.oid WHERE k.contype = 'f')`;

const CHOSEN = 'SELECT s.oid FROM chosen s';

const tables = (condition: string): string => `
  SELECT c.oid::int8, n.nspname AS schema, c.relname AS name, c.relkind AS type,
    (SELECT i.inhparent::int8 FROM pg_catalog.pg_inherits i WHERE c.relispartition AND i.inhrelid = c.oid) AS parent,
    CASE WHEN c.relispartition THEN pg_catalog.pg_get_partition_constraintdef(c.oid) END AS bound,
    pg_catalog.row_security_active(c.oid) AS shielded,
    coalesce((
      SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
        'name', a.attname, 'number', a.attnum, 'type', a.atttypid::int8, 'modifier', a.atttypmod,
        'typeName', pg_catalog.format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull OR t.typnotnull OR coalesce(b.typnotnull, false),
        'hasDefault', a.atthasdef, 'identity', a.attidentity, 'generated', a.attgenerated <> '') ORDER BY a.attnum)
      FROM pg_catalog.pg_attribute a
      JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]') AS columns
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE ${condition}
  ORDER BY n.nspname, c.relname`;

const checks = (scope: string): string => `
  SELECT k.conrelid::int8 AS table, k.conname AS name, coalesce(k.conkey, '{}') AS columns,
    pg_catalog.pg_get_expr(k.conbin, k.conrelid) AS expression
  FROM pg_catalog.pg_constraint k
  WHERE k.contype = 'c' AND k.conrelid IN (${scope})
  ORDER BY k.oid`;

/** To a partitioned table there is one more for each of its partitions, under the one that was declared. */
const foreignKeys = (scope: string): string => `
  SELECT k.conrelid::int8 AS table, k.conkey AS columns, k.confrelid::int8 AS references, k.confkey AS referenced
  FROM pg_catalog.pg_constraint k
  WHERE k.contype = 'f' AND k.conrelid IN (${scope}) AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_constraint p WHERE p.oid = k.conparentid AND p.conrelid = k.conrelid)
  ORDER BY k.oid`;

const keys = (scope: string): string => `
  SELECT i.indrelid::int8 AS table,
    ARRAY(SELECT u.number FROM unnest(i.indkey::int2[]) WITH ORDINALITY u(number, at)
          WHERE u.at <= i.indnkeyatts AND u.number > 0) AS columns,
    pg_catalog.pg_get_expr(i.indexprs, i.indrelid) AS expressions
  FROM pg_catalog.pg_index i
  WHERE (i.indisunique OR i.indisexclusion) AND i.indrelid IN (${scope})
  ORDER BY i.indexrelid`;

const multirange = (version: number): string =>
  version < 140000 ? '' : 'UNION ALL SELECT r.rngtypid FROM pg_catalog.pg_range r WHERE r.rngmultitypid = t.oid';

/** The types of all columns with those that they are made of. */
const types = (scope: string, version: number): string => `
  WITH RECURSIVE used(oid) AS (
    SELECT a.atttypid FROM pg_catalog.pg_attribute a WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid IN (${scope})
    UNION
    SELECT v.oid FROM used u JOIN pg_catalog.pg_type t ON t.oid = u.oid CROSS JOIN LATERAL (
      SELECT t.typelem AS oid UNION ALL SELECT t.typbasetype
      UNION ALL SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid ${multirange(version)}
      UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute a
        WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
    ) v WHERE v.oid <> 0
  )
  SELECT t.oid::int8, n.nspname AS schema, t.typname AS name, t.typtype AS type, t.typcategory AS category,
    t.typdelim AS delimiter, t.typelem::int8 AS element, t.typbasetype::int8 AS base, t.typtypmod AS modifier,
    (SELECT pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid) AS labels,
    CASE WHEN t.typtype = 'c' THEN (
      SELECT pg_catalog.json_agg(pg_catalog.json_build_array(a.atttypid::int8, a.atttypmod) ORDER BY a.attnum)
      FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) END AS attributes,
    (SELECT v.oid::int8 FROM (
      SELECT r.rngsubtype AS oid FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid ${multirange(version)}) v) AS subtype,
    (SELECT pg_catalog.json_agg(pg_catalog.pg_get_expr(k.conbin, 0)) FROM pg_catalog.pg_constraint k
     WHERE k.contypid = t.oid AND k.contype = 'c') AS checks
  FROM used u JOIN pg_catalog.pg_type t ON t.oid = u.oid JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace`;

/**
 * Reads, under an empty search_path, all that rows are made up by.
 *
 * @param only of these tables and those that they refer to
 */
export async function readRowCatalog(session: Session, only?: readonly Path[]): Promise<RowCatalog> {
  await session.query('BEGIN READ ONLY');
  try {
    const { rows: set } = await session.query(`
      SELECT pg_catalog.set_config('search_path', '', true), pg_catalog.set_config('TimeZone', 'UTC', true),
        pg_catalog.set_config('DateStyle', 'ISO, YMD', true), pg_catalog.set_config('jit', 'off', true),
        pg_catalog.current_setting('server_version_num') AS version, pg_catalog.current_setting('server_encoding') AS encoding`);
    const { version, encoding } = set[0]!;
    const scope = only === undefined ? ALL : CHOSEN;
    const lists = {
      tables: tables(only === undefined ? IS_LOOKED_AT : `c.oid IN (${CHOSEN})`),
      checks: checks(scope),
      foreignKeys: foreignKeys(scope),
      keys: keys(scope),
      types: types(scope, Number(version)),
    };
    const answers = Object.entries(lists).map(
      ([name, sql]) => `(SELECT pg_catalog.json_agg(pg_catalog.row_to_json(r)) FROM (${sql}) r)::text AS "${name}"`,
    );
    const asked = only && [only.map(([schema]) => schema), only.map(([, name]) => name)];
    const { rows } = await session.query(`${only === undefined ? '' : SOME} SELECT ${answers.join(',\n')}`, asked);
    const parsed = Object.fromEntries(
      Object.keys(lists).map((name) => [name, JSON.parse((rows[0]![name] as string | null) ?? '[]') as unknown]),
    );
    return { ...(parsed as unknown as Omit<RowCatalog, 'isUtf8'>), isUtf8: encoding === 'UTF8' };
  } finally {
    await session.query('ROLLBACK');
  }
}
