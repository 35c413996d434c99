import type { Lexer, Token, TokenKind } from '../sql/token.ts';
import {
  endOfEscaped,
  endOfLine,
  endOfQuoted,
  endOfWord,
  isBlank,
  isDigit,
  isWordPart,
  skipBlanks,
  startOf,
} from '../sql/token.ts';
import { unreadable, unterminated } from '../sql/unreadable.ts';

/** What the session's sql_mode changes in the reading of a text. */
export interface MysqlReading {
  /** `"x"` is a name. */
  readonly ansiQuotes?: boolean;
  /** A backslash in a string is a backslash. */
  readonly noBackslashEscapes?: boolean;
}

/**
 * The lexical rules of MySQL and MariaDB, with the DELIMITER lines of their clients.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/language-structure.html
 * @see https://mariadb.com/kb/en/comment-syntax/
 */
export function lexer(sql: string, options: MysqlReading = {}): Lexer {
  const reader = new Reader(sql, options);
  return () => reader.next();
}

class Reader {
  readonly #sql: string;
  readonly #options: MysqlReading;
  #at: number;
  #delimiter = ';';
  /** Where the executable comment began that the text is in. */
  #codeComment = -1;
  /** No code since the last end of a statement: only there is DELIMITER a command. */
  #fresh = true;

  constructor(sql: string, options: MysqlReading) {
    this.#sql = sql;
    this.#options = options;
    this.#at = startOf(sql);
  }

