import type { SchemaObject } from '../../schema/object.ts';
import { ObjectPool } from '../../schema/pool.ts';
import type { Row, Session } from '../../session/session.ts';
import type { Inspection } from '../schema-dialect.ts';
import { hasDatabaseComments, hidesKeys, numberOf } from './flavor.ts';
import { stringOf } from './kinds/text.ts';
import { quote } from './quote.ts';
import { Reading, type Ground } from './reading.ts';
import { queryAll, queryEach } from './show.ts';

/** Programs with what SHOW CREATE does not say of them. */
const LISTS = [
  'SHOW FULL TABLES',
  `SELECT ROUTINE_TYPE AS type, ROUTINE_NAME AS name FROM information_schema.ROUTINES
   WHERE ROUTINE_SCHEMA = DATABASE() ORDER BY 1, 2`,
  // It is in its table's database; by that alone the server finds it without opening the tables of all others.
  `SELECT TRIGGER_NAME AS name, EVENT_OBJECT_TABLE AS tbl FROM information_schema.TRIGGERS
   WHERE EVENT_OBJECT_SCHEMA = DATABASE() ORDER BY EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER`,
  // Times of an event are those of its time zone, when it was made is not.
  `SELECT EVENT_NAME AS name, COALESCE(CONVERT_TZ(CREATED, @@time_zone, TIME_ZONE), CREATED) AS created,
     COALESCE(CONVERT_TZ(LAST_ALTERED, @@time_zone, TIME_ZONE), LAST_ALTERED) AS altered
   FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE() ORDER BY 1`,
  `SELECT CHARACTER_SET_NAME AS charset, COLLATION_NAME AS collation FROM information_schema.COLLATIONS
   WHERE IS_DEFAULT = 'Yes'`,
];

/** MariaDB says where a geometry is nowhere else: https://mariadb.com/kb/en/information-schema-geometry_columns-table/ */
const GEOMETRIES = `SELECT F_TABLE_NAME AS tbl, F_GEOMETRY_COLUMN AS name, SRID AS srid
  FROM information_schema.GEOMETRY_COLUMNS WHERE F_TABLE_SCHEMA = DATABASE() AND SRID <> 0`;

/** What is dropped while the database is being read is gone when it is read once more. */
const ATTEMPTS = 3;
/** ER_NO_SUCH_TABLE, ER_SP_DOES_NOT_EXIST, ER_TRG_DOES_NOT_EXIST, ER_EVENT_DOES_NOT_EXIST, ER_BAD_TABLE_ERROR */
const GONE: readonly unknown[] = [1146, 1305, 1360, 1539, 1051];

/**
 * Reads what SHOW CREATE prints of everything: the only place where the server says all. There are no snapshots of DDL on
 * these servers: what another session changes meanwhile may be seen in part.
 */
export async function inspect(
  session: Session,
  isOwn: (object: SchemaObject) => boolean,
  pool = new ObjectPool(),
): Promise<Inspection> {
  const putBack = await pinSession(session);
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await read(session, isOwn, pool);
      } catch (error) {
        if (attempt === ATTEMPTS || !GONE.includes((error as { errno?: unknown }).errno)) throw error;
      }
    }
  } finally {
    await session.query(putBack);
  }
}

/** What SHOW CREATE is asked of, and who reads the answer. */
type Question = readonly [what: string, read: (row: Row) => void];

async function read(session: Session, isOwn: (object: SchemaObject) => boolean, pool: ObjectPool): Promise<Inspection> {
  const [tables, routines, triggers, events, defaults] = await queryAll(session, LISTS);
  const ground = await groundOf(session, defaults!);
  const entries = tables!.map((row) => Object.values(row).map(String) as [name: string, type: string]);
  const reading = new Reading(ground, isOwn, pool);
  const asked: Question[] = [
    ...entries.map(([name, type]): Question => {
      if (type === 'VIEW') return [`VIEW ${quote(name)}`, (row) => reading.view(name, row)];
      if (type === 'SEQUENCE') return [`SEQUENCE ${quote(name)}`, (row) => reading.sequence(name, row)];
      return [`TABLE ${quote(name)}`, (row) => reading.table(name, row)];
    }),
    ...routines!.map(({ type, name }): Question => {
      const what = `${String(type)} ${quote(String(name))}`;
      return [what, (row) => reading.routine(String(type), String(name), row)];
    }),
    ...triggers!.map(({ name, tbl }): Question => {
      return [`TRIGGER ${quote(String(name))}`, (row) => reading.trigger(String(tbl), String(name), row)];
    }),
    ...events!.map(({ name, created, altered }): Question => {
      const times = { created: String(created), altered: String(altered) };
      return [`EVENT ${quote(String(name))}`, (row) => reading.event(String(name), row, times)];
    }),
  ];
  reading.database(await databaseOptions(session));
  const queries = asked.map(([what]) => `SHOW CREATE ${what}`);
  await queryEach(session, queries, ([row], at) => asked[at]![1](row!));
  if (reading.hasGeometries && session.server.flavor === 'mariadb') {
    for (const { tbl, name, srid } of (await session.query(GEOMETRIES)).rows)
      reading.place(String(tbl), String(name), String(srid));
  }
  const { flavor, version } = session.server;
  return {
    schema: reading.schema(),
    server: { flavor, version, number: numberOf(version) },
    unread: reading.unread.sort(),
  };
}

async function groundOf(session: Session, defaults: readonly Row[]): Promise<Ground> {
  const { rows } = await session.query(
    'SELECT DATABASE() AS name, CURRENT_USER() AS user, @@lower_case_table_names AS folding',
  );
  const { name, user, folding } = rows[0]!;
  return {
    database: String(name),
    user: String(user),
    isFolding: Number(folding) !== 0,
    collations: new Map(defaults.map(({ charset, collation }) => [String(charset), String(collation)])),
  };
}

async function databaseOptions(session: Session): Promise<Readonly<Record<string, string>>> {
  const comment = hasDatabaseComments(session.server) ? 'SCHEMA_COMMENT' : "''";
  const { rows } = await session.query(
    `SELECT DEFAULT_CHARACTER_SET_NAME AS charset, DEFAULT_COLLATION_NAME AS collation, ${comment} AS comment
     FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()`,
  );
  const { charset, collation, comment: said } = rows[0]!;
  return {
    'CHARACTER SET': String(charset),
    COLLATE: String(collation),
    ...(said === '' ? {} : { COMMENT: stringOf(String(said)) }),
  };
}

/** Modes change how definitions are printed, the time zone how times in them are. */
async function pinSession(session: Session): Promise<string> {
  const names = ['sql_mode', 'time_zone', 'sql_quote_show_create'];
  if (hidesKeys(session.server)) names.push('show_gipk_in_create_table_and_information_schema');
  const { rows } = await session.query(`SELECT ${names.map((name) => `@@SESSION.${name} AS ${name}`).join(', ')}`);
  const pins = ["sql_mode = ''", "time_zone = '+00:00'", 'sql_quote_show_create = 1'];
  if (hidesKeys(session.server)) pins.push('show_gipk_in_create_table_and_information_schema = 0');
  await session.query(`SET SESSION ${pins.join(', ')}`);
  const before = names.map((name) => {
    const value = rows[0]![name];
    return `${name} = ${typeof value === 'number' ? value : `'${String(value)}'`}`;
  });
  return `SET SESSION ${before.join(', ')}`;
}
