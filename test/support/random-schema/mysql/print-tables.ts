import { Choices } from '../world.ts';
import { printPartitions, canPartition } from './print-partitions.ts';
import { charsetOf, defaultOf, TYPES } from './types.ts';
import {
  columnName,
  condition,
  MysqlWorld,
  quoted,
  remark,
  some,
  tableName,
  type MysqlColumn,
  type MysqlRelation,
} from './world.ts';

const ENGINES = ['MyISAM', 'Aria', 'InnoDB', 'MEMORY'];
const ROW_FORMATS = ['DYNAMIC', 'COMPACT', 'REDUNDANT'];

/** What tables are made of, before any is printed: foreign keys may point anywhere. */
export function shapeTables(world: MysqlWorld): void {
  for (const choices of world.things('table')) {
    const id = `table ${choices.thing.number}`;
    const [key] = world.parts('primaryKey', id);
    const columns: MysqlColumn[] = [];
    const parts = world.parts('column', id).toSorted((a, b) => placeOf(a) - placeOf(b));
    for (const part of parts) columns.push(shapeColumn(part, columns));
    const plain = columns.filter(({ generated }) => generated === undefined);
    if (plain.length === 0) continue;
    const keyable = plain.filter((column) => isKeyable(column));
    const chosen = key === undefined || keyable.length === 0 ? [] : some(key.number('columns'), keyable, 2);
    const isCounted = key?.has('counter') === true && chosen[0]?.class === 'integer';
    const counted = columns.map((column) =>
      isCounted && column === chosen[0] ? { ...column, isCounter: true, notNull: true } : column,
    );
    const hasBase = counted.some((column) => isBase(column));
    const shaped = counted.map((column) =>
      column.generated === undefined || hasBase ? column : { ...column, generated: undefined },
    );
    const keys = chosen.map((column) => shaped[columns.indexOf(column)]!);
    const isVersioned = choices.has('versioned');
    const isBlob = columns.some((column) => ['longText', 'blob', 'json', 'shape'].includes(column.class));
    // Versions of rows cannot move to another engine, and with columns of their own not even be given up on the way.
    const isBound = isVersioned || choices.thing.number % 2 === 0;
    const engine = isBound ? 'InnoDB' : (choices.of('engine', ENGINES) ?? 'InnoDB');
    world.take(tableName(choices.thing.number));
    const canDivide = !isVersioned && !columns.some((column) => column.class === 'shape');
    const by = choices.has('partition') && canDivide ? canPartition(keys.length > 0 ? keys : shaped) : undefined;
    world.relations.set(id, {
      id,
      name: tableName(choices.thing.number),
      kind: 'table',
      columns: shaped,
      key: keys,
      engine: engine === 'MEMORY' && (isBlob || isVersioned || columns.length !== plain.length) ? 'Aria' : engine,
      charset: charsetOf(choices),
      partitionedBy: by,
      isVersioned,
    });
  }
}

/** Some columns stand elsewhere. */
const placeOf = (choices: Choices): number =>
  choices.has('position') ? (choices.number('position') % 8) + 0.5 : choices.thing.number;

function shapeColumn(choices: Choices, before: readonly MysqlColumn[]): MysqlColumn {
  const { number } = choices.thing;
  const type = TYPES[choices.number('type') % TYPES.length]!;
  const hasBase = before.some((column) => isBase(column));
  const generated =
    choices.has('generated') && hasBase ? (['VIRTUAL', 'STORED'] as const)[choices.number('generated') % 2] : undefined;
  const isText = ['text', 'longText', 'list'].includes(type.class);
  return {
    name: columnName(number),
    number,
    type: generated === undefined ? type.sql : GENERATED[choices.number('generated') % 3]!.type,
    class: generated === undefined ? type.class : GENERATED[choices.number('generated') % 3]!.class,
    charset: isText && generated === undefined ? charsetOf(choices) : undefined,
    generated,
    isCounter: false,
    notNull: generated === undefined && choices.has('notNull'),
  };
}

const GENERATED = [
  { type: 'int', class: 'integer' },
  { type: 'varchar(80)', class: 'text' },
  { type: 'bigint(20)', class: 'integer' },
] as const;

