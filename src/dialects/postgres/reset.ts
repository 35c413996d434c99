import type { Session } from '../../session/session.ts';
import { quote } from './quote.ts';

// Schemas of extensions belong to them, and pg_* and information_schema to the server.
const OWN_SCHEMAS = `
  SELECT n.nspname::text AS name FROM pg_catalog.pg_namespace n
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')
  ORDER BY 1`;

/** Drops every schema of the database with all it holds; `public` is made again. */
export async function reset(session: Session): Promise<string[]> {
  const { rows } = await session.query(OWN_SCHEMAS);
  const schemas = rows.map((row) => String(row['name']));
  await session.query('BEGIN');
  for (const schema of schemas) await session.query(`DROP SCHEMA ${quote(schema)} CASCADE`);
  await session.query('CREATE SCHEMA public');
  await session.query('COMMIT');
  return schemas;
}
