import { idOf, type ObjectId } from '../../schema/object.ts';
import type { Schema } from '../../schema/schema.ts';
import type { Session } from '../../session/session.ts';
import type { Filling, RowRules } from '../row-rules.ts';
import { describeError } from './errors.ts';
import { readRowCatalog, type RowTable } from './row-catalog.ts';
import { RowFiller, Unfillable } from './row-filler.ts';
import { groupsInOrder } from './row-order.ts';
import { isMandatory, RowCatalogIndex } from './row-plan.ts';
import { emptyTables, explainFailure } from './row-emptying.ts';
import { tallyRows } from './row-tally.ts';
import { RowValues } from './row-values.ts';
import { vetTypes } from './row-vet.ts';

/** Made-up rows on PostgreSQL. */
export const postgresRows: RowRules = {
  fill: fillRows,
  tally: tallyRows,
  explain: explainFailure,
  empty: emptyTables,
  settle: async (session) => void (await session.query('SET CONSTRAINTS ALL IMMEDIATE')),
};

const idOfTable = ({ schema, name }: RowTable): ObjectId => idOf('table', [schema, name]);

/**
 * Puts made-up rows into every table of a scratch database that `schema` has, or into these alone. Each INSERT is a transaction of its own: the
 * locks of thousands of tables would not fit into one.
 */
async function fillRows(session: Session, schema: Schema, only?: ReadonlySet<ObjectId>): Promise<Filling> {
  const catalog = await readRowCatalog(session, only && [...only].map((id) => schema.get(id)!.path));
  const index = new RowCatalogIndex(catalog);
  const values = new RowValues(catalog.types, catalog.isUtf8);
  const restore = await quiet(session);
  try {
    await vetTypes(session, catalog, values);
    const filler = new RowFiller(session, index, values);
    const counts = new Map<number, number>();
    const whys = new Map<number, string>();
    const wanted =
      only === undefined
        ? wantedTables(index, (table) => schema.has(idOfTable(table)))
        : inOrder([...index.tables.values()].filter((table) => only.has(idOfTable(table))));
    for (const group of fillOrder(wanted, index)) {
      try {
        for (const [table, count] of await filler.fill(group)) counts.set(table, count);
      } catch (error) {
        for (const table of group) whys.set(table, whyOf(error));
      }
    }
    return summary(wanted, index, counts, whys, schema);
  } finally {
    await restore();
  }
}

/** Triggers and rules of the schema are kept out where the role may; commits need not wait for the disk. */
async function quiet(session: Session): Promise<() => Promise<void>> {
  const { rows } = await session.query(
    `SELECT pg_catalog.current_setting('session_replication_role') AS role, pg_catalog.current_setting('synchronous_commit') AS sync`,
  );
  const { role, sync } = rows[0] as { role: string; sync: string };
  await session.query(`SET synchronous_commit = off`);
  const isQuiet = await session.query(`SET session_replication_role = replica`).then(
    () => true,
    () => false,
  );
  return async () => {
    await session.query(`SET synchronous_commit = ${sync}`);
    if (isQuiet) await session.query(`SET session_replication_role = ${role}`);
  };
}

/** The tables to fill, with those that they refer to. */
function wantedTables(index: RowCatalogIndex, isAsked: (table: RowTable) => boolean): RowTable[] {
  const wanted = new Map<number, RowTable>();
  const queue = [...index.tables.values()].filter(isAsked);
  for (let table = queue.pop(); table !== undefined; table = queue.pop()) {
    if (wanted.has(table.oid)) continue;
    wanted.set(table.oid, table);
    for (const { references } of index.foreignKeys.get(table.oid) ?? []) queue.push(...index.holders(references));
    if (table.type === 'p') queue.push(...index.holders(table.oid));
  }
  return inOrder([...wanted.values()]);
}

const inOrder = (tables: readonly RowTable[]): RowTable[] =>
  tables.toSorted((a, b) => (idOfTable(a) < idOfTable(b) ? -1 : 1));

/** Parents first; tables that only come into being together in one group. */
function fillOrder(tables: readonly RowTable[], index: RowCatalogIndex): number[][] {
  const all = new Map<number, Set<number>>();
  const mandatory = new Map<number, Set<number>>();
  for (const table of tables) {
    const keys = index.foreignKeys.get(table.oid) ?? [];
    const targets = (list: typeof keys): Set<number> =>
      new Set(
        list
          .flatMap(({ references }) => index.holders(references).map(({ oid }) => oid))
          .filter((oid) => oid !== table.oid),
      );
    all.set(table.oid, targets(keys));
    mandatory.set(table.oid, targets(keys.filter((key) => isMandatory(table, key))));
  }
  const holders = tables.filter(({ type }) => type === 'r').map(({ oid }) => oid);
  return groupsInOrder(holders, all).flatMap((group) =>
    group.length === 1 ? [group] : groupsInOrder(group, mandatory),
  );
}

function whyOf(error: unknown): string {
  if (error instanceof Unfillable) return error.message;
  const { code, message } = describeError(error);
  return code === '' ? message : `${code}: ${message}`;
}

function summary(
  wanted: readonly RowTable[],
  index: RowCatalogIndex,
  counts: ReadonlyMap<number, number>,
  whys: ReadonlyMap<number, string>,
  schema: Schema,
): Filling {
  const filled = new Map<ObjectId, number>();
  const unfilled: { table: ObjectId; why: string }[] = [];
  for (const table of wanted) {
    const id = idOfTable(table);
    if (!schema.has(id)) continue;
    const holders = index.holders(table.oid);
    const count = holders.reduce((sum, { oid }) => sum + (counts.get(oid) ?? 0), 0);
    if (count > 0) filled.set(id, count);
    else unfilled.push({ table: id, why: reasonFor(table, holders, whys) });
  }
  return { filled, unfilled };
}

function reasonFor(table: RowTable, holders: readonly RowTable[], whys: ReadonlyMap<number, string>): string {
  if (table.type === 'f') return 'its rows are on another server';
  if (holders.length === 0) return 'it has no partitions';
  return (
    holders.map(({ oid }) => whys.get(oid)).find((why) => why !== undefined) ?? 'its partitions are on another server'
  );
}
