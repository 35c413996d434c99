import type { Session } from '../../../session/session.ts';
import { checkKeys, type BrokenKey } from '../foreign-keys.ts';
import { quote } from '../quote.ts';
import { parentOf, type RowForeignKey, type RowTable } from './catalog.ts';

/** In this order, as often as a key is found broken again. */
const OTHER_PARENTS = 6;
const NULLS_FROM = 3;

/**
 * Rows that refer to none: other parents are tried, then NULL, then they go. Rows that refer to those come next.
 *
 * @returns the tables that were changed
 */
export async function mendKeys(session: Session, tables: ReadonlyMap<string, RowTable>): Promise<Set<string>> {
  const changed = new Set<string>();
  const rounds = new Map<RowForeignKey, number>();
  for (;;) {
    const { broken } = await checkKeys(session);
    let goesOn = false;
    for (const { table, key } of keysOf(broken, tables)) {
      const round = rounds.get(key) ?? 0;
      rounds.set(key, round + 1);
      const isMended = await mend(session, tables, table, key, round);
      if (isMended) changed.add(table.name);
      goesOn ||= isMended || round < OTHER_PARENTS;
    }
    if (!goesOn) return changed;
  }
}

async function mend(
  session: Session,
  tables: ReadonlyMap<string, RowTable>,
  table: RowTable,
  key: RowForeignKey,
  round: number,
): Promise<boolean> {
  const name = quote(table.name);
  const where = brokenWhere(table, key, tables);
  const targets = key.columns.map(quote).join(', ');
  const sql: string[] = [];
  const parent = parentOf(key, tables);
  if (parent !== undefined && round < OTHER_PARENTS) {
    const there = parent.columns.map((column) => `${quote(column)} IS NOT NULL`).join(' AND ');
    const values = `SELECT ${parent.columns.map(quote).join(', ')} FROM ${quote(parent.table.name)} WHERE ${there}`;
    sql.push(`UPDATE OR IGNORE ${name} SET (${targets}) = (${values} LIMIT 1 OFFSET ${round}) WHERE ${where}`);
  }
  if (round >= NULLS_FROM) {
    for (const column of key.columns) sql.push(`UPDATE OR IGNORE ${name} SET ${quote(column)} = NULL WHERE ${where}`);
  }
  if (round >= OTHER_PARENTS) sql.push(`DELETE FROM ${name} WHERE ${where}`);
  let count = 0;
  for (const attempt of sql) {
    count += await session.query(attempt).then(
      ({ rowCount }) => rowCount,
      () => 0,
    );
  }
  return count > 0;
}

function keysOf(
  broken: readonly BrokenKey[],
  tables: ReadonlyMap<string, RowTable>,
): { readonly table: RowTable; readonly key: RowForeignKey }[] {
  const sign = (columns: readonly string[]): string => JSON.stringify(columns).toLowerCase();
  const signs = new Map(broken.map((one) => [sign([one.table, one.parent, ...one.columns]), one]));
  return [...signs.values()].flatMap((one) => {
    const table = tables.get(one.table.toLowerCase());
    // Two keys may have the same columns and the same parent.
    const keys = table?.foreignKeys.filter(
      ({ columns, parent }) => sign(columns) === sign(one.columns) && parent === one.parent.toLowerCase(),
    );
    return (keys ?? []).map((key) => ({ table: table!, key }));
  });
}

/**
 * The parent decides how values are compared: by its type, where `+` takes that of the other side away, and by its collation,
 * as it stands on the left. https://www.sqlite.org/foreignkeys.html#fk_basics
 */
function brokenWhere(table: RowTable, key: RowForeignKey, tables: ReadonlyMap<string, RowTable>): string {
  const own = key.columns.map((column) => `${quote(table.name)}.${quote(column)}`);
  const there = own.map((column) => `${column} IS NOT NULL`).join(' AND ');
  const parent = parentOf(key, tables);
  if (parent === undefined) return there;
  const same = parent.columns.map((column, at) => `torale_parent.${quote(column)} = +${own[at]}`).join(' AND ');
  return `${there} AND NOT EXISTS (SELECT 1 FROM ${quote(parent.table.name)} AS torale_parent WHERE ${same})`;
}
