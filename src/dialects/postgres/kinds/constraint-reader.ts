import { idOf, type ObjectOf } from '../../../schema/object.ts';
import type { Catalog } from '../catalog.ts';
import { inUserSchema, type Reader } from '../reader.ts';
import { defaultName, joinedColumns } from './default-name.ts';
import { droppedMeanwhile, printedOptions } from './index-reader.ts';

interface Row {
  readonly oid: number;
  readonly relation: number;
  readonly name: string;
  readonly type: string;
  /** None where it has a sort. */
  readonly definition?: string;
  /** What its definition is made of beside the columns; none where it may be like no other. */
  readonly sort?: string;
  /** Numbers of the columns. */
  readonly numbers?: readonly number[];
  /** The namespace of the referenced table and its name. */
  readonly references?: readonly [number, string];
  readonly parent?: readonly string[];
  readonly index?: number;
  /** The columns of the index. */
  readonly columns?: readonly string[];
  readonly more?: IndexOptions;
}

/** Of the index of a key, where it is not as usual. */
interface IndexOptions {
  readonly options?: readonly string[];
  readonly with?: string;
  readonly tablespace?: string;
  readonly attached?: readonly string[];
  readonly invalid: boolean;
  readonly partitions?: readonly (readonly string[])[];
}

const TYPES: Readonly<Record<string, string>> = {
  p: 'PRIMARY KEY',
  u: 'UNIQUE',
  f: 'FOREIGN KEY',
  c: 'CHECK',
  x: 'EXCLUDE',
  n: 'NOT NULL',
};

/** From 18 on NOT NULL is a constraint: an object where it says more than the column's own NOT NULL. */
const NOT_NULL = `OR k.contype = 'n' AND (k.connoinherit OR NOT k.convalidated OR k.conname <> pg_catalog.left((
        SELECT c.relname FROM pg_catalog.pg_class c WHERE c.oid = k.conrelid) || '_' || (
        SELECT a.attname FROM pg_catalog.pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = k.conkey[1]) || '_not_null', 63))`;

const IS_KEY = `k.contype IN ('p', 'u', 'x')`;

const INDEX_OPTIONS = `
        SELECT json_strip_nulls(row_to_json(o)) FROM (
          SELECT x.reloptions AS options, ${printedOptions('x.reloptions')} AS with,
            (SELECT s.spcname FROM pg_catalog.pg_tablespace s WHERE s.oid = x.reltablespace) AS tablespace,
            CASE WHEN k.conparentid = 0 THEN (
              SELECT json_build_array(tn.nspname, t.relname, w.relname)
              FROM pg_catalog.pg_inherits h
              JOIN pg_catalog.pg_class w ON w.oid = h.inhparent
              JOIN pg_catalog.pg_index wi ON wi.indexrelid = w.oid
              JOIN pg_catalog.pg_class t ON t.oid = wi.indrelid
              JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
              WHERE h.inhrelid = x.oid) END AS attached,
            x.relkind = 'I' AND NOT i.indisvalid AS invalid,
            CASE WHEN x.relkind = 'I' AND NOT i.indisvalid THEN (
              SELECT json_agg(json_build_array(hn.nspname, hc.relname))
              FROM pg_catalog.pg_inherits h
              JOIN pg_catalog.pg_class hc ON hc.oid = h.inhrelid
              JOIN pg_catalog.pg_namespace hn ON hn.oid = hc.relnamespace
              WHERE h.inhparent = k.conrelid) END AS partitions
          FROM pg_catalog.pg_index i WHERE i.indexrelid = x.oid) o`;

/** Keys without further columns. */
const MAY_BE_ALIKE = `k.contype IN ('p', 'u') AND x.relnatts = pg_catalog.cardinality(k.conkey)`;

/** The first server whose words for a key may say more than {@link Row.sort} holds. */
const UNKNOWN_VERSION = 190_000;

interface Waiting {
  readonly row: Row;
  /** The first of those that the server prints alike. */
  readonly like: Row;
}

