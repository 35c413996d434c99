import type { ObjectId } from '../../../schema/object.ts';
import type { Session } from '../../../session/session.ts';
import { quote } from '../quote.ts';
import type { RowColumn, RowForeignKey, RowTable } from './catalog.ts';

export type RowTables = ReadonlyMap<ObjectId, RowTable>;

/**
 * The column that a column's values come from in the end, by its foreign keys: rows of one number then refer to each other
 * whichever comes first, also in a circle.
 */
export function originOf(table: RowTable, column: string, tables: RowTables): RowColumn | undefined {
  const passed = new Map<string, RowColumn>();
  let [at, name] = [table, column];
  for (;;) {
    const sign = `${at.name}\0${name.toLowerCase()}`;
    if (passed.has(sign)) {
      // All in a circle have to agree on one.
      return passed.get([...passed.keys()].toSorted()[0]!);
    }
    const own = columnNamed(at, name);
    if (own === undefined) return undefined;
    passed.set(sign, own);
    const key = at.foreignKeys.find(({ columns, parent }) => tables.has(parent) && columns.some(isNamed(name)));
    if (key === undefined) return own;
    const place = key.columns.findIndex(isNamed(name));
    [at, name] = [tables.get(key.parent)!, key.referenced[place]!];
  }
}

/** Names of columns are alike whatever their case. */
export const isNamed = (name: string) => (other: string) => other.toLowerCase() === name.toLowerCase();

export function columnNamed(table: RowTable, name: string): RowColumn | undefined {
  return table.columns.find((column) => isNamed(name)(column.name));
}

/** Takes rows away that refer to none, until there are no more of them. Keys are not checked by the session. */
export async function dropOrphans(session: Session, tables: RowTables): Promise<void> {
  const keyed = [...tables.values()].filter(({ foreignKeys }) => foreignKeys.length > 0);
  for (let isChanged = true; isChanged;) {
    isChanged = false;
    for (const table of keyed) {
      for (const key of table.foreignKeys) {
        const count = await session.query(orphansOf(table, key, tables)).then(
          ({ rowCount }) => rowCount,
          // A trigger may keep them; then they stay.
          () => 0,
        );
        isChanged ||= count > 0;
      }
    }
  }
}

function orphansOf({ name }: RowTable, { columns, parent, referenced }: RowForeignKey, tables: RowTables): string {
  const there = columns.map((column) => `torale_child.${quote(column)} IS NOT NULL`).join(' AND ');
  const above = tables.get(parent);
  if (above === undefined) return `DELETE torale_child FROM ${quote(name)} AS torale_child WHERE ${there}`;
  const same = columns.map((column, at) => `torale_child.${quote(column)} = torale_parent.${quote(referenced[at]!)}`);
  return (
    `DELETE torale_child FROM ${quote(name)} AS torale_child LEFT JOIN ${quote(above.name)} AS torale_parent ` +
    `ON ${same.join(' AND ')} WHERE ${there} AND torale_parent.${quote(referenced[0]!)} IS NULL`
  );
}
