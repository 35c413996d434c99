import type { KindRules, Statement } from '../../../diff/rules.ts';
import type { ObjectOf } from '../../../schema/object.ts';
import { ident, qualified } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly relation: number;
  readonly schema: string;
  readonly name: string;
  readonly text: string;
  readonly prefix: string;
  /** In the order in which they stand in the table, as the server prints them. */
  readonly columns?: readonly string[];
  readonly statistics?: number;
}

export const statisticsReader: Reader<Row> = {
  name: 'statistics_objects',
  onlyWith: 'pg_statistic_ext.oid',
  sql: () => `
    SELECT s.oid::int8, s.stxrelid::int8 AS relation, n.nspname AS schema, s.stxname AS name,
      pg_catalog.pg_get_statisticsobjdef(s.oid) AS text,
      pg_catalog.format('CREATE STATISTICS %I.%I ', n.nspname, s.stxname) AS prefix,
      (SELECT json_agg(pg_catalog.quote_ident(a.attname) ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = s.stxrelid AND a.attnum = ANY (s.stxkeys)) AS columns,
      NULLIF(s.stxstattarget, -1) AS statistics
    FROM pg_catalog.pg_statistic_ext s
    JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
    WHERE ${USER_SCHEMA} AND ${notOfExtension('pg_statistic_ext', 's.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, relation, schema, name, text, prefix, columns, statistics } of rows) {
      const definition = { definition: sorted(text.slice(prefix.length), columns ?? []), statistics };
      const id = catalog.put('statistics', [schema, name], definition, ['pg_statistic_ext', oid]);
      catalog.later(() => catalog.need(id, catalog.at(['pg_class', relation]), 'own'));
    }
  },
};

/** Their order says nothing. */
function sorted(definition: string, columns: readonly string[]): string {
  return definition.replace(`ON ${columns.join(', ')}`, () => `ON ${columns.toSorted().join(', ')}`);
}

export const statistics: KindRules<'statistics'> = {
  noun: () => 'statistics object',
  create: (object) => [
    { sql: `CREATE STATISTICS ${qualified(object.path)} ${object.definition.definition}` },
    ...(object.definition.statistics === undefined ? [] : [setTarget(object)]),
  ],
  drop: ({ path }) => [{ sql: `DROP STATISTICS ${qualified(path)}` }],
  alter: (from, to) => (from.definition.definition === to.definition.definition ? [setTarget(to)] : null),
  rename: (from, to) => [{ sql: `ALTER STATISTICS ${qualified(from.path)} RENAME TO ${ident(to.path[1]!)}` }],
  renamedUnasked: true,
  occupies: ({ path }) => [`statistics:${qualified(path)}`],
};

function setTarget({ path, definition }: ObjectOf<'statistics'>): Statement {
  return { sql: `ALTER STATISTICS ${qualified(path)} SET STATISTICS ${definition.statistics ?? -1}` };
}
