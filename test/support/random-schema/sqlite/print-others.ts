import { Choices } from '../world.ts';
import {
  condition,
  expression,
  quoted,
  some,
  textLiteral,
  worded,
  type SqliteColumn,
  type SqliteRelation,
  type SqliteWorld,
} from './world.ts';

const virtualColumn = (name: string, number: number): SqliteColumn => ({
  name,
  number,
  class: 'any',
  isGenerated: false,
  isUnique: false,
});

function virtualTable(id: string, name: string, columns: readonly string[]): SqliteRelation {
  const list = columns.map((column, at) => virtualColumn(column, at + 1));
  return { id, name, kind: 'virtual', columns: list, key: [], isStrict: false, hasRowid: true };
}

export function printFullText(choices: Choices, world: SqliteWorld): string[] {
  const id = `fullText ${choices.thing.number}`;
  const of =
    choices.has('content') && choices.number('content') % 3 !== 0 ? world.relations.get(choices.id('of')) : undefined;
  const isPlain = (column: SqliteColumn): boolean =>
    /^\w+$/.test(column.name) && !['order', 'rank'].includes(column.name);
  const ofTable = of !== undefined && of.hasRowid ? of.columns.filter(isPlain) : [];
  const columns =
    ofTable.length > 0
      ? some(choices.number('columns'), ofTable, 3).map(({ name }) => name)
      : ['title', 'body', 'tagList'].slice(0, 1 + (choices.number('columns') % 3));
  const options = [
    "tokenize = 'porter unicode61'",
    "prefix='2 3'",
    'detail=column',
    'tokenize="unicode61 remove_diacritics 2"',
  ];
  const option = choices.of('options', options);
  const content =
    ofTable.length > 0
      ? [`content=${textLiteral(of!.name)}`]
      : choices.has('content') && choices.number('content') % 3 === 0
        ? ["content=''"]
        : [];
  const list = columns.map((column, at) =>
    at === 1 && choices.number('columns') % 5 === 0 ? `${column} UNINDEXED` : column,
  );
  world.take('search');
  world.relations.set(id, virtualTable(id, 'search', columns));
  return [
    `CREATE VIRTUAL TABLE search USING fts5(${[...list, ...content, ...(option === undefined ? [] : [option])].join(', ')})`,
  ];
}

export function printRtree(choices: Choices, world: SqliteWorld): string[] {
  const id = `rtree ${choices.thing.number}`;
  const names = ['minX', 'maxX', 'minY', 'maxY'].slice(0, choices.number('dimensions') % 2 === 0 ? 4 : 2);
  const columns = ['id', ...names, ...(choices.has('extra') ? ['label'] : [])];
  world.take('places');
  world.relations.set(id, virtualTable(id, 'places', columns));
  const list = columns.map((column) => (column === 'label' ? '+label TEXT' : column));
  return [`CREATE VIRTUAL TABLE places USING ${choices.has('whole') ? 'rtree_i32' : 'rtree'}(${list.join(', ')})`];
}

export function printView(choices: Choices, world: SqliteWorld): string[] {
  const { number } = choices.thing;
  const from = choices.id('from');
  // Only those before it: a circle of views cannot be read.
  if (from.startsWith('view') && Number(from.split(' ')[1]) >= number) return [];
  const relation = world.relations.get(from);
  if (relation === undefined) return [];
  const second = choices.has('join') ? world.relations.get(choices.id('second')) : undefined;
  const style = choices.number('style');
  const name = (text: string): string => quoted(text, style);
  const label = ['', 'active', 'All People', 'v_3'][number]!;
  if (!world.take(label)) return [];
  const columns = some(choices.number('columns'), relation.columns, 5);
  const listed = choices.has('list');
  const outputs = columns.map((column) => `a.${name(column.name)}`);
  const named = columns.map((column, at) => (listed ? `out ${at}` : column.name));
  const [base] = columns;
  if (base !== undefined && choices.number('columns') % 3 === 0) {
    const extra = listed ? 'extra' : 'Extra One';
    outputs.push(`${expression(choices.number('columns'), `a.${name(base.name)}`).sql} AS ${name(extra)}`);
    named.push(extra);
  }
  if (second !== undefined && second.columns[0] !== undefined) {
    outputs.push(`b.${name(second.columns[0].name)} AS joined`);
    named.push('joined');
  }
  const source = choices.has('with') ? 'source' : name(relation.name);
  const prefix = choices.has('with') ? `WITH source AS (SELECT * FROM ${name(relation.name)}) ` : '';
  const join =
    second === undefined
      ? ''
      : ` LEFT JOIN ${name(second.name)} AS b ON b.${name(second.columns[0]!.name)} = a.${name(base!.name)}`;
  const where = choices.has('where') ? `\n WHERE ${condition(choices.number('where'), `a.${name(base!.name)}`)}` : '';
  const id = `view ${number}`;
  world.relations.set(id, {
    id,
    name: label,
    kind: 'view',
    columns: named.map((column, at) => virtualColumn(column, at + 1)),
    key: [],
    isStrict: false,
    hasRowid: false,
  });
  const list = listed ? ` (${named.map(name).join(', ')})` : '';
  const comment = style % 5 === 1 ? ' -- a view\n' : ' ';
  return [
    `${worded('CREATE VIEW', style)} ${name(label)}${list} AS${comment}${prefix}SELECT ${outputs.join(', ')} FROM ${source} AS a${join}${where}`,
  ];
}