const WAITING = new WeakMap<Catalog, readonly Waiting[]>();

/**
 * All constraints but for the definitions of keys, which are asked for afterwards, once for all that are alike: the server
 * takes 10 µs to print one, and most tables have a key by the same name.
 */
export const constraintReader: Reader<Row> = {
  name: 'constraints',
  onlyWith: 'pg_constraint.oid AND u.conrelid <> 0',
  columns: [
    'oid',
    'relation',
    'name',
    'type',
    'definition',
    'sort',
    'numbers',
    'references',
    'parent',
    'index',
    'columns',
    'more',
  ],
  // Copies in partitions and children come and go with those of the parent; those of keys have a name that people may give.
  sql: (version, catalog) => `
    SELECT k.oid::int8, k.conrelid::int8 AS relation, k.conname AS name, k.contype AS type,
      CASE WHEN ${version < UNKNOWN_VERSION} AND ${MAY_BE_ALIKE} THEN NULL
        ELSE pg_catalog.pg_get_constraintdef(k.oid) END AS definition,
      CASE WHEN ${version < UNKNOWN_VERSION} AND ${MAY_BE_ALIKE} THEN pg_catalog.concat_ws('/', k.contype, k.condeferrable, k.condeferred
        ${version >= 150_000 ? ', i.indnullsnotdistinct' : ''} ${version >= 180_000 ? ', k.conperiod' : ''}) END AS sort,
      k.conkey AS numbers,
      CASE WHEN k.contype = 'f' THEN json_build_array(r.relnamespace::int8, r.relname) END AS references,
      CASE WHEN k.conparentid <> 0 THEN (
        SELECT json_build_array(un.nspname, u.relname, p.conname)
        FROM pg_catalog.pg_constraint p
        JOIN pg_catalog.pg_class u ON u.oid = p.conrelid
        JOIN pg_catalog.pg_namespace un ON un.oid = u.relnamespace
        WHERE p.oid = k.conparentid) END AS parent,
      CASE WHEN ${IS_KEY} THEN k.conindid::int8 END AS index,
      CASE WHEN ${IS_KEY} THEN (
        SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = k.conindid) END AS columns,
      CASE WHEN x.reloptions IS NOT NULL OR x.reltablespace <> 0 OR x.relispartition OR x.relkind = 'I'
        THEN (${INDEX_OPTIONS}) END AS more
    FROM pg_catalog.pg_constraint k
    LEFT JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
    LEFT JOIN pg_catalog.pg_class x ON x.oid = k.conindid AND ${IS_KEY}
    ${version >= 150_000 ? `LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid AND k.contype = 'u'` : ''}
    WHERE k.conrelid <> 0 AND ${inUserSchema('k.connamespace', catalog)}
      AND (k.contype IN ('p', 'u', 'f', 'c', 'x') ${version >= 180_000 ? NOT_NULL : ''})
      AND (k.conislocal AND k.conparentid = 0 OR k.conparentid <> 0 AND (${IS_KEY} OR k.contype = 'f' AND EXISTS (
        SELECT FROM pg_catalog.pg_constraint p
        WHERE p.oid = k.conparentid AND p.conrelid <> k.conrelid AND p.conname <> k.conname)))
    ORDER BY k.conrelid, k.contype = 'f', k.contype <> 'p', k.oid`,
  read: (rows, catalog) => {
    const first = new Map<string, Row>();
    const waiting: Waiting[] = [];
    for (const row of rows) {
      if (catalog.relation(row.relation) === undefined) continue;
      let like: Row | undefined = row;
      if (row.sort !== undefined) {
        const shape = JSON.stringify([row.sort, namesOf(row, catalog), row.columns]);
        like = first.get(shape);
        if (like === undefined) first.set(shape, (like = row));
      }
      waiting.push({ row, like });
    }
    WAITING.set(catalog, waiting);
  },
};

interface DefinitionRow {
  readonly oid: number;
  readonly definition?: string;
}

