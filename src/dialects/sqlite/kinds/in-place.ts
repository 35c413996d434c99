import { diff, type Change } from '../../../diff/diff.ts';
import type { PlanContext } from '../../../diff/rules.ts';
import { idOf, keyOf, nameOf, type ObjectId, type SchemaObject } from '../../../schema/object.ts';
import { Schema } from '../../../schema/schema.ts';
import { isInline, isNullabilityAlone, obstacleToAdding, type Column } from './column.ts';
import { timesNamed, type Constraint } from './constraint.ts';
import { tableIdOf } from './create-table.ts';
import { altersInPlace } from './features.ts';
import { namesIn } from './text.ts';

/** The tables that ALTER TABLE cannot make what they are to be: https://www.sqlite.org/lang_altertable.html */
export function tablesToRebuild(changes: readonly Change[], context: PlanContext): Set<ObjectId> {
  const found = new Set<ObjectId>();
  for (const change of changes) {
    const table = tableIdOf('object' in change ? change.object : change.to);
    if (table === null || found.has(table) || !context.from.has(table) || !context.to.has(table)) continue;
    if (obstacleTo(change, context) !== null) found.add(table);
  }
  return found;
}

/** Why a table is rebuilt, as a reviewer wants to read it. */
export function whyRebuilt(table: ObjectId, context: PlanContext): string {
  const ofTable = (schema: Schema): SchemaObject[] =>
    [schema.get(table), ...schema.parts(table, 'column'), ...schema.parts(table, 'constraint')].filter(
      (object) => object !== undefined,
    );
  const changes = diff(new Schema(ofTable(context.from), new Map()), new Schema(ofTable(context.to), new Map()));
  const obstacles = changes.map((change) => obstacleTo(change, context)).filter((obstacle) => obstacle !== null);
  const name = nameOf(context.to.get(table)!.path);
  const reasons = [...new Set(obstacles)].slice(0, 3).join(', ');
  return `${name} is rebuilt${reasons === '' ? '' : `: SQLite cannot ${reasons} in place`}.`;
}

/** What keeps a change of a table or a part of it from being made in place; null where nothing does. */
function obstacleTo(change: Change, context: PlanContext): string | null {
  const object = 'object' in change ? change.object : change.to;
  if (object.kind !== 'table' && isVirtual(object, context)) return 'change the columns of a virtual table';
  if (object.kind === 'column') return ofColumn(change, object, context);
  if (object.kind === 'constraint') return ofConstraint(change, object, context);
  if (object.kind !== 'table' || change.type !== 'alter') return null;
  const isPlain = object.definition.using === undefined;
  return isPlain ? 'change how a table is stored' : 'change the arguments of a virtual table';
}

function ofColumn(change: Change, object: Column, context: PlanContext): string | null {
  if (change.type === 'create') {
    const why = obstacleToAdding(object, context);
    return why === null ? null : `add a column ${why}`;
  }
  if (change.type === 'drop') {
    const why = obstacleToDropping(object, context);
    return why === null ? null : `drop a column ${why}`;
  }
  if (change.type === 'alter' && isNullabilityAlone(change.from as Column, object, context)) return null;
  return `change column ${object.path[1]}`;
}

function ofConstraint(change: Change, object: Constraint, context: PlanContext): string | null {
  const { type, unnamed } = object.definition;
  const schema = change.type === 'drop' ? context.from : context.to;
  const verb = change.type === 'create' ? 'add' : change.type === 'drop' ? 'drop' : 'change';
  // It comes and goes with the column that it stands behind.
  const goesAlong = columnOf(object, schema).some(
    (column) => !(change.type === 'drop' ? context.to : context.from).has(keyOf(column)),
  );
  if (goesAlong && change.type !== 'alter') return null;
  if (type !== 'CHECK') return `${verb} ${type === 'UNIQUE' ? 'a unique constraint' : `a ${type.toLowerCase()}`}`;
  if (!altersInPlace(context.version)) return `${verb} a check`;
  if (sharesName(object, context)) return `${verb} a check that has its name with another`;
  return unnamed && change.type !== 'create' ? `${verb} a check without a name` : null;
}

/**
 * Several constraints of a table may have one name, and DROP CONSTRAINT takes the first: they are read with a number. NOT NULL
 * may have it as well, which only the text of the table tells.
 */
function sharesName({ path: [table, name] }: Constraint, { from, to }: PlanContext): boolean {
  const nameOfAll = (one: string): string => one.toLowerCase().replace(/ \d+$/, '');
  return [from, to].some((schema) => {
    const id = idOf('table', [table!]);
    const own = schema.parts(id, 'constraint');
    const isThere = own.some(({ path }) => path[1] === name) ? 1 : 0;
    return (
      own.some(({ path }) => path[1] !== name && nameOfAll(path[1]!) === nameOfAll(name!)) ||
      timesNamed(name!, schema.textOf(id) ?? '') > isThere
    );
  });
}

function columnOf(object: Constraint, schema: Schema): Column[] {
  const columns = schema.parts(idOf('table', [object.path[0]!]), 'column');
  return columns.filter((column) => isInline(column, keyOf(object), schema));
}

function isVirtual({ path }: SchemaObject, { from, to }: PlanContext): boolean {
  return (to.find('table', [path[0]!]) ?? from.find('table', [path[0]!]))?.definition.using !== undefined;
}

/** https://www.sqlite.org/lang_altertable.html#altertabdropcol */
function obstacleToDropping(object: Column, { from, to }: PlanContext): string | null {
  const table = idOf('table', [object.path[0]!]);
  const name = object.path[1]!.toLowerCase();
  const isOfIt = (columns: readonly string[] = []): boolean => columns.some((one) => one.toLowerCase() === name);
  for (const { definition } of from.parts(table, 'constraint')) {
    if (isOfIt(definition.columns)) return `of a ${definition.type.toLowerCase()}`;
  }
  // Whatever stays and names it, SQLite takes it to be this one.
  for (const other of to.objects()) {
    const text = textNaming(other, table, to);
    if (text !== null && namesIn(text).has(name)) return `that ${other.kind} ${other.path.at(-1)} names`;
  }
  return null;
}

/** The text of what names columns of this table or of any, where it is not dropped. */
function textNaming(object: SchemaObject, table: ObjectId, schema: Schema): string | null {
  const isOfTable = object.path[0] === schema.get(table)?.path[0];
  if (object.kind === 'column') return isOfTable ? (object.definition.expression ?? null) : null;
  if (object.kind === 'constraint') return isOfTable ? object.definition.definition : null;
  if (object.kind !== 'view' && object.kind !== 'trigger') return null;
  const text = object.definition.definition ?? '';
  const name = schema.get(table)?.path[0]?.toLowerCase() ?? '';
  return object.path[0]?.toLowerCase() === name || namesIn(text).has(name) ? text : null;
}
