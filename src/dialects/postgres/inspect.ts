import { Schema } from '../../schema/schema.ts';
import type { SchemaObject } from '../../schema/object.ts';
import type { Session } from '../../session/session.ts';
import type { Inspection } from '../schema-dialect.ts';
import { Catalog, type DependRow } from './catalog.ts';
import { READERS } from './kinds/index.ts';
import { hasUserRows } from './reader.ts';
import { UNREAD } from './unread.ts';

/**
 * The words of the server must not depend on who asks: names qualified, times in UTC, whole floats
 * (https://www.postgresql.org/docs/current/runtime-config-client.html).
 */
const SETTINGS: Readonly<Record<string, string>> = {
  search_path: '',
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  extra_float_digits: '3',
  quote_all_identifiers: 'off',
  bytea_output: 'hex',
  xmlbinary: 'base64',
  // Many small subqueries: compiling them costs more than running them.
  jit: 'off',
};

/** Dependencies among user objects; those of system objects on each other are pinned or below the first user oid. */
const DEPENDS = `
  SELECT json_agg(json_build_array(d.classid::int8, d.objid::int8, d.objsubid, d.refclassid::int8, d.refobjid::int8, d.refobjsubid, d.deptype))
  FROM pg_catalog.pg_depend d
  WHERE d.objid >= 16384 AND (d.refobjid >= 16384 OR d.refclassid = 2615)`;

/** Reads all kinds that there are in one statement of one transaction: one moment, two round trips. */
export async function inspect(session: Session, isOwn: (object: SchemaObject) => boolean): Promise<Inspection> {
  await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const settings = Object.entries(SETTINGS).map(
      ([name, value]) => `pg_catalog.set_config('${name}', '${value}', true)`,
    );
    const catalogs = [...new Set(READERS.flatMap(({ onlyWith = [] }) => onlyWith))];
    const { rows: found } = await session.query(
      `SELECT ${settings.join(', ')}, pg_catalog.current_setting('server_version_num') AS version,
        ARRAY[${catalogs.map(hasUserRows).join(', ')}]::text AS present`,
    );
    const version = Number(found[0]!['version']);
    const present = String(found[0]!['present']).slice(1, -1).split(',');
    const used = new Set(catalogs.filter((_, at) => present[at] === 't'));
    const readers = READERS.filter(({ onlyWith }) => onlyWith === undefined || used.has(onlyWith));
    const answers = [
      ...readers.map(
        (reader) =>
          `(SELECT json_agg(json_strip_nulls(row_to_json(r))) FROM (${reader.sql(version)}) r)::text AS ${reader.name}`,
      ),
      `(${DEPENDS})::text AS depends`,
      `(SELECT json_agg(u.name ORDER BY u.name) FROM (${UNREAD(version)}) u)::text AS unread`,
    ];
    const { rows } = await session.query(`SELECT ${answers.join(',\n')}`);
    const answer = rows[0] as Record<string, string | null>;
    const listOf = (name: string): never[] => JSON.parse(answer[name] ?? '[]') as never[];
    const catalog = new Catalog(version);
    for (const reader of readers) reader.read(listOf(reader.name), catalog);
    catalog.link(listOf('depends') as readonly DependRow[]);
    const schema = new Schema(catalog.objects, catalog.needs).filter((object) => !isOwn(object));
    return {
      schema,
      server: { flavor: session.server.flavor, version: session.server.version, number: version },
      unread: listOf('unread'),
    };
  } finally {
    await session.query('ROLLBACK');
  }
}
