import type { KindRules, PlanContext, Statement } from '../../../diff/rules.ts';
import {
  idOf,
  keyOf,
  nameOf,
  sameDefinition,
  type ObjectId,
  type ObjectOf,
  type Path,
} from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { ident, qualified } from '../ident.ts';
import { afterConstraint, changeIndex, constraintClause, indexOf } from './constraint-sql.ts';
import { indexToTake, takeIndex } from './index-to-key.ts';
import { keysName, relationName } from './names.ts';
import { goesWithIdentity, notNullOrders, renamedNotNull } from './named-not-null.ts';
import { attachKey, isDetached, moveKey, partToTake, takePart } from './partition-key.ts';
import { copyOrders, namedCopy } from './partition-orders.ts';
import { linksDown, linksUp } from './relation-tree.ts';

type Constraint = ObjectOf<'constraint'>;

const NOUNS: Readonly<Record<string, string>> = {
  'PRIMARY KEY': 'primary key',
  'FOREIGN KEY': 'foreign key',
  UNIQUE: 'unique constraint',
  CHECK: 'check constraint',
  EXCLUDE: 'exclusion constraint',
  'NOT NULL': 'not-null constraint',
};

export const constraint: KindRules<'constraint'> = {
  noun: ({ definition }) => NOUNS[definition.type] ?? 'constraint',
  create: (object, context) => {
    const { parent, attached } = object.definition;
    if (comesBeforeWhole(object, context)) return addConstraint(object, context);
    if (parent !== undefined)
      return isMadeAlone(object, context)
        ? [...addConstraint(object, context), attachKey(object, parent)]
        : nameCopy(object, context);
    const usual = renamedNotNull(object, context);
    if (usual !== null) return [renameTo(object, usual)];
    const part = partToTake(object, context);
    if (part !== null) return [takePart(object, part)];
    if (attached !== undefined) return [...addConstraint(object, context), attachKey(object, attached)];
    const index = indexToTake(object, context);
    if (index !== null) return takeIndex(object, index);
    const left = leftBehind(object, context);
    if (left === null) return addConstraint(object, context);
    return left === object.path[2] ? [] : [renameTo(object, left)];
  },
  drop: (object, context) => {
    const usual = renamedNotNull(object, context);
    if (usual !== null) return [renameTo({ ...object, path: [...tableOf(object), usual] }, object.path[2]!)];
    if (goesWithIdentity(object, context)) return [];
    const above = mergedInto(object, context);
    if (above !== undefined) return mergeKey(object, above, context);
    if (isCopy(object) && !isLeaving(object, context)) return takeUsualName(object, context);
    return [{ sql: `ALTER TABLE ${qualified(tableOf(object))} DROP CONSTRAINT ${ident(object.path[2]!)}` }];
  },
  alter,
  rename: (from, to) => [renameTo(to, from.path[2]!)],
  renamedUnasked: true,
  orders: (object, context) => [...copyOrders(object, context), ...notNullOrders(object, context)],
  absorbs: (whole, part, context) =>
    part.kind === 'constraint' &&
    sameDefinition(part.definition.parent, whole.path) &&
    !isMadeAlone(part, context) &&
    !comesBeforeWhole(part, context) &&
    nameCopy(part, context).length === 0,
  outlives: (_object, needed) => needed.kind === 'partition',
  lingers: (object, needed, context) => {
    if (needed.kind === 'constraint') return comesBeforeWhole(object, context);
    const isGoing = ['drop', 'alter'].includes(context.fate(keyOf(object)));
    if (needed.kind !== 'partition' || !isGoing || context.from.get(keyOf(object)) !== object) return false;
    return isLeaving(object, context) || isDetached(object, context);
  },
  behind,
  occupies: (object, context) => [
    ...(hasIndex(object) ? [relationName(indexOf(object))] : []),
    ...(context === undefined ? [] : keysOf(object)),
  ],
};

const tableOf = ({ path }: Constraint): Path => path.slice(0, 2);
const hasIndex = ({ definition }: Constraint): boolean =>
  ['PRIMARY KEY', 'UNIQUE', 'EXCLUDE'].includes(definition.type);

const isCopy = ({ definition }: Constraint): boolean => definition.parent !== undefined;

/** Where the parent's key is to be without some of its parts, each is made by itself. */
function isMadeAlone({ definition: { parent } }: Constraint, { to }: PlanContext): boolean {
  return parent !== undefined && to.find('constraint', parent)?.definition.invalid === true;
}

/** The storage of a partitioned part can be said only where it is there before the whole, which takes it in. */
function comesBeforeWhole(object: Constraint, context: PlanContext): boolean {
  const { parent, options } = object.definition;
  if (parent === undefined || isMadeAlone(object, context) || context.to.get(keyOf(object)) !== object) return false;
  const whole = context.to.find('constraint', parent);
  const isPartitioned = context.to.find('table', tableOf(object))?.definition.partitionBy !== undefined;
  const isNew = [keyOf(object), idOf('constraint', parent)].every((id) => context.fate(id) === 'create');
  return isPartitioned && isNew && !sameDefinition(whole?.definition.options, options);
}

