import { idOf } from '../../../schema/object.ts';
import type { Session } from '../../../session/session.ts';
import type { EmptiedTable, RowFailure } from '../../row-rules.ts';
import { describeError } from '../errors.ts';
import { dataVersionOf, keyBaseline, newlyBroken, type BrokenKey } from '../foreign-keys.ts';
import { quote } from '../quote.ts';
import { mendKeys } from './broken-keys.ts';
import { parentOf, readRowTables, wordsIn, type RowTable } from './catalog.ts';
import { handleOf } from './tally.ts';
import { withoutTriggers } from './triggers.ts';

/** Rows that refer to none, found where a revision would commit. */
class BrokenKeys extends Error {
  readonly code = 'SQLITE_CONSTRAINT_FOREIGNKEY';
  readonly broken: readonly BrokenKey[];

  constructor(broken: readonly BrokenKey[]) {
    const [{ table, parent, columns }] = broken as readonly [BrokenKey];
    super(`FOREIGN KEY constraint failed: ${table} (${columns.join(', ')}) refers to ${parent}`);
    this.broken = broken;
  }
}

/** Keys are checked at the end of a revision alone. */
export async function settleKeys(session: Session): Promise<void> {
  const { broken, unchecked } = await newlyBroken(session, await keyBaseline(session, await dataVersionOf(session)));
  const [mismatch] = unchecked.values();
  if (mismatch !== undefined) throw new Error(mismatch);
  if (broken.length > 0) throw new BrokenKeys(broken);
}

export function explainFailure(error: unknown): { code: string; message: string } {
  const { code, message } = describeError(error);
  // What a table is called while it is rebuilt tells nobody anything.
  return { code, message: message.replaceAll(/\btorale_new_(?=\w+\.)/g, '') };
}

/** The statement to which rows that refer to none are laid: the first that names their table, else the table they refer to. */
export function blameFor(error: unknown, statements: readonly string[]): number | null {
  if (!(error instanceof BrokenKeys)) return null;
  const [first] = error.broken;
  for (const name of [first!.table, first!.parent]) {
    const at = statements.findIndex((sql) => !/^\s*(?:PRAGMA|CREATE)\b/i.test(sql) && isNamed(name, sql));
    if (at >= 0) return at;
  }
  return null;
}

/**
 * Takes rows out of the way of a statement: of the tables that it names, at first one that no other refers to, then all; in
 * the end those of all tables.
 */
export async function emptyTables(session: Session, failure: RowFailure): Promise<EmptiedTable[] | null> {
  const { error, sql, tried } = failure;
  const tables = await readRowTables(session);
  if (error instanceof BrokenKeys) {
    // Their own rows alone, as far as they can refer to others: those that refer to them are needed to be compared.
    const changed = await inStep(session, () => withoutTriggers(session, null, () => mendKeys(session, tables)));
    return changed === null || changed.size === 0 ? null : [...changed].map(emptied);
  }
  const named = [...tables.values()].filter(({ name }) => isNamed(name, sql));
  const isNew = (step: string): boolean => !tried.has(step) && tried.add(step).has(step);
  for (const table of named) {
    if (tried.has(`thin ${table.name}`)) continue;
    if (await remove(session, table, thinning(table, tables))) return [emptied(table.name)];
    tried.add(`thin ${table.name}`);
  }
  for (const table of named) {
    if (isNew(`all of ${table.name}`) && (await remove(session, table, 'true'))) return [emptied(table.name)];
  }
  if (!isNew('all')) return null;
  const gone: EmptiedTable[] = [];
  for (const table of tables.values()) if (await remove(session, table, 'true')) gone.push(emptied(table.name));
  return gone.length > 0 ? gone : null;
}

const emptied = (table: string): EmptiedTable => ({ id: idOf('table', [table]), handle: handleOf(table) });

const isNamed = (name: string, sql: string): boolean =>
  wordsIn(sql).some((word) => word.toLowerCase() === name.toLowerCase());

/** The last of the rows that no other refers to: the odder a row, the later it came. */
function thinning(table: RowTable, tables: ReadonlyMap<string, RowTable>): string {
  const free = [...tables.values()].flatMap((other) =>
    other.foreignKeys.flatMap((key) => {
      const parent = parentOf(key, tables);
      if (parent?.table !== table) return [];
      const same = key.columns.map(
        (column, at) => `torale_row.${quote(parent.columns[at]!)} = torale_child.${quote(column)}`,
      );
      return [`NOT EXISTS (SELECT 1 FROM ${quote(other.name)} AS torale_child WHERE ${same.join(' AND ')})`];
    }),
  );
  const where = free.length === 0 ? 'true' : free.join(' AND ');
  const hasRowid = !/\bWITHOUT\s+ROWID\b/i.test(table.text);
  const sign = hasRowid ? ['rowid'] : table.columns.filter((column) => column.key > 0).map(({ name }) => quote(name));
  const last = `SELECT ${sign.join(', ')} FROM ${quote(table.name)} AS torale_row WHERE ${where}`;
  return `(${sign.join(', ')}) = (${last} ORDER BY ${sign.map((part) => `${part} DESC`).join(', ')} LIMIT 1)`;
}

async function remove(session: Session, table: RowTable, where: string): Promise<boolean> {
  const sql = `DELETE FROM ${quote(table.name)} WHERE ${where}`;
  const count = await inStep(session, () =>
    withoutTriggers(session, table.name, async () => (await session.query(sql)).rowCount),
  );
  return (count ?? 0) > 0;
}

/** All or nothing; null where it failed. */
async function inStep<T>(session: Session, work: () => Promise<T>): Promise<T | null> {
  await session.query('SAVEPOINT torale_step');
  try {
    return await work();
  } catch {
    await session.query('ROLLBACK TO torale_step');
    return null;
  } finally {
    await session.query('RELEASE torale_step');
  }
}
