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

/** Whether either side has the name, as a table, a view or an index. */
export function isTaken(name: string, { from, to }: Pick<CreateContext, 'from' | 'to'>): boolean {
  return [from, to].some((schema) => namesOf(schema).has(name.toLowerCase()));
}

/** Asked once for each table that is rebuilt. */
const names = new WeakMap<Schema, ReadonlySet<string>>();

function namesOf(schema: Schema): ReadonlySet<string> {
  const known = names.get(schema);
  if (known !== undefined) return known;
  const found = new Set<string>();
  for (const { kind, path } of schema.objects()) if (kind !== 'column') found.add(path.at(-1)!.toLowerCase());
  names.set(schema, found);
  return found;
}

export function lostColumns(from: Table, to: Table, context: CreateContext): Column[] {
  const stored = columnsOf(to, context.to).filter(({ definition }) => definition.expression === undefined);
  const kept = new Set(stored.map(({ path }) => path[1]!.toLowerCase()));
  return columnsOf(from, context.from).filter(
    ({ path, definition }) => definition.expression === undefined && !kept.has(path[1]!.toLowerCase()),
  );
}

export const columnsOf = (table: Table, schema: Schema): Column[] => schema.parts(keyOf(table), 'column');
