import type { Token } from '../../sql/token.ts';
import { isWordPart } from '../../sql/token.ts';
import { ident } from '../kinds/ident.ts';
import { readColumn, type ColumnItem } from './column-item.ts';
import { type ConstraintClause, isObjectClause, type ObjectClause, readConstraints } from './constraint-clause.ts';
import { Cursor } from './cursor.ts';
import { qualifiersIn } from './qualifier.ts';

/** A part of a statement's text, or what stands between two. */
interface Piece {
  readonly part: 'name' | 'column' | 'constraint' | 'between';
  readonly text: string;
}

/** A CREATE TABLE taken apart. */
export interface CreateTable {
  readonly sql: string;
  readonly name: string;
  readonly nameToken: Token;
  readonly columns: readonly ColumnItem[];
  /** Those of the table itself. */
  readonly constraints: readonly ObjectClause[];
  /** `STRICT`, `WITHOUT ROWID`, sorted. */
  readonly options: readonly string[];
  /** The whole text in order: comments, blanks and commas are the pieces between. */
  readonly pieces: readonly Piece[];
}

/** https://www.sqlite.org/syntax/table-constraint.html; as names of columns these stand in quotes. */
const TABLE_CONSTRAINT: ReadonlySet<string> = new Set(['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN']);

/**
 * Takes a CREATE TABLE apart, as SQLite keeps it in `sqlite_schema` or as it was typed.
 *
 * @see https://www.sqlite.org/lang_createtable.html
 * @throws ToraleError SQL_UNREADABLE
 */
export function readCreateTable(sql: string): CreateTable {
  const cursor = new Cursor(sql);
  const { name, token: nameToken } = readHead(cursor);
  cursor.expect('(');
  const columns: ColumnItem[] = [];
  const constraints: ObjectClause[] = [];
  do {
    if (!TABLE_CONSTRAINT.has(cursor.word()) && constraints.length === 0) columns.push(readColumn(cursor));
    else constraints.push(...readConstraints(cursor, 'table').filter(isObjectClause));
  } while (cursor.skip(','));
  cursor.expect(')');
  const options = readOptions(cursor);
  const pieces = cut(sql, [
    { part: 'name', ...nameToken },
    ...columns.map(({ start, end }) => ({ part: 'column', start, end }) as const),
    ...constraints.map(({ start, end }) => ({ part: 'constraint', start, end }) as const),
  ]);
  return { sql, name, nameToken, columns, constraints, options, pieces };
}

function readHead(cursor: Cursor): { readonly name: string; readonly token: Token } {
  cursor.expect('CREATE');
  if (!cursor.skip('TEMP')) cursor.skip('TEMPORARY');
  cursor.expect('TABLE');
  cursor.skip('IF', 'NOT', 'EXISTS');
  const first = cursor.name();
  return cursor.skip('.') ? cursor.name() : first;
}

/** https://www.sqlite.org/syntax/table-options.html */
function readOptions(cursor: Cursor): string[] {
  const options = new Set<string>();
  if (!cursor.done && cursor.word() !== ';') {
    do {
      if (cursor.skip('WITHOUT', 'ROWID')) options.add('WITHOUT ROWID');
      else if (cursor.skip('STRICT')) options.add('STRICT');
      else cursor.fail('STRICT or WITHOUT ROWID');
    } while (cursor.skip(','));
  }
  cursor.skip(';');
  if (!cursor.done) cursor.fail('the end');
  return [...options].sort();
}

function cut(sql: string, parts: readonly ({ readonly part: Piece['part'] } & Span)[]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { part, start, end } of parts) {
    if (start > at) pieces.push({ part: 'between', text: sql.slice(at, start) });
    pieces.push({ part, text: sql.slice(start, end) });
    at = end;
  }
  if (at < sql.length) pieces.push({ part: 'between', text: sql.slice(at) });
  return pieces;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** What was taken apart, put together. */
export function textOfTable({ pieces }: CreateTable): string {
  return pieces.map(({ text }) => text).join('');
}

/**
 * The same table under another name, every other byte as it was. Where its own name stands before a column, as in
 * `CHECK (t.a > 0)`, it goes: SQLite refuses there a name that is not the table's.
 */
export function withName(table: CreateTable, name: string): string {
  const { sql, nameToken } = table;
  const edits = [{ ...nameToken, text: ident(name) }];
  for (const tokens of expressionsOf(table)) {
    for (const at of qualifiersIn(sql, tokens, table.name)) edits.push({ ...tokens[at]!, text: '' });
  }
  edits.sort((a, b) => a.start - b.start);
  let text = '';
  let at = 0;
  for (const edit of edits) {
    text = grown(text, sql.slice(at, edit.start));
    text = grown(text, edit.text);
    at = edit.end;
  }
  return grown(text, sql.slice(at));
}

/** Two texts one behind the other, apart where two words would become one. */
function grown(before: string, after: string): string {
  const isJoined = isWordPart(before.charCodeAt(before.length - 1)) && isWordPart(after.charCodeAt(0));
  return isJoined ? `${before} ${after}` : before + after;
}

/** Where columns may be named with their table before them. */
function expressionsOf({ columns, constraints }: CreateTable): (readonly Token[])[] {
  const clauses: readonly ConstraintClause[] = [...columns.flatMap((column) => column.constraints), ...constraints];
  return clauses.flatMap((clause) =>
    clause.kind === 'CHECK' || clause.kind === 'GENERATED' ? [clause.expression] : [],
  );
}
