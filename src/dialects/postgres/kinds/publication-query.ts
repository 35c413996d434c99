import { notOfExtension } from '../reader.ts';

export interface PublicationRow {
  readonly oid: number;
  readonly name: string;
  readonly allTables: boolean;
  readonly publish: readonly string[];
  readonly options: readonly string[];
  readonly tables?: readonly PublishedTable[];
  readonly schemas?: readonly { readonly oid: number; readonly schema: string }[];
}

export interface PublishedTable {
  readonly oid: number;
  readonly schema: string;
  readonly table: string;
  readonly columns?: string;
  readonly where?: string;
  /** Numbers of the columns in its list and its condition. */
  readonly uses?: readonly number[];
}

/** Column lists, conditions and whole schemas came with version 15, generated columns with 18. */
export function PUBLICATIONS(version: number): string {
  const hasLists = version >= 150000;
  const lists = `,
          'columns', (SELECT '(' || pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')'
            FROM pg_catalog.pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)),
          'where', pg_catalog.pg_get_expr(r.prqual, r.prrelid),
          'uses', (SELECT json_agg(DISTINCT u.refobjsubid) FROM pg_catalog.pg_depend u
            WHERE u.classid = r.tableoid AND u.objid = r.oid AND u.refobjid = r.prrelid AND u.refobjsubid > 0)`;
  const schemas = `
      (SELECT json_agg(json_build_object('oid', n.oid::int8, 'schema', n.nspname) ORDER BY n.nspname)
        FROM pg_catalog.pg_publication_namespace s JOIN pg_catalog.pg_namespace n ON n.oid = s.pnnspid
        WHERE s.pnpubid = p.oid) AS schemas,`;
  const generated = `, CASE p.pubgencols WHEN 's' THEN 'publish_generated_columns = stored' END`;
  return `
    SELECT p.oid::int8, p.pubname AS name, p.puballtables AS "allTables",
      array_remove(ARRAY[CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
        CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END], NULL) AS publish,
      array_remove(ARRAY[CASE WHEN p.pubviaroot THEN 'publish_via_partition_root = true' END${version >= 180000 ? generated : ''}], NULL) AS options,
      ${hasLists ? schemas : ''}
      (SELECT json_agg(json_build_object('oid', c.oid::int8, 'schema', n.nspname, 'table', c.relname${hasLists ? lists : ''})
          ORDER BY n.nspname, c.relname)
        FROM pg_catalog.pg_publication_rel r
        JOIN pg_catalog.pg_class c ON c.oid = r.prrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE r.prpubid = p.oid) AS tables
    FROM pg_catalog.pg_publication p
    WHERE ${notOfExtension('pg_publication', 'p.oid')}`;
}
