import { unreadable } from '../../sql/unreadable.ts';
import type { Token } from '../../sql/token.ts';
import { upper } from '../../sql/token.ts';
import { nameIn } from '../kinds/ident.ts';
import { lexer } from '../lex.ts';

/** The tokens of a text without its comments. */
export function codeTokens(sql: string): Token[] {
  const tokens: Token[] = [];
  const next = lexer(sql);
  for (let token = next(); token !== undefined; token = next()) if (token.kind !== 'comment') tokens.push(token);
  return tokens;
}

/** Goes through the code of one statement from left to right. */
export class Cursor {
  readonly sql: string;
  readonly #tokens: readonly Token[];
  readonly #words: readonly string[];
  #at = 0;

  constructor(sql: string, tokens: readonly Token[] = codeTokens(sql)) {
    this.sql = sql;
    this.#tokens = tokens;
    this.#words = tokens.map(({ kind, start, end }) =>
      kind === 'name' || kind === 'string' ? '' : upper(sql.slice(start, end)),
    );
  }

  get at(): number {
    return this.#at;
  }

  get token(): Token | undefined {
    return this.#tokens[this.#at];
  }

  get ahead(): Token | undefined {
    return this.#tokens[this.#at + 1];
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** The end of what was read last. */
  get end(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0;
  }

  /** The word `ahead` of here in upper case, or a symbol as it stands; empty for what is quoted, and at the end. */
  word(ahead = 0): string {
    return this.#words[this.#at + ahead] ?? '';
  }

  take(): Token {
    const { token } = this;
    if (token === undefined) throw unreadable(this.sql, this.end, 'the statement ends here, unfinished.');
    this.#at += 1;
    return token;
  }

  /** Steps over these words if they come next, all of them. */
  skip(...words: string[]): boolean {
    if (!words.every((word, ahead) => this.word(ahead) === word)) return false;
    this.#at += words.length;
    return true;
  }

  expect(...words: string[]): void {
    if (!this.skip(...words)) this.fail(words.join(' '));
  }

  fail(wanted: string): never {
    const { token } = this;
    const found = token === undefined ? 'the end' : `${this.sql.slice(token.start, token.end).slice(0, 40)}`;
    throw unreadable(this.sql, token?.start ?? this.end, `${found} where ${wanted} should be.`);
  }

  /** A name, quoted or not; SQLite takes a string for one, too. */
  name(): { readonly name: string; readonly token: Token } {
    const { token } = this;
    if (token === undefined || !NAME_KINDS.has(token.kind)) this.fail('a name');
    this.#at += 1;
    return { name: nameIn(this.sql.slice(token.start, token.end)), token };
  }

  get all(): readonly Token[] {
    return this.#tokens;
  }

  /** All up to the end, without the semicolon there. */
  rest(): readonly Token[] {
    const from = this.#at;
    this.#at = this.#tokens.length;
    const rest = this.#tokens.slice(from);
    return rest.at(-1)?.kind === 'semicolon' ? rest.slice(0, -1) : rest;
  }

  since(at: number): readonly Token[] {
    return this.#tokens.slice(at, this.#at);
  }

  /** What stands in the parentheses that open here. */
  parenthesised(): readonly Token[] {
    const open = this.token;
    this.expect('(');
    const from = this.#at;
    for (let depth = 1; ; this.#at += 1) {
      if (this.done) throw unreadable(this.sql, open!.start, 'a parenthesis opens here and never closes.');
      const word = this.word();
      if (word === '(') depth += 1;
      else if (word === ')') depth -= 1;
      if (depth === 0) break;
    }
    const inside = this.#tokens.slice(from, this.#at);
    this.#at += 1;
    return inside;
  }
}

const NAME_KINDS = new Set(['word', 'name', 'string']);

/** Cuts what stands in parentheses at the commas that belong to them. */
export function splitAtCommas(sql: string, tokens: readonly Token[]): Token[][] {
  const lists: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    const text = token.kind === 'symbol' ? sql.slice(token.start, token.end) : '';
    if (text === '(') depth += 1;
    else if (text === ')') depth -= 1;
    if (text === ',' && depth === 0) lists.push([]);
    else lists.at(-1)!.push(token);
  }
  return lists;
}
