import type { Choices, Column, Printed, Printer, Relation, World } from './world.ts';
import { condition } from './world.ts';

/** Names that no other part of the relation has. */
function partName(relation: Relation, part: string): string {
  const plain = relation.name.replaceAll(/[" ]/g, '');
  return /^[a-z]\w*$/.test(plain) ? `${plain}_${part}` : `"${plain}_${part}"`;
}

const stored = (relation: Relation): Column[] => relation.columns.filter(({ generated }) => generated !== 'virtual');
const ordered = (relation: Relation): Column[] => stored(relation).filter(({ type }) => type.traits.has('btree'));

/** A unique key of a partitioned table holds what that is partitioned by; `null` where it cannot. */
function withKey(relation: Relation, columns: readonly Column[], world: World, on: string): Column[] | null {
  const keys = partitionKeys(relation, world, on);
  if (keys === null) return null;
  return [...keys.filter((key) => !columns.includes(key)), ...columns];
}

/** Of the table and of its partitions that are partitioned themselves. */
function partitionKeys(relation: Relation, world: World, on: string): Column[] | null {
  const all = [relation, ...[...world.relations].filter(([id]) => id.endsWith(` of ${on}`)).map(([, one]) => one)];
  const keys: Column[] = [];
  for (const { partitionKey } of all) {
    if (partitionKey === 'expression') return null;
    if (partitionKey !== undefined && !keys.includes(partitionKey)) keys.push(partitionKey);
  }
  return keys;
}

function deferrable(choices: Choices): string {
  return choices.of('deferrable', [' DEFERRABLE', ' DEFERRABLE INITIALLY DEFERRED']) ?? '';
}

function constraint(relation: Relation, name: string, definition: string): Printed {
  return {
    sql: [`ALTER TABLE ${relation.sql} ADD CONSTRAINT ${name} ${definition}`],
    subject: `CONSTRAINT ${name} ON ${relation.sql}`,
  };
}

const list = (columns: readonly Column[]): string => columns.map(({ name }) => name).join(', ');

function include(choices: Choices, relation: Relation, columns: readonly Column[]): string {
  const rest = stored(relation).filter((column) => !columns.includes(column));
  const chosen = choices.has('include') ? choices.some('include', rest, 2) : [];
  return chosen.length === 0 ? '' : ` INCLUDE (${list(chosen)})`;
}

const fillfactor = (choices: Choices): string =>
  choices.has('options') ? ` WITH (fillfactor=${50 + (choices.number('options') % 50)})` : '';

const primaryKey: Printer = (choices, world) => {
  const { on } = choices.thing;
  const relation = world.relations.get(on);
  if (relation === undefined || relation.kind === 'foreign') return null;
  const chosen = choices.has('columns') ? choices.some('columns', ordered(relation), 2) : ordered(relation).slice(0, 1);
  const columns = withKey(relation, chosen, world, on);
  if (columns === null || columns.length === 0) return null;
  if (!choices.has('deferrable')) {
    relation.keys.push(columns);
    world.primaryKeys.set(on, columns);
  }
  return constraint(
    relation,
    partName(relation, 'pkey'),
    `PRIMARY KEY (${list(columns)})${include(choices, relation, columns)}${fillfactor(choices)}${deferrable(choices)}`,
  );
};

const unique: Printer = (choices, world) => {
  const { on, number } = choices.thing;
  const relation = world.relations.get(on);
  if (relation === undefined || relation.kind === 'foreign') return null;
  const columns = withKey(relation, choices.some('columns', ordered(relation)), world, on);
  if (columns === null || columns.length === 0) return null;
  if (!choices.has('deferrable')) relation.keys.push(columns);
  const nulls = choices.has('nulls') && world.major >= 15 ? ' NULLS NOT DISTINCT' : '';
  return constraint(
    relation,
    partName(relation, `key${number}`),
    `UNIQUE${nulls} (${list(columns)})${include(choices, relation, columns)}${fillfactor(choices)}${deferrable(choices)}`,
  );
};

const check: Printer = (choices, world) => {
  const { on, number } = choices.thing;
  const relation = world.relations.get(on);
  const column = relation === undefined ? undefined : choices.some('column', relation.columns, 1)[0];
  if (relation === undefined || column === undefined) return null;
  const noInherit = choices.has('noInherit') && relation.kind === 'table' ? ' NO INHERIT' : '';
  const enforced = choices.has('enforced') && world.major >= 18 && relation.kind !== 'foreign' ? ' NOT ENFORCED' : '';
  const notValid = choices.has('notValid') && enforced === '' ? ' NOT VALID' : '';
  const definition = `CHECK (${condition(choices.number('expression'), column, world)})${noInherit}${enforced}${notValid}`;
  return constraint(relation, partName(relation, `check${number}`), definition);
};

const exclusion: Printer = (choices, world) => {
  const relation = world.relations.get(choices.thing.on);
  if (relation === undefined || relation.kind !== 'table') return null;
  const overlapping = stored(relation).find(
    ({ type }) => type.traits.has('gist') && type.sql !== 'point' && type.sql !== 'tsvector',
  );
  const equal = choices.some('column', ordered(relation), 1)[0];
  const isRange = overlapping !== undefined && choices.has('method');
  if (!isRange && equal === undefined) return null;
  const element = isRange ? `gist (${overlapping.name} WITH &&)` : `btree (${equal!.name} WITH =)`;
  const column = isRange ? overlapping : equal!;
  const where = choices.has('where') ? ` WHERE (${condition(choices.number('where'), column, world)})` : '';
  return constraint(relation, partName(relation, 'excl'), `EXCLUDE USING ${element}${where}${deferrable(choices)}`);
};

const index: Printer = (choices, world) => {
  const { on, number } = choices.thing;
  const relation = world.relations.get(on);
  if (relation === undefined || relation.kind === 'foreign' || relation.kind === 'view') return null;
  const name = partName(relation, `ix${number}`);
  const indexName = `${relation.sql.split('.')[0]!}.${name}`;
  const method = choices.of('method', ['btree', 'hash', 'gin', 'gist', 'brin', 'spgist'] as const) ?? 'btree';
  const able = stored(relation).filter(({ type }) => type.traits.has(method));
  const isUnique = choices.has('unique') && method === 'btree' && !choices.has('expression');
  let columns: readonly Column[] | null = choices.some(
    'columns',
    able,
    method === 'hash' || method === 'spgist' ? 1 : 3,
  );
  if (isUnique) columns = withKey(relation, columns, world, on);
  if (columns === null || columns.length === 0) return null;
  const isExpression = choices.has('expression') && method === 'btree';
  const keys = isExpression
    ? [expression(choices, columns[0]!, world)]
    : columns.map((column) => key(choices, column, method, world, isUnique));
  const where = choices.has('where') ? ` WHERE ${condition(choices.number('where'), columns[0]!, world)}` : '';
  const isPlainKey = isUnique && where === '';
  const isPlain = !choices.has('operatorClass') && !choices.has('collation');
  if (isPlainKey && isPlain) relation.keys.push(columns);
  const sql = [
    `CREATE ${isUnique ? 'UNIQUE ' : ''}INDEX ${name} ON ${relation.sql} USING ${method} (${keys.join(', ')})`,
    ...(method === 'btree' ? [include(choices, relation, columns)] : []),
    ...(method === 'btree' || method === 'hash' ? [fillfactor(choices)] : []),
    where,
  ].join('');
  const after: string[] = [];
  if (isExpression && choices.has('statistics'))
    after.push(`ALTER INDEX ${indexName} ALTER COLUMN 1 SET STATISTICS ${choices.number('statistics')}`);
  const canCluster =
    (method === 'btree' || method === 'gist') && where === '' && relation.kind === 'table' && on.startsWith('table');
  if (choices.has('cluster') && canCluster && world.take(`cluster of ${on}`))
    after.push(`ALTER TABLE ${relation.sql} CLUSTER ON ${name}`);
  return { sql: [sql, ...after], subject: `INDEX ${indexName}` };
};

function expression(choices: Choices, { name, type }: Column, world: World): string {
  const choice = choices.number('expression');
  const helper = world.names.get(`helper ${1 + (choice % 2)}`);
  if (type.traits.has('integer'))
    return helper !== undefined && choice % 3 === 0 ? `${helper}(${name}::integer)` : `(${name} + ${choice % 9})`;
  if (type.traits.has('text')) return choice % 2 === 0 ? `lower(${name})` : `(${name} || 'x')`;
  return `(${name} IS NULL)`;
}

function key(
  choices: Choices,
  { name, type, collation }: Column,
  method: string,
  world: World,
  isUnique: boolean,
): string {
  // A unique key over what a table is partitioned by must compare as that does.
  const own =
    choices.has('collation') && !isUnique && type.traits.has('collates') && method === 'btree'
      ? world.collation(choices.number('collation'))
      : undefined;
  const isDeterministic = (one: string | undefined): boolean => one === undefined || one === '"C"' || one === '"POSIX"';
  const isBuiltin = type.traits.has('builtin') && isDeterministic(own) && isDeterministic(collation);
  const wanted = choices.has('operatorClass') && isBuiltin && !isUnique;
  const operatorClass =
    method === 'gist' && type.sql === 'tsvector' && wanted
      ? ` tsvector_ops (siglen='${100 + (choices.number('operatorClass') % 100)}')`
      : method === 'gin' && type.sql === 'jsonb' && wanted
        ? ' jsonb_path_ops'
        : (method === 'btree' || method === 'hash') && type.sql === 'text' && wanted
          ? ' text_pattern_ops'
          : '';
  const order =
    method === 'btree'
      ? (choices.has('order') ? ' DESC' : '') + (choices.of('nulls', [' NULLS FIRST', ' NULLS LAST']) ?? '')
      : '';
  return `${name}${own === undefined ? '' : ` COLLATE ${own}`}${operatorClass}${order}`;
}

const ACTIONS = ['CASCADE', 'RESTRICT', 'SET NULL', 'SET DEFAULT', 'NO ACTION'];

const foreignKey: Printer = (choices, world) => {
  const { on, number } = choices.thing;
  const relation = world.relations.get(on);
  const target = world.relations.get(choices.id('to'));
  if (relation === undefined || target === undefined || relation.kind === 'foreign') return null;
  if ((target.unlogged ?? false) !== (relation.unlogged ?? false)) return null;
  const keys = target.keys;
  const wanted = keys[choices.number('columns') % Math.max(1, keys.length)];
  if (wanted === undefined) return null;
  const free = relation.columns.filter(({ generated, type }) => generated === undefined && !type.traits.has('gin'));
  const columns: Column[] = [];
  for (const key of wanted) {
    const fitting = free.filter(
      (one) => !columns.includes(one) && one.type.sql === key.type.sql && one.collation === key.collation,
    );
    const column = fitting[choices.number('columns') % Math.max(1, fitting.length)];
    if (column === undefined) return null;
    columns.push(column);
  }
  const onDelete = choices.of('onDelete', ACTIONS);
  const onUpdate = choices.of('onUpdate', ACTIONS);
  const canName = onDelete?.startsWith('SET') === true && choices.has('setColumns') && world.major >= 15;
  const isPartitioned = relation.kind === 'partitioned' || target.kind === 'partitioned';
  const enforced = choices.has('enforced') && world.major >= 18 && !isPartitioned ? ' NOT ENFORCED' : '';
  const notValid = choices.has('notValid') && enforced === '' && !isPartitioned ? ' NOT VALID' : '';
  const definition = [
    `FOREIGN KEY (${list(columns)}) REFERENCES ${target.sql} (${list(wanted)})`,
    ...(choices.has('match') ? [' MATCH FULL'] : []),
    ...(onDelete === undefined ? [] : [` ON DELETE ${onDelete}${canName ? ` (${columns[0]!.name})` : ''}`]),
    ...(onUpdate === undefined ? [] : [` ON UPDATE ${onUpdate}`]),
    deferrable(choices),
    enforced,
    notValid,
  ].join('');
  return constraint(relation, partName(relation, `fkey${number}`), definition);
};

export const constraintPrinters = { primaryKey, unique, check, exclusion, index, foreignKey };
