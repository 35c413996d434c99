import type { Block, Follower } from '../sql/split.ts';
import { splitWith } from '../sql/split.ts';
import type { SqlStatement } from '../sql/statement.ts';
import type { TokenKind } from '../sql/token.ts';
import { refuseNul } from '../sql/unreadable.ts';
import { lexer } from './lex.ts';

/**
 * Cuts a text into the statements SQLite would see in it.
 *
 * @throws ToraleError SQL_UNREADABLE for a string, name or trigger that never ends
 */
export function split(sql: string): SqlStatement[] {
  refuseNul(sql);
  return splitWith(sql, lexer(sql), () => new SqliteFollower());
}

const BEFORE_TRIGGER = new Set(['EXPLAIN', 'QUERY', 'PLAN', 'CREATE', 'TEMP', 'TEMPORARY']);

/**
 * Only CREATE TRIGGER has a body. Its statements all have their `;`, so the END that closes it stands behind one: no
 * CASE … END does. https://www.sqlite.org/lang_createtrigger.html
 */
class SqliteFollower implements Follower {
  #at: 'start' | 'trigger' | 'body' | 'elsewhere' = 'start';
  #previous = '';
  #begin = 0;

  get open(): Block | undefined {
    return this.#at === 'body' ? { what: "a trigger's BEGIN block", at: this.#begin } : undefined;
  }

  see(kind: TokenKind, text: string, at: number): void {
    switch (this.#at) {
      case 'start':
        if (this.#previous === 'TRIGGER') this.#at = 'trigger';
        else if (kind !== 'word') this.#at = 'elsewhere';
        else if (text !== 'TRIGGER' && !BEFORE_TRIGGER.has(text)) this.#at = 'elsewhere';
        break;
      case 'trigger':
        // `begin` may be a name: of the trigger itself, or of the table after ON.
        if (kind === 'word' && text === 'BEGIN' && this.#previous !== 'ON' && this.#previous !== 'EXISTS') {
          this.#at = 'body';
          this.#begin = at;
        }
        break;
      case 'body':
        if (kind === 'word' && text === 'END' && this.#previous === ';') this.#at = 'elsewhere';
        break;
      case 'elsewhere':
        break;
    }
    this.#previous = kind === 'word' || kind === 'semicolon' ? text : '';
  }
}
