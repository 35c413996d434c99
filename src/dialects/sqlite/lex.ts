import type { Lexer, Token, TokenKind } from '../sql/token.ts';
import { endOfLine, endOfQuoted, endOfWord, isDigit, isWordStart, lexerOf } from '../sql/token.ts';
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
  if (isWordStart(code)) return ends('word', endOfWord(sql, start));
  if (isDigit(code)) return ends('number', endOfWord(sql, start));
  switch (sql.charAt(start)) {
    case ';':
      return ends('semicolon', start + 1);
    case "'":
      return readQuoted(sql, start, 'string', 'a string');
    case '"':
    case '`':
      return readQuoted(sql, start, 'name', 'a quoted name');
    case '[': {
      const close = sql.indexOf(']', start);
      if (close === -1) throw unterminated(sql, start, 'a quoted name');
      return ends('name', close + 1);
    }
    case '-':
      return sql[start + 1] === '-' ? ends('comment', endOfLine(sql, start)) : ends('symbol', start + 1);
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
      return ends('symbol', start + 1);
  }
}

function readQuoted(sql: string, start: number, kind: TokenKind, what: string): Token {
  const end = endOfQuoted(sql, start, sql[start] ?? '');
  if (end === -1) throw unterminated(sql, start, what);
  return { kind, start, end };
}
