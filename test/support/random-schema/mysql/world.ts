import type { Model, Thing } from '../model.ts';
import { Choices } from '../world.ts';

export type ValueClass =
  | 'integer'
  | 'number'
  | 'text'
  | 'longText'
  | 'binary'
  | 'blob'
  | 'day'
  | 'moment'
  | 'time'
  | 'list'
  | 'bit'
  | 'json'
  | 'shape'
  | 'other';

export interface MysqlColumn {
  readonly name: string;
  readonly number: number;
  readonly type: string;
  readonly class: ValueClass;
  /** Its own, where it is another than the table's. */
  readonly charset: string | undefined;
  readonly generated: 'VIRTUAL' | 'STORED' | undefined;
  readonly isCounter: boolean;
  readonly notNull: boolean;
}

export interface MysqlRelation {
  readonly id: string;
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly columns: readonly MysqlColumn[];
  /** Of the primary key, in its order. */
  readonly key: readonly MysqlColumn[];
  readonly engine: string;
  readonly charset: string | undefined;
  readonly partitionedBy: MysqlColumn | undefined;
  readonly isVersioned: boolean;
}

const TABLES = ['', 'people', 'Order Lines', 'select', 'it`s "ünï"'];
const COLUMNS = ['', 'id', 'name', 'fullName', 'order', 'first name', 'q`uo"te', 'größe'];

export const tableName = (number: number): string => TABLES[number] ?? `table_${number}`;
export const columnName = (number: number): string => COLUMNS[number] ?? `column_${number}`;

export function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** What stands in comments. */
export function remark(choice: number): string {
  return literal(['plain', "it's", 'back\\slash', 'two\nlines; and --', '🙂 漢', '`a`.`b` %s', ''][choice % 7]!);
}

/** What is there when a thing is printed. */
export class MysqlWorld {
  readonly model: Model;
  readonly relations = new Map<string, MysqlRelation>();
  readonly sequences: string[] = [];
  readonly #names = new Set<string>();

  constructor(model: Model) {
    this.model = model;
  }

  parts(kind: string, on: string): Choices[] {
    return this.things(kind).filter(({ thing }) => thing.on === on);
  }

  things(kind: string): Choices[] {
    const order = (a: Thing, b: Thing): number => a.number - b.number || (a.on < b.on ? -1 : 1);
    return [...this.model.values()]
      .filter((thing) => thing.kind === kind)
      .toSorted(order)
      .map((thing) => new Choices(thing));
  }

  /** False where another had the name. */
  take(name: string): boolean {
    const folded = name.toLowerCase();
    if (this.#names.has(folded)) return false;
    this.#names.add(folded);
    return true;
  }
}

/** Some of the columns by the bits of a choice, at least one where there is one. */
export function some<T extends { readonly number: number }>(choice: number, list: readonly T[], most = 3): T[] {
  const chosen = list.filter(({ number }) => ((choice >> number) & 1) === 1).slice(0, most);
  return chosen.length > 0 ? chosen : list.slice(0, 1);
}

/** A boolean expression over a column that never fails and gives the same each time. */
export function condition(choice: number, { name, class: kind }: MysqlColumn, prefix = ''): string {
  const column = prefix + quoted(name);
  const number = choice % 50;
  if (kind === 'integer' || kind === 'number')
    return [
      `${column} > -${number}`,
      `${column} <> ${number}`,
      `${column} IS NOT NULL`,
      `(${column} BETWEEN -1000 AND ${number + 1000} OR ${column} IS NULL)`,
      `coalesce(${column}, ${number}) NOT IN (${number + 1}, -2)`,
      `${column} % 7 < 7`,
    ][choice % 6]!;
  if (kind === 'text' || kind === 'longText')
    return [
      `char_length(${column}) < ${400 + number}`,
      `${column} <> 'x${number}'`,
      `${column} NOT LIKE 'z\\\\_%${number}'`,
      `CASE WHEN ${column} IS NULL THEN 1 ELSE ${column} != 'it''s' END`,
      `${column} is not null OR ${number} > 2`,
    ][choice % 5]!;
  if (kind === 'day' || kind === 'moment')
    return [`${column} > '1990-01-${10 + (choice % 9)}'`, `${column} IS NOT NULL`][choice % 2]!;
  return `${column} IS NOT NULL`;
}
