import type { SqlStatement } from './statement.ts';
import type { Lexer, Token, TokenKind } from './token.ts';
import { upper } from './token.ts';
import { unterminated } from './unreadable.ts';

/** Something that a `;` does not end, and where it began. */
export interface Block {
  /** With its article, as an error names it: `a BEGIN block`. */
  readonly what: string;
  readonly at: number;
}

/** Follows the grammar of one statement as far as it takes to know which `;` ends it. */
export interface Follower {
  /** Takes the next token: words in upper case, everything else as it stands. */
  see(kind: TokenKind, text: string, at: number): void;
  /** What is open now; undefined where a `;` ends the statement. */
  readonly open: Block | undefined;
}

const WORDS_KEPT = 8;

/** Cuts a text into statements: the lexer finds every `;` of code, the follower says which of them end one. */
export function splitWith(sql: string, next: Lexer, follow: () => Follower): SqlStatement[] {
  const statements: SqlStatement[] = [];
  const lineOf = lineCounter(sql);
  let draft = new Draft(sql, follow());
  const finish = (): void => {
    if (draft.begun) statements.push(draft.finish(lineOf));
    draft = new Draft(sql, follow());
  };
  for (let token = next(); token; token = next()) {
    if (token.kind === 'delimiter' || (token.kind === 'semicolon' && !draft.open)) finish();
    else if (token.kind === 'command') {
      draft.mustBeClosed();
      // Comments before a DELIMITER line go with it.
      draft = new Draft(sql, follow());
    } else draft.take(token);
  }
  draft.mustBeClosed();
  finish();
  return statements;
}

class Draft {
  readonly #sql: string;
  readonly #follower: Follower;
  readonly #words: string[] = [];
  #textStart = -1;
  #codeStart = -1;
  #end = 0;
  #afterDot = false;

  constructor(sql: string, follower: Follower) {
    this.#sql = sql;
    this.#follower = follower;
  }

  get begun(): boolean {
    return this.#codeStart !== -1;
  }

  get open(): Block | undefined {
    return this.#follower.open;
  }

  mustBeClosed(): void {
    const { open } = this.#follower;
    if (open) throw unterminated(this.#sql, open.at, open.what);
  }

  take(token: Token): void {
    const { start, end } = token;
    if (this.#textStart === -1) this.#textStart = start;
    if (token.kind === 'comment') return;
    if (this.#codeStart === -1) this.#codeStart = start;
    // Not beyond the last token of code: a `--` comment would swallow what is written behind the text.
    this.#end = end;
    const raw = this.#sql.slice(start, end);
    // What follows a dot is a name in every dialect: `x.end`.
    const kind = token.kind === 'word' && this.#afterDot ? 'name' : token.kind;
    const text = kind === 'word' ? upper(raw) : raw;
    this.#afterDot = raw === '.';
    if (this.#words.length < WORDS_KEPT && (kind === 'word' || kind === 'name')) this.#words.push(text);
    this.#follower.see(kind, text, start);
  }

  finish(lineOf: (offset: number) => number): SqlStatement {
    return {
      text: this.#sql.slice(this.#textStart, this.#end),
      offset: this.#textStart,
      line: lineOf(this.#codeStart),
      keyword: this.#words[0] ?? '',
      words: this.#words,
    };
  }
}

/** Counts on from the offset asked for last, since statements come in order. */
function lineCounter(sql: string): (offset: number) => number {
  let line = 1;
  let newline = sql.indexOf('\n');
  return (offset) => {
    while (newline !== -1 && newline < offset) {
      line += 1;
      newline = sql.indexOf('\n', newline + 1);
    }
    return line;
  };
}
