import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly rowType: number;
  readonly arrayType: number;
  readonly schema: string;
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
  sql: () => `
    SELECT c.oid::int8, c.reltype::int8 AS "rowType", t.typarray::int8 AS "arrayType", n.nspname AS schema, c.relname AS name,
      c.relpersistence = 'u' AS unlogged, NULLIF(m.amname, 'heap') AS "accessMethod",
      CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END AS "partitionBy",
      CASE WHEN o.oid IS NOT NULL THEN json_build_array(tn.nspname, o.typname) END AS "ofType",
      c.reloptions AS options, x.reloptions AS "toastOptions",
      c.relrowsecurity AS "rowSecurity", c.relforcerowsecurity AS "forceRowSecurity", s.spcname AS tablespace,
      v.srvname AS server, f.ftoptions AS "foreignOptions"
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_type t ON t.oid = c.reltype
    LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam
    LEFT JOIN pg_catalog.pg_type o ON o.oid = c.reloftype
    LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = o.typnamespace
    LEFT JOIN pg_catalog.pg_class x ON x.oid = c.reltoastrelid
    LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace
    LEFT JOIN pg_catalog.pg_foreign_table f ON f.ftrelid = c.oid
    LEFT JOIN pg_catalog.pg_foreign_server v ON v.oid = f.ftserver
    WHERE c.relkind IN ('r', 'p', 'f') AND ${USER_SCHEMA} AND ${notOfExtension('pg_class', 'c.oid')}
    ORDER BY c.oid`,
  read: (rows, catalog) => {
    for (const { oid, rowType, arrayType, schema, name, ...definition } of rows) {
      catalog.put('table', [schema, name], definition, ['pg_class', oid], ['pg_type', rowType], ['pg_type', arrayType]);
    }
  },
};
