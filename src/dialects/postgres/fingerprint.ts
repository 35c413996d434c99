import type { Session } from '../../session/session.ts';
import type { NamedObject } from '../sql/objects.ts';
import { quote } from './quote.ts';

const ABSENT = 'absent';

const nameOf = ({ schema, name }: NamedObject): string =>
  schema === null ? quote(name) : `${quote(schema)}.${quote(name)}`;

/** What a concurrent build leaves behind is told by indisvalid and indisready. */
const QUERIES: Readonly<Record<string, string>> = {
  relation: `
    SELECT pg_catalog.md5(pg_catalog.concat_ws('|', c.relkind, c.relispartition,
      pg_catalog.pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisready,
      (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(',', a.attname, a.atttypid, a.atttypmod, a.attnotnull), ';' ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
      (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ';' ORDER BY k.conname)
        FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid))) AS value
    FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
    WHERE c.oid = pg_catalog.to_regclass($1)`,
  indexes: `
    SELECT pg_catalog.md5(pg_catalog.string_agg(pg_catalog.concat_ws('|', pg_catalog.pg_get_indexdef(i.indexrelid),
      i.indisvalid, i.indisready), ';' ORDER BY i.indexrelid)) AS value
    FROM pg_catalog.pg_index i WHERE i.indrelid = pg_catalog.to_regclass($1)`,
  type: `
    SELECT pg_catalog.md5(pg_catalog.concat_ws('|', t.typtype,
      (SELECT pg_catalog.string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid))) AS value
    FROM pg_catalog.pg_type t WHERE t.oid = pg_catalog.to_regtype($1)`,
  database: `SELECT 'present' AS value FROM pg_catalog.pg_database WHERE pg_catalog.quote_ident(datname) = pg_catalog.quote_ident(pg_catalog.btrim($1, '"'))`,
  subscription: `SELECT 'present' AS value FROM pg_catalog.pg_subscription WHERE subname = pg_catalog.btrim($1, '"')`,
};

export async function fingerprintOf(session: Session, object: NamedObject): Promise<string> {
  const { rows } = await session.query(QUERIES[object.kind]!, [nameOf(object)]);
  const value = rows[0]?.['value'];
  return typeof value === 'string' ? value.slice(0, 16) : ABSENT;
}

/** Everything of the schemas that are not the server's, where a statement does not name what it changes. */
export async function fingerprintOfAll(session: Session): Promise<string> {
  const { rows } = await session.query(`
    SELECT pg_catalog.md5(pg_catalog.concat_ws('|',
      (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(',', c.oid, c.relname, c.relkind, c.relispartition, i.indisvalid, i.indisready), ';' ORDER BY c.oid)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
        WHERE n.nspname !~ '^(pg_|information_schema$)'),
      (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(',', a.attrelid, a.attname, a.atttypid, a.attnotnull), ';' ORDER BY a.attrelid, a.attnum)
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname !~ '^(pg_|information_schema$)' AND a.attnum > 0),
      (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(',', k.conrelid, k.conname, k.convalidated), ';' ORDER BY k.oid) FROM pg_catalog.pg_constraint k),
      (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(',', e.enumtypid, e.enumlabel, e.enumsortorder), ';' ORDER BY e.oid) FROM pg_catalog.pg_enum e)
    )) AS value`);
  return String(rows[0]?.['value']).slice(0, 16);
}

/**
 * A concurrent build that failed or was cut off leaves an invalid index behind, over which even IF NOT EXISTS reports
 * success (https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY). REINDEX leaves
 * one beside that it was asked for, on the same table, which is never used and is to be dropped
 * (https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY).
 *
 * @returns what was taken away
 */
export async function dropInvalidIndexes(session: Session, objects: readonly NamedObject[]): Promise<string[]> {
  const dropped: string[] = [];
  for (const object of objects) {
    if (object.kind !== 'relation') continue;
    const { rows } = await session.query(
      `SELECT i.indexrelid::regclass::text AS name
       FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid
       WHERE NOT i.indisvalid AND (i.indexrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)
         OR c.relname OPERATOR(pg_catalog.~) '_cc(new|old)[0-9]*$' AND i.indrelid OPERATOR(pg_catalog.=) ANY (
           SELECT pg_catalog.to_regclass($1)
           UNION ALL SELECT o.indrelid FROM pg_catalog.pg_index o
             WHERE o.indexrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)))`,
      [nameOf(object)],
    );
    for (const row of rows) {
      const name = String(row['name']);
      await session.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
      dropped.push(name);
    }
  }
  return dropped;
}
