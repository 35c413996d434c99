/** What a piece of SQL text is to the splitter. */
export type TokenKind =
  | 'comment'
  /** An unquoted keyword or name. */
  | 'word'
  /** A name in quotes. */
  | 'name'
  | 'string'
  | 'number'
  /** A placeholder: `$1`, `?`. */
  | 'parameter'
  /** `@x`, `:x`: never a keyword. */
  | 'variable'
  | 'symbol'
  /** A `;` that may end a statement. */
  | 'semicolon'
  /** What a DELIMITER line made the end of a statement. */
  | 'delimiter'
  /** A line for the client, not the server: DELIMITER itself. */
  | 'command';

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
}

/** Gives one token a call, blanks skipped; `undefined` at the end of the text. */
export type Lexer = () => Token | undefined;

/** Makes a lexer of a function that needs to know nothing of the tokens before. */
export function lexerOf(sql: string, read: (sql: string, start: number) => Token): Lexer {
  let at = startOf(sql);
  return () => {
    at = skipBlanks(sql, at);
    if (at >= sql.length) return undefined;
    const token = read(sql, at);
    at = token.end;
    return token;
  };
}

/** Behind the byte order mark that an editor may have put before the text. */
export function startOf(sql: string): number {
  return sql.charCodeAt(0) === 0xfe_ff ? 1 : 0;
}

/** Space, tab, newline, vertical tab, form feed, carriage return. */
export function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Letters, `_`, and everything beyond ASCII, as in all three dialects. */
export function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code >= 128;
}

export function isWordPart(code: number): boolean {
  return isWordStart(code) || isDigit(code) || code === 36;
}

export function skipBlanks(sql: string, from: number): number {
  let at = from;
  while (at < sql.length && isBlank(sql.charCodeAt(at))) at += 1;
  return at;
}

export function endOfWord(sql: string, from: number): number {
  let at = from;
  while (at < sql.length && isWordPart(sql.charCodeAt(at))) at += 1;
  return at;
}

/** The end of a comment that runs to the end of its line. */
export function endOfLine(sql: string, from: number): number {
  const newline = sql.indexOf('\n', from);
  return newline === -1 ? sql.length : newline;
}

/** Behind the closing quote, where a doubled quote stands for one; -1 when there is none. */
export function endOfQuoted(sql: string, open: number, quote: string): number {
  let at = open + 1;
  for (;;) {
    at = sql.indexOf(quote, at);
    if (at === -1) return -1;
    if (sql[at + 1] !== quote) return at + 1;
    at += 2;
  }
}

/** The same where a backslash takes the character after it along. */
export function endOfEscaped(sql: string, open: number, quote: string): number {
  const closing = quote.charCodeAt(0);
  for (let at = open + 1; at < sql.length; at += 1) {
    const code = sql.charCodeAt(at);
    if (code === 92) {
      at += 1;
    } else if (code === closing) {
      if (sql.charCodeAt(at + 1) !== closing) return at + 1;
      at += 1;
    }
  }
  return -1;
}

/** Upper case of ASCII only: `ı` is no `I` in any dialect's keywords. */
export function upper(word: string): string {
  for (let at = 0; at < word.length; at += 1) {
    if (word.charCodeAt(at) > 127) return word.replace(/[a-z]/g, (letter) => letter.toUpperCase());
  }
  return word.toUpperCase();
}
