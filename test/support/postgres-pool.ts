import { randomBytes } from 'node:crypto';
import { inject, onTestFinished } from 'vitest';
import { adminUrl, query } from './databases.ts';

/** Databases of this file's own that wait, empty, for the next test: making one costs a server more than emptying one. */
const waiting: string[] = [];

/** Told by every database as it was made; one that says something else once it is emptied is given up. */
const FINGERPRINT = `
  SELECT json_build_array(
    (SELECT json_agg(json_build_array(nspname, nspowner::regrole, nspacl, obj_description(oid, 'pg_namespace')) ORDER BY oid)
      FROM pg_namespace WHERE nspname !~ '^pg_'),
    (SELECT count(*) FROM pg_class WHERE oid >= 16384),
    (SELECT count(*) FROM pg_type WHERE oid >= 16384),
    (SELECT count(*) FROM pg_proc WHERE oid >= 16384),
    (SELECT count(*) FROM pg_extension),
    (SELECT count(*) FROM pg_default_acl),
    (SELECT count(*) FROM pg_shdepend d JOIN pg_database b ON b.oid = d.dbid WHERE b.datname = current_database()),
    (SELECT count(*) FROM pg_db_role_setting s JOIN pg_database b ON b.oid = s.setdatabase WHERE b.datname = current_database()),
    (SELECT datacl FROM pg_database WHERE datname = current_database())
  )::text AS told`;

/** Drops what is in the database, the schema public aside, each by the words the server itself has for it. */
const EMPTY = `
  DO $$
  DECLARE found record;
  BEGIN
    FOR found IN SELECT subname FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
      WHERE d.datname = current_database()
    LOOP
      EXECUTE format('ALTER SUBSCRIPTION %I DISABLE', found.subname);
      EXECUTE format('ALTER SUBSCRIPTION %I SET (slot_name = NONE)', found.subname);
      EXECUTE format('DROP SUBSCRIPTION %I', found.subname);
    END LOOP;
    FOR found IN
      SELECT replace(o.type, 'statistics object', 'statistics') AS type, o.identity
      FROM (
        SELECT 1 AS turn, 'pg_event_trigger'::regclass AS class, oid FROM pg_event_trigger
        UNION ALL SELECT 2, 'pg_publication'::regclass, oid FROM pg_publication
        UNION ALL SELECT 3, 'pg_extension'::regclass, oid FROM pg_extension WHERE oid >= 16384
        UNION ALL SELECT 4, 'pg_namespace'::regclass, oid FROM pg_namespace WHERE oid >= 16384 AND nspname !~ '^pg_'
        UNION ALL SELECT DISTINCT 5, classid, objid FROM pg_depend
          WHERE refclassid = 'pg_namespace'::regclass AND refobjid = 'public'::regnamespace AND deptype = 'n'
            AND classid <> 'pg_default_acl'::regclass
            AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = pg_depend.classid AND i.objid = pg_depend.objid AND i.deptype = 'i')
        UNION ALL SELECT 6, 'pg_foreign_data_wrapper'::regclass, oid FROM pg_foreign_data_wrapper
        UNION ALL SELECT 7, 'pg_cast'::regclass, oid FROM pg_cast WHERE oid >= 16384
        UNION ALL SELECT 8, 'pg_language'::regclass, oid FROM pg_language WHERE oid >= 16384
        UNION ALL SELECT 9, 'pg_am'::regclass, oid FROM pg_am WHERE oid >= 16384
      ) all_of_it, pg_identify_object(class, oid, 0) o
      ORDER BY turn
    LOOP
      EXECUTE format('DROP %s IF EXISTS %s CASCADE', replace(found.type, '-', ' '), found.identity);
    END LOOP;
  END $$`;

const fingerprints = new Map<string, unknown>();

async function make(): Promise<string> {
  const url = new URL(adminUrl('postgres'));
  // The prefix has it dropped at the end of the run.
  const name = `${inject('toralePrefix')}_${randomBytes(4).toString('hex')}`;
  await query(url.href, `CREATE DATABASE ${name} TEMPLATE template0`);
  url.pathname = `/${name}`;
  fingerprints.set(url.href, (await query(url.href, FINGERPRINT))[0]?.['told']);
  return url.href;
}

/** Empties a database; says whether it is as it was when it was made. */
async function empty(url: string): Promise<boolean> {
  const [row] = await query(url, `SET client_min_messages = error; ${EMPTY}; ${FINGERPRINT}`);
  return row?.['told'] === fingerprints.get(url);
}

/** An empty PostgreSQL database for this test, used again by the next. */
export async function lentDatabase(): Promise<string> {
  const url = waiting.pop() ?? (await make());
  onTestFinished(async () => {
    const isClean = await empty(url).catch(() => false);
    if (isClean) waiting.push(url);
  });
  return url;
}
