import { ident } from './ident.ts';
import type { RowCatalog, RowColumn, RowForeignKey, RowTable } from './row-catalog.ts';
import type { RowValues } from './row-values.ts';

/**
 * The rows that a table gets: a common one; one like it in all but its keys, so that a new unique finds a double; one from the
 * ends of the types; one with NULL wherever it may be.
 */
export const MOULDS = ['plain', 'twin', 'edge', 'sparse'] as const;
export type Mould = (typeof MOULDS)[number];

/** Values by the number of the column; a column that is not there is left to the server. */
export type PlannedRow = ReadonlyMap<number, string | null>;

/** A row of a table that others refer to, by the names of the columns. */
export type KnownRow = ReadonlyMap<string, string | null>;

/** A part of a table's columns that some conditions tie together. */
export interface Knot {
  readonly columns: readonly RowColumn[];
  readonly conditions: readonly string[];
  readonly foreignKeys: readonly RowForeignKey[];
}

/** What is known of one table before its rows are made up. */
export interface TablePlan {
  readonly table: RowTable;
  /** Those that an INSERT names. */
  readonly columns: readonly RowColumn[];
  /** Each key has one of them at least: they differ from row to row. */
  readonly distinct: ReadonlySet<number>;
  readonly foreignKeys: readonly RowForeignKey[];
  readonly knots: readonly Knot[];
  /** GENERATED ALWAYS columns that need a value of ours, for the row itself or a circle of rows refers to them. */
  readonly overrides: boolean;
}

export const columnOf = ({ columns }: RowTable, number: number): RowColumn =>
  columns.find((column) => column.number === number)!;

/** Whether no row can do without the row that the key refers to. */
export function isMandatory(table: RowTable, { columns }: RowForeignKey): boolean {
  return columns.every((number) => columnOf(table, number).notNull);
}

/** The parts of a catalog by table, so that thousands of tables are looked through once. */
export class RowCatalogIndex {
  readonly tables: ReadonlyMap<number, RowTable>;
  readonly checks: ReadonlyMap<number, RowCatalog['checks']>;
  readonly foreignKeys: ReadonlyMap<number, RowCatalog['foreignKeys']>;
  readonly keys: ReadonlyMap<number, RowCatalog['keys']>;
  readonly #partitions: ReadonlyMap<number | null, readonly RowTable[]>;

  constructor(catalog: RowCatalog) {
    this.tables = new Map(catalog.tables.map((table) => [table.oid, table]));
    this.checks = Map.groupBy(catalog.checks, ({ table }) => table);
    this.foreignKeys = Map.groupBy(catalog.foreignKeys, ({ table }) => table);
    this.keys = Map.groupBy(catalog.keys, ({ table }) => table);
    this.#partitions = Map.groupBy(catalog.tables, ({ parent }) => parent);
  }