/** What an expression can be about: https://mariadb.com/kb/en/generated-columns/ bars a column that counts. */
const isBase = ({ class: kind, generated, isCounter, type }: MysqlColumn): boolean =>
  ['integer', 'text', 'number'].includes(kind) && generated === undefined && !isCounter && type !== 'char(5)';

const isKeyable = ({ class: kind }: MysqlColumn): boolean => !['shape', 'json'].includes(kind);

export function printTable(relation: MysqlRelation, world: MysqlWorld): string {
  const choices = new Choices(world.model.get(relation.id)!);
  const [key] = world.parts('primaryKey', relation.id);
  const items = relation.columns.map((column) =>
    printColumn(new Choices(world.model.get(`column ${column.number} of ${relation.id}`)!), column, relation, world),
  );
  if (isTimed(relation))
    items.push(
      '`row start` timestamp(6) GENERATED ALWAYS AS ROW START INVISIBLE',
      '`row end` timestamp(6) GENERATED ALWAYS AS ROW END INVISIBLE',
      'PERIOD FOR SYSTEM_TIME (`row start`, `row end`)',
    );
  if (key !== undefined && relation.key.length > 0)
    items.push(
      `PRIMARY KEY (${relation.key.map((column) => keyPart(column, key.has('prefix') && relation.partitionedBy === undefined ? 5 : 0)).join(', ')})`,
    );
  for (const part of world.parts('index', relation.id)) items.push(...printIndex(part, relation));
  for (const part of world.parts('check', relation.id)) items.push(...printCheck(part, relation));
  const options = [
    `ENGINE=${relation.engine}`,
    ...(relation.charset === undefined ? [] : [`CHARACTER SET ${relation.charset}`]),
    ...(choices.has('rowFormat') && relation.engine === 'InnoDB'
      ? [`ROW_FORMAT=${choices.of('rowFormat', ROW_FORMATS)!}`]
      : []),
    ...(choices.has('comment') ? [`COMMENT=${remark(choices.number('comment'))}`] : []),
    ...(choices.has('option')
      ? [
          ['STATS_PERSISTENT=1', 'MAX_ROWS=1000', 'AVG_ROW_LENGTH=50', 'STATS_SAMPLE_PAGES=3', 'CHECKSUM=1'][
            choices.number('option') % 5
          ]!,
        ]
      : []),
    ...(relation.isVersioned ? ['WITH SYSTEM VERSIONING'] : []),
  ];
  const partitions =
    relation.partitionedBy === undefined ? '' : `\n${printPartitions(choices, relation.partitionedBy)}`;
  const body = items.map((item) => `  ${item}`).join(',\n');
  return `CREATE TABLE ${quoted(relation.name)} (\n${body}\n) ${options.join(' ')}${partitions}`;
}

/** How a table is versioned cannot be changed without its past being lost, so it depends on nothing but its number. */
const isTimed = ({ id, isVersioned }: MysqlRelation): boolean => isVersioned && Number(id.slice(-1)) % 2 === 0;

function printColumn(choices: Choices, column: MysqlColumn, relation: MysqlRelation, world: MysqlWorld): string {
  const parts = [quoted(column.name), column.type];
  const isCompressed =
    choices.has('compressed') && ['longText', 'blob'].includes(column.class) && column.generated === undefined;
  if (isCompressed && !isIndexed(column, relation, world)) parts.push('COMPRESSED');
  if (column.charset !== undefined) parts.push(`CHARACTER SET ${column.charset}`);
  if (column.generated !== undefined) {
    parts.push(`AS (${generation(choices.number('generated'), relation, column)}) ${column.generated}`);
    if (choices.has('comment')) parts.push(`COMMENT ${remark(choices.number('comment'))}`);
    return parts.join(' ');
  }
  if (column.notNull) parts.push('NOT NULL');
  else if (column.type.startsWith('timestamp')) parts.push('NULL');
  const isKey = relation.key.includes(column);
  let isGiven = !column.notNull;
  if (column.isCounter) parts.push('AUTO_INCREMENT');
  else if (choices.has('default')) {
    const said = defaultOf(choices, column, world.sequences);
    if (said !== undefined) parts.push(`DEFAULT ${said}`);
    isGiven ||= said !== undefined;
  }
  if (column.class === 'moment' && choices.has('onUpdate'))
    parts.push(`ON UPDATE current_timestamp${/\(\d\)/.exec(column.type)?.[0] ?? '()'}`);
  if (choices.has('invisible') && isGiven && !isKey && relation.columns.length > 1 && column !== relation.columns[0])
    parts.push('INVISIBLE');
  if (
    relation.isVersioned &&
    !isTimed(relation) &&
    choices.has('unversioned') &&
    !isKey &&
    column !== relation.columns[0]
  )
    parts.push('WITHOUT SYSTEM VERSIONING');
  if (choices.has('comment')) parts.push(`COMMENT ${remark(choices.number('comment'))}`);
  if (choices.has('check') && !column.isCounter) parts.push(`CHECK (${condition(choices.number('check'), column)})`);
  return parts.join(' ');
}

