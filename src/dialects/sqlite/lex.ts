import type { Lexer, Token, TokenKind } from '../sql/token.ts';
import { endOfLine, endOfQuoted, endOfWord, isDigit, isWordPart, isWordStart, lexerOf } from '../sql/token.ts';
import { unterminated } from '../sql/unreadable.ts';

/**
 * SQLite's lexical rules: `"x"`, `` `x` `` and `[x]` are names, and an open block comment runs to the end of the text.
 *
 * @see https://www.sqlite.org/lang_comment.html
 * @see https://www.sqlite.org/lang_keywords.html
 */
export function lexer(sql: string): Lexer {
  return lexerOf(sql, read);
}

function read(sql: string, start: number): Token {
  const ends = (kind: TokenKind, end: number): Token => ({ kind, start, end });
  const code = sql.charCodeAt(start);
  // A byte order mark is a blank to SQLite, wherever a token could begin.
  if (code === BYTE_ORDER_MARK) return ends('comment', start + 1);
  if ((code === 120 || code === 88) && sql[start + 1] === "'")
    return readQuoted(sql, start, start + 1, 'string', 'a blob');
  if (isWordStart(code)) return ends('word', endOfWord(sql, start));
  if (isDigit(code) || (code === 46 && isDigit(sql.charCodeAt(start + 1))))
    return ends('number', endOfNumber(sql, start));
  switch (sql.charAt(start)) {
    case ';':
      return ends('semicolon', start + 1);
    case "'":
      return readQuoted(sql, start, start, 'string', 'a string');
    case '"':
    case '`':
      return readQuoted(sql, start, start, 'name', 'a quoted name');
    case '[': {
      const close = sql.indexOf(']', start);
      if (close === -1) throw unterminated(sql, start, 'a quoted name');
      return ends('name', close + 1);
    }
    case '-':
      return sql[start + 1] === '-'
        ? ends('comment', endOfLine(sql, start))
        : ends('symbol', endOfOperator(sql, start));
    case '/': {
      if (sql[start + 1] !== '*') return ends('symbol', start + 1);
      const close = sql.indexOf('*/', start + 2);
      return ends('comment', close === -1 ? sql.length : close + 2);
    }
    case '?':
      return ends('parameter', endOfWord(sql, start + 1));
    case ':':
    case '@':
    case '$':
    case '#':
      return ends('variable', endOfWord(sql, start + 1));
    default:
      return ends('symbol', endOfOperator(sql, start));
  }
}

const BYTE_ORDER_MARK = 0xfe_ff;

/** Those of several characters: https://www.sqlite.org/lang_expr.html#operators_and_parse_affecting_attributes */
const OPERATORS = ['->>', '->', '||', '<=', '>=', '<>', '!=', '==', '<<', '>>'];

function endOfOperator(sql: string, start: number): number {
  if (!'=><|'.includes(sql.charAt(start + 1))) return start + 1;
  return start + (OPERATORS.find((operator) => sql.startsWith(operator, start))?.length ?? 1);
}

/** https://www.sqlite.org/syntax/numeric-literal.html; what grows out of a number is no token to SQLite either. */
function endOfNumber(sql: string, start: number): number {
  NUMBER.lastIndex = start;
  const end = start + (NUMBER.exec(sql)?.[0].length ?? 1);
  return isWordPart(sql.charCodeAt(end)) ? endOfWord(sql, end) : end;
}

const NUMBER = /0x[0-9a-f_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[+-]?\d[\d_]*)?/iy;

function readQuoted(sql: string, start: number, open: number, kind: TokenKind, what: string): Token {
  const end = endOfQuoted(sql, open, sql[open] ?? '');
  if (end === -1) throw unterminated(sql, start, what);
  return { kind, start, end };
}
