import { defaultOf } from './default-value.ts';
import { collationOf } from './table-objects.ts';
import type { ColumnItem } from './column-item.ts';
import type { ConstraintClause, PrimaryKeyClause, UniqueClause } from './constraint-clause.ts';
import type { CreateTable } from './create-table.ts';
import { codeTokens } from './cursor.ts';
import type { ListedTable, SaidColumn, SaidForeignKey, SaidKeyColumn, SaidTable } from './pragmas.ts';
import { isType, typeOf } from './type-name.ts';
import { nameIn } from '../kinds/ident.ts';

/**
 * Where what was read of a table's text is not what SQLite says of the table: the text was read wrongly then, or written
 * into the file by force (https://www.sqlite.org/pragma.html#pragma_writable_schema).
 *
 * @returns the first difference; null where both say the same
 */
export function disagreement(table: CreateTable, said: SaidTable, listed: ListedTable | undefined): string | null {
  const options = [
    ...(listed?.strict === 1 ? ['STRICT'] : []),
    ...(listed?.withoutRowid === 1 ? ['WITHOUT ROWID'] : []),
  ];
  return (
    differs('options', table.options, options) ??
    differs(
      'columns',
      table.columns.map(({ name }) => name),
      said.columns.map(({ name }) => name),
    ) ??
    firstOf(table.columns, (column, at) => ofColumn(table, column, said.columns[at]!)) ??
    differs('primary key', primaryKey(table), saidPrimaryKey(said.columns)) ??
    differs('unique keys', uniqueKeys(table), saidKeys(said.keys)) ??
    differs('foreign keys', foreignKeys(table), saidForeignKeys(said.foreignKeys))
  );
}

function differs(what: string, read: readonly string[], said: readonly string[]): string | null {
  const [left, right] = [read.join(', '), said.join(', ')];
  return left === right ? null : `${what}: ${left || 'none'} in its text, ${right || 'none'} to SQLite`;
}

function firstOf<T>(list: readonly T[], check: (item: T, at: number) => string | null): string | null {
  for (const [at, item] of list.entries()) {
    const found = check(item, at);
    if (found !== null) return found;
  }
  return null;
}

function ofColumn({ sql, options }: CreateTable, column: ColumnItem, said: SaidColumn): string | null {
  const { name, constraints } = column;
  const type = typeOf(sql, column.typeTokens);
  if (!isType(type, said.type)) return differs(`type of ${name}`, [type], [said.type]);
  const generated = constraints.findLast((clause) => clause.kind === 'GENERATED');
  const hidden = generated?.kind !== 'GENERATED' ? 0 : generated.isStored ? 3 : 2;
  if (hidden !== said.hidden) return differs(`column ${name}`, [HIDDEN[hidden]!], [HIDDEN[said.hidden] ?? 'hidden']);
  const notNull = constraints.some(({ kind }) => kind === 'NOT NULL');
  // The columns of such keys are never null: https://www.sqlite.org/withoutrowid.html
  const isImplied = said.key > 0 && options.length > 0;
  if (notNull !== (said.notNull === 1) && !isImplied) {
    return differs(`column ${name}`, [NULLS[Number(notNull)]!], [NULLS[said.notNull]!]);
  }
  return differs(
    `default of ${name}`,
    defaultIn(sql, constraints),
    said.default === null ? [] : saidDefault(said.default),
  );
}

const HIDDEN: readonly string[] = ['plain', 'hidden', 'generated', 'generated and stored'];
const NULLS: readonly string[] = ['nullable', 'NOT NULL'];

function defaultIn(sql: string, constraints: readonly ConstraintClause[]): string[] {
  const clause = constraints.findLast(({ kind }) => kind === 'DEFAULT');
  return clause?.kind === 'DEFAULT' ? [defaultOf(sql, clause)] : [];
}

/** It is the text that stands behind DEFAULT, or in the parentheses there. */
function saidDefault(text: string): string[] {
  return [defaultOf(text, { value: codeTokens(text) })];
}

interface KeyClause {
  readonly kind: 'PRIMARY KEY' | 'UNIQUE';
  /** The column behind which it stands. */
  readonly column: ColumnItem | null;
  readonly clause: PrimaryKeyClause | UniqueClause;
}

function keysOf({ columns, constraints }: CreateTable): KeyClause[] {
  const found: KeyClause[] = [];
  const add = (clause: ConstraintClause, column: ColumnItem | null): void => {
    if (clause.kind === 'PRIMARY KEY' || clause.kind === 'UNIQUE') found.push({ kind: clause.kind, column, clause });
  };
  for (const column of columns) for (const clause of column.constraints) add(clause, column);
  for (const clause of constraints) add(clause, null);
  return found;
}

