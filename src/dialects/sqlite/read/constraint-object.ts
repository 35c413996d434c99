import type { Token } from '../../sql/token.ts';
import { upper } from '../../sql/token.ts';
import { ident, nameIn } from '../kinds/ident.ts';
import { normalise, withoutParentheses } from '../kinds/text.ts';
import type { Catalog } from './catalog.ts';
import type { ColumnItem } from './column-item.ts';
import type { ForeignKeyClause, ObjectClause, PrimaryKeyClause, UniqueClause } from './constraint-clause.ts';
import type { CreateTable } from './create-table.ts';
import { typeOf } from './type-name.ts';

interface ConstraintObject {
  /** What it is called, or what it says where nobody named it. */
  readonly name: string;
  readonly type: ObjectClause['kind'];
  /** In the form that it has behind all columns, wherever it stands. */
  readonly definition: string;
  readonly columns: readonly string[];
  readonly references: readonly string[] | null;
  readonly unnamed: boolean;
}

/** @param column behind which it stands; null where it is one of the table's own */
export function constraintOf(
  table: CreateTable,
  clause: ObjectClause,
  column: ColumnItem | null,
  catalog: Catalog,
): ConstraintObject {
  const { said, ...facts } = read(table, clause, column, catalog);
  return { name: clause.name ?? said, type: clause.kind, unnamed: clause.name === null, ...facts };
}

type Facts = Pick<ConstraintObject, 'definition' | 'columns' | 'references'> & { readonly said: string };

function read(table: CreateTable, clause: ObjectClause, column: ColumnItem | null, catalog: Catalog): Facts {
  switch (clause.kind) {
    case 'PRIMARY KEY':
    case 'UNIQUE':
      return readKey(table, clause, column, catalog);
    case 'CHECK': {
      const { name, sql } = table;
      const expression = normalise(sql, withoutParentheses(sql, clause.expression), catalog.namesOf(name));
      const definition = `CHECK (${expression})`;
      return { said: definition, definition, columns: [], references: null };
    }
    case 'FOREIGN KEY':
      return readForeignKey(table, clause, column, catalog);
  }
}

function readKey(
  table: CreateTable,
  clause: PrimaryKeyClause | UniqueClause,
  column: ColumnItem | null,
  catalog: Catalog,
): Facts {
  const { kind, conflict, keys } = clause;
  const behind = conflict === null || conflict === 'ABORT' ? '' : ` ON CONFLICT ${conflict}`;
  const columns = column === null ? keys!.map((key) => keyColumn(table, key, catalog)) : [column.name];
  const said = kind === 'UNIQUE' ? `UNIQUE (${columns.map(ident).join(', ')})` : kind;
  const isDescending = kind === 'PRIMARY KEY' && clause.isDescending;
  // Inline DESC keeps the column from being the rowid, as it does nowhere else:
  // https://www.sqlite.org/lang_createtable.html#rowid
  if (column !== null && isDescending && typeOf(table.sql, column.typeTokens) === 'integer') {
    return { said, definition: `PRIMARY KEY DESC${behind}`, columns, references: null };
  }
  const items = keys?.map((key) => keyItem(table.sql, key, catalog.namesOf(table.name))) ?? [
    `${ident(column!.name)}${isDescending ? ' DESC' : ''}`,
  ];
  const counter = kind === 'PRIMARY KEY' && clause.isAutoincrement ? ' AUTOINCREMENT' : '';
  return { said, definition: `${kind} (${items.join(', ')}${counter})${behind}`, columns, references: null };
}

function keyColumn({ name, sql }: CreateTable, [first]: readonly Token[], catalog: Catalog): string {
  return first === undefined ? '' : catalog.column(name, nameIn(sql.slice(first.start, first.end)));
}

/** `a`, `a COLLATE nocase DESC`, or an expression: without the ASC that says nothing. */
export function keyItem(sql: string, tokens: readonly Token[], names: Parameters<typeof normalise>[2]): string {
  const last = tokens.at(-1);
  const order = tokens.length > 1 && last?.kind === 'word' ? upper(sql.slice(last.start, last.end)) : '';
  const isOrdered = order === 'ASC' || order === 'DESC';
  const key = withoutParentheses(sql, isOrdered ? tokens.slice(0, -1) : tokens);
  const [first, ...rest] = key;
  const behind = order === 'DESC' ? ' DESC' : '';
  // A string at the place of a name is one.
  const isName = first !== undefined && first.kind !== 'symbol' && first.kind !== 'number';
  if (isName && (rest.length === 0 || startsWithCollate(sql, rest))) {
    const name = nameIn(sql.slice(first.start, first.end));
    const declared = names.columns.get(name.toLowerCase());
    if (declared !== undefined)
      return [ident(declared), normalise(sql, rest, names)].filter(Boolean).join(' ') + behind;
  }
  return normalise(sql, key, names) + behind;
}

function startsWithCollate(sql: string, [first]: readonly Token[]): boolean {
  return first?.kind === 'word' && upper(sql.slice(first.start, first.end)) === 'COLLATE';
}

function readForeignKey(
  table: CreateTable,
  clause: ForeignKeyClause,
  column: ColumnItem | null,
  catalog: Catalog,
): Facts {
  const columns = clause.columns?.map((name) => catalog.column(table.name, name)) ?? [column!.name];
  const parent = catalog.relation(clause.table);
  const to = clause.to?.map((name) => ident(catalog.column(parent, name)));
  const said = `FOREIGN KEY (${columns.map(ident).join(', ')}) REFERENCES ${ident(parent)}`;
  const definition = [
    to === undefined ? said : `${said} (${to.join(', ')})`,
    ...(clause.onDelete === 'NO ACTION' ? [] : [`ON DELETE ${clause.onDelete}`]),
    ...(clause.onUpdate === 'NO ACTION' ? [] : [`ON UPDATE ${clause.onUpdate}`]),
    // SQLite reads the others and treats them like this one.
    ...(clause.match === null || clause.match === 'SIMPLE' ? [] : [`MATCH ${clause.match}`]),
    ...(clause.deferrable === null ? [] : [clause.deferrable]),
  ].join(' ');
  return { said, definition, columns, references: [parent] };
}
