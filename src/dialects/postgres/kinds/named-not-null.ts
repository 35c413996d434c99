import type { Order, PlanContext } from '../../../diff/rules.ts';
import { idOf, keyOf, sameDefinition, type ObjectOf, type Path } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { defaultName } from './default-name.ts';

type Constraint = ObjectOf<'constraint'>;
type Column = ObjectOf<'column'>;

/** From 18 on: NOT NULL of a column that has a name of its own, is not valid or not inherited. */
export function namedNotNull([schema, table, column]: Path, side: Schema): Constraint | undefined {
  return side
    .parts(idOf('table', [schema!, table!]), 'constraint')
    .find(({ definition: { type, columns } }) => type === 'NOT NULL' && sameDefinition(columns, [column]));
}

/** Whether its name is all that it says. */
function isPlain({ definition: { definition } }: Constraint): boolean {
  return !/ NO INHERIT| NOT VALID/.test(definition);
}

export function usualNotNull([, table, column]: Path): string {
  return defaultName(table!, column!, 'not_null');
}

/** Whether no value of it can be absent, and none in tables below. */
export function isNeverNull(column: Column, side: Schema): boolean {
  if (column.definition.notNull === true) return true;
  const named = namedNotNull(column.path, side);
  return named !== undefined && isPlain(named);
}

/** Whether NOT NULL only comes by a name or loses it. */
export function isRenamedNotNull(from: Column, to: Column, context: PlanContext): boolean {
  // The server renames nothing in a typed table.
  const isTyped = context.to.find('table', to.path.slice(0, 2))?.definition.ofType !== undefined;
  if (from.definition.inherited === true || isTyped) return false;
  const isSame = isNeverNull(from, context.from) && isNeverNull(to, context.to);
  return isSame && from.definition.notNull !== to.definition.notNull;
}

/** The column that a NOT NULL is on, before and after, where it stays. */
function columnsOf(object: Constraint, context: PlanContext): readonly [Column, Column] | null {
  const path = [...object.path.slice(0, 2), object.definition.columns?.[0] ?? ''];
  const [before, after] = [context.from.find('column', path), context.to.find('column', path)];
  const isKept = ['keep', 'alter'].includes(context.fate(idOf('column', path)));
  return before === undefined || after === undefined || !isKept ? null : [before, after];
}

/** The usual name, where the NOT NULL has or gets that. */
export function renamedNotNull(object: Constraint, context: PlanContext): string | null {
  if (object.definition.type !== 'NOT NULL' || !isPlain(object)) return null;
  const columns = columnsOf(object, context);
  if (columns === null) return null;
  const isNew = context.to.has(keyOf(object)) && !context.from.has(keyOf(object));
  const isRenamed = isRenamedNotNull(...columns, context) || (isNew && becomesCounted(...columns));
  return isRenamed ? usualNotNull(columns[0].path) : null;
}

/** An identity column cannot be without NOT NULL: it comes before and goes after. */
export function becomesCounted(from: Column, to: Column): boolean {
  return from.definition.identity === undefined && to.definition.identity !== undefined;
}

export function goesWithIdentity(object: Constraint, context: PlanContext): boolean {
  if (object.definition.type !== 'NOT NULL') return false;
  const columns = columnsOf(object, context);
  return columns !== null && becomesCounted(columns[1], columns[0]) && !isNeverNull(columns[1], context.to);
}

/** A primary key holds on to it. */
export function notNullOrders(object: Constraint, { from }: PlanContext): Order[] {
  if (object.definition.type !== 'NOT NULL') return [];
  return from
    .parts(idOf('table', object.path.slice(0, 2)), 'constraint')
    .filter(({ definition }) => definition.type === 'PRIMARY KEY')
    .map((key): Order => [
      ['drop', keyOf(key)],
      ['drop', keyOf(object)],
    ]);
}