/** Each key column as its name and its collation, in lower case. */
function keyColumns({ sql, columns }: CreateTable, { column, clause }: KeyClause): (readonly [string, string])[] {
  if (column !== null) return [[column.name.toLowerCase(), collationOf(column) ?? 'binary']];
  return clause.keys!.map((tokens) => {
    const textAt = (at: number): string => {
      const token = tokens[at];
      return token === undefined ? '' : sql.slice(token.start, token.end);
    };
    const name = nameIn(textAt(0)).toLowerCase();
    const declared = columns.find((item) => item.name.toLowerCase() === name);
    const explicit = textAt(1).toLowerCase() === 'collate' ? nameIn(textAt(2)).toLowerCase() : null;
    return [name, explicit ?? (declared === undefined ? 'binary' : (collationOf(declared) ?? 'binary'))];
  });
}

function primaryKey(table: CreateTable): string[] {
  const key = keysOf(table).find(({ kind }) => kind === 'PRIMARY KEY');
  // A column that is named twice counts once.
  return key === undefined ? [] : [...new Set(keyColumns(table, key).map(([name]) => name))];
}

function saidPrimaryKey(columns: readonly SaidColumn[]): string[] {
  return columns
    .filter(({ key }) => key > 0)
    .sort((a, b) => a.key - b.key)
    .map(({ name }) => name.toLowerCase());
}

/** The indexes that keys bring: keys alike share one, and the key that is the rowid has none. */
function uniqueKeys(table: CreateTable): string[] {
  const hasRowid = !table.options.includes('WITHOUT ROWID');
  const texts = keysOf(table)
    .filter((key) => !(hasRowid && isRowid(table, key)))
    .map((key) => {
      const columns = keyColumns(table, key).map(([name, collation]) => `${name} collate ${collation}`);
      return key.kind === 'PRIMARY KEY' && !hasRowid ? [...new Set(columns)] : columns;
    });
  return distinct(texts);
}

/** https://www.sqlite.org/lang_createtable.html#rowid */
function isRowid(table: CreateTable, key: KeyClause): boolean {
  const { clause, column } = key;
  if (clause.kind !== 'PRIMARY KEY' || clause.isDescending) return false;
  const [only, ...more] = keyColumns(table, key);
  const declared = column ?? table.columns.find(({ name }) => name.toLowerCase() === only?.[0]);
  return more.length === 0 && declared !== undefined && typeOf(table.sql, declared.typeTokens) === 'integer';
}

function saidKeys(rows: readonly SaidKeyColumn[]): string[] {
  const indexes = Map.groupBy(rows, ({ index }) => index);
  return distinct(
    [...indexes.values()].map((columns) =>
      columns.map(({ name, collation }) => `${name.toLowerCase()} collate ${collation.toLowerCase()}`),
    ),
  );
}

function distinct(keys: readonly (readonly string[])[]): string[] {
  return [...new Set(keys.map((columns) => `(${columns.join(', ')})`))].sort();
}

function foreignKeys({ columns, constraints }: CreateTable): string[] {
  const inline = columns.flatMap((column) => column.constraints.map((clause) => [clause, column.name] as const));
  const ofTable = constraints.map((clause) => [clause, ''] as const);
  return [...inline, ...ofTable]
    .flatMap(([clause, name]) =>
      clause.kind === 'FOREIGN KEY' ? [{ ...clause, columns: clause.columns ?? [name] }] : [],
    )
    .map(({ columns: from, table, to, onDelete, onUpdate }) => foreignKey(from, table, to, onDelete, onUpdate))
    .sort();
}

function saidForeignKeys(rows: readonly SaidForeignKey[]): string[] {
  return [...Map.groupBy(rows, ({ id }) => id).values()]
    .map((list) => {
      const [{ to, toColumn, onDelete, onUpdate }] = list as [SaidForeignKey];
      const names = toColumn === null ? null : list.map((row) => row.toColumn ?? '');
      return foreignKey(
        list.map(({ fromColumn }) => fromColumn),
        to,
        names,
        onDelete,
        onUpdate,
      );
    })
    .sort();
}

function foreignKey(
  from: readonly string[],
  table: string,
  to: readonly string[] | null,
  onDelete: string,
  onUpdate: string,
): string {
  const target = to === null ? table : `${table} (${to.join(', ')})`;
  return `(${from.join(', ')}) to ${target}`.toLowerCase() + `, delete ${onDelete}, update ${onUpdate}`;
}
