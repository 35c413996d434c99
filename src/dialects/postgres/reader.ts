import type { Catalog, Ground } from './catalog.ts';

/** How one or several kinds are read: a SELECT, and what its rows mean. */
export interface Reader<Row extends object> {
  /** Its key in the answer: a plain name that no other reader has. */
  readonly name: string;
  /**
   * `pg_operator.oid`: a catalog and the oid in it that tells whether users have anything there at all, and perhaps a
   * condition (`pg_class.oid AND relkind = 'v'`). Most databases have next to none of the kinds; planning the queries for
   * them costs more than reading the rest.
   */
  readonly onlyWith?: string;
  /** The same for its parts: what it looks up in {@link Ground.present}. */
  readonly asks?: readonly string[];
  /**
   * The columns of the SELECT, of a kind that there may be thousands of: they are answered column by column, in two thirds
   * of the server's time and half of the text that rows with their fields' names take.
   */
  readonly columns?: readonly (keyof Row & string)[];
  /**
   * One SELECT without a semicolon; its columns become the fields of `Row`, where NULL is absent. Runs with an empty
   * search_path, so that every name in the server's answers is qualified. System schemas and members of extensions are left
   * out by {@link USER_SCHEMA} and {@link notOfExtension}, or by asking the catalog whether it has the relation.
   *
   * @param version of the server: 150020
   * @param catalog what the readers of earlier statements have found, but for the one just before
   */
  sql(version: number, catalog: Catalog): string;
  read(rows: Iterable<Row>, catalog: Catalog): void;
}

export type AnyReader = Reader<never>;

/** A condition: the namespace `n` (alias of pg_namespace) is no system schema. */
export const USER_SCHEMA = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

/** A condition: the object is no member of an extension. `oid` is an expression. */
export function notOfExtension(catalog: string, oid: string): string {
  return `NOT EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass AND x.objid = ${oid} AND x.deptype = 'e')`;
}

/** Past that, a list is longer than the question what is in it. */
const MOST_SCHEMAS = 100;

/** A condition: the oid of a namespace is of no system schema; saves a join, whose planning is half the work on a few tables. */
export function inUserSchema(oid: string, { schemas }: Ground): string {
  if (schemas.size > 0 && schemas.size <= MOST_SCHEMAS) return `${oid} IN (${[...schemas.keys()].join(', ')})`;
  return `${oid} IN (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE ${USER_SCHEMA})`;
}

/** Whether there is an extension beside PL/pgSQL, whose functions and language are the server's own. */
export const EXTENSIONS = 'pg_extension.oid';

/** The same as one more condition, where there is any extension that could have it. */
export function unlessMember(catalog: string, oid: string, { present }: Ground): string {
  return present.has(EXTENSIONS) ? ` AND ${notOfExtension(catalog, oid)}` : '';
}

/** The oid of the first object that is no part of the server itself: FirstNormalObjectId in access/transam.h. */
const FIRST_USER_OID = 16_384;

/**
 * What users have at all: a SELECT of `present`, in which those of {@link Reader.onlyWith} are true that there are.
 *
 * @returns with them in the order of the answer
 */
export function presence(places: Iterable<string>): { readonly sql: string; readonly order: readonly string[] } {
  const byCatalog = Map.groupBy(places, (place) => place.split(' ', 1)[0]!);
  const answers = [...byCatalog].map(([place, asked]) => {
    const [catalog, oid] = place.split('.') as [string, string];
    const rows = `FROM pg_catalog.${catalog} u WHERE u.${oid} >= ${FIRST_USER_OID}`;
    const conditions = asked.map((one) => (one === place ? 'true' : one.slice(place.length + AND.length)));
    if (asked.length === 1) return `ARRAY[EXISTS (SELECT ${rows} AND (${conditions[0]!}))]`;
    // All of one catalog in one scan of it: most of them are in no row.
    const any = conditions.map((condition) => `COALESCE(bool_or(${condition}), false)`);
    return `(SELECT ARRAY[${any.join(', ')}] ${rows})`;
  });
  return { sql: `SELECT (${answers.join(' || ')})::text AS present`, order: [...byCatalog.values()].flat() };
}

const AND = ' AND ';
