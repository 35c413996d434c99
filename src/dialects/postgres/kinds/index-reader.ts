import { ToraleError } from '../../../errors.ts';
import { idOf } from '../../../schema/object.ts';
import type { Catalog } from '../catalog.ts';
import { inUserSchema, type Reader } from '../reader.ts';
import { defaultName, joinedColumns } from './default-name.ts';

interface Row {
  readonly oid: number;
  readonly relation: number;
  readonly name: string;
  readonly unique: boolean;
  readonly invalid: boolean;
  readonly columns: readonly string[];
  /** What its definition is made of beside the columns; none where it may be like no other. */
  readonly sort?: string;
  /** Numbers of the columns of the table. */
  readonly numbers: readonly number[];
  readonly more?: More;
}

/** What most indexes have nothing of. */
interface More {
  readonly with?: string;
  readonly options?: readonly string[];
  readonly parent?: readonly string[];
  readonly partitions?: readonly (readonly string[])[];
  readonly statistics?: Readonly<Record<string, string>>;
  readonly tablespace?: string;
}

/** Storage options as the server prints them in WITH (…); NULL where there are none. */
export function printedOptions(options: string): string {
  return `(SELECT pg_catalog.string_agg(pg_catalog.quote_ident(o.option_name) || '=' || CASE
        WHEN pg_catalog.quote_ident(o.option_value) = o.option_value THEN o.option_value
        ELSE pg_catalog.quote_literal(o.option_value) END, ', ')
      FROM pg_catalog.pg_options_to_table(${options}) o)`;
}

const MORE = `
        SELECT json_strip_nulls(row_to_json(o)) FROM (
          SELECT ${printedOptions('i.reloptions')} AS with, i.reloptions AS options,
            CASE WHEN i.relispartition THEN (
              SELECT json_build_array(pn.nspname, pc.relname, p.relname)
              FROM pg_catalog.pg_inherits h
              JOIN pg_catalog.pg_class p ON p.oid = h.inhparent
              JOIN pg_catalog.pg_index px ON px.indexrelid = p.oid
              JOIN pg_catalog.pg_class pc ON pc.oid = px.indrelid
              JOIN pg_catalog.pg_namespace pn ON pn.oid = pc.relnamespace
              WHERE h.inhrelid = i.oid) END AS parent,
            CASE WHEN i.relkind = 'I' THEN (
              SELECT json_agg(json_build_array(hn.nspname, hc.relname))
              FROM pg_catalog.pg_inherits h
              JOIN pg_catalog.pg_class hc ON hc.oid = h.inhrelid
              JOIN pg_catalog.pg_namespace hn ON hn.oid = hc.relnamespace
              WHERE h.inhparent = x.indrelid) END AS partitions,
            (SELECT json_object_agg(a.attnum::text, a.attstattarget::text) FROM pg_catalog.pg_attribute a
              WHERE a.attrelid = i.oid AND a.attstattarget >= 0) AS statistics,
            (SELECT s.spcname FROM pg_catalog.pg_tablespace s WHERE s.oid = i.reltablespace) AS tablespace) o`;

/** Indexes of one text, as far as it says what is to be indexed and how. */
type Alike = Map<string, Row[]>;

const WAITING = new WeakMap<Catalog, Alike>();

/** The first server whose words for an index may say more than {@link Row.sort} holds. */
const UNKNOWN_VERSION = 190_000;

/**
 * All indexes but for their definitions, which are asked for afterwards, once for all that are alike: the server takes 40
 * to 80 µs to print one, since it looks through all operator classes for the usual one.
 */
export const indexReader: Reader<Row> = {
  name: 'indexes',
  onlyWith: 'pg_index.indexrelid',
  columns: ['oid', 'relation', 'name', 'unique', 'invalid', 'columns', 'sort', 'numbers', 'more'],
  // Those of constraints are parts of the constraint. Not as NOT EXISTS: conindid has no index, and before the first ANALYZE the
  // server takes a loop in a loop for 5,000 tables, which is minutes instead of a hashed list.
  sql: (version, catalog) => `
    SELECT i.oid::int8, x.indrelid::int8 AS relation, i.relname AS name, x.indisunique AS unique, NOT x.indisvalid AS invalid,
      k.columns, string_to_array(x.indkey::text, ' ')::int[] AS numbers,
      CASE WHEN x.indexprs IS NULL AND x.indpred IS NULL AND NOT k.special AND ${version < UNKNOWN_VERSION}
        THEN pg_catalog.concat_ws('/', i.relam, x.indnkeyatts, x.indclass, x.indcollation, x.indoption, i.reloptions
          ${version >= 150_000 ? ', x.indnullsnotdistinct' : ''}) END AS sort,
      CASE WHEN k.special OR i.reloptions IS NOT NULL OR i.reltablespace <> 0 OR i.relispartition OR i.relkind = 'I'
        THEN (${MORE}) END AS more
    FROM pg_catalog.pg_index x
    JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
    CROSS JOIN LATERAL (
      SELECT json_agg(a.attname ORDER BY a.attnum) AS columns,
        COALESCE(bool_or(a.attoptions IS NOT NULL OR a.attstattarget >= 0), false) AS special
      FROM pg_catalog.pg_attribute a WHERE a.attrelid = x.indexrelid) k
    WHERE ${inUserSchema('i.relnamespace', catalog)} AND x.indexrelid NOT IN (
      SELECT k.conindid FROM pg_catalog.pg_constraint k WHERE k.contype IN ('p', 'u', 'x'))
    ORDER BY i.oid`,
  read: (rows, catalog) => {
    const alike: Alike = new Map();
    for (const row of rows) {
      if (catalog.relation(row.relation) === undefined) continue;
      const shape = shapeOf(row, catalog);
      const list = alike.get(shape);
      if (list === undefined) alike.set(shape, [row]);
      else list.push(row);
    }
    WAITING.set(catalog, alike);
  },
};

