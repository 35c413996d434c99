import type { Catalog } from './catalog.ts';

/** How one or several kinds are read: a SELECT, and what its rows mean. */
export interface Reader<Row extends object> {
  /** Its key in the answer: a plain name that no other reader has. */
  readonly name: string;
  /**
   * `pg_operator.oid`: a catalog and the oid in it that tells whether users have anything there at all. Most databases have
   * next to none of the kinds; planning the queries for them costs more than reading the rest.
   */
  readonly onlyWith?: string;
  /**
   * One SELECT without a semicolon; its columns become the fields of `Row`, where NULL is absent. Runs with an empty
   * search_path, so that every name in the server's answers is qualified. System schemas and members of extensions are left
   * out by {@link USER_SCHEMA} and {@link notOfExtension}.
   *
   * @param version of the server: 150020
   */
  sql(version: number): string;
  read(rows: readonly Row[], catalog: Catalog): void;
}

export type AnyReader = Reader<never>;

/** A condition: the namespace `n` (alias of pg_namespace) is no system schema. */
export const USER_SCHEMA = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

/** A condition: the object is no member of an extension. `oid` is an expression. */
export function notOfExtension(catalog: string, oid: string): string {
  return `NOT EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass AND x.objid = ${oid} AND x.deptype = 'e')`;
}

/** The oid of the first object that is no part of the server itself: FirstNormalObjectId in access/transam.h. */
const FIRST_USER_OID = 16_384;

/** A condition: users have rows in the catalog of {@link Reader.onlyWith}. */
export function hasUserRows(onlyWith: string): string {
  const [catalog, oid] = onlyWith.split('.') as [string, string];
  return `EXISTS (SELECT FROM pg_catalog.${catalog} u WHERE u.${oid} >= ${FIRST_USER_OID})`;
}