function isIndexed({ number }: MysqlColumn, relation: MysqlRelation, world: MysqlWorld): boolean {
  if (relation.key.some((column) => column.number === number)) return true;
  return world.parts('index', relation.id).length > 0;
}

function generation(choice: number, relation: MysqlRelation, own: MysqlColumn): string {
  const base =
    relation.columns.find((column) => isBase(column)) ??
    relation.columns.find((column) => !column.isCounter && column !== own)!;
  const column = quoted(base.name);
  const number = choice % 50;
  if (own.class === 'text')
    return [`concat(${column}, '-${number}')`, `left(concat(${column}), 20)`, `if(${column} is null, 'a', 'b\\\\')`][
      number % 3
    ]!;
  if (base.class === 'text')
    return [`char_length(${column}) + ${number}`, `${column} is null`, `length(${column}) * 2`][number % 3]!;
  return [
    `${column} is null`,
    `coalesce(${column} % 100, ${number}) + 1`,
    `case when ${column} > ${number} then 1 else 2 end`,
  ][number % 3]!;
}

function keyPart(column: MysqlColumn, prefix: number): string {
  const asked = ['longText', 'blob'].includes(column.class) ? prefix || 10 : prefix;
  const isCut = asked > 0 && ['text', 'longText', 'binary', 'blob'].includes(column.class);
  return `${quoted(column.name)}${isCut ? `(${asked})` : ''}`;
}

function printIndex(choices: Choices, relation: MysqlRelation): string[] {
  const { number } = choices.thing;
  const label = quoted(['', 'ix_a', 'idx of it', 'key'][number] ?? `ix_${number}`);
  const said = choices.has('comment') ? ` COMMENT ${remark(choices.number('comment'))}` : '';
  const special = choices.number('kind');
  const canSpecial =
    relation.partitionedBy === undefined &&
    !relation.isVersioned &&
    ['InnoDB', 'MyISAM', 'Aria'].includes(relation.engine);
  if (special > 0 && canSpecial) {
    const shape = relation.columns.find((column) => column.class === 'shape' && column.notNull);
    const text = relation.columns.find(
      (column) =>
        ['text', 'longText'].includes(column.class) && column.generated === undefined && column.charset !== 'ucs2',
    );
    if (special % 2 === 0 && shape !== undefined) return [`SPATIAL KEY ${label} (${quoted(shape.name)})${said}`];
    if (special % 2 === 1 && text !== undefined && relation.charset !== 'ucs2')
      return [`FULLTEXT KEY ${label} (${quoted(text.name)})${said}`];
  }
  const usable = relation.columns.filter(
    (column) => isKeyable(column) && !(relation.engine !== 'InnoDB' && column.generated),
  );
  if (usable.length === 0) return [];
  const columns = some(choices.number('columns'), usable, 3);
  const isUnique = choices.has('unique');
  const by = relation.partitionedBy;
  const all = isUnique && by !== undefined && !columns.includes(by) ? [...columns, by] : columns;
  const keys = all.map((column, at) => {
    const prefix =
      choices.has('prefix') && at === 0 && !(isUnique && by !== undefined) ? 1 + (choices.number('prefix') % 5) : 0;
    const desc = choices.has('desc') && at === all.length - 1 ? ' DESC' : '';
    return `${keyPart(column, prefix)}${desc}`;
  });
  const ignored = choices.has('ignored') && (relation.key.length > 0 || !isUnique) ? ' IGNORED' : '';
  // The server itself forgets HASH of a unique index on the next occasion.
  const using = choices.has('using') && !isUnique ? ` USING ${['BTREE', 'HASH'][choices.number('using') % 2]!}` : '';
  return [`${isUnique ? 'UNIQUE ' : ''}KEY ${label} (${keys.join(', ')})${using}${said}${ignored}`];
}

