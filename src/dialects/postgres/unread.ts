import { CLASSES, type Ground } from './catalog.ts';

/** The first server that these rules do not know. */
const UNKNOWN_VERSION = 190_000;

/** What a catalog's letter may be where the kinds know it; others are of a server that is newer than these rules. */
const LETTERS = [
  // TOAST tables are part of their table.
  { catalog: 'pg_class', letter: 'relkind', known: 'rpfvmSiIct', namespace: 'relnamespace' },
  { catalog: 'pg_type', letter: 'typtype', known: 'bcdempr', namespace: 'typnamespace' },
  { catalog: 'pg_proc', letter: 'prokind', known: 'fpaw', namespace: 'pronamespace' },
  { catalog: 'pg_constraint', letter: 'contype', known: 'cfputxn', namespace: 'connamespace' },
] as const;

/** Large objects are data. */
const DATA = 2613;

/** When pg_user_mappings shows the options of a mapping `m` on a server `s`. */
const SHOWS_OPTIONS = `
  (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)
  OR (m.umuser = 0 AND pg_catalog.pg_has_role(s.srvowner, 'USAGE'))
  OR (m.usename = current_user
    AND (pg_catalog.pg_has_role(s.srvowner, 'USAGE') OR pg_catalog.has_server_privilege(s.oid, 'USAGE')))`;

/**
 * Objects of classes that no reader reads, so that none is ever missed in silence: a SELECT with one column, `name`.
 */
export function UNREAD({ version, present }: Ground): string {
  const known = [...Object.values(CLASSES), DATA].join(', ');
  const letters = version < UNKNOWN_VERSION ? [] : LETTERS;
  const byLetter = letters.map(
    ({ catalog, letter, known: fit, namespace }) => `
    UNION SELECT o.tableoid, o.oid FROM pg_catalog.${catalog} o
    WHERE o.oid >= 16384 AND pg_catalog.strpos('${fit}', o.${letter}::text) = 0
      AND o.${namespace} NOT IN (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname ~ '^pg_' OR n.nspname = 'information_schema')`,
  );
  return `
    SELECT COALESCE(pg_catalog.pg_describe_object(o.class, o.oid, 0), 'object ' || o.oid) AS name
    FROM (
      SELECT d.classid AS class, d.objid AS oid FROM pg_catalog.pg_depend d
      WHERE d.objid >= 16384 AND d.classid NOT IN (${known})
      ${byLetter.join('')}
    ) o
    WHERE NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend e WHERE e.classid = o.class AND e.objid = o.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'subscription ' || pg_catalog.quote_ident(s.subname) || ' (only superusers may read it)'
    FROM pg_catalog.pg_subscription s
    JOIN pg_catalog.pg_database d ON d.oid = s.subdbid AND d.datname = pg_catalog.current_database()
    WHERE NOT pg_catalog.has_table_privilege('pg_catalog.pg_subscription', 'SELECT')
${present.has('pg_foreign_server.oid') ? HIDDEN_MAPPINGS : ''}`;
}

const HIDDEN_MAPPINGS = `
    UNION ALL
    SELECT 'user mapping for ' || COALESCE(m.usename, 'PUBLIC') || ' on server ' || pg_catalog.quote_ident(m.srvname)
      || ' (its options are hidden from this role)'
    FROM pg_catalog.pg_user_mappings m
    JOIN pg_catalog.pg_foreign_server s ON s.oid = m.srvid
    WHERE m.umoptions IS NULL AND NOT (${SHOWS_OPTIONS})`;
