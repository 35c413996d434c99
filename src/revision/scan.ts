export type TokenKind = 'name' | 'string' | 'template' | 'number' | 'regex' | 'punctuator' | 'end';

/** Names after which a `/` starts a regular expression and not a division. */
const BEFORE_REGEX = new Set(
  'return typeof instanceof in of new delete void throw case do else await yield default'.split(' '),
);

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', 0: '\0' };

const LINE_BREAK = /[\n\r\u2028\u2029]/g;

function isSpace(code: number): boolean {
  return (
    (code >= 9 && code <= 13) || code === 32 || code === 0xa0 || code === 0xfeff || code === 0x2028 || code === 0x2029
  );
}

function isNamePart(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 36 ||
    code === 92 ||
    (code >= 0x80 && !isSpace(code))
  );
}

/** The value of a string or template literal's inside. */
export function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(
    /\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[^]))/g,
    (whole, braced?: string, four?: string, two?: string, one?: string) => {
      const hex = braced ?? four ?? two;
      if (hex !== undefined) {
        const point = Number.parseInt(hex, 16);
        return point > 0x10ffff ? whole : String.fromCodePoint(point);
      }
      if (one === undefined || /[\r\n\u2028\u2029]/.test(one)) return '';
      return ESCAPES[one] ?? one;
    },
  );
}

/**
 * Reads JavaScript or TypeScript token by token, in one pass and without backtracking.
 *
 * It knows as much of the language as is needed never to mistake a comment, string, template or regular expression
 * for code. Where the language itself needs a parser (is `/` after `)` a division?) it takes the likely reading;
 * a wrong guess makes a header unreadable, which is reported, and does not make up one.
 */
export class Scanner {
  readonly text: string;
  kind: TokenKind = 'end';
  /** The token as written; of strings and templates only what stands between the quotes. */
  value = '';
  start = 0;
  /** Whether a line break stands before the token. */
  newline = false;
  /** How many brackets are open before the token. */
  depth = 0;
  /** The first `/** … *\/` comment so far. */
  doc: string | undefined;
  #position: number;
  /** The depths at which a template goes on once its `${` is closed. */
  readonly #templates: number[] = [];
  #open = 0;
  /** Up to here no regular expression ends: without it `/[/[/[…` on one long line would take quadratic time. */
  #noRegexBefore = 0;

  constructor(text: string, position = 0) {
    this.text = text;
    this.#position = position;
    if (text.startsWith('#!', position)) this.#position = this.#lineEnd(position);
  }

  /** Moves on to the next token. */
  advance(): void {
    const afterOperand = this.#endsOperand();
    this.#skipBlanks();
    const { text } = this;
    const start = this.#position;
    this.start = start;
    this.depth = this.#open;
    if (start >= text.length) {
      this.kind = 'end';
      this.value = '';
      return;
    }
    const code = text.charCodeAt(start);
    if (code === 39 || code === 34) this.#string(code);
    else if (code === 96) this.#template(start + 1);
    else if (isNamePart(code)) {
      let end = start + 1;
      while (end < text.length && isNamePart(text.charCodeAt(end))) end++;
      this.#token(code >= 48 && code <= 57 ? 'number' : 'name', end);
    } else if (code === 47 && !afterOperand && this.#regex()) return;
    else this.#punctuator(code);
  }

  ended(): boolean {
    return this.kind === 'end';
  }

  /** Whether the token is this name or punctuator. */
  is(value: string): boolean {
    return this.value === value && (this.kind === 'punctuator' || this.kind === 'name');
  }

  #token(kind: TokenKind, end: number): void {
    this.kind = kind;
    this.value = this.text.slice(this.start, end);
    this.#position = end;
  }

  #endsOperand(): boolean {
    if (this.kind === 'punctuator') return this.value === ')' || this.value === ']' || this.value === '}';
    return this.kind === 'name' ? !BEFORE_REGEX.has(this.value) : this.kind !== 'end';
  }

  #lineEnd(from: number): number {
    LINE_BREAK.lastIndex = from;
    return LINE_BREAK.exec(this.text)?.index ?? this.text.length;
  }

  #skipBlanks(): void {
    const { text } = this;
    this.newline = false;
    for (;;) {
      const code = text.charCodeAt(this.#position);
      if (isSpace(code)) {
        if (code === 10 || code === 13 || code === 0x2028 || code === 0x2029) this.newline = true;
        this.#position++;
      } else if (code === 47 && text.charCodeAt(this.#position + 1) === 47) {
        this.#position = this.#lineEnd(this.#position);
      } else if (code === 47 && text.charCodeAt(this.#position + 1) === 42) {
        const close = text.indexOf('*/', this.#position + 2);
        const end = close === -1 ? text.length : close + 2;
        const comment = text.slice(this.#position, end);
        if (comment.includes('\n')) this.newline = true;
        this.#position = end;
        if (comment.startsWith('/**')) this.doc ??= comment;
      } else return;
    }
  }

  #string(quote: number): void {
    const { text } = this;
    let end = this.start + 1;
    while (end < text.length) {
      const code = text.charCodeAt(end);
      if (code === quote || code === 10 || code === 13) break;
      end += code === 92 ? (text.startsWith('\r\n', end + 1) ? 3 : 2) : 1;
    }
    this.kind = 'string';
    this.value = text.slice(this.start + 1, end);
    this.#position = text.charCodeAt(end) === quote ? end + 1 : end;
  }

  /** From after a backtick or after the `}` of a substitution to the closing backtick or the next `${`. */
  #template(from: number): void {
    const { text } = this;
    const whole = from === this.start + 1 && text.charCodeAt(this.start) === 96;
    let end = from;
    while (end < text.length) {
      const code = text.charCodeAt(end);
      if (code === 96) break;
      if (code === 36 && text.charCodeAt(end + 1) === 123) {
        this.#templates.push(this.#open++);
        this.kind = 'punctuator';
        this.value = '${';
        this.#position = end + 2;
        return;
      }
      end += code === 92 ? 2 : 1;
    }
    this.kind = whole ? 'template' : 'regex';
    this.value = text.slice(from, end);
    this.#position = Math.min(end + 1, text.length);
  }

  /** A regular expression stands on one line; without its end there, the `/` was a division. */
  #regex(): boolean {
    const { text } = this;
    let inClass = false;
    let end = this.start + 1;
    if (end < this.#noRegexBefore) return false;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === 10 || code === 13) break;
      if (code === 92) end++;
      else if (code === 91) inClass = true;
      else if (code === 93) inClass = false;
      else if (code === 47 && !inClass) {
        end++;
        while (isNamePart(text.charCodeAt(end))) end++;
        this.#token('regex', end);
        return true;
      }
    }
    this.#noRegexBefore = end;
    return false;
  }

  #punctuator(code: number): void {
    if (code === 123 || code === 40 || code === 91) this.#open++;
    else if (code === 125 || code === 41 || code === 93) {
      if (this.#open > 0) this.#open--;
      if (code === 125 && this.#templates.at(-1) === this.#open) {
        this.#templates.pop();
        this.#template(this.start + 1);
        return;
      }
      this.depth = this.#open;
    }
    const next = this.text.charCodeAt(this.start + 1);
    this.#token('punctuator', this.start + (code === 61 && (next === 61 || next === 62) ? 2 : 1));
  }
}