  /** The tables that hold the rows of a table: of a partitioned one its partitions. */
  holders(oid: number): RowTable[] {
    const table = this.tables.get(oid);
    if (table === undefined) return [];
    if (table.type !== 'p') return [table];
    return (this.#partitions.get(oid) ?? []).flatMap((partition) => this.holders(partition.oid));
  }
}

export function planTable(table: RowTable, catalog: RowCatalogIndex, overrides: boolean): TablePlan {
  const foreignKeys = catalog.foreignKeys.get(table.oid) ?? [];
  const columns = table.columns.filter(({ generated, identity }) => !generated && (overrides || identity !== 'a'));
  const knots = knotsOf(table, columns, catalog, foreignKeys);
  return { table, columns, distinct: distinctOf(table, catalog, foreignKeys, knots), foreignKeys, knots, overrides };
}

const mentions = (expression: string, name: string): boolean => {
  const written = ident(name).replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  return new RegExp(`(?<![\\w$"])${written}(?![\\w$"])`).test(expression);
};

function distinctOf(
  table: RowTable,
  catalog: RowCatalogIndex,
  foreignKeys: readonly RowForeignKey[],
  knots: readonly Knot[],
): Set<number> {
  const distinct = new Set<number>();
  const referring = new Set(foreignKeys.flatMap(({ columns }) => columns));
  const tied = new Set(knots.flatMap(({ columns }) => columns.map(({ number }) => number)));
  for (const { columns, expressions } of catalog.keys.get(table.oid) ?? []) {
    if (expressions !== null) {
      for (const { name, number } of table.columns) if (mentions(expressions, name)) distinct.add(number);
    }
    if (columns.length === 0 || columns.some((number) => distinct.has(number))) continue;
    const free = columns.filter((number) => !referring.has(number));
    distinct.add(free.findLast((number) => !tied.has(number)) ?? free.at(-1) ?? columns.at(-1)!);
  }
  return distinct;
}

/** Columns that checks, the bound of a partition or several foreign keys tie together. */
function knotsOf(
  table: RowTable,
  columns: readonly RowColumn[],
  catalog: RowCatalogIndex,
  foreignKeys: readonly RowForeignKey[],
): Knot[] {
  const free = new Map(columns.map((column) => [column.number, column]));
  const conditions = (catalog.checks.get(table.oid) ?? []).map(({ columns: numbers, expression }) => ({
    numbers,
    expression,
  }));
  if (table.bound !== null) {
    const numbers = table.columns.filter(({ name }) => mentions(table.bound!, name)).map(({ number }) => number);
    conditions.push({ numbers, expression: table.bound });
  }
  // One about a column that the server fills in cannot be tried beforehand.
  const known = conditions.filter(({ numbers }) => numbers.length > 0 && numbers.every((number) => free.has(number)));
  const uses = foreignKeys.flatMap(({ columns: numbers }) => [...new Set(numbers)]);
  const shared = uses.filter((number, at) => uses.indexOf(number) !== at);
  const ties = [...known.map(({ numbers }) => numbers), ...foreignKeys.map(({ columns: numbers }) => numbers)];
  const groups = joined(ties);
  return groups
    .filter(
      (group) => known.some(({ numbers }) => group.has(numbers[0]!)) || shared.some((number) => group.has(number)),
    )
    .map((group) => ({
      columns: [...group].flatMap((number) => free.get(number) ?? []),
      conditions: known.filter(({ numbers }) => group.has(numbers[0]!)).map(({ expression }) => expression),
      foreignKeys: foreignKeys.filter((key) => group.has(key.columns[0]!)),
    }));
}

/** Sets that share a member become one. */
function joined(sets: readonly (readonly number[])[]): Set<number>[] {
  let groups: Set<number>[] = [];
  for (const set of sets) {
    const apart = groups.filter((group) => !set.some((member) => group.has(member)));
    const together = groups.filter((group) => set.some((member) => group.has(member)));
    groups = [...apart, new Set([...together.flatMap((group) => [...group]), ...set])];
  }
  return groups;
}

/**
 * Where a column's values begin: keys at the first, any other column somewhere of its own, so that a new foreign key does not
 * hold by chance.
 */
export function seedOf({ table, distinct }: TablePlan, column: RowColumn, values: RowValues): number {
  const { type } = values.baseOf(column.type, column.modifier);
  if (distinct.has(column.number) || type?.type === 'e' || type?.name === 'bool') return 0;
  let hash = 7;
  for (const letter of `${table.name}.${column.name}`) hash = (hash * 31 + letter.codePointAt(0)!) % 9973;
  return 11 + (hash % 79);
}

/** The value of a column that nothing ties. `shift` asks for another one than the first that comes to mind. */
export function easyValue(
  plan: TablePlan,
  column: RowColumn,
  mould: Mould,
  values: RowValues,
  shift = 0,
): string | null {
  const { number, notNull, type, modifier } = column;
  const at = plan.distinct.has(number) ? { plain: 0, twin: 1, edge: 3, sparse: 2 }[mould] : 0;
  const text =
    mould === 'edge'
      ? values.edge(type, modifier)
      : values.text(type, modifier, seedOf(plan, column, values) + at + shift);
  return mould === 'sparse' && !notNull ? null : (text ?? null);
}