/** The same for indexes that the server prints alike: what they are made of, and the columns with their types. */
function shapeOf({ oid, relation, sort, numbers }: Row, catalog: Catalog): string {
  const columns = sort === undefined ? [undefined] : numbers.map((number) => catalog.column(relation, number)?.object);
  // Those of materialized views are no objects.
  if (!columns.every((column) => column?.kind === 'column')) return String(oid);
  const said = columns.map(({ path, definition: { type, collation } }) => [path[2], type, collation]);
  return JSON.stringify([sort, said]);
}

interface DefinitionRow {
  readonly oid: number;
  readonly definition?: string;
}

/** Read after the indexes. */
export const indexDefinitionReader: Reader<DefinitionRow> = {
  name: 'index_definitions',
  onlyWith: 'pg_index.indexrelid',
  columns: ['oid', 'definition'],
  sql: (_version, catalog) => `
    SELECT i.oid::int8, pg_catalog.substr(pg_catalog.pg_get_indexdef(i.oid), 1 + pg_catalog.length(
      pg_catalog.format('CREATE %sINDEX %I ON %s%I.%I ', CASE WHEN x.indisunique THEN 'UNIQUE ' END, i.relname,
        CASE WHEN i.relkind = 'I' THEN 'ONLY ' END, n.nspname, c.relname))) AS definition
    FROM pg_catalog.unnest('{${[...(WAITING.get(catalog)?.values() ?? [])].map(([first]) => first!.oid).join(',')}}'::pg_catalog.oid[]) o (oid)
    JOIN pg_catalog.pg_class i ON i.oid = o.oid
    JOIN pg_catalog.pg_index x ON x.indexrelid = i.oid
    JOIN pg_catalog.pg_class c ON c.oid = x.indrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace`,
  read: (rows, catalog) => {
    const definitions = new Map(Array.from(rows, ({ oid, definition }) => [oid, definition]));
    for (const alike of WAITING.get(catalog)?.values() ?? []) {
      const definition = definitions.get(alike[0]!.oid);
      // The server looks up what it prints as it is now, whatever the transaction sees.
      if (definition === undefined) throw droppedMeanwhile('Index', alike[0]!.name);
      for (const row of alike) putIndex(row, definition, catalog);
    }
    WAITING.delete(catalog);
  },
};

export function droppedMeanwhile(noun: string, name: string): ToraleError {
  return new ToraleError('UNREAD_OBJECT', `${noun} ${name} was dropped while the schema was read.`, {
    hint: 'Run it again when nobody changes the schema.',
  });
}

function putIndex({ oid, relation, name, unique, invalid, columns, more }: Row, text: string, catalog: Catalog): void {
  const owner = catalog.relation(relation)!;
  const [schema, table] = owner.object.path as [string, string];
  const { with: storage, partitions = [], ...rest } = more ?? {};
  const given = rest.parent === undefined ? null : givenUnless(name, table, columns);
  const printed = storage === undefined ? text : text.replace(` WITH (${storage})`, () => '');
  const definition = catalog.define(
    'index',
    { ...rest, unique, invalid, definition: printed, given },
    more === undefined ? `${unique} ${invalid} ${text}` : undefined,
  );
  const { id } = catalog.putPart('index', owner, name, definition, ['pg_class', oid]);
  // It is a part of the parent's index for as long as its table is a part of the parent. One of the parent comes when
  // its partitions are there: it would make theirs itself when they join.
  for (const path of [[schema, table], ...partitions]) catalog.need(id, idOf('partition', path), 'use');
}

/** Where the usual name was taken the server counts it up. */
function givenUnless(name: string, table: string, columns: readonly string[]): string | null {
  const addition = joinedColumns(columns);
  const usual = defaultName(table, addition, 'idx');
  const counted = /^idx\d+$/.exec(name.slice(name.lastIndexOf('_') + 1))?.[0];
  return name === usual || (counted !== undefined && name === defaultName(table, addition, counted)) ? null : usual;
}
