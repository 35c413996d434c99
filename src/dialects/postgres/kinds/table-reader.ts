import { inUserSchema, unlessMember, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly rowType: number;
  readonly arrayType: number;
  readonly namespace: number;
  readonly name: string;
  readonly unlogged: boolean;
  readonly accessMethod?: string;
  readonly partitionBy?: string;
  readonly ofType?: readonly string[];
  readonly options?: readonly string[];
  readonly toastOptions?: readonly string[];
  readonly rowSecurity: boolean;
  readonly forceRowSecurity: boolean;
  readonly tablespace?: string;
  readonly server?: string;
  readonly foreignOptions?: readonly string[];
}

export const tableReader: Reader<Row> = {
  name: 'tables',
  columns: [
    'oid',
    'rowType',
    'arrayType',
    'namespace',
    'name',
    'unlogged',
    'accessMethod',
    'partitionBy',
    'ofType',
    'options',
    'toastOptions',
    'rowSecurity',
    'forceRowSecurity',
    'tablespace',
    'server',
    'foreignOptions',
  ],
  // What few tables have is looked up for each, which costs less than planning a join that all take part in.
  sql: (_version, catalog) => `
    SELECT c.oid::int8, c.reltype::int8 AS "rowType", t.typarray::int8 AS "arrayType", c.relnamespace::int8 AS namespace,
      c.relname AS name, c.relpersistence = 'u' AS unlogged,
      CASE WHEN c.relam <> ${HEAP} THEN (SELECT m.amname FROM pg_catalog.pg_am m WHERE m.oid = c.relam) END AS "accessMethod",
      CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END AS "partitionBy",
      CASE WHEN c.reloftype <> 0 THEN (
        SELECT json_build_array(tn.nspname, o.typname)
        FROM pg_catalog.pg_type o JOIN pg_catalog.pg_namespace tn ON tn.oid = o.typnamespace
        WHERE o.oid = c.reloftype) END AS "ofType",
      c.reloptions AS options,
      CASE WHEN c.reltoastrelid <> 0 THEN (
        SELECT x.reloptions FROM pg_catalog.pg_class x WHERE x.oid = c.reltoastrelid) END AS "toastOptions",
      c.relrowsecurity AS "rowSecurity", c.relforcerowsecurity AS "forceRowSecurity",
      CASE WHEN c.reltablespace <> 0 THEN (
        SELECT s.spcname FROM pg_catalog.pg_tablespace s WHERE s.oid = c.reltablespace) END AS tablespace,
      CASE WHEN c.relkind = 'f' THEN (
        SELECT v.srvname FROM pg_catalog.pg_foreign_table f JOIN pg_catalog.pg_foreign_server v ON v.oid = f.ftserver
        WHERE f.ftrelid = c.oid) END AS server,
      CASE WHEN c.relkind = 'f' THEN (
        SELECT f.ftoptions FROM pg_catalog.pg_foreign_table f WHERE f.ftrelid = c.oid) END AS "foreignOptions"
    FROM pg_catalog.pg_class c
    LEFT JOIN pg_catalog.pg_type t ON t.oid = c.reltype
    WHERE c.relkind IN ('r', 'p', 'f') AND ${inUserSchema('c.relnamespace', catalog)}${unlessMember('pg_class', 'c.oid', catalog)}
    ORDER BY c.oid`,
  read: (rows, catalog) => {
    for (const { oid, rowType, arrayType, namespace, name, ...definition } of rows) {
      const path = [catalog.schemas.get(namespace)!, name];
      catalog.put('table', path, definition, ['pg_class', oid], ['pg_type', rowType], ['pg_type', arrayType]);
    }
  },
};

/** The oid of the access method `heap` (pg_am.dat). */
const HEAP = 2;
