import type { Session } from '../../session/session.ts';
import { literal } from './literal.ts';
import { quote } from './quote.ts';

// Schemas of extensions belong to them, and pg_* and information_schema to the server.
const OWN_SCHEMAS = `
  SELECT n.nspname::text AS name FROM pg_catalog.pg_namespace n
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.objid = n.oid AND d.deptype = 'e')
  ORDER BY 1`;

const PUBLIC = `
  SELECT pg_catalog.pg_get_userbyid(n.nspowner)::text AS owner,
    pg_catalog.obj_description(n.oid, 'pg_namespace') AS comment,
    (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
        'role', CASE a.grantee WHEN 0 THEN NULL ELSE pg_catalog.pg_get_userbyid(a.grantee) END,
        'privilege', a.privilege_type, 'grantable', a.is_grantable))
      FROM pg_catalog.aclexplode(n.nspacl) a WHERE a.grantee <> n.nspowner) AS grants
  FROM pg_catalog.pg_namespace n WHERE n.nspname = 'public'`;

interface Grant {
  readonly role: string | null;
  readonly privilege: string;
  readonly grantable: boolean;
}

/** Drops every schema of the database with all it holds; `public` is made again as it was found, without its objects. */
export async function reset(session: Session): Promise<string[]> {
  const { rows } = await session.query(OWN_SCHEMAS);
  const schemas = rows.map((row) => String(row['name']));
  const again = await recreatePublic(session);
  await session.query('BEGIN');
  for (const schema of schemas) await session.query(`DROP SCHEMA ${quote(schema)} CASCADE`);
  for (const statement of again) await session.query(statement);
  await session.query('COMMIT');
  return schemas;
}

/** Without its grants other roles could no longer see anything in it. */
async function recreatePublic(session: Session): Promise<string[]> {
  const { rows } = await session.query(PUBLIC);
  const [found] = rows;
  if (found === undefined) return [];
  const grants: readonly Grant[] = JSON.parse(jsonOf(found['grants'])) ?? [];
  const comment = found['comment'];
  return [
    `CREATE SCHEMA public AUTHORIZATION ${quote(String(found['owner']))}`,
    ...grants.map(({ role, privilege, grantable }) => {
      const to = role === null ? 'PUBLIC' : quote(role);
      return `GRANT ${privilege} ON SCHEMA public TO ${to}${grantable ? ' WITH GRANT OPTION' : ''}`;
    }),
    ...(typeof comment === 'string' ? [`COMMENT ON SCHEMA public IS ${literal(comment)}`] : []),
  ];
}

/** Types are parsed or not as the connection was set up. */
function jsonOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
