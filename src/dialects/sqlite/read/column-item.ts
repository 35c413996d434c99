import type { Token } from '../../sql/token.ts';
import { type ConstraintClause, readConstraints } from './constraint-clause.ts';
import type { Cursor } from './cursor.ts';

/** A column as it stands in CREATE TABLE. */
export interface ColumnItem {
  readonly name: string;
  readonly nameToken: Token;
  readonly typeTokens: readonly Token[];
  readonly constraints: readonly ConstraintClause[];
  readonly isGenerated: boolean;
  readonly start: number;
  readonly end: number;
  /** As typed: name, type, constraints, and the comments between them. */
  readonly text: string;
}

/** https://www.sqlite.org/syntax/column-constraint.html */
const BEHIND_TYPE: ReadonlySet<string> = new Set(
  'CONSTRAINT PRIMARY NOT NULL UNIQUE CHECK DEFAULT COLLATE REFERENCES DEFERRABLE AS'.split(' '),
);

export function readColumn(cursor: Cursor): ColumnItem {
  const { name, token: nameToken } = cursor.name();
  const typeTokens = readType(cursor);
  const constraints = readConstraints(cursor, 'column');
  const [start, end] = [nameToken.start, cursor.end];
  const isGenerated = constraints.some(({ kind }) => kind === 'GENERATED');
  const text = cursor.sql.slice(start, end);
  return { name, nameToken, typeTokens, constraints, isGenerated, start, end, text };
}

/** Any words, and numbers in parentheses behind them: https://www.sqlite.org/syntax/type-name.html */
function readType(cursor: Cursor): readonly Token[] {
  const from = cursor.at;
  while (isOfType(cursor, cursor.at > from)) cursor.take();
  if (cursor.at > from && cursor.word() === '(') cursor.parenthesised();
  return cursor.since(from);
}

function isOfType(cursor: Cursor, isBehindType: boolean): boolean {
  const { kind, end = 0 } = cursor.token ?? {};
  if (kind === 'name' || kind === 'string') return true;
  if (kind !== 'word' || BEHIND_TYPE.has(cursor.word())) return false;
  if (isBehindType && cursor.word(-1) === 'GENERATED' && cursor.word() === 'ALWAYS') return false;
  if (cursor.word() !== 'GENERATED' || cursor.word(1) !== 'ALWAYS') return true;
  // SQLite takes both for words of a type that stands before them, and cuts them off where only blanks are between the two.
  return isBehindType && /\S/.test(cursor.sql.slice(end, cursor.ahead?.start));
}