/** Whether a part of a key outlasts its table's place among the partitions, and is nothing but the table's own from then. */
function isLeaving({ path, definition: { parent } }: Constraint, context: PlanContext): boolean {
  if (parent === undefined) return false;
  const theirs = [context.fate(idOf('constraint', parent)), context.fate(idOf('table', parent.slice(0, 2)))];
  return (
    context.fate(idOf('partition', path.slice(0, 2))) !== 'keep' &&
    theirs.every((one) => one === 'keep' || one === 'alter')
  );
}

/** The copy of a foreign key that is to be named like the parent's is no object any more. */
function takeUsualName(object: Constraint, context: PlanContext): Statement[] {
  const { type, parent } = object.definition;
  const isThere = [idOf('constraint', parent!), idOf('table', tableOf(object))].every((id) =>
    ['keep', 'alter'].includes(context.fate(id)),
  );
  if (type !== 'FOREIGN KEY' || !isThere) return [];
  return [renameTo({ ...object, path: [...tableOf(object), parent![2]!] }, object.path[2]!)];
}

function renameTo(object: Constraint, name: string): Statement {
  return {
    sql: `ALTER TABLE ${qualified(tableOf(object))} RENAME CONSTRAINT ${ident(name)} TO ${ident(object.path[2]!)}`,
  };
}

/** A part of a key comes with the key or with the partition, made by the server or of a like key that is there. */
function nameCopy(object: Constraint, context: PlanContext): Statement[] {
  const like = context.from
    .parts(idOf('table', tableOf(object)), 'constraint')
    .find((other) => isAlike(other, object) && staysUnderAnotherName(other, context));
  const name = like?.path[2] ?? object.definition.given;
  // A new part has the storage of the whole; a partitioned one has none to change.
  const whole = context.to.find('constraint', object.definition.parent!);
  const isLeaf = context.to.find('table', tableOf(object))?.definition.partitionBy === undefined;
  return [
    ...(name === undefined || name === object.path[2] ? [] : [renameTo(object, name)]),
    ...(isLeaf ? changeIndex(object, (like ?? whole)?.definition ?? {}, object.definition) : []),
  ];
}

function staysUnderAnotherName(other: Constraint, context: PlanContext): boolean {
  const { parent } = other.definition;
  if (context.fate(idOf('constraint', other.path)) !== 'drop') return false;
  if (parent === undefined) return mergedInto(other, context) !== undefined;
  return ['keep', 'alter'].includes(context.fate(idOf('constraint', parent)));
}

function isAlike(one: Constraint, other: Constraint): boolean {
  return one.definition.type === other.definition.type && one.definition.definition === other.definition.definition;
}

function keysOf({ path, definition: { type, references } }: Constraint): string[] {
  // A table has one primary key, whatever its name.
  if (type === 'PRIMARY KEY') return [keysName(path), `primary ${keysName(path)}`];
  if (type === 'UNIQUE') return [keysName(path)];
  return references === undefined ? [] : [keysName(references)];
}

function addConstraint(object: Constraint, context: PlanContext): Statement[] {
  const words = object.definition.invalid === true ? 'ALTER TABLE ONLY' : 'ALTER TABLE';
  const sql = `${words} ${qualified(tableOf(object))} ADD ${constraintClause(object, context)}`;
  const hazard = context.fate(idOf('table', tableOf(object))) === 'create' ? null : hazardOf(object);
  return [{ sql, ...(hazard === null ? {} : { hazard }) }, ...afterConstraint(object)];
}

function hazardOf({ path, definition: { type, definition, columns = [], references } }: Constraint): string | null {
  const table = nameOf(path.slice(0, 2));
  if (definition.endsWith(' NOT VALID')) return null;
  switch (type) {
    case 'PRIMARY KEY':
      return `Fails where two rows of ${table} have the same ${columns.join(', ')}, or one has none.`;
    case 'UNIQUE':
      return `Fails where two rows of ${table} have the same ${columns.join(', ')}.`;
    case 'FOREIGN KEY':
      return `Fails where a row of ${table} refers to no row of ${nameOf(references ?? [])}.`;
    case 'NOT NULL':
      return `Fails where a row has no value in ${nameOf([...path.slice(0, 2), ...columns])}.`;
    default:
      return `Fails where rows of ${table} do not comply.`;
  }
}

const NOT_VALID = / NOT VALID$/;
const DEFERRABILITY = /(?: DEFERRABLE)?(?: INITIALLY DEFERRED)?$/;

