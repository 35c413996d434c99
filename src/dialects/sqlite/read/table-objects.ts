import { idOf } from '../../../schema/object.ts';
import type { Need } from '../../../schema/schema.ts';
import { normalise, withoutParentheses } from '../kinds/text.ts';
import { type Catalog, own, use } from './catalog.ts';
import type { ColumnItem } from './column-item.ts';
import { type ConstraintClause, isObjectClause, type ObjectClause } from './constraint-clause.ts';
import { constraintOf } from './constraint-object.ts';
import type { CreateTable } from './create-table.ts';
import { defaultOf } from './default-value.ts';
import { typeOf } from './type-name.ts';

const NO_NEEDS: readonly Need[] = [];

/** What a CREATE TABLE says, as objects: the table, its columns, its constraints. All tables are announced by now. */
export function putTable(table: CreateTable, catalog: Catalog): void {
  const { name, options, sql } = table;
  catalog.put('table', [name], { clauses: options.length === 0 ? null : options }, NO_NEEDS, sql);
  const part = [own(idOf('table', [name]))];
  for (const column of table.columns) putColumn(table, column, part, catalog);
  for (const column of table.columns) {
    for (const clause of column.constraints.filter(isObjectClause)) putConstraint(table, clause, column, part, catalog);
  }
  for (const clause of table.constraints) putConstraint(table, clause, null, part, catalog);
}

/** @param part what most columns need and nothing else: one list for all of a table */
function putColumn(
  { name: table, sql }: CreateTable,
  column: ColumnItem,
  part: readonly Need[],
  catalog: Catalog,
): void {
  const collation = collationOf(column);
  const clauses: string[] = [];
  const value = lastOf(column, 'DEFAULT');
  if (value !== undefined) clauses.push(`DEFAULT ${defaultOf(sql, value)}`);
  const notNull = lastOf(column, 'NOT NULL');
  const conflict = notNull?.conflict ?? 'ABORT';
  if (conflict !== 'ABORT') clauses.push(`NOT NULL ON CONFLICT ${conflict}`);
  const generated = lastOf(column, 'GENERATED');
  const used = generated === undefined ? [] : catalog.columnsNamed(table, sql, generated.expression);
  const definition = {
    type: typeOf(sql, column.typeTokens),
    collation,
    notNull: notNull !== undefined,
    generated: generated === undefined ? null : generated.isStored ? 'stored' : 'virtual',
    expression:
      generated === undefined
        ? null
        : normalise(sql, withoutParentheses(sql, generated.expression), catalog.namesOf(table)),
    clauses: clauses.length === 0 ? null : clauses,
  };
  catalog.put('column', [table, column.name], definition, used.length === 0 ? part : part.concat(used), column.text);
}

/** Of several the last counts. */
function lastOf<K extends ConstraintClause['kind']>(
  { constraints }: ColumnItem,
  kind: K,
): Extract<ConstraintClause, { readonly kind: K }> | undefined {
  return constraints.findLast(
    (clause): clause is Extract<ConstraintClause, { readonly kind: K }> => clause.kind === kind,
  );
}

export function collationOf(column: ColumnItem): string | null {
  return lastOf(column, 'COLLATE')?.collation.toLowerCase() ?? null;
}

function putConstraint(
  table: CreateTable,
  clause: ObjectClause,
  column: ColumnItem | null,
  part: readonly Need[],
  catalog: Catalog,
): void {
  const { name, ...definition } = constraintOf(table, clause, column, catalog);
  let path = [table.name, name];
  for (let number = 2; catalog.has(idOf('constraint', path)); number += 1) path = [table.name, `${name} ${number}`];
  const whole = column === null ? part : part.concat(own(idOf('column', [table.name, column.name])));
  const used =
    clause.kind === 'CHECK'
      ? catalog.columnsNamed(table.name, table.sql, clause.expression)
      : definition.columns.map((key) => use(idOf('column', [table.name, key])));
  // Not pushed: that leaves room for 17 more.
  const needs = whole.concat(used.filter(({ id }) => whole.every((need) => need.id !== id)));
  catalog.put('constraint', path, definition, needs, clause.text);
}
