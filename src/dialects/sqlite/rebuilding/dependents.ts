import type { Session } from '../../../session/session.ts';
import { describeError } from '../errors.ts';
import { ident } from '../kinds/ident.ts';
import { Cursor } from '../read/cursor.ts';

/** What cannot be compiled. */
export interface Broken {
  /** `view big_users`, `trigger users_log`; several triggers where SQLite does not tell which. */
  readonly what: string;
  /** In SQLite's words. */
  readonly why: string;
}

/**
 * Compiles every view and, by way of the statements that fire them, every trigger: neither RENAME nor CREATE TRIGGER looks
 * into them. EXPLAIN compiles and runs nothing.
 *
 * @returns by the statement that was tried
 */
export async function brokenDependents(session: Pick<Session, 'query'>): Promise<ReadonlyMap<string, Broken>> {
  const broken = new Map<string, Broken>();
  const compile = async (what: string, sql: string): Promise<void> => {
    try {
      await session.query(`EXPLAIN ${sql}`);
    } catch (error) {
      broken.set(sql, { what, why: describeError(error).message });
    }
  };
  const views = await session.query(`SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name`);
  for (const { name } of views.rows) await compile(`view ${String(name)}`, `SELECT * FROM ${ident(String(name))}`);
  const triggers = await session.query(
    `SELECT name, sql, (SELECT name FROM sqlite_schema o WHERE o.name = t.tbl_name COLLATE NOCASE AND o.type <> 'index') AS "table",
       (SELECT json_group_array(c.name) FROM pragma_table_xinfo(t.tbl_name) c WHERE c.hidden = 0) AS columns
     FROM sqlite_schema t WHERE type = 'trigger' ORDER BY rowid`,
  );
  const fired = Map.groupBy(triggers.rows, (row) => {
    const columns = (JSON.parse(String(row['columns'])) as string[]).map(ident);
    return firing(eventOf(String(row['sql'])), ident(String(row['table'])), columns);
  });
  for (const [sql, rows] of fired) await compile(`trigger ${rows.map(({ name }) => String(name)).join(' or ')}`, sql);
  return broken;
}

function firing(event: string, table: string, columns: readonly string[]): string {
  if (event === 'DELETE') return `DELETE FROM ${table}`;
  if (event === 'INSERT') return `INSERT INTO ${table} DEFAULT VALUES`;
  return `UPDATE ${table} SET ${columns.map((column) => `${column} = ${column}`).join(', ')}`;
}

/** https://www.sqlite.org/lang_createtrigger.html */
function eventOf(sql: string): string {
  const cursor = new Cursor(sql);
  cursor.expect('CREATE');
  if (!cursor.skip('TEMP')) cursor.skip('TEMPORARY');
  cursor.expect('TRIGGER');
  cursor.skip('IF', 'NOT', 'EXISTS');
  cursor.name();
  while (!['DELETE', 'INSERT', 'UPDATE'].includes(cursor.word())) cursor.take();
  return cursor.word();
}
