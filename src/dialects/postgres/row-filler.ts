import type { Row, Session } from '../../session/session.ts';
import { qualified } from './ident.ts';
import type { RowColumn, RowForeignKey } from './row-catalog.ts';
import {
  columnOf,
  easyValue,
  isMandatory,
  MOULDS,
  planTable,
  type KnownRow,
  type Mould,
  type PlannedRow,
  type RowCatalogIndex,
  type TablePlan,
} from './row-plan.ts';
import { guesses, solve, type Reference, type Solutions } from './row-solve.ts';
import { circleSql, insertSql } from './row-sql.ts';
import type { RowValues } from './row-values.ts';

/** A table for which no row can be made up. */
export class Unfillable extends Error {}

type MutableRow = Map<number, string | null>;

/** What a table's rows are put together from. */
interface Ingredients {
  readonly plan: TablePlan;
  readonly references: readonly Reference[];
  /** By knot; null where only the INSERT can tell. */
  readonly solutions: readonly (Solutions | null)[];
}

/** Fills tables one after the other; remembers of each row what later rows refer to. */
export class RowFiller {
  readonly #session: Session;
  readonly #index: RowCatalogIndex;
  readonly #values: RowValues;
  readonly #known = new Map<number, KnownRow[]>();
  /** The columns of each table that foreign keys refer to. */
  readonly #wanted = new Map<number, Set<string>>();

  constructor(session: Session, index: RowCatalogIndex, values: RowValues) {
    this.#session = session;
    this.#index = index;
    this.#values = values;
    for (const { references, referenced } of [...index.foreignKeys.values()].flat()) {
      const target = index.tables.get(references);
      if (target === undefined) continue;
      const names = referenced.map((number) => columnOf(target, number).name);
      for (const { oid } of index.holders(references)) {
        this.#wanted.set(oid, new Set([...(this.#wanted.get(oid) ?? []), ...names]));
      }
    }
  }

  /**
   * Fills a table, or several whose rows refer to each other.
   *
   * @returns how many rows each got
   * @throws Unfillable, or what the server said of the first row
   */
  async fill(group: readonly number[]): Promise<ReadonlyMap<number, number>> {
    if (group.length > 1) return this.#fillCircle(group);
    const [oid] = group;
    const table = this.#index.tables.get(oid!)!;
    const refersToItself = (key: RowForeignKey): boolean => this.#isWithin(key, group) && isMandatory(table, key);
    const overrides = (this.#index.foreignKeys.get(oid!) ?? []).some(refersToItself);
    const ingredients = await this.#prepare(oid!, group, overrides);
    const rows = this.#rows(ingredients);
    try {
      await this.#insert(ingredients.plan, rows);
    } catch (error) {
      await this.#insertOneByOne(ingredients, rows, error);
    }
    const count = this.#known.get(oid!)?.length ?? 0;
    if (count === 0) throw new Unfillable('a rule or a trigger keeps its rows out');
    return new Map([[oid!, count]]);
  }

  #isWithin(key: RowForeignKey, group: readonly number[]): boolean {
    return this.#index.holders(key.references).some(({ oid }) => group.includes(oid));
  }