function printCheck(choices: Choices, relation: MysqlRelation): string[] {
  const usable = relation.columns.filter(({ isCounter }) => !isCounter);
  if (usable.length === 0) return [];
  const column = usable[choices.number('column') % usable.length]!;
  const second = usable[choices.number('second') % usable.length]!;
  const more = choices.has('second') ? ` OR ${condition(choices.number('second'), second)}` : '';
  const name = choices.has('named')
    ? `CONSTRAINT ${quoted(['', 'positive', 'it`s so'][choices.thing.number] ?? 'c')} `
    : '';
  return [`${name}CHECK (${condition(choices.number('condition'), column)}${more})`];
}

const ACTIONS = ['CASCADE', 'SET NULL', 'NO ACTION', 'RESTRICT'];

/** Only behind all tables: they may refer to each other in a circle. */
export function printForeignKey(choices: Choices, relation: MysqlRelation, world: MysqlWorld): string[] {
  const parent = world.relations.get(choices.id('to'));
  const isPlain = (one: MysqlRelation): boolean => one.engine === 'InnoDB' && one.partitionedBy === undefined;
  if (parent === undefined || parent.key.length === 0 || !isPlain(parent) || !isPlain(relation)) return [];
  const [parentKey] = world.parts('primaryKey', parent.id);
  if (parentKey!.has('prefix') || parent.key.some(({ class: kind }) => kind === 'longText' || kind === 'blob'))
    return [];
  const start = choices.number('columns');
  const taken = new Set<MysqlColumn>();
  const own = parent.key.map((target) => {
    const fitting = relation.columns.filter(
      (column) =>
        !taken.has(column) &&
        column.generated === undefined &&
        column.type === target.type &&
        (column.charset ?? relation.charset) === (target.charset ?? parent.charset),
    );
    const found = fitting[start % Math.max(fitting.length, 1)];
    if (found !== undefined) taken.add(found);
    return found;
  });
  if (own.includes(undefined)) return [];
  const columns = own as MysqlColumn[];
  // What is computed from a column cannot follow what its foreign key does: https://mariadb.com/kb/en/foreign-keys/
  const hasCheck = (part: Choices): boolean => part.has('check');
  const isChecked = world.parts('check', relation.id).length > 0 || world.parts('column', relation.id).some(hasCheck);
  const isBound =
    isChecked ||
    relation.columns.some(({ generated }) => generated !== undefined) ||
    columns.some(({ isCounter }) => isCounter);
  const canNull = columns.every((column) => !column.notNull && !relation.key.includes(column));
  const action = (name: string): string => {
    const said = choices.of(name, ACTIONS)!;
    return (said === 'SET NULL' && !canNull) || (isBound && (said === 'CASCADE' || said === 'SET NULL'))
      ? 'RESTRICT'
      : said;
  };
  const list = (of: readonly MysqlColumn[]): string => `(${of.map(({ name }) => quoted(name)).join(', ')})`;
  const name = `${quoted(`fk ${relation.id} ${choices.thing.number}`)}`;
  const rest = [
    `FOREIGN KEY ${list(columns)} REFERENCES ${quoted(parent.name)} ${list(parent.key)}`,
    ...(choices.has('onDelete') ? [`ON DELETE ${action('onDelete')}`] : []),
    ...(choices.has('onUpdate') ? [`ON UPDATE ${action('onUpdate')}`] : []),
  ].join(' ');
  const given = choices.has('named') ? `CONSTRAINT ${name} ` : '';
  return [`ALTER TABLE ${quoted(relation.name)} ADD ${given}${rest}`];
}
