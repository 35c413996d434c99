import { idOf } from '../../schema/object.ts';
import type { Session } from '../../session/session.ts';
import type { EmptiedTable, RowFailure } from '../row-rules.ts';
import { describeError } from './errors.ts';
import { ident, qualified } from './ident.ts';
import { USER_SCHEMA } from './reader.ts';

interface Table {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly type: 'r' | 'p';
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: object_in_use, here by events that wait for the end. */
const OBJECT_IN_USE = '55006';

export function explainFailure(error: unknown): { code: string; message: string } {
  const { code, message } = describeError(error);
  // `invalid input syntax for type integer: "value 1"`: the value is made up.
  return { code, message: message.replace(/: ".*"$/s, '') };
}

/**
 * Takes rows out of the way of a statement: of the table that the error names, else of those that the statement names; at
 * first only rows that no other refers to, then all with what refers to them, in the end those of all tables.
 */
export async function emptyTables(session: Session, failure: RowFailure): Promise<EmptiedTable[] | null> {
  const { error, sql, tried } = failure;
  if (failure.isAlone) await dropHalfMade(session, sql);
  const isNew = (step: string): boolean => !tried.has(step) && tried.add(step).has(step);
  if ((error as { code?: string }).code === OBJECT_IN_USE && isNew('settle')) {
    const settled = await session.query('SET CONSTRAINTS ALL IMMEDIATE').then(
      () => true,
      () => false,
    );
    if (settled) return [];
  }
  const all = await readTables(session);
  const told = tableOf(error, all);
  const targets = told === undefined ? all.filter((table) => isNamed(table, sql)) : [told];
  for (const table of targets) {
    if (tried.has(`thin ${table.oid}`)) continue;
    if (await thin(session, table)) return closure(session, [table], PARTS);
    tried.add(`thin ${table.oid}`);
  }
  for (const table of targets) {
    if (isNew(`truncate ${table.oid}`)) return truncate(session, [table]);
  }
  return isNew('all') ? truncate(session, all) : null;
}

async function readTables(session: Session): Promise<Table[]> {
  const { rows } = await session.query(`
    SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, c.relkind AS type
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND ${USER_SCHEMA}`);
  return rows as unknown as Table[];
}

function tableOf(error: unknown, tables: readonly Table[]): Table | undefined {
  const { schema, table } = error as { schema?: string; table?: string };
  return tables.find((one) => one.schema === schema && one.name === table);
}

/** By its full name, or where that is nowhere by its own. */
function isNamed({ schema, name }: Table, sql: string): boolean {
  const has = (text: string): boolean =>
    new RegExp(`(?<![\\w"$])${text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)}(?![\\w"$])`, 'i').test(sql);
  return (
    has(qualified([schema, name])) ||
    (has(ident(name)) && !new RegExp(`\\.${name.replaceAll(/\W/g, '.')}`, 'i').test(sql))
  );
}

/**
 * Deletes the last of the rows that no other refers to, of a partitioned table all of them: the odder a row, the later it came.
 * False where there is none, or something keeps it.
 */
async function thin(session: Session, table: Table): Promise<boolean> {
  const { rows } = await session.query(`
    SELECT n.nspname AS schema, c.relname AS name,
      (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
        (SELECT a.attname FROM pg_catalog.pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = k.conkey[p.at]),
        (SELECT a.attname FROM pg_catalog.pg_attribute a WHERE a.attrelid = k.confrelid AND a.attnum = k.confkey[p.at])))
       FROM generate_series(1, pg_catalog.cardinality(k.conkey)) p(at))::text AS pairs
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE k.contype = 'f' AND k.confrelid = ${table.oid}`);
  const referred = rows.map(({ schema, name, pairs }) => {
    const columns = JSON.parse(String(pairs)) as [string, string][];
    const same = columns.map(([own, other]) => `r.${ident(own)} = t.${ident(other)}`).join(' AND ');
    return `NOT EXISTS (SELECT FROM ${qualified([String(schema), String(name)])} r WHERE ${same})`;
  });
  const name = qualified([table.schema, table.name]);
  const free = referred.length === 0 ? 'true' : referred.join(' AND ');
  if (table.type === 'p') return inStep(session, `DELETE FROM ${name} t WHERE ${free}`);
  return inStep(
    session,
    `DELETE FROM ONLY ${name} WHERE ctid = (SELECT max(t.ctid) FROM ONLY ${name} t WHERE ${free})`,
  );
}

/** Empties tables with all that refers to them, and answers with all that is empty then. */
async function truncate(session: Session, tables: readonly Table[]): Promise<EmptiedTable[]> {
  if (tables.length === 0) return [];
  const gone = await closure(session, tables, `${REFERRING} UNION ALL ${PARTS}`);
  if (await deleteFew(session, gone)) return gone;
  const names = tables.map(({ schema, name }) => qualified([schema, name]));
  await inStep(session, `TRUNCATE ${names.join(', ')} CASCADE`);
  return gone;
}

/** From how many empty tables on rows are deleted: TRUNCATE makes new files for each of them (1 s of a proof for 920 tables). */
const MANY_EMPTY = 50;

/** Deletes the rows where nearly all tables have none, and nothing would notice; false where it did not. */
async function deleteFew(session: Session, gone: readonly EmptiedTable[]): Promise<boolean> {
  if (gone.length < MANY_EMPTY) return false;
  const { rows } = await session.query(`
    SELECT n.nspname AS schema, c.relname AS name, c.relhasrules OR c.relrowsecurity OR EXISTS (
      SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal) AS notices
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = ANY ('{${gone.map(({ handle }) => handle).join(',')}}'::pg_catalog.oid[])
      AND c.relkind = 'r' AND pg_catalog.pg_relation_size(c.oid) > 0`);
  const isFew = rows.length > 0 && gone.length - rows.length >= MANY_EMPTY;
  if (!isFew || rows.some(({ notices }) => notices === true)) return false;
  // In one statement: keys are checked at its end.
  const [last, ...others] = rows.map(
    ({ schema, name }) => `DELETE FROM ONLY ${qualified([String(schema), String(name)])}`,
  );
  const before = others.map((sql, at) => `torale_${at} AS (${sql})`);
  return inStep(session, `${before.length === 0 ? '' : `WITH ${before.join(', ')} `}${last!}`);
}

const REFERRING = `SELECT k.conrelid AS oid FROM pg_catalog.pg_constraint k WHERE k.contype = 'f' AND k.confrelid = g.oid`;
const PARTS = `SELECT i.inhrelid AS oid FROM pg_catalog.pg_inherits i WHERE i.inhparent = g.oid`;

/** Tables with all that a step, a SELECT for one `g.oid`, leads to. */
async function closure(session: Session, tables: readonly Table[], step: string): Promise<EmptiedTable[]> {
  const { rows } = await session.query(`
    WITH RECURSIVE gone(oid) AS (
      SELECT pg_catalog.unnest('{${tables.map(({ oid }) => oid).join(',')}}'::oid[])
      UNION
      SELECT n.oid FROM gone g CROSS JOIN LATERAL (${step}) n
    )
    SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name
    FROM gone g JOIN pg_catalog.pg_class c ON c.oid = g.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace`);
  return (rows as unknown as Table[]).map(({ oid, schema, name }) => ({
    id: idOf('table', [schema, name]),
    handle: oid,
  }));
}

/** Where the statement is refused the transaction goes on; false then, or where it found no rows. */
async function inStep(session: Session, sql: string): Promise<boolean> {
  const isWithin = await session.inTransaction();
  if (isWithin) await session.query('SAVEPOINT torale_step');
  try {
    const { rowCount } = await session.query(sql);
    return rowCount > 0;
  } catch {
    if (isWithin) await session.query('ROLLBACK TO SAVEPOINT torale_step');
    return false;
  }
}

/** A CREATE INDEX CONCURRENTLY that failed leaves an invalid index behind. */
async function dropHalfMade(session: Session, sql: string): Promise<void> {
  const { rows } = await session.query(`
    SELECT n.nspname AS schema, c.relname AS name
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT i.indisvalid AND c.relkind = 'i'`);
  for (const { schema, name } of rows) {
    if (sql.includes(ident(String(name))))
      await session.query(`DROP INDEX ${qualified([String(schema), String(name)])}`);
  }
}
