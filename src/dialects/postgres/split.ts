import type { Block, Follower } from '../sql/split.ts';
import { splitWith } from '../sql/split.ts';
import type { SqlStatement } from '../sql/statement.ts';
import type { TokenKind } from '../sql/token.ts';
import { refuseNul, unreadable } from '../sql/unreadable.ts';
import { lexer } from './lex.ts';

/**
 * Cuts a text into the statements PostgreSQL would see in it.
 *
 * @throws ToraleError SQL_UNREADABLE for what never ends, and for what only psql can run
 */
export function split(sql: string): SqlStatement[] {
  refuseNul(sql);
  return splitWith(sql, lexer(sql), () => new PostgresFollower(sql));
}

/** A `;` is no end inside parentheses (CREATE RULE … DO (a; b)) and inside a function's BEGIN ATOMIC … END. */
class PostgresFollower implements Follower {
  readonly #sql: string;
  readonly #parentheses: number[] = [];
  readonly #bodies: number[] = [];
  #kindOfStatement: 'unknown' | 'create' | 'routine' | 'copy' | 'other' = 'unknown';
  #previous = '';

  constructor(sql: string) {
    this.#sql = sql;
  }

  get open(): Block | undefined {
    const parenthesis = this.#parentheses.at(-1);
    if (parenthesis !== undefined) return { what: 'a parenthesis', at: parenthesis };
    const body = this.#bodies.at(-1);
    return body === undefined ? undefined : { what: 'a BEGIN ATOMIC body', at: body };
  }

  see(kind: TokenKind, text: string, at: number): void {
    if (kind === 'word') this.#seeWord(text, at);
    else {
      if (this.#kindOfStatement === 'unknown') this.#kindOfStatement = 'other';
      if (text === '(') this.#parentheses.push(at);
      else if (text === ')') this.#parentheses.pop();
    }
    this.#previous = kind === 'word' || kind === 'semicolon' ? text : '';
  }

  #seeWord(word: string, at: number): void {
    switch (this.#kindOfStatement) {
      case 'unknown':
        this.#kindOfStatement = word === 'CREATE' ? 'create' : word === 'COPY' ? 'copy' : 'other';
        break;
      case 'create':
        if (word === 'FUNCTION' || word === 'PROCEDURE') this.#kindOfStatement = 'routine';
        else if (word !== 'OR' && word !== 'REPLACE') this.#kindOfStatement = 'other';
        break;
      case 'routine':
        this.#seeBody(word, at);
        break;
      case 'copy':
        if (this.#previous === 'FROM' && word === 'STDIN' && this.#parentheses.length === 0) {
          throw unreadable(
            this.#sql,
            at,
            'COPY … FROM STDIN wants rows from the client, which only psql reads out of a script.',
            'Write INSERT statements (pg_dump --inserts), or COPY from a file of the server.',
          );
        }
        break;
      case 'other':
        break;
    }
  }

  /**
   * Every statement of the body has its `;`, so the END that closes it stands behind one: no CASE … END does, nor a
   * column alias `end`.
   */
  #seeBody(word: string, at: number): void {
    if (this.#parentheses.length > 0) return;
    if (word === 'ATOMIC' && this.#previous === 'BEGIN') this.#bodies.push(at);
    else if (word === 'END' && (this.#previous === ';' || this.#previous === 'ATOMIC')) this.#bodies.pop();
  }
}
