import type { Ground } from '../catalog.ts';
import { USER_SCHEMA } from '../reader.ts';
import type { Path } from '../../../schema/object.ts';
import type { Entry } from './acl.ts';

export interface PrivilegesRow {
  readonly class: number;
  readonly oid: number;
  /** What it is if no reader has an object for it, such as a member of an extension. */
  readonly path?: Path;
  readonly entries?: readonly Entry[];
  /** Those that an object of that class has by itself. */
  readonly usual?: readonly Entry[];
  /** Those that its extension gave it. */
  readonly initial?: readonly Entry[];
}

/** A condition on an alias of pg_type: it came with no other type, as arrays and multiranges do. */
export function standsAlone(alias: string): string {
  return `${alias}.typtype <> 'm' AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = ${alias}.oid)`;
}

interface Carrier {
  /** One of them has to be there; none: always. */
  readonly onlyWith: readonly string[];
  readonly sql: string;
}

/** What has an access control list; rows: catalog, letter for acldefault(), the list, the path, whether columns have any. */
const CARRIERS: readonly Carrier[] = [
  {
    onlyWith: ['pg_class.oid AND u.relacl IS NOT NULL', 'pg_attribute.attrelid AND u.attacl IS NOT NULL'],
    sql: `
  SELECT c.tableoid AS class, c.oid, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END AS letter, c.relowner AS owner, c.relacl AS acl,
    json_build_array(CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materializedView' ELSE 'table' END,
      n.nspname, c.relname) AS path,
    c.oid IN (SELECT a.attrelid FROM pg_catalog.pg_attribute a WHERE a.attacl IS NOT NULL AND NOT a.attisdropped) AS columns
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND ${USER_SCHEMA}`,
  },
  {
    onlyWith: ['pg_proc.oid AND u.proacl IS NOT NULL'],
    sql: `
  SELECT p.tableoid AS class, p.oid, 'f' AS letter, p.proowner AS owner, p.proacl AS acl,
    json_build_array(CASE p.prokind WHEN 'a' THEN 'aggregate' ELSE 'routine' END, n.nspname, p.proname,
      pg_catalog.oidvectortypes(p.proargtypes)) AS path, false AS columns
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  WHERE p.proacl IS NOT NULL AND ${USER_SCHEMA} AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend i WHERE i.classid = p.tableoid AND i.objid = p.oid AND i.deptype = 'i')`,
  },
  {
    onlyWith: ['pg_type.oid AND u.typacl IS NOT NULL'],
    sql: `
  SELECT t.tableoid AS class, t.oid, 'T' AS letter, t.typowner AS owner, t.typacl AS acl,
    json_build_array(CASE t.typtype WHEN 'd' THEN 'domain' WHEN 'c' THEN 'compositeType' ELSE 'baseType' END, n.nspname, t.typname) AS path, false AS columns
  FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
  WHERE t.typacl IS NOT NULL AND COALESCE(c.relkind, 'c') = 'c' AND ${standsAlone('t')} AND ${USER_SCHEMA}`,
  },
  {
    onlyWith: [],
    sql: `
  SELECT n.tableoid AS class, n.oid, 'n' AS letter, n.nspowner AS owner, n.nspacl AS acl, json_build_array('schema', n.nspname) AS path, false AS columns
  FROM pg_catalog.pg_namespace n
  WHERE (n.nspacl IS NOT NULL OR n.nspname = 'public') AND ${USER_SCHEMA}`,
  },
  {
    onlyWith: [],
    sql: `
  SELECT l.tableoid AS class, l.oid, 'l' AS letter, l.lanowner AS owner, l.lanacl AS acl, json_build_array('language', l.lanname) AS path, false AS columns
  FROM pg_catalog.pg_language l WHERE l.lanacl IS NOT NULL AND l.lanispl`,
  },
  {
    onlyWith: ['pg_foreign_data_wrapper.oid AND u.fdwacl IS NOT NULL'],
    sql: `
  SELECT w.tableoid AS class, w.oid, 'F' AS letter, w.fdwowner AS owner, w.fdwacl AS acl, json_build_array('foreignDataWrapper', w.fdwname) AS path, false AS columns
  FROM pg_catalog.pg_foreign_data_wrapper w WHERE w.fdwacl IS NOT NULL`,
  },
  {
    onlyWith: ['pg_foreign_server.oid AND u.srvacl IS NOT NULL'],
    sql: `
  SELECT s.tableoid AS class, s.oid, 'S' AS letter, s.srvowner AS owner, s.srvacl AS acl, json_build_array('server', s.srvname) AS path, false AS columns
  FROM pg_catalog.pg_foreign_server s WHERE s.srvacl IS NOT NULL`,
  },
];

export const PRIVILEGES_ASK: readonly string[] = CARRIERS.flatMap(({ onlyWith }) => onlyWith);

/** Entries with the owner of the database as `CURRENT_USER`, so that databases of different owners can be compared. */
function entries(acl: string, column = 'NULL::text, NULL::int', joins = ''): string {
  return `
    SELECT json_build_array(
      CASE WHEN e.grantee = 0 THEN '' WHEN e.grantee = d.datdba OR (o.takes_owner AND e.grantee = o.owner) THEN 'CURRENT_USER'
        ELSE COALESCE(g.rolname, e.grantee::text) END,
      e.privilege_type, e.is_grantable, ${column}) AS entry
    FROM ${joins} pg_catalog.aclexplode(${acl}) e LEFT JOIN pg_catalog.pg_roles g ON g.oid = e.grantee`;
}

export function PRIVILEGES(version: number, { present }: Ground): string {
  const carriers = CARRIERS.filter(
    ({ onlyWith }) => onlyWith.length === 0 || onlyWith.some((place) => present.has(place)),
  );
  const standard = `pg_catalog.acldefault(o.letter::"char", o.owner)`;
  // PUBLIC lost CREATE on schema public in version 15.
  const forAll = version >= 150000 ? `('', 'USAGE')` : `('', 'USAGE'), ('', 'CREATE')`;
  return `
    SELECT o.class::int8, o.oid::int8, o.path,
      (SELECT json_agg(x.entry) FROM (${entries(`COALESCE(o.acl, ${standard})`)}
        UNION ALL ${entries('a.attacl', 'a.attname, a.attnum', 'pg_catalog.pg_attribute a CROSS JOIN LATERAL').replace(
          'ON g.oid = e.grantee',
          'ON g.oid = e.grantee WHERE o.columns AND a.attrelid = o.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped',
        )}) x) AS entries,
      (SELECT json_agg(x.entry) FROM (${entries(standard)}
        UNION ALL SELECT json_build_array(p.grantee, p.privilege, false)
          FROM (VALUES ${forAll}) p (grantee, privilege) WHERE o.path::text = '["schema", "public"]') x) AS usual,
      (SELECT json_agg(x.entry) FROM pg_catalog.pg_init_privs i CROSS JOIN LATERAL (${entries('i.initprivs')}) x
        WHERE i.classoid = o.class AND i.objoid = o.oid AND i.objsubid = 0 AND i.privtype = 'e') AS initial
    FROM (SELECT c.*, ${version >= 150000 ? 'false' : `c.path::text = '["schema", "public"]'`} AS takes_owner FROM (${carriers.map(({ sql }) => sql).join(' UNION ALL ')}) c) o
    JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database()
    WHERE (o.acl IS NOT NULL OR o.columns OR o.path::text = '["schema", "public"]')
      AND (o.oid >= 16384 OR o.path->>0 IN ('schema', 'language'))`;
}
