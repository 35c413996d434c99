import type BetterSqlite from 'better-sqlite3';
import type { Session } from '../../../session/session.ts';
import { Repeatable } from '../../made-up-rows.ts';
import type { SqliteSession } from '../connect.ts';
import { describeError } from '../errors.ts';
import { quote } from '../quote.ts';
import { columnsOfCheck, type RowColumn, type RowTable } from './catalog.ts';
import { candidatesIn, edgeOf, strangerOf, strictValueOf, valueOf, type Value } from './values.ts';

/** Values that a foreign key can take together. */
export interface KeyChoice {
  readonly columns: readonly string[];
  /** None where no row to refer to is there yet. */
  readonly choices: readonly (readonly Value[])[];
}

/** How often a row is changed and tried again before it is given up. */
const MOST_TRIES = 300;
/** When it is made like the one before, as far as the table has one. */
const HALF_WAY = 30;

const DEFAULTS = 'DEFAULT VALUES';

/** Puts rows into one table: values that the table refuses are changed where it says so, until it takes them. */
export class RowMaker {
  readonly #session: Session;
  readonly #table: RowTable;
  readonly #columns: readonly RowColumn[];
  readonly #keys: readonly KeyChoice[];
  readonly #inKeys: ReadonlySet<string>;
  readonly #sql: string;
  #candidates: readonly Value[] | null = null;
  #insertion: BetterSqlite.Statement | null = null;
  /** The row that was taken last. */
  #accepted: ReadonlyMap<string, Value> = new Map();
  readonly #random = new Repeatable();
  /** The last of the server's words. */
  refusal = '';

  constructor(session: Session, table: RowTable, keys: readonly KeyChoice[]) {
    this.#session = session;
    this.#table = table;
    this.#keys = keys;
    this.#columns = table.columns.filter(({ isGenerated }) => !isGenerated);
    this.#inKeys = new Set(keys.flatMap(({ columns }) => columns.map((name) => name.toLowerCase())));
    const names = this.#columns.map(({ name }) => quote(name));
    const values = names.length === 0 ? DEFAULTS : `(${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
    // A conflict clause of the table's would swallow the row, or another one.
    this.#sql = `INSERT OR ABORT INTO ${quote(table.name)} ${values}`;
  }

  /** How many rows the table took. */
  fill(): number {
    const rows = [0, 1, 2, 3, 4].map((at) => this.#row(at));
    let count = 0;
    for (const [at, row] of rows.entries()) {
      // The first tells whether there can be any; what the others add is worth a few tries.
      if (this.#insert(row, at, at === 0 ? MOST_TRIES : 100)) count += 1;
      else if (count === 0 && at > 0) break;
    }
    return count;
  }

  /** Plain, as like the first as can be, from the ends of its types, without any value, with values of other classes. */
  #row(at: number): Map<string, Value> {
    const row = new Map(this.#columns.map((column) => [column.name, this.#value(column, at)]));
    for (const { columns, choices } of this.#keys) {
      const chosen = choices[at % Math.max(choices.length, 1)];
      for (const [index, name] of columns.entries())
        if (chosen !== undefined) row.set(this.#spelled(name), chosen[index]!);
    }
    if (at === 3)
      for (const { name, notNull } of this.#columns) if (!notNull && name !== this.#table.alias) row.set(name, null);
    return row;
  }

  #value(column: RowColumn, at: number): Value {
    const { alias, isStrict, unique } = this.#table;
    const plain = (number: number): Value => (isStrict ? strictValueOf(column, number) : valueOf(column, number));
    if (column.name === alias) return at === 4 ? 9_007_199_254_740_993n : BigInt(at + 1);
    const isTold = unique.has(column.name.toLowerCase());
    if (at === 1) return plain(isTold ? 1 : 0);
    if (at === 2 && !(isStrict && /BLOB|ANY/.test(column.type))) return edgeOf(column);
    if (at === 4 && !isStrict) return strangerOf(column);
    return plain(at);
  }

  #insert(row: Map<string, Value>, at: number, tries: number): boolean {
    const refused = new Set<string>();
    for (let round = 0; round < tries; round += 1) {
      if (round === HALF_WAY) for (const [name, value] of this.#accepted) row.set(name, value);
      try {
        this.#insertion ??= (this.#session as SqliteSession).driver.prepare(this.#sql);
        this.#insertion.run(...this.#columns.map(({ name }) => row.get(name) ?? null));
        this.#accepted = new Map(row);
        return true;
      } catch (error) {
        this.refusal = describeError(error).message;
        this.#change(row, this.#blamed(this.refusal), at, refused, round);
      }
    }
    return false;
  }

  #blamed(message: string): readonly string[] {
    const [, said = ''] = /^CHECK constraint failed: (.*)$/s.exec(message) ?? [];
    if (said !== '') {
      const looked = columnsOfCheck(this.#table, said);
      const own = this.#columns.map(({ name }) => name).filter((name) => looked.includes(name));
      // What a generated column is made of may be any other.
      if (own.length === looked.length) return own;
      return this.#columns.map(({ name }) => name);
    }
    const start = `${this.#table.name}.`.toLowerCase();
    const found = this.#columns.filter(({ name }) => message.toLowerCase().includes(start + name.toLowerCase()));
    return (found.length > 0 ? found : this.#columns).map(({ name }) => name);
  }

  /** At first to what is plain, then to whatever may be worth trying. */
  #change(row: Map<string, Value>, names: readonly string[], at: number, refused: Set<string>, round: number): void {
    const columns = this.#columns.filter(({ name }) => names.includes(name));
    const isUnique = this.refusal.startsWith('UNIQUE');
    for (const column of columns) {
      if (isUnique || refused.has(column.name) || this.#inKeys.has(column.name.toLowerCase())) continue;
      refused.add(column.name);
      row.set(column.name, this.#plain(column, at));
      if (this.refusal.startsWith('NOT NULL')) return;
    }
    if (round === 0 && !isUnique) return;
    const some = this.#random.chance(0.6) ? [this.#random.pick(columns)] : columns;
    for (const column of some) {
      if (column === undefined) continue;
      const key = this.#keys.find((one) => one.columns.some((name) => this.#spelled(name) === column.name));
      const chosen = key === undefined ? undefined : this.#random.pick(key.choices);
      if (chosen !== undefined && this.#random.chance(0.8)) {
        for (const [index, name] of key!.columns.entries()) row.set(this.#spelled(name), chosen[index]!);
      } else if (isUnique || this.#random.chance(0.2))
        row.set(column.name, this.#plain(column, 10 + this.#random.below(10_000)));
      else row.set(column.name, this.#candidate(column));
    }
  }

  #plain(column: RowColumn, at: number): Value {
    if (column.name === this.#table.alias) return BigInt(at + 1);
    return this.#table.isStrict ? strictValueOf(column, at) : valueOf(column, at);
  }

  #candidate(column: RowColumn): Value {
    this.#candidates ??= candidatesIn(this.#table.text);
    const value = this.#random.pick(this.#candidates) ?? null;
    return value === null && column.notNull ? this.#plain(column, this.#random.below(100)) : value;
  }

  /** A column as the table spells it. */
  #spelled(name: string): string {
    const found = this.#columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
    return found?.name ?? name;
  }
}
