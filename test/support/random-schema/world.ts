import type { Model, Thing } from './model.ts';
import { arrayOf, BUILTIN_TYPES, OWN_TYPES, type Type } from './types.ts';

export interface Column {
  /** As SQL writes it. */
  readonly name: string;
  readonly number: number;
  readonly type: Type;
  readonly collation?: string | undefined;
  readonly generated?: 'stored' | 'virtual' | undefined;
}

/** A relation that is printed already. */
export interface Relation {
  readonly sql: string;
  readonly name: string;
  readonly kind: 'table' | 'partitioned' | 'foreign' | 'view' | 'materializedView';
  readonly columns: readonly Column[];
  /** What it is partitioned by: a column, or an expression. */
  readonly partitionKey?: Column | 'expression' | undefined;
  readonly isPartition?: boolean;
  readonly inherits?: boolean;
  readonly unlogged?: boolean;
  /** What a foreign key can refer to. */
  readonly keys: (readonly Column[])[];
}

/** What is there when a thing is printed. */
export class World {
  readonly version: number;
  readonly model: Model;
  readonly relations = new Map<string, Relation>();
  /** Names in SQL of things other than relations. */
  readonly names = new Map<string, string>();
  readonly types = new Map<string, Type>();
  /** The attributes of composite types. */
  readonly composites = new Map<number, readonly Column[]>();
  /** The columns of tables, as a table on its own would declare them. */
  readonly declared = new Map<string, readonly string[]>();
  /** What a grouped query can rely on. */
  readonly primaryKeys = new Map<string, readonly Column[]>();
  /** Calls of functions that give one value. */
  readonly calls = new Map<string, string>();
  /** What only one thing can have: a bound, the index that CLUSTER goes by. */
  readonly taken = new Set<string>();

  constructor(model: Model, version: number) {
    this.model = model;
    this.version = version;
  }

  /** The major version: 15. */
  get major(): number {
    return Math.floor(this.version / 10_000);
  }

  /** False where another had it before. */
  take(what: string): boolean {
    if (this.taken.has(what)) return false;
    this.taken.add(what);
    return true;
  }

  parts(kind: Thing['kind'], on: string): Thing[] {
    return [...this.model.values()]
      .filter((thing) => thing.kind === kind && thing.on === on)
      .toSorted((a, b) => a.number - b.number);
  }

  /** The schema of everything with that number, `public` where it is not there. */
  schema(number: number): string {
    return this.names.get(`schema ${number % 4}`) ?? 'public';
  }

  /** A type by the number of a choice: built in, or one of the model's, where it is there. */
  type(choice: number, isArray = false): Type {
    const own = this.types.get(OWN_TYPES[choice % OWN_TYPES.length]!);
    const type = choice % 4 === 3 && own !== undefined ? own : BUILTIN_TYPES[choice % BUILTIN_TYPES.length]!;
    return isArray && !type.sql.endsWith('[]') ? arrayOf(type) : type;
  }

  collation(choice: number): string | undefined {
    if (choice === 0) return undefined;
    const own = this.names.get(`collation ${1 + (choice % 2)}`);
    return choice % 3 === 0 && own !== undefined ? own : ['"C"', '"POSIX"'][choice % 2]!;
  }
}

/** Reads the choices of a thing. */
export class Choices {
  readonly thing: Thing;

  constructor(thing: Thing) {
    this.thing = thing;
  }

  /** 0 where it is the plain case. */
  number(name: string): number {
    const choice = this.thing.choices[name];
    return typeof choice === 'number' ? choice : 0;
  }

  has(name: string): boolean {
    return this.number(name) > 0;
  }

  /** One of the list, `undefined` in the plain case. */
  of<T>(name: string, list: readonly T[]): T | undefined {
    const choice = this.number(name);
    return choice === 0 ? undefined : list[choice % list.length];
  }

  /** The id of another thing. */
  id(name: string): string {
    const choice = this.thing.choices[name];
    return typeof choice === 'string' ? choice : '';
  }

  /** Some of the columns, at least one where there is one. */
  some(name: string, columns: readonly Column[], most = 3): Column[] {
    const choice = this.number(name);
    const chosen = columns.filter((column) => ((choice >> (column.number % 9)) & 1) === 1).slice(0, most);
    return chosen.length > 0 ? chosen : columns.slice(0, 1);
  }
}

/** What a thing prints as. */
export interface Printed {
  readonly sql: readonly string[];
  /** What COMMENT ON says it is. */
  readonly subject?: string | undefined;
  /** What ALTER … OWNER TO says it is. */
  readonly owned?: string | undefined;
  /** What GRANT says it is, and the privileges there are on it. */
  readonly granted?:
    | { readonly on: string; readonly privileges: readonly string[]; readonly columns?: string }
    | undefined;
}

export type Printer = (choices: Choices, world: World) => Printed | null;

/** Names that need no quotes, and some that do. */
export function nameOf(prefix: string, number: number): string {
  const names = [
    `${prefix}0`,
    `${prefix}1`,
    `${prefix}2`,
    `"${prefix.toUpperCase()} ${number}"`,
    `${prefix}4`,
    `"select_${prefix}é"`,
  ];
  return names[number] ?? `${prefix}${number}`;
}

/** A boolean expression over a column that never fails and that the server holds to be immutable. */
export function condition(choice: number, column: Column, world: World): string {
  const { name, type } = column;
  const helper = world.names.get(`helper ${1 + (choice % 2)}`);
  const isPlain = column.generated !== 'virtual';
  if (choice % 5 === 0) return `${name} IS NOT NULL`;
  if (choice % 5 === 1 && helper !== undefined && isPlain) {
    if (type.traits.has('integer')) return `${helper}(${name}::integer) > ${choice % 50}`;
    return `${helper}(${choice % 50}) > 0 OR ${name} IS NULL`;
  }
  if (type.traits.has('integer'))
    return choice % 2 === 0 ? `${name} > ${choice % 50}` : `${name} IN (1, 2, ${choice % 50})`;
  if (type.traits.has('text')) return choice % 2 === 0 ? `${name} <> 'x${choice % 50}'` : `length(${name}) < ${choice}`;
  return choice % 2 === 0 ? `${name} IS NULL` : `(${name} IS NULL) = false`;
}
