import type { KindRules } from '../../../diff/rules.ts';
import { notOfExtension, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly source: string;
  readonly target: string;
  readonly method: string;
  readonly context?: string;
}

export const castReader: Reader<Row> = {
  name: 'casts',
  onlyWith: 'pg_cast.oid',
  // Those from a range to its multirange came with the range.
  sql: () => `
    SELECT c.oid::int8, pg_catalog.format_type(c.castsource, NULL) AS source, pg_catalog.format_type(c.casttarget, NULL) AS target,
      CASE c.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || c.castfunc::pg_catalog.regprocedure
        WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END AS method,
      CASE c.castcontext WHEN 'a' THEN 'ASSIGNMENT' WHEN 'i' THEN 'IMPLICIT' END AS context
    FROM pg_catalog.pg_cast c
    WHERE c.oid >= 16384 AND ${notOfExtension('pg_cast', 'c.oid')} AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend i WHERE i.classid = c.tableoid AND i.objid = c.oid AND i.deptype = 'i')`,
  read: (rows, catalog) => {
    for (const { oid, source, target, ...definition } of rows) {
      catalog.put('cast', [source, target], definition, ['pg_cast', oid]);
    }
  },
};

export const cast: KindRules<'cast'> = {
  noun: () => 'cast',
  create: ({ path: [source, target], definition: { method, context } }) => [
    { sql: `CREATE CAST (${source!} AS ${target!}) ${method}${context === undefined ? '' : ` AS ${context}`}` },
  ],
  drop: ({ path: [source, target] }) => [{ sql: `DROP CAST (${source!} AS ${target!})` }],
};
