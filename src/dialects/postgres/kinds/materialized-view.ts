import type { KindRules, Statement } from '../../../diff/rules.ts';
import { keyOf, sameDefinition, type ObjectOf } from '../../../schema/object.ts';
import { ident, qualified } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';
import { relationName, typeName } from './names.ts';
import { changeOptions, withOptions } from './options.ts';
import { COLUMN_ROWS, queryOf } from './view.ts';

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
  readonly accessMethod?: string;
  readonly tablespace?: string;
  readonly withoutData: boolean;
  readonly columnOptions?: Readonly<Record<string, string>>;
}

/** What ALTER COLUMN … SET has set, by column: `STORAGE EXTERNAL, STATISTICS 100`. */
function columnOptions(version: number): string {
  const storage = `CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END`;
  const compression = `CASE a.attcompression WHEN 'p' THEN 'COMPRESSION pglz' WHEN 'l' THEN 'COMPRESSION lz4' END`;
  return `(
    SELECT json_object_agg(o.name, o.words) FROM (
      SELECT a.attname AS name, NULLIF(concat_ws(', ',
        CASE WHEN a.attstorage <> t.typstorage THEN 'STORAGE ' || ${storage} END,
        ${version >= 140_000 ? compression : 'NULL'},
        CASE WHEN COALESCE(a.attstattarget, -1) >= 0 THEN 'STATISTICS ' || a.attstattarget END), '') AS words
      FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) o
    WHERE o.words IS NOT NULL)`;
}

export const materializedViewReader: Reader<Row> = {
  name: 'materialized_views',
  onlyWith: `pg_class.oid AND u.relkind = 'm'`,
  sql: (version) => `
    SELECT c.oid::int8, c.reltype::int8 AS "rowType", rt.typarray::int8 AS array, r.oid::int8 AS rule,
      n.nspname AS schema, c.relname AS name, ${COLUMN_ROWS} AS columns,
      pg_catalog.pg_get_viewdef(c.oid) AS definition, c.reloptions AS options,
      CASE WHEN m.amname <> 'heap' THEN m.amname END AS "accessMethod", s.spcname AS tablespace,
      NOT c.relispopulated AS "withoutData", ${columnOptions(version)} AS "columnOptions"
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid AND r.rulename = '_RETURN'
    LEFT JOIN pg_catalog.pg_type rt ON rt.oid = c.reltype
    LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam
    LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace
    WHERE c.relkind = 'm' AND ${USER_SCHEMA} AND ${notOfExtension('pg_class', 'c.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, rowType, array, rule, schema, name, ...row } of rows) {
      catalog.put(
        'materializedView',
        [schema, name],
        { ...row, columns: row.columns ?? [], definition: queryOf(row.definition) },
        ['pg_class', oid],
        ['pg_rewrite', rule],
        ['pg_type', rowType],
        ['pg_type', array],
      );
    }
  },
};

type MaterializedView = ObjectOf<'materializedView'>;

export const materializedView: KindRules<'materializedView'> = {
  noun: () => 'materialized view',
  create: (object, context) => {
    const { definition, options, accessMethod, tablespace, withoutData } = object.definition;
    const clauses = [
      `CREATE MATERIALIZED VIEW ${qualified(object.path)}`,
      ...(accessMethod === undefined ? [] : [` USING ${ident(accessMethod)}`]),
      withOptions(options),
      ...(tablespace === undefined ? [] : [` TABLESPACE ${ident(tablespace)}`]),
      ` AS\n${definition}`,
      ...(withoutData === true ? ['\nWITH NO DATA'] : []),
    ];
    const isAgain = withoutData === undefined && context.fate(keyOf(object)) === 'replace';
    const hazard = `All rows of ${qualified(object.path)} are computed again.`;
    return [{ sql: clauses.join(''), ...(isAgain ? { hazard } : {}) }, ...changeColumns(object, {})];
  },
  drop: ({ path }) => [{ sql: `DROP MATERIALIZED VIEW ${qualified(path)}` }],
  alter: (from, to, { version }) => {
    if (!isSameRelation(from, to, version) || (version < 160_000 && losesStorage(from, to))) return null;
    const words = `ALTER MATERIALIZED VIEW ${qualified(to.path)}`;
    const { accessMethod, tablespace, withoutData, options } = to.definition;
    return [
      ...changeOptions(words, from.definition.options, options),
      ...(from.definition.accessMethod === accessMethod
        ? []
        : [{ sql: `${words} SET ACCESS METHOD ${ident(accessMethod ?? 'heap')}` }]),
      ...(from.definition.tablespace === tablespace
        ? []
        : [{ sql: `${words} SET TABLESPACE ${ident(tablespace ?? 'pg_default')}` }]),
      ...changeColumns(to, from.definition.columnOptions ?? {}),
      ...(from.definition.withoutData === withoutData
        ? []
        : [{ sql: `REFRESH MATERIALIZED VIEW ${qualified(to.path)}${withoutData === true ? ' WITH NO DATA' : ''}` }]),
    ];
  },
  renamedAsked: { loses: () => false },
  rename: (from, to) => [
    { sql: `ALTER MATERIALIZED VIEW ${qualified(from.path)} RENAME TO ${qualified(to.path.slice(1))}` },
  ],
  occupies: ({ path }) => [relationName(path), typeName(path)],
};

/** SET ACCESS METHOD came with version 15. */
function isSameRelation(
  { definition: from }: MaterializedView,
  { definition: to }: MaterializedView,
  version: number,
): boolean {
  const isSameQuery = from.definition === to.definition && sameDefinition(from.columns, to.columns);
  return isSameQuery && (version >= 150_000 || from.accessMethod === to.accessMethod);
}

function changeColumns(
  { path, definition: { columnOptions: to = {} } }: MaterializedView,
  from: Readonly<Record<string, string>>,
): Statement[] {
  const columns = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return columns.flatMap((column) => {
    const before = wordsOf(from[column]);
    const after = wordsOf(to[column]);
    const reset = [...before.keys()].filter((word) => !after.has(word));
    const set = [...after].filter(([word, value]) => before.get(word) !== value);
    const words = `ALTER MATERIALIZED VIEW ${qualified(path)} ALTER COLUMN ${ident(column)} SET`;
    return [
      ...set.map(([word, value]) => ({ sql: `${words} ${word} ${value}` })),
      ...reset.map((word) => ({ sql: `${words} ${word} ${word === 'STATISTICS' ? '-1' : 'DEFAULT'}` })),
    ];
  });
}

/** SET STORAGE DEFAULT came with version 16. */
function losesStorage({ definition: from }: MaterializedView, { definition: to }: MaterializedView): boolean {
  return Object.entries(from.columnOptions ?? {}).some(
    ([column, words]) => wordsOf(words).has('STORAGE') && !wordsOf(to.columnOptions?.[column]).has('STORAGE'),
  );
}

function wordsOf(options: string | undefined): ReadonlyMap<string, string> {
  if (options === undefined) return new Map();
  return new Map(
    options.split(', ').map((option) => {
      const [word, value] = option.split(' ');
      return [word!, value!];
    }),
  );
}
