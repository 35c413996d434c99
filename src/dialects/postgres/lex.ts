import type { Lexer, Token, TokenKind } from '../sql/token.ts';
import {
  endOfEscaped,
  endOfLine,
  endOfQuoted,
  endOfWord,
  isBlank,
  isDigit,
  isWordStart,
  lexerOf,
} from '../sql/token.ts';
import { unreadable, unterminated } from '../sql/unreadable.ts';

/**
 * PostgreSQL's lexical rules, with standard_conforming_strings on.
 *
 * @see https://www.postgresql.org/docs/current/sql-syntax-lexical.html
 */
export function lexer(sql: string): Lexer {
  return lexerOf(sql, read);
}

function read(sql: string, start: number): Token {
  const ends = (kind: TokenKind, end: number): Token => ({ kind, start, end });
  const code = sql.charCodeAt(start);
  if (isWordStart(code)) return readWord(sql, start);
  if (isDigit(code)) return ends('number', endOfNumber(sql, start));
  switch (sql.charAt(start)) {
    case ';':
      return ends('semicolon', start + 1);
    case "'":
      return readString(sql, start, start);
    case '"':
      return readName(sql, start, start);
    case '-':
      return sql[start + 1] === '-' ? ends('comment', endOfComment(sql, start)) : ends('symbol', start + 1);
    case '/':
      return sql[start + 1] === '*' ? ends('comment', endOfNested(sql, start)) : ends('symbol', start + 1);
    case '$':
      return readDollar(sql, start);
    case '\\':
      throw unreadable(
        sql,
        start,
        `${sql.slice(start, endOfWord(sql, start + 1))} is a command for psql; no driver can run it.`,
        'Take it out. A dump without such lines: pg_dump --inserts, then delete \\restrict and \\unrestrict.',
      );
    default:
      return ends('symbol', start + 1);
  }
}

/** A dollar quote may follow a number at once, as it may not a word. */
function endOfNumber(sql: string, start: number): number {
  let at = start;
  while (isTagPart(sql.charCodeAt(at))) at += 1;
  return at;
}

function readWord(sql: string, start: number): Token {
  const end = endOfWord(sql, start);
  if (end - start === 1) {
    const quote = sql[end];
    const letter = sql[start];
    if (quote === "'") {
      if (letter === 'e' || letter === 'E') return { kind: 'string', start, end: endOfEscapeString(sql, start, end) };
      if (letter !== undefined && 'bBxXnN'.includes(letter)) return readString(sql, start, end);
    } else if (quote === '&' && (letter === 'u' || letter === 'U')) {
      if (sql[end + 1] === "'") return readString(sql, start, end + 1);
      if (sql[end + 1] === '"') return readName(sql, start, end + 1);
    }
  }
  return { kind: 'word', start, end };
}

function readString(sql: string, start: number, open: number): Token {
  const end = endOfQuoted(sql, open, "'");
  if (end === -1) throw unterminated(sql, start, 'a string');
  return { kind: 'string', start, end };
}

function readName(sql: string, start: number, open: number): Token {
  const end = endOfQuoted(sql, open, '"');
  if (end === -1) throw unterminated(sql, start, 'a quoted name');
  return { kind: 'name', start, end };
}

/** An E'' string goes on in a further '' on a later line, with backslash escapes there as well. */
function endOfEscapeString(sql: string, start: number, open: number): number {
  let end = endOfEscaped(sql, open, "'");
  for (;;) {
    if (end === -1) throw unterminated(sql, start, 'a string');
    const next = continuation(sql, end);
    if (next === -1) return end;
    end = endOfEscaped(sql, next, "'");
  }
}

/** The quote that continues a string: only blanks with a newline, and `--` comments, are before it. */
function continuation(sql: string, from: number): number {
  let newline = false;
  let at = from;
  for (; at < sql.length; at += 1) {
    if (sql.startsWith('--', at)) at = endOfComment(sql, at);
    const code = sql.charCodeAt(at);
    if (code === 10 || code === 13) newline = true;
    else if (!isBlank(code)) break;
  }
  return newline && sql[at] === "'" ? at : -1;
}

/** A carriage return ends a `--` comment as well, unlike in the other dialects. */
function endOfComment(sql: string, start: number): number {
  const end = endOfLine(sql, start);
  const carriageReturn = sql.slice(start, end).indexOf('\r');
  return carriageReturn === -1 ? end : start + carriageReturn;
}

/** Block comments nest, unlike in the other dialects. */
function endOfNested(sql: string, start: number): number {
  let depth = 1;
  let at = start + 2;
  let close = -1;
  while (depth > 0) {
    if (close < at) close = sql.indexOf('*/', at);
    if (close === -1) throw unterminated(sql, start, 'a comment');
    const open = sql.slice(at, close + 1).indexOf('/*');
    if (open === -1) {
      depth -= 1;
      at = close + 2;
    } else {
      depth += 1;
      at += open + 2;
    }
  }
  return at;
}

function readDollar(sql: string, start: number): Token {
  let at = start + 1;
  if (isDigit(sql.charCodeAt(at))) {
    while (isDigit(sql.charCodeAt(at))) at += 1;
    return { kind: 'parameter', start, end: at };
  }
  while (sql[at] !== '$' && (at > start + 1 ? isTagPart : isWordStart)(sql.charCodeAt(at))) at += 1;
  if (sql[at] !== '$') return { kind: 'symbol', start, end: start + 1 };
  const tag = sql.slice(start, at + 1);
  const close = sql.indexOf(tag, at + 1);
  if (close === -1) throw unterminated(sql, start, `a string quoted with ${tag}`);
  return { kind: 'string', start, end: close + tag.length };
}

function isTagPart(code: number): boolean {
  return isWordStart(code) || isDigit(code);
}
