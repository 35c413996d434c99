import type { Session } from '../../../session/session.ts';
import { quote } from '../quote.ts';

/**
 * Does some work in a table without its triggers, which would do things of their own; null: in all tables. SQLite has no
 * switch for them, so they are dropped and made again, which nothing else in a transaction can see.
 */
export async function withoutTriggers<T>(session: Session, table: string | null, work: () => Promise<T>): Promise<T> {
  const { rows } = await session.query(
    `SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND sql IS NOT NULL
     AND (? IS NULL OR tbl_name = ? COLLATE NOCASE) ORDER BY rowid`,
    [table, table],
  );
  for (const { name } of rows) await session.query(`DROP TRIGGER ${quote(String(name))}`);
  const result = await work();
  for (const { sql } of rows) await session.query(String(sql));
  return result;
}
