import type { KindRules, Statement } from '../../../diff/rules.ts';
import type { ObjectOf } from '../../../schema/object.ts';
import { ident, qualified } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';

interface Row {
  readonly relation: number;
  readonly indexOid: number;
  readonly schema: string;
  readonly table: string;
  readonly index: string;
}

export const clusterOnReader: Reader<Row> = {
  name: 'clustered',
  onlyWith: 'pg_index.indexrelid AND u.indisclustered',
  sql: () => `
    SELECT c.oid::int8 AS relation, i.oid::int8 AS "indexOid", n.nspname AS schema, c.relname AS table, i.relname AS index
    FROM pg_catalog.pg_index x
    JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
    JOIN pg_catalog.pg_class c ON c.oid = x.indrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE x.indisclustered AND ${USER_SCHEMA} AND ${notOfExtension('pg_class', 'c.oid')}`,
  read: (rows, catalog) => {
    for (const { relation, indexOid, schema, table, index } of rows) {
      const id = catalog.put('clusterOn', [schema, table], { index });
      catalog.later(() => {
        catalog.need(id, catalog.at(['pg_class', relation]), 'own');
        catalog.need(id, catalog.at(['pg_class', indexOid]), 'own');
      });
    }
  },
};

export const clusterOn: KindRules<'clusterOn'> = {
  noun: () => 'CLUSTER order',
  create: (object) => [clusterBy(object)],
  drop: ({ path }) => [{ sql: `ALTER TABLE ${qualified(path)} SET WITHOUT CLUSTER` }],
  alter: (_from, to) => [clusterBy(to)],
};

function clusterBy({ path, definition }: ObjectOf<'clusterOn'>): Statement {
  return { sql: `ALTER TABLE ${qualified(path)} CLUSTER ON ${ident(definition.index)}` };
}
