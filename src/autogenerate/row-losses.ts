import type { EmptiedTable, TableTally } from '../dialects/row-rules.ts';
import type { Statement } from '../diff/rules.ts';
import { idOf, type ObjectId } from '../schema/object.ts';
import type { ComparedTable, Comparison } from './row-comparison.ts';

export interface Lost {
  readonly table: ObjectId;
  /** Where the rows are there, but not their values in this column. */
  readonly column?: ObjectId;
  /** Rows, or values. */
  readonly before: number;
  readonly after: number;
}

/** What is lost without a statement that says so. */
export function lossesOf(
  comparison: Comparison,
  statements: readonly Statement[],
  before: ReadonlyMap<ObjectId, TableTally>,
  after: ReadonlyMap<ObjectId, TableTally>,
  emptied: readonly EmptiedTable[],
): Lost[] {
  const excused = new Set(statements.flatMap(({ loses }) => loses ?? []));
  const handles = new Set(emptied.map(({ handle }) => handle));
  const ids = new Set(emptied.map(({ id }) => id));
  const isEmptied = ({ id, after: now, before: { path } }: ComparedTable): boolean =>
    handles.has(before.get(id)?.handle ?? '') || ids.has(idOf('table', now?.path ?? path)) || ids.has(id);
  // Rows that moved to where all rows were taken away cannot be looked for.
  const spoilt = new Set(comparison.tables.filter(isEmptied).map(({ tree }) => tree));
  for (const { request, tree } of comparison.newcomers) if (ids.has(request.id)) spoilt.add(tree);
  const losses: Lost[] = [];
  for (const [tree, tables] of Map.groupBy(comparison.tables, (table) => table.tree)) {
    if (spoilt.has(tree)) continue;
    const newcomers = comparison.newcomers
      .filter((newcomer) => newcomer.tree === tree)
      .map(({ request }) => request.id);
    const members = [...tables.map(({ id }) => id), ...newcomers];
    const elsewhere = new Bag(members.flatMap((id) => after.get(id)?.rows.map(([, common]) => common) ?? []));
    const isHard = (table: ComparedTable): boolean => !table.excusedBy.some((id) => excused.has(id));
    const missing = tables.map((table) => ({ table, rows: unmatched(table, before, after, elsewhere) }));
    for (const { table, rows } of missing) {
      if (!isHard(table)) continue;
      const count = before.get(table.id)?.rows.length ?? 0;
      const gone = rows.filter((common) => !elsewhere.take(common)).length;
      if (gone > 0) losses.push({ table: table.id, before: count, after: count - gone });
      else losses.push(...lostValues(table, before.get(table.id), after.get(table.id), excused));
    }
  }
  return losses.toSorted((a, b) => (a.table < b.table ? -1 : 1));
}

/** The rows of a table that are not in it afterwards, by their common columns. */
function unmatched(
  { id }: ComparedTable,
  before: ReadonlyMap<ObjectId, TableTally>,
  after: ReadonlyMap<ObjectId, TableTally>,
  elsewhere: Bag,
): string[] {
  const own = new Bag(after.get(id)?.rows.map(([checksum]) => checksum) ?? []);
  return (before.get(id)?.rows ?? []).flatMap(([checksum, common]) => {
    if (!own.take(checksum)) return [common];
    elsewhere.take(common);
    return [];
  });
}

function lostValues(
  { id, counted, excusedBy }: ComparedTable,
  before: TableTally | undefined,
  after: TableTally | undefined,
  excused: ReadonlySet<ObjectId>,
): Lost[] {
  if (before === undefined || after === undefined) return [];
  let at = 0;
  return counted.flatMap(({ id: column, after: name }, index) => {
    const had = before.counts[index] ?? 0;
    const has = name === undefined ? 0 : (after.counts[at++] ?? 0);
    const own = column.slice('column:'.length);
    const last = own.slice(id.length - 'table:'.length);
    const isExcused =
      excused.has(column) || excusedBy.some((whole) => excused.has(`column:${whole.slice('table:'.length)}${last}`));
    return has < had && !isExcused ? [{ table: id, column, before: had, after: has }] : [];
  });
}

class Bag {
  readonly #counts = new Map<string, number>();

  constructor(items: readonly string[]) {
    for (const item of items) this.#counts.set(item, (this.#counts.get(item) ?? 0) + 1);
  }

  /** Whether there was one to take. */
  take(item: string): boolean {
    const count = this.#counts.get(item) ?? 0;
    if (count > 0) this.#counts.set(item, count - 1);
    return count > 0;
  }
}
