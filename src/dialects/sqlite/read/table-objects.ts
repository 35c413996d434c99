import { idOf, objectOf } from '../../../schema/object.ts';
import type { Need } from '../../../schema/schema.ts';
import { normalise, withoutParentheses } from '../kinds/text.ts';
import { type Catalog, own, use } from './catalog.ts';
import type { ColumnItem } from './column-item.ts';
import { type ConstraintClause, isObjectClause, type ObjectClause } from './constraint-clause.ts';
import { constraintOf } from './constraint-object.ts';
import type { CreateTable } from './create-table.ts';
import { defaultOf } from './default-value.ts';
import { typeOf } from './type-name.ts';

/** What a CREATE TABLE says, as objects: the table, its columns, its constraints. All tables are announced by now. */
export function putTable(table: CreateTable, catalog: Catalog): void {
  const { name, options, sql } = table;
  catalog.put(objectOf('table', [name], { clauses: options.length === 0 ? null : options }), [], sql);
  const part = own(idOf('table', [name]));
  for (const column of table.columns) putColumn(table, column, part, catalog);
  for (const column of table.columns) {
    for (const clause of column.constraints.filter(isObjectClause)) putConstraint(table, clause, column, part, catalog);
  }
  for (const clause of table.constraints) putConstraint(table, clause, null, part, catalog);
}

function putColumn({ name: table, sql }: CreateTable, column: ColumnItem, part: Need, catalog: Catalog): void {
  const needs: Need[] = [part];
  const collation = collationOf(column);
  const clauses: string[] = [];
  const value = lastOf(column, 'DEFAULT');
  if (value !== undefined) clauses.push(`DEFAULT ${defaultOf(sql, value)}`);
  const notNull = lastOf(column, 'NOT NULL');
  const conflict = notNull?.conflict ?? 'ABORT';
  if (conflict !== 'ABORT') clauses.push(`NOT NULL ON CONFLICT ${conflict}`);
  const generated = lastOf(column, 'GENERATED');
  if (generated !== undefined) needs.push(...catalog.columnsNamed(table, sql, generated.expression));
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
  catalog.put(objectOf('column', [table, column.name], definition), needs, column.text);
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
  part: Need,
  catalog: Catalog,
): void {
  const { name, ...definition } = constraintOf(table, clause, column, catalog);
  let path = [table.name, name];
  for (let number = 2; catalog.has(idOf('constraint', path)); number += 1) path = [table.name, `${name} ${number}`];
  const needs: Need[] = [part];
  if (column !== null) needs.push(own(idOf('column', [table.name, column.name])));
  const used =
    clause.kind === 'CHECK'
      ? catalog.columnsNamed(table.name, table.sql, clause.expression)
      : definition.columns.map((key) => use(idOf('column', [table.name, key])));
  needs.push(...used.filter(({ id }) => needs.every((need) => need.id !== id)));
  catalog.put(objectOf('constraint', path, definition), needs, clause.text);
}
