import type { CreateContext, Statement } from '../../../diff/rules.ts';
import { keyOf, nameOf, type ObjectOf } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import type { Column } from './column.ts';
import { createTable } from './create-table.ts';
import { ident } from './ident.ts';

type Table = ObjectOf<'table'>;

/** No value of a row has a place in the new table. */
export function emptied(from: Table, to: Table, { to: schema }: CreateContext): Statement[] {
  return [
    { sql: `DROP TABLE ${ident(from.path[0]!)}`, hazard: lossOfAll(from), loses: [keyOf(from)] },
    { sql: createTable(to, schema) },
  ];
}

export function lossOfAll({ path }: Table): string {
  return `Data loss: every row of ${nameOf(path)}.`;
}

export function lossOf(lost: readonly Column[]): string {
  return `Data loss: every value in ${lost.map(({ path }) => nameOf(path)).join(', ')}.`;
}

/** Names that neither side has, as a table, a view or an index. */
export function isTaken(name: string, { from, to }: Pick<CreateContext, 'from' | 'to'>): boolean {
  return [from, to].some((schema) =>
    [...schema.objects()].some(
      ({ kind, path }) => kind !== 'column' && path.at(-1)?.toLowerCase() === name.toLowerCase(),
    ),
  );
}

export function lostColumns(from: Table, to: Table, context: CreateContext): Column[] {
  const stored = columnsOf(to, context.to).filter(({ definition }) => definition.expression === undefined);
  const kept = new Set(stored.map(({ path }) => path[1]!.toLowerCase()));
  return columnsOf(from, context.from).filter(
    ({ path, definition }) => definition.expression === undefined && !kept.has(path[1]!.toLowerCase()),
  );
}

export const columnsOf = (table: Table, schema: Schema): Column[] => schema.parts(keyOf(table), 'column');