const EVENTS = ['INSERT', 'UPDATE', 'DELETE'] as const;

export function printTrigger(choices: Choices, world: SqliteWorld): string[] {
  const { number, on } = choices.thing;
  const relation = world.relations.get(on);
  const target = world.relations.get(choices.id('to'));
  if (relation === undefined || relation.kind === 'virtual' || target === undefined) return [];
  const style = choices.number('style');
  const name = (text: string): string => quoted(text, style);
  const label = `${number === 1 ? 'tr' : 'On Change of'} ${on}`;
  if (!world.take(label)) return [];
  const event = EVENTS[choices.number('event') % 3]!;
  const time = relation.kind === 'view' ? 'INSTEAD OF' : ['AFTER', 'BEFORE', ''][choices.number('time') % 3]!;
  const column = relation.columns[choices.number('when') % relation.columns.length]!;
  const of =
    event === 'UPDATE' && choices.has('of')
      ? ` OF ${some(choices.number('of'), relation.columns, 2)
          .map((one) => name(one.name))
          .join(', ')}`
      : '';
  const row = event === 'DELETE' ? 'OLD' : 'NEW';
  const when = choices.has('when') ? ` WHEN ${condition(choices.number('when'), `${row}.${name(column.name)}`)}` : '';
  const body = [statement(choices.number('body'), relation, target, row, name)];
  if (choices.has('second')) body.push(statement(choices.number('second'), relation, target, row, name));
  const head = `${worded('CREATE TRIGGER', style)} ${name(label)}${time === '' ? '' : ` ${time}`} ${event}${of} ON ${name(relation.name)}`;
  return [
    `${head}${choices.number('event') % 2 === 0 ? ' FOR EACH ROW' : ''}${when} BEGIN\n  ${body.join(';\n  ')};\nEND`,
  ];
}

function statement(
  choice: number,
  relation: SqliteRelation,
  target: SqliteRelation,
  row: string,
  name: (text: string) => string,
): string {
  const source = `${row}.${name(relation.columns[choice % relation.columns.length]!.name)}`;
  const writable = target.columns.filter(({ isGenerated }) => !isGenerated);
  const column = name(writable[choice % writable.length]!.name);
  const table = name(target.name);
  switch (choice % 5) {
    case 0:
      return `INSERT OR IGNORE INTO ${table} (${column}) SELECT ${source} WHERE ${source} IS NOT NULL -- END; of it\n`;
    case 1:
      return `UPDATE OR IGNORE ${table} SET ${column} = CASE WHEN ${source} IS NULL THEN ${column} ELSE ${source} END WHERE ${column} = 'x${choice}'`;
    case 2:
      return `DELETE FROM ${table} WHERE ${column} = 'gone ${choice}' AND ${source} IS NULL`;
    case 3:
      return `SELECT RAISE(ABORT, 'no; END') WHERE ${source} = 'never ${choice}'`;
    default:
      return `SELECT count(*) FROM ${table} AS t WHERE t.${column} = ${source}`;
  }
}
