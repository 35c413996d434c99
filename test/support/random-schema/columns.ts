import type { Thing } from './model.ts';
import { sequenceOptions } from './print-types.ts';
import type { Type } from './types.ts';
import { Choices, type Column, type World } from './world.ts';

/** A column and the words that declare it. */
export interface Declared {
  readonly column: Column;
  readonly clause: string;
  /** Without what makes a sequence of its own. */
  readonly plain: string;
}

const columnName = (number: number): string => ['', 'c1', 'c2', 'c3', '"C 4"', 'c5', '"order"', 'c7'][number]!;

function collationOf(choices: Choices, type: Type, world: World): string | undefined {
  return type.traits.has('collates') ? world.collation(choices.number('collation')) : undefined;
}

function generation(
  choices: Choices,
  type: Type,
  before: readonly Column[],
  world: World,
): { sql: string; kind: 'stored' | 'virtual' } | null {
  const base = before.find(({ generated }) => generated === undefined);
  const choice = choices.number('generated');
  if (choice === 0 || base === undefined) return null;
  const test = `${base.name} IS NULL`;
  const value = (text: (n: number) => string) => `CASE WHEN ${test} THEN ${text(choice)} ELSE ${text(choice + 1)} END`;
  const expression =
    type.sql === 'boolean'
      ? test
      : type.traits.has('integer')
        ? base.type.traits.has('integer') && choice % 2 === 0
          ? `${base.name} % 5`
          : value((n) => String(n % 50))
        : type.traits.has('text')
          ? value((n) => `'g${n % 50}'`)
          : null;
  if (expression === null) return null;
  // Types of one's own are not for virtual columns.
  const isVirtual =
    world.major >= 18 && choice % 3 === 0 && type.traits.has('builtin') && base.type.traits.has('builtin');
  return {
    sql: `GENERATED ALWAYS AS (${expression}) ${isVirtual ? 'VIRTUAL' : 'STORED'}`,
    kind: isVirtual ? 'virtual' : 'stored',
  };
}

function defaultOf(choices: Choices, type: Type, world: World): string | null {
  const choice = choices.number('default');
  if (choice === 0) return null;
  const helper = world.names.get(`helper ${1 + (choice % 2)}`);
  const sequence = world.names.get(`sequence ${1 + (choice % 3)}`);
  const kind = choices.number('defaultKind') % 3;
  if (type.traits.has('integer') && kind === 1 && helper !== undefined) return `${helper}(${choice % 50})`;
  if (type.traits.has('integer') && kind === 2 && sequence !== undefined)
    return `nextval('${sequence.replaceAll("'", "''")}')`;
  return type.literal(choice);
}

export function declare(thing: Thing, before: readonly Column[], world: World, isForeign: boolean): Declared {
  const choices = new Choices(thing);
  const name = columnName(thing.number);
  const type = world.type(choices.number('type'), choices.has('array'));
  const collation = collationOf(choices, type, world);
  const head = `${name} ${type.sql}${collation === undefined ? '' : ` COLLATE ${collation}`}`;
  const isInteger = type.traits.has('integer') && type.traits.has('builtin');
  const notNull = choices.has('notNull')
    ? [
        world.major >= 18 && choices.number('notNull') % 3 === 1
          ? `CONSTRAINT given_${thing.number} NOT NULL`
          : 'NOT NULL',
      ]
    : [];
  const generated = generation(choices, type, before, world);
  if (generated !== null) {
    const clause = [head, generated.sql, ...notNull].join(' ');
    return {
      column: { name, number: thing.number, type, collation, generated: generated.kind },
      clause,
      plain: clause,
    };
  }
  const column = { name, number: thing.number, type, collation };
  const initial = defaultOf(choices, type, world);
  const plain = [head, ...(initial === null ? [] : [`DEFAULT ${initial}`]), ...notNull].join(' ');
  if (isInteger && choices.has('identity') && !isForeign) {
    const mode = choices.number('identity') % 2 === 0 ? 'ALWAYS' : 'BY DEFAULT';
    const options = choices.has('identityOptions') ? identityOptions(choices.number('identityOptions')) : '';
    return { column, clause: `${head} GENERATED ${mode} AS IDENTITY${options}`, plain: `${head} NOT NULL` };
  }
  if (isInteger && choices.has('serial') && !isForeign) {
    const serial = type.sql
      .replace('integer', 'serial')
      .replace('bigint', 'bigserial')
      .replace('smallint', 'smallserial');
    return { column, clause: `${name} ${serial}`, plain: `${head} NOT NULL` };
  }
  return { column, clause: plain, plain };
}

function identityOptions(choice: number): string {
  const bits = (bit: number, value: number): number => ((choice >> bit) & 1) * value;
  const options = {
    increment: bits(0, 3),
    minimum: bits(1, 7),
    maximum: bits(2, 9),
    cache: bits(3, 5),
    cycle: bits(4, 1),
    start: bits(1, 4),
  };
  const words = sequenceOptions(new Choices({ kind: 'sequence', on: '', number: 1, choices: options }));
  return words.length === 0 ? '' : ` (${words.join(' ')})`;
}
