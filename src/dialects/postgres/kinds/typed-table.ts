import type { Order, PlanContext, Statement } from '../../../diff/rules.ts';
import {
  idOf,
  keyOf,
  objectOf,
  sameDefinition,
  type ObjectId,
  type ObjectOf,
  type SchemaObject,
} from '../../../schema/object.ts';
import { alterColumn } from './column-alter.ts';
import { alterColumnWords } from './column-sql.ts';
import { defaultIn } from './inherited-column.ts';

type Column = ObjectOf<'column'>;

/** The type that brings and takes away the columns of a typed table, where that changes in place. */
export function typeFollowed(column: Column, context: PlanContext): ObjectId | null {
  const path = column.path.slice(0, 2);
  const [before, after] = [context.from, context.to].map((side) => side.find('table', path)?.definition.ofType);
  if (before === undefined || after === undefined || !sameDefinition(before, after)) return null;
  const type = idOf('compositeType', after);
  const isKept = ['keep', 'alter'].includes(context.fate(idOf('table', path)));
  return isKept && context.fate(type) === 'alter' ? type : null;
}

/** What a column that came with its type is to have besides. */
export function afterType(column: Column, parts: readonly SchemaObject[], context: PlanContext): Statement[] {
  const { type, collation } = column.definition;
  const reached = objectOf('column', column.path, { type, collation });
  const expression = defaultIn(parts, column.path);
  return [
    ...(expression === undefined ? [] : [{ sql: `${alterColumnWords(column.path)} SET DEFAULT ${expression}` }]),
    ...(alterColumn(reached, column, context) ?? []),
  ];
}

/** What reads a column is out of the way before its type changes, which would take it along. */
export function typedOrders(column: Column, context: PlanContext): Order[] {
  const type = typeFollowed(column, context);
  if (type === null) return [];
  const id = keyOf(column);
  const readers = context.from.dependents(id).map(({ id: reader }): Order => [
    ['drop', reader],
    ['alter', type],
  ]);
  return [
    ...readers,
    [
      ['drop', id],
      ['alter', type],
    ],
    [
      ['alter', type],
      ['create', id],
    ],
    [
      ['alter', type],
      ['alter', id],
    ],
  ];
}