  async #prepare(oid: number, group: readonly number[], overrides: boolean): Promise<Ingredients> {
    const table = this.#index.tables.get(oid)!;
    if (table.shielded) throw new Unfillable('row security keeps its rows from who is asking');
    const plan = planTable(table, this.#index, overrides);
    const references = plan.foreignKeys.map((key) => this.#reference(plan, key, group));
    const solutions: (Solutions | null)[] = [];
    for (const knot of plan.knots) {
      const own = references.filter(({ key }) => knot.foreignKeys.includes(key));
      solutions.push(await solve(this.#session, plan, knot, own, this.#values));
    }
    return { plan, references, solutions };
  }

  #reference({ table }: TablePlan, key: RowForeignKey, group: readonly number[]): Reference {
    const target = this.#index.tables.get(key.references);
    const names = target === undefined ? [] : key.referenced.map((number) => columnOf(target, number).name);
    if (this.#isWithin(key, group)) return { key, names, rows: null };
    const rows = this.#index.holders(key.references).flatMap(({ oid }) => this.#known.get(oid) ?? []);
    const usable = rows.filter((row) => names.every((name) => row.get(name) !== null && row.get(name) !== undefined));
    if (usable.length === 0 && isMandatory(table, key)) {
      throw new Unfillable(
        `it refers to ${target === undefined ? 'a table' : qualified([target.schema, target.name])}, which has no rows`,
      );
    }
    return { key, names, rows: usable };
  }

  #rows(ingredients: Ingredients, shift = 0): { mould: Mould; row: PlannedRow }[] {
    const made: { mould: Mould; row: PlannedRow }[] = [];
    for (const mould of MOULDS) {
      const row = this.#row(
        ingredients,
        mould,
        made.map((earlier) => earlier.row),
        shift,
      );
      if (row !== null) made.push({ mould, row });
    }
    return made;
  }

  /** Null where there is no such row: none is left to refer to, or nothing satisfies the checks. */
  #row(
    { plan, references, solutions }: Ingredients,
    mould: Mould,
    earlier: readonly PlannedRow[],
    shift: number,
  ): MutableRow | null {
    const row: MutableRow = new Map();
    for (const column of plan.columns) {
      const value = easyValue(plan, column, mould, this.#values, shift);
      if (value === null && column.notNull && this.#values.text(column.type, column.modifier, 0) === undefined) {
        if (column.hasDefault || column.identity !== '') continue;
        if (mould === 'plain') throw new Unfillable(`no value is known for the type ${column.typeName}`);
      }
      row.set(column.number, value);
    }
    for (const [at, knot] of plan.knots.entries()) {
      const solutionsOfKnot = solutions[at];
      if (solutionsOfKnot === null || solutionsOfKnot === undefined) continue;
      const solution = solutionsOfKnot.best(mould, earlier);
      // Without one the INSERT is to say what is wrong.
      if (solution === undefined && mould !== 'plain') return null;
      for (const { number } of knot.columns) row.set(number, solution?.get(number) ?? row.get(number) ?? null);
      if (solution !== undefined) for (const [number, value] of solution) row.set(number, value);
    }
    const tied = new Set(plan.knots.flatMap(({ foreignKeys }) => foreignKeys));
    for (const reference of references) {
      // One that is tied refers to none, if that is what satisfies the checks.
      const refersToNone = reference.key.columns.some((number) => row.get(number) === null);
      const isSolved = tied.has(reference.key) && (reference.rows !== null || refersToNone);
      if (!isSolved && !refer(plan, row, reference, mould, shift)) return null;
    }
    return row;
  }

  async #insert(plan: TablePlan, rows: readonly { row: PlannedRow }[]): Promise<void> {
    const wanted = [...(this.#wanted.get(plan.table.oid) ?? [])];
    const known = this.#known.get(plan.table.oid) ?? [];
    const remember = (answer: { rows: readonly Row[]; rowCount: number }): void => {
      for (let at = 0; at < answer.rowCount; at += 1) known.push(knownRow(answer.rows[at], wanted));
      this.#known.set(plan.table.oid, known);
    };
    const hasColumns = plan.columns.some(({ number }) => rows[0]?.row.has(number));
    if (hasColumns)
      remember(
        await this.#session.query(
          insertSql(
            plan,
            rows.map(({ row }) => row),
            wanted,
          ),
        ),
      );
    else for (const _ of rows.slice(0, 2)) remember(await this.#session.query(insertSql(plan, [], wanted)));
  }

  async #insertOneByOne(
    ingredients: Ingredients,
    rows: readonly { mould: Mould; row: PlannedRow }[],
    failure: unknown,
  ): Promise<void> {
    const { plan } = ingredients;
    let first = failure;
    const attempt = async (row: PlannedRow | null): Promise<boolean> => {
      if (row === null) return false;
      try {
        await this.#insert(plan, [{ row }]);
        return true;
      } catch (error) {
        if (first === failure) first = error;
        return false;
      }
    };
    let base: PlannedRow | undefined;
    for (const { mould, row } of rows) {
      if (mould === 'plain') base = await this.#firstOf([row, ...this.#otherPlain(ingredients, row)], attempt);
      else if (mould === 'twin') await this.#firstOf([row, ...this.#otherTwins(ingredients, base)], attempt);
      else await attempt(row);
    }
    if ((this.#known.get(plan.table.oid)?.length ?? 0) === 0) throw first;
  }

  async #firstOf(
    rows: readonly (PlannedRow | null)[],
    attempt: (row: PlannedRow | null) => Promise<boolean>,
  ): Promise<PlannedRow | undefined> {
    for (const row of rows) if (await attempt(row)) return row ?? undefined;
    return undefined;
  }

  /** Like the row that was taken, but for the keys. */
  #otherTwins(ingredients: Ingredients, base: PlannedRow | undefined): (PlannedRow | null)[] {
    const { plan } = ingredients;
    return [0, 1, 2].flatMap((shift) => {
      const row = this.#row(ingredients, 'twin', [], shift);
      if (base === undefined || row === null) return [row];
      const like = new Map(
        [...base].map(([number, value]) => [number, plan.distinct.has(number) ? (row.get(number) ?? value) : value]),
      );
      return [like, row, ...(shift === 0 ? this.#guessed(ingredients, like) : [])];
    });
  }

  /** Where the server could not tell beforehand what satisfies the checks. */
  #guessed({ plan, solutions, references }: Ingredients, row: PlannedRow): PlannedRow[] {
    return plan.knots.flatMap((knot, at) => {
      if (solutions[at] !== null) return [];
      const own = references.filter(({ key }) => knot.foreignKeys.includes(key));
      return guesses(plan, knot, own, this.#values).map((guess) => new Map([...row, ...guess]));
    });
  }

  /** Other rows to try where the first was refused. */
  #otherPlain(ingredients: Ingredients, row: PlannedRow): (PlannedRow | null)[] {
    const { plan } = ingredients;
    const tied = new Set(plan.knots.flatMap(({ columns }) => columns.map(({ number }) => number)));
    const without = (drop: (column: RowColumn) => boolean, value: 'null' | 'default'): PlannedRow =>
      new Map(
        [...row].flatMap(([number, known]): [number, string | null][] => {
          const column = columnOf(plan.table, number);
          if (tied.has(number) || !drop(column)) return [[number, known]];
          return value === 'null' ? [[number, null]] : [];
        }),
      );
    return [
      ...this.#guessed(ingredients, row),
      without(({ notNull }) => !notNull, 'null'),
      without(({ hasDefault }) => hasDefault, 'default'),
      ...[1, 2, 3, 4].map((shift) => this.#row(ingredients, 'plain', [], shift)),
    ];
  }

  /** Foreign keys are checked at the end of a statement: one INSERT within another brings rows that need each other. */
  async #fillCircle(group: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const all: Ingredients[] = [];
    for (const oid of group) all.push(await this.#prepare(oid, group, true));
    const counts = new Map<number, number>();
    for (const mould of ['plain', 'twin'] as const) {
      const rows = new Map<number, MutableRow>();
      for (const ingredients of all) {
        const row = this.#row(ingredients, mould, [], 0);
        if (row !== null) rows.set(ingredients.plan.table.oid, row);
      }
      if (rows.size < group.length) break;
      // A key may itself be a reference: what it refers to needs some rounds to get through.
      for (const _ of group) for (const ingredients of all) this.#referWithin(ingredients, rows);
      try {
        await this.#session.query(circleSql(all.map(({ plan }) => [plan, rows.get(plan.table.oid)!])));
      } catch (error) {
        if (mould === 'plain') throw error;
        break;
      }
      for (const { plan } of all) {
        const row = rows.get(plan.table.oid)!;
        const known = new Map(plan.columns.map(({ name, number }) => [name, row.get(number) ?? null]));
        this.#known.set(plan.table.oid, [...(this.#known.get(plan.table.oid) ?? []), known]);
        counts.set(plan.table.oid, (counts.get(plan.table.oid) ?? 0) + 1);
      }
    }
    return counts;
  }

  #referWithin({ plan, references }: Ingredients, rows: ReadonlyMap<number, MutableRow>): void {
    const row = rows.get(plan.table.oid)!;
    for (const { key, names, rows: outside } of references) {
      if (outside !== null || !isMandatory(plan.table, key)) continue;
      const holder = this.#index.holders(key.references).find(({ oid }) => rows.has(oid));
      if (holder === undefined) continue;
      for (const [at, number] of key.columns.entries()) {
        const column = holder.columns.find(({ name }) => name === names[at]);
        row.set(number, rows.get(holder.oid)!.get(column!.number) ?? null);
      }
    }
  }
}

/** Lets a row refer to another; false where it would have to and cannot. */
function refer(
  { table, distinct }: TablePlan,
  row: MutableRow,
  { key, names, rows }: Reference,
  mould: Mould,
  shift: number,
): boolean {
  const nullable = key.columns.filter((number) => !columnOf(table, number).notNull);
  const referToNone = (): boolean => {
    for (const number of nullable) row.set(number, null);
    return nullable.length > 0;
  };
  if (mould === 'sparse' && nullable.length > 0) return referToNone();
  if (rows === null) {
    if (key.references !== table.oid) return nullable.length === 0 || referToNone();
    // To itself, where it knows its own key.
    const own = key.referenced.map((number) => row.get(number));
    if (own.some((value) => value === undefined || value === null)) return nullable.length === 0 || referToNone();
    for (const [at, number] of key.columns.entries()) row.set(number, own[at]!);
    return true;
  }
  const at = (key.columns.some((number) => distinct.has(number)) ? MOULDS.indexOf(mould) : 0) + shift;
  const target = rows[at];
  if (target === undefined) return referToNone();
  for (const [position, number] of key.columns.entries()) row.set(number, target.get(names[position]!) ?? null);
  return true;
}

function knownRow(answer: Row | undefined, wanted: readonly string[]): KnownRow {
  return new Map(wanted.map((name, at) => [name, (answer?.[`torale_${at}`] as string | null | undefined) ?? null]));
}
