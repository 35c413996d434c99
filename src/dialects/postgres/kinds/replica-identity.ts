import type { KindRules, Statement } from '../../../diff/rules.ts';
import type { ObjectOf } from '../../../schema/object.ts';
import { ident, qualified } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';

interface Row {
  readonly relation: number;
  readonly schema: string;
  readonly table: string;
  readonly identity: string;
  readonly indexOid?: number;
  readonly index?: string;
}

export const replicaIdentityReader: Reader<Row> = {
  name: 'replica_identities',
  onlyWith: `pg_class.oid AND u.relkind IN ('r', 'p') AND u.relreplident <> 'd'`,
  // An index that is gone leaves a table without any.
  sql: () => `
    SELECT c.oid::int8 AS relation, n.nspname AS schema, c.relname AS table,
      CASE WHEN c.relreplident = 'f' THEN 'FULL' WHEN i.oid IS NULL THEN 'NOTHING' ELSE 'USING INDEX' END AS identity,
      i.oid::int8 AS "indexOid", i.relname AS index
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_index x ON x.indrelid = c.oid AND x.indisreplident AND c.relreplident = 'i'
    LEFT JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
    WHERE c.relkind IN ('r', 'p') AND c.relreplident <> 'd' AND ${USER_SCHEMA} AND ${notOfExtension('pg_class', 'c.oid')}`,
  read: (rows, catalog) => {
    for (const { relation, schema, table, identity, indexOid, index } of rows) {
      const id = catalog.put('replicaIdentity', [schema, table], { identity, index });
      catalog.later(() => {
        catalog.need(id, catalog.at(['pg_class', relation]), 'own');
        // Not a part of it: a table whose index goes would be left with no identity, not with the usual one.
        if (indexOid !== undefined) catalog.need(id, catalog.at(['pg_class', indexOid]), 'use');
      });
    }
  },
};

export const replicaIdentity: KindRules<'replicaIdentity'> = {
  noun: () => 'replica identity',
  create: (object) => [setIdentity(object)],
  drop: ({ path }) => [{ sql: `ALTER TABLE ${qualified(path)} REPLICA IDENTITY DEFAULT` }],
  alter: (_from, to) => [setIdentity(to)],
};

function setIdentity({ path, definition: { identity, index } }: ObjectOf<'replicaIdentity'>): Statement {
  const words = index === undefined ? identity : `${identity} ${ident(index)}`;
  return { sql: `ALTER TABLE ${qualified(path)} REPLICA IDENTITY ${words}` };
}
