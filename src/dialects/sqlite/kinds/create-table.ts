import type { SchemaObject } from '../../../schema/object.ts';
import { idOf, keyOf, type ObjectOf } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { upper } from '../../sql/token.ts';
import { lexer } from '../lex.ts';
import { readCreateTable, withName } from '../read/create-table.ts';
import { columnClause, isInline } from './column.ts';
import { inlineClause, standsInline, tableClause } from './constraint.ts';
import { ident } from './ident.ts';

type Table = ObjectOf<'table'>;

/** CREATE TABLE as it was typed, where that is known and nothing of it is left out; else put together. */
export function createTable(table: Table, schema: Schema, name = table.path[0]!): string {
  const id = keyOf(table);
  const { using, clauses = [] } = table.definition;
  const text = schema.textOf(id);
  if (using !== undefined)
    return `CREATE VIRTUAL TABLE ${ident(name)} ${text === undefined ? `USING ${using}` : moduleIn(text)}`;
  const columns = schema.parts(id, 'column');
  const constraints = schema.parts(id, 'constraint');
  if (text !== undefined) {
    const read = readCreateTable(text);
    const inline = read.columns.flatMap((column) => column.constraints).filter(({ isObject }) => isObject).length;
    const isWhole = read.columns.length === columns.length && read.constraints.length + inline === constraints.length;
    if (isWhole) return name === table.path[0] ? text : withName(read, name);
  }
  const items = [
    ...columns.map((column) => [columnClause(column), ...behind(column, constraints, schema)].join(' ')),
    ...constraints.filter((one) => !standsInline(one)).map(tableClause),
  ];
  const tail = clauses.length === 0 ? '' : ` ${clauses.join(', ')}`;
  return `CREATE TABLE ${ident(name)} (\n${items.map((item) => `  ${item}`).join(',\n')}\n)${tail}`;
}

/** Arguments are the module's business, so that every blank in them is kept: https://www.sqlite.org/vtab.html#usage */
function moduleIn(text: string): string {
  const next = lexer(text);
  for (let token = next(); token !== undefined; token = next()) {
    if (token.kind === 'word' && upper(text.slice(token.start, token.end)) === 'USING') return text.slice(token.start);
  }
  return text;
}

function behind(column: ObjectOf<'column'>, constraints: readonly ObjectOf<'constraint'>[], schema: Schema): string[] {
  return constraints.filter((one) => standsInline(one) && isInline(column, keyOf(one), schema)).map(inlineClause);
}

/** The table that an object is, or is a part of. */
export function tableIdOf({ kind, path }: SchemaObject): string | null {
  return kind === 'table' || kind === 'column' || kind === 'constraint' ? idOf('table', [path[0]!]) : null;
}
