import { declare, type Declared } from './columns.ts';
import { Choices, nameOf, type Column, type Printed, type Printer, type Relation, type World } from './world.ts';

function storage(choices: Choices): string {
  const options = [
    'fillfactor = 70',
    'autovacuum_enabled = false',
    'fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05',
  ];
  const chosen = choices.of('options', options);
  const toast = choices.of('toast', ['toast.autovacuum_enabled = false', 'toast.autovacuum_vacuum_threshold = 99']);
  const all = [chosen, toast].filter((one) => one !== undefined);
  return all.length === 0 ? '' : ` WITH (${all.join(', ')})`;
}

function security(choices: Choices, sql: string): string[] {
  const choice = choices.number('security');
  if (choice === 0) return [];
  return [
    `ALTER TABLE ${sql} ENABLE ROW LEVEL SECURITY`,
    ...(choice % 2 === 0 ? [`ALTER TABLE ${sql} FORCE ROW LEVEL SECURITY`] : []),
  ];
}

export const TABLE_PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'];

function printed(sql: readonly string[], relation: Relation): Printed {
  const what = relation.kind === 'foreign' ? 'FOREIGN TABLE' : 'TABLE';
  return {
    sql,
    subject: `${what} ${relation.sql}`,
    owned: `${what} ${relation.sql}`,
    granted: { on: `TABLE ${relation.sql}`, privileges: TABLE_PRIVILEGES },
  };
}

/** What a table, or a partition, is partitioned by, and the words for it. */
function partitioning(
  choices: Choices,
  columns: readonly Column[],
  keyExpression: boolean,
): { key: Column | 'expression'; sql: string } | null {
  const key = columns.find(({ type, generated }) => type.traits.has('key') && generated === undefined);
  const strategy = choices.of('by', ['RANGE', 'LIST', 'HASH']);
  if (strategy === undefined || key === undefined) return null;
  if (keyExpression && key.type.traits.has('text'))
    return { key: 'expression', sql: `${strategy} (lower(${key.name}))` };
  return { key, sql: `${strategy} (${key.name})` };
}

const table: Printer = (choices, world) => {
  const { number } = choices.thing;
  const id = `table ${number}`;
  const name = nameOf('t', number);
  const sql = `${world.schema(number)}.${name}`;
  const common = { sql, name, keys: [] };
  const server = choices.has('foreign') ? world.names.get('server') : undefined;
  const attributes = choices.has('typed') ? world.composites.get(1 + (choices.number('typed') % 2)) : undefined;
  if (attributes !== undefined && attributes.length > 0) {
    const relation: Relation = { ...common, kind: 'table', columns: attributes };
    world.relations.set(id, relation);
    const of = world.types.get(`composite ${1 + (choices.number('typed') % 2)}`)!.sql;
    return printed([`CREATE TABLE ${sql} OF ${of}`, ...security(choices, sql)], relation);
  }
  const parentNumber = 1 + (choices.number('inherits') % 5);
  const parent =
    choices.has('inherits') && server === undefined && parentNumber < number
      ? world.relations.get(`table ${parentNumber}`)
      : undefined;
  const inherited = parent?.kind === 'table' ? parent : undefined;
  const declared: Declared[] = [];
  for (const thing of world.parts('column', id)) {
    const known = inherited?.columns.find(({ number: other }) => other === thing.number);
    if (known === undefined) {
      declared.push(
        declare(
          thing,
          declared.map(({ column }) => column),
          world,
          server !== undefined,
        ),
      );
    } else if (new Choices(thing).has('redeclared') && known.generated === undefined) {
      const own = new Choices(thing);
      const initial = own.has('default') ? ` DEFAULT ${known.type.literal(own.number('default'))}` : '';
      const words = `${known.name} ${known.type.sql}${known.collation === undefined ? '' : ` COLLATE ${known.collation}`}${initial}`;
      declared.push({ column: known, clause: words, plain: words });
    }
  }
  const own = declared.map(({ column }) => column).filter((column) => !(inherited?.columns ?? []).includes(column));
  const columns = [...(inherited?.columns ?? []), ...own];
  const list = declared.length === 0 ? '()' : `(\n  ${declared.map(({ clause }) => clause).join(',\n  ')}\n)`;
  if (server !== undefined) {
    const relation: Relation = { ...common, kind: 'foreign', columns };
    world.relations.set(id, relation);
    const options =
      choices.number('foreign') % 2 === 0 ? ` OPTIONS (file '/none${choices.number('foreign') % 5}')` : '';
    return printed([`CREATE FOREIGN TABLE ${sql} ${list} SERVER ${server}${options}`], relation);
  }
  const by = inherited === undefined ? partitioning(choices, columns, choices.has('keyExpression')) : null;
  const isUnlogged = choices.has('unlogged') && by === null;
  const relation: Relation = {
    ...common,
    kind: by === null ? 'table' : 'partitioned',
    columns,
    partitionKey: by?.key,
    unlogged: isUnlogged,
    inherits: inherited !== undefined,
  };
  world.relations.set(id, relation);
  world.declared.set(
    id,
    declared.map(({ plain }) => plain),
  );
  const create = [
    `CREATE ${isUnlogged ? 'UNLOGGED ' : ''}TABLE ${sql} ${list}`,
    ...(inherited === undefined ? [] : [` INHERITS (${inherited.sql})`]),
    by === null ? storage(choices) : ` PARTITION BY ${by.sql}`,
  ].join('');
  return printed([create, ...security(choices, sql)], relation);
};