/** Read after the constraints. */
export const constraintDefinitionReader: Reader<DefinitionRow> = {
  name: 'constraint_definitions',
  onlyWith: 'pg_constraint.oid AND u.conrelid <> 0',
  columns: ['oid', 'definition'],
  sql: (_version, catalog) => `
    SELECT o.oid::int8, pg_catalog.pg_get_constraintdef(o.oid) AS definition
    FROM pg_catalog.unnest('{${askedFor(catalog).join(',')}}'::pg_catalog.oid[]) o (oid)`,
  read: (rows, catalog) => {
    const definitions = new Map(Array.from(rows, ({ oid, definition }) => [oid, definition]));
    for (const { row, like } of WAITING.get(catalog) ?? []) {
      const text = like.definition ?? definitions.get(like.oid);
      if (text === undefined) throw droppedMeanwhile('Constraint', row.name);
      putConstraint(row, definitionOf(row, text, catalog), catalog);
    }
    WAITING.delete(catalog);
  },
};

function askedFor(catalog: Catalog): number[] {
  return (WAITING.get(catalog) ?? []).flatMap(({ row, like }) =>
    row === like && row.sort !== undefined ? [row.oid] : [],
  );
}

type Definition = ObjectOf<'constraint'>['definition'];

function namesOf({ relation, numbers }: Row, catalog: Catalog): string[] | undefined {
  return numbers?.map((number) => catalog.column(relation, number)!.object.path[2]!);
}

function definitionOf(row: Row, text: string, catalog: Catalog): Definition {
  const { with: storage, partitions: _, ...more }: Partial<IndexOptions> = row.more ?? {};
  const definition = {
    ...more,
    type: TYPES[row.type]!,
    // EXCLUDE alone prints them within its definition.
    definition: storage === undefined ? text : text.replace(` WITH (${storage})`, () => ''),
    columns: row.columns ?? namesOf(row, catalog),
    references: row.references === undefined ? undefined : nameOfTable(row.references, catalog),
    parent: row.parent,
  };
  // Names are qualified: the text tells all but what the columns of an index are called.
  if (row.more === undefined && row.parent === undefined)
    return catalog.define('constraint', definition, [text, ...(definition.columns ?? [])].join('\0'));
  const table = catalog.relation(row.relation)!.object.path[1]!;
  const given = row.parent === undefined ? null : givenUnless(definition, table, row.name);
  return catalog.define('constraint', { ...definition, given });
}

function putConstraint(row: Row, definition: Definition, catalog: Catalog): void {
  const table = catalog.relation(row.relation)!;
  const { id } = catalog.putPart('constraint', table, row.name, definition, ['pg_constraint', row.oid]);
  if (row.index !== undefined) catalog.alias(id, ['pg_class', row.index]);
  // It is a part of the parent's key for as long as its table is a part of the parent.
  if ((row.parent ?? row.more?.attached) !== undefined) catalog.need(id, idOf('partition', table.object.path), 'use');
  // It would make their parts itself when they join.
  for (const part of row.more?.partitions ?? []) catalog.need(id, idOf('partition', part), 'use');
}

const nameOfTable = ([namespace, name]: readonly [number, string], { schemas }: Catalog): string[] => [
  schemas.get(namespace)!,
  name,
];

/** The usual name of a part of a key, counted up where it was taken; `null` where it has that. */
function givenUnless(
  {
    type,
    columns = [],
    parent,
  }: { type: string; columns?: readonly string[] | undefined; parent?: readonly string[] | undefined },
  table: string,
  name: string,
): string | null {
  // Read only where it has not the name of the parent's.
  if (type === 'FOREIGN KEY') return parent?.[2] ?? null;
  const label = type === 'PRIMARY KEY' ? 'pkey' : type === 'UNIQUE' ? 'key' : 'excl';
  const middle = type === 'PRIMARY KEY' ? '' : joinedColumns(columns);
  const usual = defaultName(table, middle, label);
  const number = /\d+$/.exec(name)?.[0] ?? '';
  return name === usual || name === defaultName(table, middle, `${label}${number}`) ? null : usual;
}
