import { Choices } from '../world.ts';
import {
  COLUMNS,
  condition,
  expression,
  quoted,
  some,
  SqliteWorld,
  TABLES,
  worded,
  type SqliteColumn,
  type SqliteRelation,
  type ValueClass,
} from './world.ts';

const CONFLICTS = ['ROLLBACK', 'FAIL', 'IGNORE', 'REPLACE', 'ABORT'];
const COLLATIONS = ['NOCASE', 'rtrim', 'BINARY'];
const TYPES: readonly (readonly [string, ValueClass])[] = [
  ['integer', 'integer'],
  ['text', 'text'],
  ['VARCHAR(20)', 'text'],
  ['INT', 'integer'],
  ['real', 'real'],
  ['numeric(10, 2)', 'any'],
  ['blob', 'blob'],
  ['', 'any'],
  ['datetime', 'any'],
  ['varchar (40)', 'text'],
  ['boolean', 'any'],
  ['DOUBLE PRECISION', 'real'],
];
const STRICT_TYPES: readonly (readonly [string, ValueClass])[] = [
  ['INTEGER', 'integer'],
  ['text', 'text'],
  ['REAL', 'real'],
  ['blob', 'blob'],
  ['ANY', 'any'],
  ['int', 'integer'],
];

/** What tables are made of, before any is printed: foreign keys may point anywhere. */
export function shapeTables(world: SqliteWorld): void {
  for (const choices of world.things('table')) {
    const id = `table ${choices.thing.number}`;
    const columns: SqliteColumn[] = [];
    for (const column of world.parts('column', id)) columns.push(shapeColumn(column, columns, choices.has('strict')));
    if (columns.every(({ isGenerated }) => isGenerated)) continue;
    const [key] = world.parts('primaryKey', id);
    const usable = columns.filter(({ isGenerated }) => !isGenerated);
    const chosen =
      key === undefined ? [] : isRowidKey(key, choices) ? usable.slice(0, 1) : some(key.number('columns'), usable, 2);
    world.take(TABLES[choices.thing.number]!);
    world.relations.set(id, {
      id,
      name: TABLES[choices.thing.number]!,
      kind: 'table',
      columns,
      key: chosen,
      isStrict: choices.has('strict'),
      hasRowid: !(choices.has('withoutRowid') && chosen.length > 0),
    });
  }
}

function shapeColumn(choices: Choices, before: readonly SqliteColumn[], isStrict: boolean): SqliteColumn {
  const { number } = choices.thing;
  const base = before.find(({ isGenerated }) => !isGenerated);
  const isGenerated = choices.has('generated') && base !== undefined;
  const types = isStrict ? STRICT_TYPES : TYPES;
  return {
    name: COLUMNS[number]!,
    number,
    class: types[choices.number('type') % types.length]![1],
    isGenerated,
    isUnique: choices.has('unique'),
    collation: choices.of('collate', COLLATIONS),
  };
}

const isRowidKey = (key: Choices, table: Choices): boolean =>
  !table.has('withoutRowid') && key.number('form') % 3 === 0;

export function printTable(relation: SqliteRelation, world: SqliteWorld): string {
  const choices = new Choices(world.model.get(relation.id)!);
  const style = choices.number('style');
  const name = (text: string): string => quoted(text, style);
  const [key] = world.parts('primaryKey', relation.id);
  const inline = new Map<string, string[]>();
  const items: string[] = [];
  const constraints: string[] = [];
  if (key !== undefined && relation.key.length > 0) printKey(relation, key, choices, inline, constraints, name);
  for (const part of world.parts('unique', relation.id)) constraints.push(...printUnique(part, relation, name));
  for (const part of world.parts('check', relation.id)) constraints.push(printCheck(part, relation, name));
  for (const part of world.parts('foreignKey', relation.id))
    printForeignKey(part, relation, world, inline, constraints, name);
  for (const part of world.parts('column', relation.id)) {
    const column = relation.columns.find(({ number }) => number === part.thing.number);
    if (column !== undefined) items.push(printColumn(part, column, relation, inline.get(column.name) ?? [], name));
  }
  const options = [relation.hasRowid ? '' : 'WITHOUT ROWID', relation.isStrict ? 'STRICT' : ''].filter(
    (one) => one !== '',
  );
  const head = `${worded('CREATE TABLE', style)} ${name(relation.name)}${style % 2 === 0 ? ' ' : ''}(`;
  const comment = choices.has('comment') ? ` -- it's about ${choices.number('comment')}, (this)` : '';
  const body = [...items, ...constraints].map((item) => `  ${item}`).join(`,${comment}\n`);
  return `${head}\n${body}\n)${options.length === 0 ? '' : ` ${options.join(', ')}`}`;
}