/** The bound of the n-th partition, free of overlaps with the others as long as each number is there once. */
function bound(relation: Relation, model: Choices, number: number, strategy: string, isDefault: boolean): string {
  const key = relation.partitionKey;
  if (strategy === 'HASH') return `FOR VALUES WITH (MODULUS 4, REMAINDER ${number})`;
  if (isDefault) return 'DEFAULT';
  const wider = model.has('bound') ? 1 : 0;
  const value = (n: number): string => {
    if (key === 'expression' || key === undefined || key.type.traits.has('text'))
      return `'k${String(n).padStart(2, '0')}'`;
    return key.type.traits.has('integer') ? String(n * 10) : `'20${10 + n}-01-01'`;
  };
  const start = number * 3;
  if (strategy === 'LIST') return `FOR VALUES IN (${value(start)}${wider === 1 ? `, ${value(start + 1)}` : ''})`;
  return `FOR VALUES FROM (${value(start)}) TO (${value(start + 1 + wider)})`;
}

const STRATEGIES = ['RANGE', 'LIST', 'HASH'];

function partitionOf(
  choices: Choices,
  world: World,
  parentId: string,
  id: string,
  name: string,
  sql: string,
): Printed | null {
  const parent = world.relations.get(parentId);
  const parentThing = world.model.get(parentId);
  if (parent === undefined || parentThing === undefined || parent.kind !== 'partitioned') return null;
  const strategy = STRATEGIES[new Choices(parentThing).number('by') % 3]!;
  const common = { sql, name, columns: parent.columns, keys: [] };
  if (choices.has('detached')) {
    const relation: Relation = { ...common, kind: 'table' };
    world.relations.set(id, relation);
    return printed([`CREATE TABLE ${sql} (\n  ${(world.declared.get(parentId) ?? []).join(',\n  ')}\n)`], relation);
  }
  const isDefault = choices.has('default') && strategy !== 'HASH' && world.take(`default of ${parentId}`);
  const by = partitioning(choices, parent.columns.toReversed(), false);
  const relation: Relation = {
    ...common,
    kind: by === null ? 'table' : 'partitioned',
    partitionKey: by?.key,
    isPartition: true,
  };
  world.relations.set(id, relation);
  world.declared.set(id, world.declared.get(parentId) ?? []);
  const bounds = bound(parent, choices, choices.thing.number, strategy, isDefault);
  const end = by === null ? storage(choices) : ` PARTITION BY ${by.sql}`;
  return printed(
    [`CREATE TABLE ${sql} PARTITION OF ${parent.sql} ${bounds}${end}`, ...security(choices, sql)],
    relation,
  );
}

const partition: Printer = (choices, world) => {
  const { on, number } = choices.thing;
  const parent = Number(on.split(' ')[1]);
  const name = nameOf(`t${parent}_p`, number);
  return partitionOf(choices, world, on, `partition ${number} of ${on}`, name, `${world.schema(parent)}.${name}`);
};

const subpartition: Printer = (choices, world) => {
  const { on, number } = choices.thing;
  const parent = world.relations.get(on);
  if (parent === undefined) return null;
  const name = `${parent.name.replaceAll(/[" ]/g, '').toLowerCase()}_s${number}`;
  return partitionOf(
    choices,
    world,
    on,
    `subpartition ${number} of ${on}`,
    name,
    `${parent.sql.split('.')[0]!}.${name}`,
  );
};

const column: Printer = (choices, world) => {
  const { on, number } = choices.thing;
  const relation = world.relations.get(on);
  const own = relation?.columns.find((one) => one.number === number);
  if (relation === undefined || own === undefined) return null;
  const subject = `COLUMN ${relation.sql}.${own.name}`;
  const granted = {
    on: `TABLE ${relation.sql}`,
    privileges: ['SELECT', 'INSERT', 'UPDATE', 'REFERENCES'],
    columns: own.name,
  };
  if (relation.kind === 'foreign') return { sql: [], subject, granted };
  const change = `ALTER TABLE ${relation.sql} ALTER COLUMN ${own.name}`;
  const canToast = own.type.traits.has('toasts') && own.generated !== 'virtual';
  const sql: string[] = [];
  if (choices.has('storage') && canToast)
    sql.push(`${change} SET STORAGE ${choices.of('storage', ['EXTERNAL', 'MAIN', 'PLAIN', 'EXTENDED'])!}`);
  if (choices.has('compression') && canToast && world.major >= 14) sql.push(`${change} SET COMPRESSION pglz`);
  if (choices.has('statistics') && own.generated !== 'virtual')
    sql.push(`${change} SET STATISTICS ${choices.number('statistics')}`);
  if (choices.has('options')) sql.push(`${change} SET (n_distinct = ${choices.number('options')})`);
  return { sql, subject, granted };
};

/** What a partition has otherwise than its parent. */
const override: Printer = (choices, world) => {
  const relation = world.relations.get(choices.thing.on);
  const plain = relation?.columns.filter(({ generated }) => generated === undefined) ?? [];
  const own = plain[choices.thing.number % Math.max(1, plain.length)];
  if (relation === undefined || own === undefined || relation.kind !== 'table') return null;
  const parent = world.model.get(`column ${own.number} of ${choices.thing.on.split(' of ')[1]!}`);
  if (parent !== undefined && (new Choices(parent).has('identity') || new Choices(parent).has('serial'))) return null;
  const change = `ALTER TABLE ONLY ${relation.sql} ALTER COLUMN ${own.name}`;
  return {
    sql: [
      ...(choices.has('default') ? [`${change} SET DEFAULT ${own.type.literal(choices.number('default'))}`] : []),
      ...(choices.has('notNull') ? [`${change} SET NOT NULL`] : []),
      ...(choices.has('statistics') ? [`${change} SET STATISTICS ${choices.number('statistics')}`] : []),
    ],
  };
};

export const tablePrinters = { table, partition, subpartition, column, override };
