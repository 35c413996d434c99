import { idOf, type ObjectId } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import type { Session } from '../../../session/session.ts';
import { parentsFirst } from '../../made-up-rows.ts';
import type { Filling } from '../../row-rules.ts';
import type { SqliteSession } from '../connect.ts';
import { quote } from '../quote.ts';
import { mendKeys } from './broken-keys.ts';
import { parentOf, readRowTables, type RowTable } from './catalog.ts';
import { RowMaker, type KeyChoice } from './row-maker.ts';
import { withoutTriggers } from './triggers.ts';
import type { Value } from './values.ts';
import { fillVirtual } from './virtual.ts';

type Tables = ReadonlyMap<string, RowTable>;

/**
 * Puts made-up rows into every table that `schema` has, and into those that they refer to.
 *
 * @param only into these alone: what other tables they refer to has to do without
 */
export async function fillRows(session: Session, schema: Schema, only?: ReadonlySet<ObjectId>): Promise<Filling> {
  const tables = await readRowTables(session);
  const isAsked = (table: RowTable): boolean => (only ?? schema).has(idOf('table', [table.name]));
  const asked = [...tables].filter(([, table]) => isAsked(table));
  const wanted = parentsFirst(
    asked.map(([, table]) => table),
    only === undefined ? tables : new Map(asked),
  );
  const whys = new Map<RowTable, string>();
  const { driver } = session as SqliteSession;
  const enforced = driver.pragma('foreign_keys', { simple: true });
  // Ignored inside a transaction: https://www.sqlite.org/pragma.html#pragma_foreign_keys
  driver.pragma('foreign_keys = 0');
  await session.query('BEGIN');
  try {
    await withoutTriggers(session, null, async () => {
      for (const table of wanted.filter(({ isVirtual }) => !isVirtual)) {
        const maker = new RowMaker(session, table, await keyChoices(session, table, tables));
        if (maker.fill() === 0) whys.set(table, maker.refusal);
      }
      await mendKeys(session, tables);
      for (const table of wanted.filter(({ isVirtual }) => isVirtual)) {
        whys.set(table, (await fillVirtual(session, table)).why);
      }
    });
    const filling = await summary(session, wanted.filter(isAsked), whys);
    await session.query('COMMIT');
    return filling;
  } finally {
    if (await session.inTransaction()) await session.query('ROLLBACK');
    driver.pragma(`foreign_keys = ${String(enforced)}`);
  }
}

/** What each foreign key could refer to; nothing yet in a circle, or where it refers to its own table. */
async function keyChoices(session: Session, table: RowTable, tables: Tables): Promise<KeyChoice[]> {
  const choices: KeyChoice[] = [];
  for (const key of table.foreignKeys) {
    const parent = parentOf(key, tables);
    const found = parent === undefined ? [] : await keysIn(session, parent.table, parent.columns);
    choices.push({ columns: key.columns, choices: found });
  }
  return choices;
}

async function keysIn(session: Session, { name }: RowTable, columns: readonly string[]): Promise<Value[][]> {
  const there = columns.map((column) => `${quote(column)} IS NOT NULL`).join(' AND ');
  const sql = `SELECT ${columns.map(quote).join(', ')} FROM ${quote(name)} WHERE ${there} LIMIT 10`;
  // Whole numbers as bigints: they are to be bound as such.
  const statement = (session as SqliteSession).driver.prepare(sql).safeIntegers(true).raw(true);
  return statement.all() as Value[][];
}

async function summary(
  session: Session,
  tables: readonly RowTable[],
  whys: ReadonlyMap<RowTable, string>,
): Promise<Filling> {
  const filled = new Map<ObjectId, number>();
  const unfilled: { table: ObjectId; why: string }[] = [];
  for (const table of tables) {
    const id = idOf('table', [table.name]);
    const count = await countOf(session, table);
    if (count > 0) filled.set(id, count);
    else unfilled.push({ table: id, why: whys.get(table) ?? 'no row that it could refer to' });
  }
  return { filled, unfilled };
}

async function countOf(session: Session, { name }: RowTable): Promise<number> {
  try {
    const { rows } = await session.query(`SELECT count(*) AS count FROM ${quote(name)}`);
    return Number(rows[0]?.['count']);
  } catch {
    // A virtual table whose content is gone.
    return 0;
  }
}