function printColumn(
  choices: Choices,
  column: SqliteColumn,
  relation: SqliteRelation,
  inline: readonly string[],
  name: (text: string) => string,
): string {
  const types = relation.isStrict ? STRICT_TYPES : TYPES;
  const isAlias = inline.some((part) => part.startsWith('INTEGER '));
  const type = isAlias ? '' : types[choices.number('type') % types.length]![0];
  const given = choices.has('named') ? `CONSTRAINT ${name(`c ${column.number}`)} ` : '';
  const parts = [name(column.name), type, ...inline];
  if (column.collation !== undefined) parts.push(`COLLATE ${column.collation}`);
  const base = relation.columns.find(({ isGenerated }) => !isGenerated);
  if (column.isGenerated) {
    const { sql } = expression(choices.number('generated'), name(base!.name));
    const always = choices.number('generated') % 2 === 0 ? 'GENERATED ALWAYS ' : '';
    parts.push(`${always}AS (${sql})${['', ' STORED', ' VIRTUAL'][choices.number('generated') % 3]}`);
  } else if (choices.has('default') && !isAlias) parts.push(`DEFAULT ${defaultOf(choices.number('default'), column)}`);
  if (choices.has('notNull') && !isAlias) {
    const conflict = choices.of('onNull', CONFLICTS);
    parts.push(`${given}NOT NULL${conflict === undefined ? '' : ` ON CONFLICT ${conflict}`}`);
  }
  if (column.isUnique && !isAlias) parts.push('UNIQUE');
  if (choices.has('check')) parts.push(`${given}CHECK (${condition(choices.number('check'), name(column.name))})`);
  const comment = choices.has('comment') ? ` /* column ${choices.number('comment')}, it's "one" */` : '';
  return parts.filter((part) => part !== '').join(' ') + comment;
}

function defaultOf(choice: number, column: SqliteColumn): string {
  const lists: Record<ValueClass, readonly string[]> = {
    integer: ['5', '-1', '(1 + 2)', '0x1F', '+7', 'NULL', '((4))'],
    real: ['1.5e3', '-.5', '(2 * 1.25)', '0'],
    text: ["'it''s'", "''", 'CURRENT_TIMESTAMP', "(lower('X'))", "'(a, b)'", 'NULL', "'-- no'"],
    blob: ["x'00ff'", "(CAST('b' AS BLOB))"],
    any: ["'7'", '7', 'CURRENT_DATE', 'TRUE', "(hex('a'))"],
  };
  // Only the class ANY of STRICT and the types without a class take the rest.
  const list = lists[column.class];
  return list[choice % list.length]!;
}

function printKey(
  relation: SqliteRelation,
  key: Choices,
  table: Choices,
  inline: Map<string, string[]>,
  constraints: string[],
  name: (text: string) => string,
): void {
  const conflict = key.of('conflict', CONFLICTS);
  const onConflict = conflict === undefined ? '' : ` ON CONFLICT ${conflict}`;
  const given = key.has('named') ? `CONSTRAINT ${name('the key')} ` : '';
  const [first] = relation.key;
  if (isRowidKey(key, table)) {
    const desc = key.has('desc') ? ' DESC' : '';
    const counter = key.has('autoincrement') && desc === '' ? ' AUTOINCREMENT' : '';
    inline.set(first!.name, [`INTEGER ${given}PRIMARY KEY${desc}${onConflict}${counter}`]);
    return;
  }
  const isInline = relation.key.length === 1 && key.number('form') % 3 === 1;
  if (isInline) {
    inline.set(first!.name, [`${given}PRIMARY KEY${key.has('desc') ? ' ASC' : ''}${onConflict}`]);
    return;
  }
  const columns = relation.key.map((column, at) => name(column.name) + (key.has('desc') && at === 0 ? ' DESC' : ''));
  constraints.push(`${given}PRIMARY KEY (${columns.join(', ')})${onConflict}`);
}

function printUnique(choices: Choices, relation: SqliteRelation, name: (text: string) => string): string[] {
  const columns = some(choices.number('columns'), relation.columns, 3);
  // The same columns with another conflict clause would be an error.
  const isKey = columns.every((column) => relation.key.includes(column));
  if (isKey || (columns.length === 1 && columns[0]!.isUnique)) return [];
  const collation = choices.of('collate', COLLATIONS);
  const given = choices.has('named') ? `CONSTRAINT ${name(`u${choices.thing.number}`)} ` : '';
  const conflict = choices.thing.number === 1 ? choices.of('conflict', CONFLICTS) : undefined;
  const list = columns.map((column, at) => name(column.name) + (at === 0 && collation ? ` COLLATE ${collation}` : ''));
  // Two of the same columns: the second says it in another order.
  const ordered = choices.thing.number === 1 ? list : list.toReversed();
  if (choices.thing.number === 2 && columns.length === 1) return [];
  return [`${given}UNIQUE (${ordered.join(', ')})${conflict === undefined ? '' : ` ON CONFLICT ${conflict}`}`];
}

