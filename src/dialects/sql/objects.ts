import type { Lexer } from './token.ts';

/** An object that a statement names, as the statement spells it. */
export interface NamedObject {
  /** `table`, `index`, `trigger`, … ; what shares a name space shares a kind. */
  readonly kind: string;
  readonly schema: string | null;
  readonly name: string;
}

/** A word or symbol of a statement, comments left out. */
export interface Word {
  readonly text: string;
  /** In upper case where it can be a keyword, else empty. */
  readonly keyword: string;
  /** The name it stands for, where it can be one: unquoted, or folded as the server does. */
  readonly name: string | null;
}

/**
 * @param fold what the server makes of an unquoted name
 */
export function wordsOf(sql: string, next: Lexer, fold: (name: string) => string): Word[] {
  const words: Word[] = [];
  for (let token = next(); token !== undefined; token = next()) {
    if (token.kind === 'comment') continue;
    const text = sql.slice(token.start, token.end);
    if (token.kind === 'word') words.push({ text, keyword: text.toUpperCase(), name: fold(text) });
    else if (token.kind === 'name') words.push({ text, keyword: '', name: unquote(text) });
    else words.push({ text, keyword: '', name: null });
  }
  return words;
}

function unquote(text: string): string {
  const open = text[0]!;
  const close = open === '[' ? ']' : open;
  return text.slice(1, -1).replaceAll(close + close, close);
}

/** Reads a statement's head from left to right. */
export class WordReader {
  readonly #words: readonly Word[];
  #at = 0;

  constructor(words: readonly Word[]) {
    this.#words = words;
  }

  get keyword(): string {
    return this.#words[this.#at]?.keyword ?? '';
  }

  get text(): string {
    return this.#words[this.#at]?.text ?? '';
  }

  get done(): boolean {
    return this.#at >= this.#words.length;
  }

  next(): void {
    this.#at += 1;
  }

  /** Steps over the words given, in this order, as far as they are there. */
  skip(...keywords: string[]): boolean {
    let skipped = false;
    for (const keyword of keywords) {
      if (this.keyword !== keyword) continue;
      this.next();
      skipped = true;
    }
    return skipped;
  }

  /** Goes to behind the first of these words; false, and at the end, where none comes. */
  seek(...keywords: string[]): string | null {
    for (; !this.done; this.next()) {
      const { keyword } = this;
      if (keywords.includes(keyword)) {
        this.next();
        return keyword;
      }
    }
    return null;
  }

  /** `name` or `schema.name`. */
  object(kind: string): NamedObject | null {
    const first = this.#words[this.#at]?.name ?? null;
    if (first === null) return null;
    this.next();
    if (this.text !== '.') return { kind, schema: null, name: first };
    this.next();
    const second = this.#words[this.#at]?.name ?? null;
    if (second === null) return null;
    this.next();
    return { kind, schema: first, name: second };
  }

  /** `a, b, c`; what is no name ends the list. */
  objects(kind: string): NamedObject[] {
    const found: NamedObject[] = [];
    for (;;) {
      const object = this.object(kind);
      if (object === null) return found;
      found.push(object);
      if (this.text !== ',') return found;
      this.next();
    }
  }
}
