import { TABLE_PRIVILEGES } from './print-tables.ts';
import {
  condition,
  nameOf,
  type Choices,
  type Column,
  type Printed,
  type Printer,
  type Relation,
  type World,
} from './world.ts';

interface Query {
  readonly sql: string;
  readonly columns: readonly Column[];
  /** Such that the server lets rows be written through it. */
  readonly isPlain: boolean;
}

/** @param id of the view itself, which cannot read from itself or what comes later */
function query(choices: Choices, world: World): Query | null {
  const from = world.relations.get(choices.id('from'));
  if (from === undefined) return null;
  const second = choices.has('join') ? world.relations.get(choices.id('second')) : undefined;
  const key = choices.has('grouped') && second === undefined ? world.primaryKeys.get(choices.id('from')) : undefined;
  const columns = choices.has('columns') ? choices.some('columns', from.columns, 7) : [...from.columns];
  const where = choices.has('where')
    ? from.columns[choices.number('where') % Math.max(1, from.columns.length)]
    : undefined;
  const outputs = columns.map(({ name }) => `a.${name}`);
  const extras = extraOutputs(choices, from, second, world, key !== undefined);
  outputs.push(...extras);
  if (outputs.length === 0) outputs.push('1 AS one');
  const sql = [
    `SELECT ${outputs.join(', ')}`,
    ` FROM ${from.sql} a`,
    ...(second === undefined ? [] : [` LEFT JOIN ${second.sql} b ON true`]),
    ...(where === undefined
      ? []
      : [` WHERE ${condition(choices.number('where'), { ...where, name: `a.${where.name}` }, world)}`]),
    ...(key === undefined ? [] : [` GROUP BY ${key.map(({ name }) => `a.${name}`).join(', ')}`]),
  ].join('');
  const isPlain =
    second === undefined && key === undefined && extras.length === 0 && from.kind === 'table' && columns.length > 0;
  return { sql, columns: columns.map((column) => ({ ...column, generated: undefined })), isPlain };
}

function extraOutputs(
  choices: Choices,
  from: Relation,
  second: Relation | undefined,
  world: World,
  isGrouped: boolean,
): string[] {
  const outputs: string[] = [];
  if (isGrouped) outputs.push(`count(*) AS "Count"`);
  const extra = choices.number('extra');
  const helper = world.names.get(`helper ${1 + (extra % 2)}`);
  const integer = from.columns.find(({ type }) => type.traits.has('integer'));
  if (extra > 0 && helper !== undefined)
    outputs.push(
      `${helper}(${integer === undefined || extra % 3 === 0 || isGrouped ? extra % 9 : `a.${integer.name}::integer`}) AS extra`,
    );
  const literal = choices.number('literal');
  if (literal > 0)
    outputs.push(`CAST(${world.type(literal).literal(literal)} AS ${world.type(literal).sql}) AS "Given"`);
  const joined = second?.columns[0];
  if (joined !== undefined) outputs.push(`b.${joined.name} AS joined`);
  const call = choices.has('call') ? world.calls.get(choices.id('routine')) : undefined;
  if (call !== undefined) outputs.push(`${call} AS called`);
  return outputs;
}

const view: Printer = (choices, world) => {
  const { number } = choices.thing;
  // Only those before it: a circle of views would not load.
  const from = choices.id('from');
  if (from.startsWith('view') && Number(from.split(' ')[1]) >= number) return null;
  const body = query(choices, world);
  if (body === null) return null;
  const name = nameOf('v', number);
  const sql = `${world.schema(number + 1)}.${name}`;
  const options = [
    ...(choices.has('barrier') ? ['security_barrier = true'] : []),
    ...(choices.has('invoker') && world.major >= 15 ? ['security_invoker = true'] : []),
  ];
  const checked =
    choices.has('checked') && body.isPlain ? ` WITH ${choices.of('checked', ['LOCAL', 'CASCADED'])!} CHECK OPTION` : '';
  const create = `CREATE VIEW ${sql}${options.length === 0 ? '' : ` WITH (${options.join(', ')})`} AS ${body.sql}${checked}`;
  const first = body.columns[0];
  const initial =
    choices.has('default') && first !== undefined
      ? [`ALTER VIEW ${sql} ALTER COLUMN ${first.name} SET DEFAULT ${first.type.literal(choices.number('default'))}`]
      : [];
  world.relations.set(`view ${number}`, { sql, name, kind: 'view', columns: body.columns, keys: [] });
  return printed([create, ...initial], 'VIEW', sql);
};

function printed(sql: readonly string[], what: string, name: string): Printed {
  return {
    sql,
    subject: `${what} ${name}`,
    owned: what === 'VIEW' ? `VIEW ${name}` : undefined,
    granted: { on: `TABLE ${name}`, privileges: TABLE_PRIVILEGES },
  };
}

const viewColumn: Printer = (choices, world) => {
  const relation = world.relations.get(choices.thing.on);
  const own = relation?.columns[choices.thing.number - 1];
  if (relation === undefined || own === undefined) return null;
  return {
    sql: [],
    subject: `COLUMN ${relation.sql}.${own.name}`,
    granted: { on: `TABLE ${relation.sql}`, privileges: ['SELECT', 'UPDATE'], columns: own.name },
  };
};

const materializedView: Printer = (choices, world) => {
  const { number } = choices.thing;
  const body = query(choices, world);
  // It would be filled by reading what has no handler.
  if (
    body === null ||
    readsForeign(choices.id('from'), world) ||
    (choices.has('join') && readsForeign(choices.id('second'), world))
  )
    return null;
  const name = nameOf('m', number);
  const sql = `${world.schema(number)}.${name}`;
  const options = choices.has('options') ? ` WITH (fillfactor = ${60 + (choices.number('options') % 40)})` : '';
  const create = `CREATE MATERIALIZED VIEW ${sql}${options} AS ${body.sql}${choices.has('noData') ? ' WITH NO DATA' : ''}`;
  world.relations.set(`materializedView ${number}`, {
    sql,
    name,
    kind: 'materializedView',
    columns: body.columns,
    keys: [],
  });
  return printed([create], 'MATERIALIZED VIEW', sql);
};

function readsForeign(id: string, world: World): boolean {
  const relation = world.relations.get(id);
  if (relation === undefined) return false;
  if (relation.kind === 'foreign') return true;
  const choices = world.model.get(id)?.choices ?? {};
  return (
    relation.kind === 'view' &&
    ['from', 'second', 'reads'].some((name) => readsForeign(String(choices[name] ?? ''), world))
  );
}

export const queryPrinters = { view, viewColumn, materializedView };