function printCheck(choices: Choices, relation: SqliteRelation, name: (text: string) => string): string {
  const columns = relation.columns;
  const pick = (choice: number): string => {
    const column = name(columns[choice % columns.length]!.name);
    return choice % 7 === 3 ? `${name(relation.name)}.${column}` : column;
  };
  const first = condition(choices.number('condition'), pick(choices.number('column')));
  const second = choices.has('second')
    ? ` OR ${condition(choices.number('second'), pick(choices.number('second')))}`
    : '';
  const given = choices.has('named') ? `CONSTRAINT ${name(`k ${choices.thing.number}`)} ` : '';
  return `${given}CHECK (${first}${second})`;
}

const ACTIONS = ['CASCADE', 'SET NULL', 'NO ACTION', 'RESTRICT', 'SET DEFAULT'];
const DEFERRABLE = [
  'DEFERRABLE INITIALLY DEFERRED',
  'DEFERRABLE',
  'NOT DEFERRABLE',
  'DEFERRABLE INITIALLY IMMEDIATE',
  'NOT DEFERRABLE INITIALLY DEFERRED',
];

function printForeignKey(
  choices: Choices,
  relation: SqliteRelation,
  world: SqliteWorld,
  inline: Map<string, string[]>,
  constraints: string[],
  name: (text: string) => string,
): void {
  const parent = world.relations.get(choices.id('to'));
  if (parent === undefined) return;
  // Only to what is unique, or every statement that writes fails: https://www.sqlite.org/foreignkeys.html#fk_schemaerrors
  const unique = choices.has('unique')
    ? parent.columns.find(({ isUnique, isGenerated }) => isUnique && !isGenerated)
    : undefined;
  const referenced = unique === undefined ? parent.key : [unique];
  const own = relation.columns.filter(({ isGenerated }) => !isGenerated);
  if (referenced.length === 0 || own.length < referenced.length) return;
  const start = choices.number('columns') % own.length;
  const columns = referenced.map((_, at) => own[(start + at) % own.length]!);
  const isBare = choices.has('bare') && unique === undefined;
  const list = (of: readonly SqliteColumn[]): string => `(${of.map((column) => name(column.name)).join(', ')})`;
  const rest = [
    `REFERENCES ${name(parent.name)}${isBare ? '' : ` ${list(referenced)}`}`,
    ...(choices.has('match') ? ['MATCH FULL'] : []),
    ...(choices.has('onDelete') ? [`ON DELETE ${choices.of('onDelete', ACTIONS)!}`] : []),
    ...(choices.has('onUpdate') ? [`ON UPDATE ${choices.of('onUpdate', ACTIONS)!}`] : []),
    ...(choices.has('deferrable') ? [choices.of('deferrable', DEFERRABLE)!] : []),
  ].join(' ');
  const given = choices.has('named') ? `CONSTRAINT ${name(`f${choices.thing.number}`)} ` : '';
  if (choices.has('inline') && columns.length === 1) {
    const [column] = columns;
    inline.set(column!.name, [...(inline.get(column!.name) ?? []), given + rest]);
  } else constraints.push(`${given}FOREIGN KEY ${list(columns)} ${rest}`);
}

export function printIndex(choices: Choices, relation: SqliteRelation, world: SqliteWorld): string[] {
  const { number, on } = choices.thing;
  const style = choices.number('style');
  const name = (text: string): string => quoted(text, style);
  const label = [`idx ${on}`, `ix_${on.replace(' ', '_')}_b`, `${on.replace(' ', '')}IndexC`][number - 1]!;
  if (!world.take(label)) return [];
  const columns = some(choices.number('columns'), relation.columns, 3);
  const keys = columns.map((column, at) => {
    const text = name(column.name);
    const collation = at === 0 ? choices.of('collate', COLLATIONS) : undefined;
    const desc = choices.has('desc') && at === columns.length - 1 ? [' DESC', ' ASC'][choices.number('desc') % 2] : '';
    const isExpression = choices.has('expression') && at === 0;
    const key = isExpression ? expression(choices.number('expression'), text).sql : text;
    return `${key}${collation === undefined ? '' : ` COLLATE ${collation}`}${desc}`;
  });
  const where = choices.has('where')
    ? ` WHERE ${condition(choices.number('where'), name(relation.columns[choices.number('where') % relation.columns.length]!.name))}`
    : '';
  const unique = choices.has('unique') ? 'UNIQUE ' : '';
  return [
    `${worded(`CREATE ${unique}INDEX`, style)} ${name(label)} ON ${name(relation.name)} (${keys.join(', ')})${where}`,
  ];
}
