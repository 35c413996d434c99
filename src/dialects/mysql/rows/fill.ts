import type { ObjectId } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import type { Session } from '../../../session/session.ts';
import { parentsFirst } from '../../made-up-rows.ts';
import type { Filling } from '../../row-rules.ts';
import { quote } from '../quote.ts';
import { queryAll } from '../show.ts';
import { engineElsewhere, rowTablesOf, type RowTable } from './catalog.ts';
import { dropOrphans } from './foreign-keys.ts';
import { RowMaker, type MadeRow } from './row-maker.ts';
import { withSettings } from './settings.ts';

/**
 * Puts made-up rows into every table that `schema` has, or into these alone. Triggers fire: the servers have no switch for
 * them.
 */
export async function fillRows(session: Session, schema: Schema, only?: ReadonlySet<ObjectId>): Promise<Filling> {
  const tables = rowTablesOf(schema, only);
  const whys = new Map<ObjectId, string>();
  const made = new Map<RowTable, ReadonlyMap<number, MadeRow>>();
  const settings = {
    foreign_key_checks: '0',
    // Values that do not fit are refused, not cut, and 0 is a number like others.
    sql_mode: `CONCAT(REPLACE(REPLACE(@@SESSION.sql_mode, 'NO_ZERO_DATE', ''), 'NO_ZERO_IN_DATE', ''), ',STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO')`,
  };
  await withSettings(session, settings, async () => {
    await session.query('START TRANSACTION');
    for (const table of parentsFirst(tables.values(), tables)) {
      const elsewhere = engineElsewhere(schema.find('table', [table.name])!);
      if (elsewhere !== undefined) {
        whys.set(table.id, `rows of ${elsewhere} tables are elsewhere`);
        continue;
      }
      const maker = new RowMaker(session, table, tables, made);
      made.set(table, await maker.fill());
      if (maker.reason !== '') whys.set(table.id, maker.reason);
    }
    await dropOrphans(session, tables);
    await session.query('COMMIT');
  });
  return summary(session, [...tables.values()], whys);
}

async function summary(
  session: Session,
  tables: readonly RowTable[],
  whys: ReadonlyMap<ObjectId, string>,
): Promise<Filling> {
  const filled = new Map<ObjectId, number>();
  const unfilled: { table: ObjectId; why: string }[] = [];
  const counts = await countsOf(session, tables);
  for (const [at, { id }] of tables.entries()) {
    if (counts[at]! > 0) filled.set(id, counts[at]!);
    else unfilled.push({ table: id, why: whys.get(id) ?? 'it took no row' });
  }
  return { filled, unfilled };
}

async function countsOf(session: Session, tables: readonly RowTable[]): Promise<number[]> {
  const queries = tables.map(({ name }) => `SELECT COUNT(*) AS count FROM ${quote(name)}`);
  try {
    return (await queryAll(session, queries)).map((rows) => Number(rows[0]!['count']));
  } catch {
    // A table whose rows are elsewhere may not be readable at all.
    const counts: number[] = [];
    for (const sql of queries) {
      const answer = await session.query(sql).catch(() => null);
      counts.push(Number(answer?.rows[0]?.['count'] ?? 0));
    }
    return counts;
  }
}