  next(): Token | undefined {
    const start = skipBlanks(this.#sql, this.#at);
    if (start >= this.#sql.length) {
      if (this.#codeComment !== -1) throw unterminated(this.#sql, this.#codeComment, 'a comment with code');
      return undefined;
    }
    const token = this.#read(start);
    this.#at = token.end;
    if (token.kind === 'semicolon' || token.kind === 'delimiter' || token.kind === 'command') this.#fresh = true;
    else if (token.kind !== 'comment') this.#fresh = false;
    return token;
  }

  #read(start: number): Token {
    const sql = this.#sql;
    const ends = (kind: TokenKind, end: number): Token => ({ kind, start, end });
    if (this.#isDelimiter(start)) return ends('delimiter', start + this.#delimiter.length);
    if (isWordPart(sql.charCodeAt(start))) return this.#readWord(start);
    switch (sql.charAt(start)) {
      case ';':
        // The clients, too, send an executable comment in one piece.
        return ends(this.#codeComment === -1 ? 'semicolon' : 'symbol', start + 1);
      case "'":
        return this.#readString(start, "'");
      case '"':
        return this.#options.ansiQuotes ? this.#readName(start, '"') : this.#readString(start, '"');
      case '`':
        return this.#readName(start, '`');
      case '#':
        return ends('comment', endOfLine(sql, start));
      case '-':
        return ends(...this.#dash(start));
      case '/':
        return sql[start + 1] === '*' ? this.#readComment(start) : ends('symbol', start + 1);
      case '*':
        if (this.#codeComment === -1 || sql[start + 1] !== '/') return ends('symbol', start + 1);
        this.#codeComment = -1;
        return ends('symbol', start + 2);
      case '?':
        return ends('parameter', start + 1);
      case '@':
        return ends(...this.#variable(start));
      case '\\':
        if (sql[start + 1] === 'N') return ends('symbol', start + 2);
        throw unreadable(
          sql,
          start,
          `${sql.slice(start, start + 2)} is a command for the mysql client; no driver can run it.`,
          'Take it out, or end the statement with ; instead.',
        );
      default:
        return ends('symbol', start + 1);
    }
  }

  #readWord(start: number): Token {
    const sql = this.#sql;
    let end = endOfWord(sql, start);
    // `END$$` is END and the delimiter, as the clients see it; but a delimiter of letters is a word of its own.
    if (this.#delimiter.includes('$')) {
      const cut = sql.slice(start, end + this.#delimiter.length).indexOf(this.#delimiter);
      if (cut > 0 && start + cut < end) end = start + cut;
    }
    if (this.#fresh && this.#codeComment === -1 && sql.slice(start, end).toUpperCase() === 'DELIMITER') {
      return this.#readDelimiter(start, end);
    }
    return { kind: isDigit(sql.charCodeAt(start)) ? 'number' : 'word', start, end };
  }

  #isDelimiter(at: number): boolean {
    const delimiter = this.#delimiter;
    if (delimiter === ';' || this.#codeComment !== -1 || !this.#sql.startsWith(delimiter, at)) return false;
    if (this.#sql.startsWith('/*', at)) return false;
    const isWord = endOfWord(delimiter, 0) === delimiter.length && !delimiter.includes('$');
    return !isWord || !isWordPart(this.#sql.charCodeAt(at + delimiter.length));
  }

  /** https://dev.mysql.com/doc/refman/8.4/en/mysql-commands.html: "delimiter", up to the first blank, or in quotes. */
  #readDelimiter(start: number, nameEnd: number): Token {
    const end = endOfLine(this.#sql, nameEnd);
    const argument = this.#sql.slice(nameEnd, end).trim();
    const quoted = /^(['"`])(.+?)\1/.exec(argument)?.[2];
    const delimiter = quoted ?? /^\S+/.exec(argument)?.[0];
    if (delimiter === undefined) {
      throw unreadable(this.#sql, start, 'DELIMITER wants the new delimiter behind it: DELIMITER $$');
    }
    this.#delimiter = delimiter;
    return { kind: 'command', start, end };
  }

  #readString(start: number, quote: string): Token {
    const end = (this.#options.noBackslashEscapes ? endOfQuoted : endOfEscaped)(this.#sql, start, quote);
    if (end === -1) throw unterminated(this.#sql, start, 'a string');
    return { kind: 'string', start, end };
  }

  #readName(start: number, quote: string): Token {
    const end = endOfQuoted(this.#sql, start, quote);
    if (end === -1) throw unterminated(this.#sql, start, 'a quoted name');
    return { kind: 'name', start, end };
  }

  /** `--` begins a comment only before a blank or a control character: `1--2` is 3. */
  #dash(start: number): [TokenKind, number] {
    const third = this.#sql.charCodeAt(start + 2);
    const isComment = this.#sql[start + 1] === '-' && (Number.isNaN(third) || third <= 32 || third === 127);
    return isComment ? ['comment', endOfLine(this.#sql, start)] : ['symbol', start + 1];
  }

  /** The content of an executable comment is code; the marks around it count as symbols. */
  #readComment(start: number): Token {
    const sql = this.#sql;
    const mark = sql[start + 2] === '!' ? 3 : sql.startsWith('M!', start + 2) ? 4 : 0;
    if (mark > 0 && this.#codeComment === -1) {
      let end = start + mark;
      while (isDigit(sql.charCodeAt(end)) && end < start + mark + 6) end += 1;
      if (!isNeverReached(sql.slice(start + mark, end))) {
        this.#codeComment = start;
        return { kind: 'symbol', start, end };
      }
    }
    const close = sql.indexOf('*/', start + 2);
    if (close === -1) throw unterminated(sql, start, 'a comment');
    return { kind: 'comment', start, end: close + 2 };
  }

  #variable(start: number): [TokenKind, number] {
    let end = start + 1;
    while (isVariablePart(this.#sql.charCodeAt(end)) && !this.#isDelimiter(end)) end += 1;
    return end === start + 1 ? ['symbol', end] : ['variable', end];
  }
}

/** mariadb-dump begins with a comment for version 999999, whose content is no SQL at all. */
function isNeverReached(version: string): boolean {
  return version.startsWith('99') && version.length >= 5;
}

/** `@@global.x`, `@a.b$c`, `root@localhost`. */
function isVariablePart(code: number): boolean {
  return !isBlank(code) && (isWordPart(code) || code === 46 || code === 64);
}
