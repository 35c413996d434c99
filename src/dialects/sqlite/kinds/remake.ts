import type { CreateContext, Statement } from '../../../diff/rules.ts';
import { keyOf, type ObjectOf } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { columnsOf, emptied, isTaken, lossOf, lostColumns } from './rebuilt.ts';
import { rebuildStatements, rowidCopy, spareName, type CopiedColumn, type RowidFacts } from '../rebuild.ts';
import { copyHazard } from './copy-hazard.ts';
import { createTable } from './create-table.ts';
import { ident } from './ident.ts';
import { whyRebuilt } from './in-place.ts';
import { remakeVirtualTable } from './virtual-table.ts';

type Table = ObjectOf<'table'>;

/** The table as it is to be, under a spare name, filled from the old one, then in its place. */
export function remakeTable(from: Table, to: Table, context: CreateContext): Statement[] {
  if (from.definition.using !== undefined || to.definition.using !== undefined) {
    return remakeVirtualTable(from, to, context);
  }
  const name = to.path[0]!;
  const columns = columnsCopied(from, to, context);
  const rowid = rowidCopy(
    rowidFacts(from, context.from),
    rowidFacts(to, context.to),
    columns.map(([column]) => column),
  );
  const copy = rowid === null ? columns : [rowid, ...columns];
  const note = whyRebuilt(keyOf(to), context);
  if (copy.length === 0) return emptied(from, to, context).map((one, at) => (at === 0 ? { ...one, note } : one));
  const spare = spareName(name, (other) => isTaken(other, context));
  const lost = lostColumns(from, to, context);
  const mayFail = copyHazard(from, to, context);
  return rebuildStatements({
    table: name,
    spare,
    create: createTable(to, context.to, spare),
    copy,
    keepsCounter: hasCounter(from, context.from) && hasCounter(to, context.to),
  }).map((sql, at): Statement => {
    if (at === 0) return { sql, note };
    if (sql.endsWith('legacy_alter_table = ON'))
      return { sql, note: 'The name alone: views and triggers stay as they are.' };
    if (mayFail !== undefined && sql.includes(` INTO ${ident(spare)} (`)) return { sql, hazard: mayFail };
    const isDrop = sql === `DROP TABLE ${ident(name)}` && lost.length > 0;
    return isDrop ? { sql, hazard: lossOf(lost), loses: lost.map(keyOf) } : { sql };
  });
}

/** Each column that keeps or is given values, with the expression over the old table that has them. */
function columnsCopied(from: Table, to: Table, context: CreateContext): CopiedColumn[] {
  const before = new Map(columnsOf(from, context.from).map((column) => [column.path[1]!.toLowerCase(), column]));
  return columnsOf(to, context.to).flatMap((column): CopiedColumn[] => {
    if (column.definition.expression !== undefined) return [];
    const name = column.path[1]!;
    const old = before.get(name.toLowerCase());
    const fill = context.fills?.get(keyOf(column));
    if (old === undefined) return fill === undefined ? [] : [[name, fill]];
    const value = ident(old.path[1]!);
    const isFilled = fill !== undefined && column.definition.notNull && !old.definition.notNull;
    return [[name, isFilled ? `coalesce(${value}, ${fill})` : value]];
  });
}

function hasCounter(table: Table, schema: Schema): boolean {
  return schema
    .parts(keyOf(table), 'constraint')
    .some(({ definition }) => /^PRIMARY KEY \(.* AUTOINCREMENT\)/.test(definition.definition));
}

/** https://www.sqlite.org/lang_createtable.html#rowid */
function rowidFacts(table: Table, schema: Schema): RowidFacts {
  const columns = columnsOf(table, schema);
  const key = schema.parts(keyOf(table), 'constraint').find(({ definition }) => definition.type === 'PRIMARY KEY');
  const [only, ...more] = key?.definition.columns ?? [];
  const isAlias = only !== undefined && more.length === 0 && !key!.definition.definition.startsWith('PRIMARY KEY DESC');
  const alias = isAlias
    ? columns.find(({ path, definition }) => path[1] === only && definition.type === 'integer')
    : undefined;
  return {
    columns: columns.map(({ path }) => path[1]!),
    alias: alias?.path[1] ?? null,
    hasRowid: table.definition.clauses?.includes('WITHOUT ROWID') !== true,
  };
}
