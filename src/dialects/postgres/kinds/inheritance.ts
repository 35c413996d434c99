import type { KindRules } from '../../../diff/rules.ts';
import { qualified } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';
import { columnsOf, defaultsOf, needInherited } from './partition.ts';

interface Row {
  readonly child: number;
  readonly parent: number;
  readonly path: readonly string[];
  readonly position?: number;
  readonly columns?: readonly (readonly [number, number])[];
  readonly defaults?: readonly number[];
}

export const inheritanceReader: Reader<Row> = {
  name: 'inheritances',
  // The order of several parents shows in the order of columns only.
  sql: () => `
    SELECT c.oid::int8 AS child, p.oid::int8 AS parent,
      json_build_array(n.nspname, c.relname, pn.nspname, p.relname) AS path,
      CASE WHEN i.inhseqno > 1 THEN i.inhseqno END AS position, ${columnsOf('c.oid, p.oid')} AS columns, ${defaultsOf('p.oid')} AS defaults
    FROM pg_catalog.pg_inherits i
    JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
    JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
    WHERE NOT c.relispartition AND c.relkind IN ('r', 'f') AND ${USER_SCHEMA} AND ${notOfExtension('pg_class', 'c.oid')}
    ORDER BY c.oid, i.inhseqno`,
  read: (rows, catalog) => {
    for (const { child, parent, path, position, columns, defaults } of rows) {
      const id = catalog.put('inheritance', path, { position });
      catalog.later(() => {
        catalog.need(id, catalog.at(['pg_class', child]), 'own');
        catalog.need(id, catalog.at(['pg_class', parent]), 'use');
        needInherited(id, { columns, defaults }, catalog);
      });
    }
  },
};

export const inheritance: KindRules<'inheritance'> = {
  noun: () => 'inheritance',
  create: ({ path }) => [{ sql: `ALTER TABLE ${qualified(path.slice(0, 2))} INHERIT ${qualified(path.slice(2))}` }],
  drop: ({ path }) => [{ sql: `ALTER TABLE ${qualified(path.slice(0, 2))} NO INHERIT ${qualified(path.slice(2))}` }],
  outlives: (_object, needed) => needed.kind === 'column' || needed.kind === 'default',
};
