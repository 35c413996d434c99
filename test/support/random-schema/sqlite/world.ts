import type { Model, Thing } from '../model.ts';
import { Choices } from '../world.ts';

export type ValueClass = 'integer' | 'real' | 'text' | 'blob' | 'any';

export interface SqliteColumn {
  /** The name itself; statements quote it. */
  readonly name: string;
  readonly number: number;
  readonly class: ValueClass;
  readonly isGenerated: boolean;
  readonly isUnique: boolean;
  readonly collation?: string | undefined;
}

export interface SqliteRelation {
  readonly id: string;
  readonly name: string;
  readonly kind: 'table' | 'view' | 'virtual';
  readonly columns: readonly SqliteColumn[];
  /** Of the primary key, in its order; none where there is none. */
  readonly key: readonly SqliteColumn[];
  readonly isStrict: boolean;
  readonly hasRowid: boolean;
}

const KEYWORDS = new Set(['select', 'order', 'group', 'table', 'index', 'check']);

export const TABLES = ['', 'people', 'Order Lines', 'select', 'it\'s "ünï"'];
export const COLUMNS = ['', 'id', 'name', 'fullName', 'order', 'first name', 'q"uo`te'];

/** A name as SQL writes it, in one of the ways that SQLite takes. */
export function quoted(name: string, style = 0): string {
  if (style % 4 === 1) return `"${name.replaceAll('"', '""')}"`;
  if (style % 4 === 2) return `\`${name.replaceAll('`', '``')}\``;
  if (style % 4 === 3 && !name.includes(']')) return `[${name}]`;
  return /^[a-z_]\w*$/i.test(name) && !KEYWORDS.has(name.toLowerCase()) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A keyword or two as somebody may type them. */
export function worded(words: string, style: number): string {
  return style % 3 === 2 ? words.toLowerCase() : words;
}

export function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What is there when a thing is printed. */
export class SqliteWorld {
  readonly model: Model;
  readonly relations = new Map<string, SqliteRelation>();
  readonly #names = new Set<string>();

  constructor(model: Model) {
    this.model = model;
  }

  parts(kind: string, on: string): Choices[] {
    return [...this.model.values()]
      .filter((thing) => thing.kind === kind && thing.on === on)
      .toSorted((a, b) => a.number - b.number)
      .map((thing) => new Choices(thing));
  }

  things(kind: string): Choices[] {
    const order = (a: Thing, b: Thing): number => a.number - b.number || (a.on < b.on ? -1 : 1);
    return [...this.model.values()]
      .filter((thing) => thing.kind === kind)
      .toSorted(order)
      .map((thing) => new Choices(thing));
  }

  /** False where another had the name: those that differ in case are one. */
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
export function condition(choice: number, column: string): string {
  const number = choice % 50;
  const list = [
    `${column} IS NOT NULL`,
    `length(${column}) < ${400 + number}`,
    `${column} <> 'x${number}'`,
    `NOT (${column} == ${number})`,
    `(${column} > -${number} OR ${column} IS NULL)`,
    `${column} NOT LIKE 'z%${number}'`,
    `coalesce(${column}, ${number}) NOT IN (${number + 1}, 'b', -2.5e3)`,
    `CASE WHEN ${column} IS NULL THEN 1 ELSE typeof(${column}) != 'never' END`,
    `( ${column} NOT BETWEEN ${number} AND ${number} /* never, (really) */ )`,
  ];
  return list[choice % list.length]!;
}

/** An expression over a column, with the class of what it gives. */
export function expression(choice: number, column: string): { readonly sql: string; readonly class: ValueClass } {
  const number = choice % 50;
  const list: { sql: string; class: ValueClass }[] = [
    { sql: `length(${column})`, class: 'integer' },
    { sql: `${column} || '-${number}'`, class: 'text' },
    { sql: `CASE WHEN ${column} IS NULL THEN ${number} ELSE ${number + 1} END`, class: 'integer' },
    { sql: `lower(${column})`, class: 'text' },
    { sql: `typeof(${column})`, class: 'text' },
    { sql: `coalesce(length(${column}), 0) * 2 + ${number}`, class: 'integer' },
    { sql: `substr(${column}, 1, ${number})`, class: 'text' },
  ];
  return list[choice % list.length]!;
}
