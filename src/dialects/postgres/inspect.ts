import type { SchemaObject } from '../../schema/object.ts';
import { ObjectPool } from '../../schema/pool.ts';
import type { Session } from '../../session/session.ts';
import type { Inspection } from '../schema-dialect.ts';
import { Catalog, type Depends, type Ground } from './catalog.ts';
import { READERS } from './kinds/index.ts';
import { EXTENSIONS, presence, USER_SCHEMA, type AnyReader } from './reader.ts';
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
  // Starting workers takes longer than what is left for them to do.
  max_parallel_workers_per_gather: '0',
};

/**
 * Dependencies among user objects; those of system objects on each other are pinned or below the first user oid. The
 * triggers that check a foreign key are parts of it and no objects, the types of a table's rows and of arrays and the index of
 * a key mean the same object as what they depend on: one row in three.
 */
const DEPENDS = `
  SELECT d.classid::text AS class, d.refclassid::text AS "refClass", d.deptype::text AS type,
    array_agg(d.objid)::text AS oids, array_agg(d.objsubid)::text AS columns,
    array_agg(d.refobjid)::text AS "refOids", array_agg(d.refobjsubid)::text AS "refColumns"
  FROM pg_catalog.pg_depend d
  WHERE d.objid >= 16384 AND (d.refobjid >= 16384 OR d.refclassid = 2615)
    AND NOT (d.deptype = 'i' AND (d.classid, d.refclassid) IN ((2620, 2606), (1247, 1259), (1247, 1247), (1259, 2606)))
  GROUP BY d.classid, d.refclassid, d.deptype`;

/** Reads all kinds that there are in one transaction: one moment. */
export async function inspect(
  session: Session,
  isOwn: (object: SchemaObject) => boolean,
  pool = new ObjectPool(),
): Promise<Inspection> {
  await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const catalog = new Catalog(await prepare(session), pool);
    const unread = await readAll(session, catalog);
    const schema = catalog.schema().filter((object) => !isOwn(object));
    return {
      schema,
      server: { flavor: session.server.flavor, version: session.server.version, number: catalog.version },
      unread,
    };
  } finally {
    await session.query('ROLLBACK');
  }
}

/** Sets what the server's words depend on, and asks what there is to read at all. */
async function prepare(session: Session): Promise<Ground> {
  const settings = Object.entries(SETTINGS).map(
    ([name, value]) => `pg_catalog.set_config('${name}', '${value}', true)`,
  );
  const { sql: present, order } = presence(
    new Set([EXTENSIONS, ...READERS.flat().flatMap(({ onlyWith = [], asks = [] }) => [onlyWith, ...asks].flat())]),
  );
  const { rows } = await session.query(
    `SELECT ${settings.join(', ')}, pg_catalog.current_setting('server_version_num') AS version,
      (SELECT json_agg(json_build_array(n.oid::int8, n.nspname)) FROM pg_catalog.pg_namespace n WHERE ${USER_SCHEMA})::text AS schemas,
      (${present})`,
  );
  const answer = rows[0] as Texts;
  const flags = answer['present']!.slice(1, -1).split(',');
  return {
    version: Number(answer['version']),
    schemas: new Map(JSON.parse(answer['schemas'] ?? '[]') as [number, string][]),
    present: new Set(order.filter((_, at) => flags[at] === 't')),
  };
}

interface Statement {
  readonly sql: () => string;
  readonly read: (rows: readonly Texts[]) => void;
}

type Texts = Readonly<Record<string, string | null>>;

/**
 * Statement by statement: while the server works on one, the answer to the one before is taken in, and no more than that
 * is held.
 *
 * @returns what no reader reads
 */
async function readAll(session: Session, catalog: Catalog): Promise<string[]> {
  const unread: string[] = [];
  const statements = READERS.map((list) =>
    list.filter(({ onlyWith }) => onlyWith === undefined || catalog.present.has(onlyWith)),
  )
    .filter((readers) => readers.length > 0)
    .map((readers) => readingOf(readers, catalog));
  // Each is asked for while the answer to the one before is still to be read: what the last readers ask depends on the indexes,
  // so that this one stands between in any database.
  statements.splice(-1, 0, {
    sql: () => `SELECT u.name FROM (${UNREAD(catalog)}) u ORDER BY u.name`,
    read: (rows) => unread.push(...rows.map(({ name }) => name!)),
  });
  statements.push({ sql: () => DEPENDS, read: (rows) => catalog.link(rows.map(dependsOf)) });
  const ask = ({ sql }: Statement) => session.query(sql());
  let answer = ask(statements[0]!);
  for (const [at, { read }] of statements.entries()) {
    const { rows } = await answer;
    const next = statements[at + 1];
    if (next !== undefined) answer = ask(next);
    try {
      read(rows as Texts[]);
    } catch (error) {
      await answer.catch(() => undefined);
      throw error;
    }
  }
  return unread;
}

/** One statement for several readers. */
function readingOf(readers: readonly AnyReader[], catalog: Catalog): Statement {
  return {
    sql: () => {
      const answers = readers.map((reader) => {
        const { columns } = reader;
        const row =
          columns === undefined
            ? 'json_agg(json_strip_nulls(row_to_json(r)))'
            : `json_build_array(${columns.map((name) => `json_agg(r."${name}")`).join(', ')})`;
        return `(SELECT ${row} FROM (${reader.sql(catalog.version, catalog)}) r)::text AS ${reader.name}`;
      });
      return `SELECT ${answers.join(',\n')}`;
    },
    read: ([answer]) => {
      for (const reader of readers) {
        const found = JSON.parse(answer![reader.name] ?? '[]') as never[];
        reader.read(reader.columns === undefined ? found : rowsOf<never>(reader.columns, found), catalog);
      }
    },
  };
}

/** Rows of what was answered column by column. */
function* rowsOf<Row>(names: readonly string[], columns: readonly (readonly unknown[] | null)[]): Iterable<Row> {
  const count = columns[0]?.length ?? 0;
  for (let at = 0; at < count; at++) {
    const row: Record<string, unknown> = {};
    for (let number = 0; number < names.length; number++) {
      const value = columns[number]![at];
      if (value !== null) row[names[number]!] = value;
    }
    yield row as Row;
  }
}

function dependsOf(row: Texts): Depends {
  const numbers = (name: string): number[] => JSON.parse(`[${row[name]!.slice(1, -1)}]`) as number[];
  return {
    class: Number(row['class']),
    refClass: Number(row['refClass']),
    type: row['type']!,
    oids: numbers('oids'),
    columns: numbers('columns'),
    refOids: numbers('refOids'),
    refColumns: numbers('refColumns'),
  };
}