/** https://www.postgresql.org/docs/current/sql-altertable.html */
function alter(from: Constraint, to: Constraint, context: PlanContext): Statement[] | null {
  const before = from.definition;
  const after = to.definition;
  if (before.parent !== undefined && after.parent !== undefined) {
    const isLeaf = context.to.find('table', tableOf(to))?.definition.partitionBy === undefined;
    return isLeaf ? changeIndex(to, before, after) : [];
  }
  const moves = moveKey(from, to, context);
  if (before.type !== after.type || before.invalid !== after.invalid || moves === null) return null;
  const storage = [...moves, ...(hasIndex(to) ? changeIndex(to, before, after) : [])];
  if (before.definition === after.definition) return storage;
  const words = `ALTER TABLE ${qualified(tableOf(to))}`;
  const name = ident(to.path[2]!);
  const statements: Statement[] = [];
  const [wasValid, isValid] = [before, after].map(({ definition }) => !NOT_VALID.test(definition)) as [
    boolean,
    boolean,
  ];
  const [old, wanted] = [before, after].map(({ definition }) => definition.replace(NOT_VALID, '')) as [string, string];
  if (wasValid && !isValid) return null;
  if (old !== wanted) {
    if (after.type !== 'FOREIGN KEY' || old.replace(DEFERRABILITY, '') !== wanted.replace(DEFERRABILITY, ''))
      return null;
    const deferrability = DEFERRABILITY.exec(wanted)![0];
    statements.push({
      sql: `${words} ALTER CONSTRAINT ${name}${deferrability === '' ? ' NOT DEFERRABLE' : deferrability}`,
    });
  }
  if (!wasValid && isValid) {
    const hazard = hazardOf(to);
    statements.push({ sql: `${words} VALIDATE CONSTRAINT ${name}`, ...(hazard === null ? {} : { hazard }) });
  }
  return [...statements, ...storage];
}

/**
 * A check reaches the tables that have joined by then, and stays with those that have left; a foreign key asks what the
 * other table is like.
 */
function behind(object: Constraint, context: PlanContext): ObjectId[] {
  const { type, references } = object.definition;
  const isGoing = !context.to.has(idOf('constraint', object.path));
  const links = type === 'CHECK' && !isGoing ? linksDown(tableOf(object), context.to) : [];
  const isKept = (child: Path): boolean =>
    context.fate(idOf('table', child)) !== 'drop' &&
    hasAlike({ ...object, path: [...child, object.path[2]!] }, child, context.to);
  const left = isGoing ? linksDown(tableOf(object), context.from).filter(({ child }) => isKept(child)) : [];
  return [...links, ...left]
    .map(({ id }) => id)
    .concat(references === undefined || isGoing ? [] : [idOf('table', references)]);
}

/** A table that leaves its parent keeps the parent's constraints as its own: the name of the one that becomes this. */
function leftBehind(object: Constraint, context: PlanContext): string | null {
  if (hasIndex(object) || context.fate(idOf('table', tableOf(object))) === 'create') return null;
  for (const { id, parent } of linksUp(tableOf(object), context.from)) {
    const like = context.fate(id) === 'drop' ? alikeOf(object, parent, context.from) : undefined;
    if (like === undefined || namedCopy(like, tableOf(object), context.from) !== undefined) continue;
    return like.path[2]!;
  }
  return null;
}

/** A table that joins a parent gives up constraints that the parent has as well: the one of the parent. */
function mergedInto(object: Constraint, context: PlanContext): Constraint | undefined {
  if (context.to.has(idOf('constraint', object.path))) return undefined;
  return linksUp(tableOf(object), context.to)
    .filter(({ id }) => ['create', 'replace'].includes(context.fate(id)))
    .map(({ parent }) => alikeOf(object, parent, context.to))
    .find((above) => above !== undefined && !takesName(above, object));
}

/** As a copy of the parent's foreign key it would keep a name of its own. */
function mergeKey(object: Constraint, above: Constraint, context: PlanContext): Statement[] {
  const isUsual = object.definition.type !== 'FOREIGN KEY' || object.path[2] === above.path[2];
  if (isUsual || namedCopy(above, tableOf(object), context.to) !== undefined) return [];
  return [renameTo({ ...object, path: [...tableOf(object), above.path[2]!] }, object.path[2]!)];
}

/** Whether the key of a partition has the name that the parent's is to have. */
function takesName(above: Constraint, object: Constraint): boolean {
  return hasIndex(object) && relationName(indexOf(above)) === relationName(indexOf(object));
}

function hasAlike(object: Constraint, table: Path, side: Schema): boolean {
  return alikeOf(object, table, side) !== undefined;
}

function alikeOf(object: Constraint, table: Path, side: Schema): Constraint | undefined {
  return side
    .parts(idOf('table', table), 'constraint')
    .find(
      (other) => isAlike(other, object) && (object.definition.type !== 'CHECK' || other.path[2] === object.path[2]),
    );
}
