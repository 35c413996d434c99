import type { Block, Follower } from '../sql/split.ts';
import { splitWith } from '../sql/split.ts';
import type { SqlStatement } from '../sql/statement.ts';
import type { TokenKind } from '../sql/token.ts';
import { Body } from './body.ts';
import type { MysqlReading } from './lex.ts';
import { lexer } from './lex.ts';

/**
 * Cuts a text into the statements a MySQL or MariaDB server would see in it. Routines, triggers and events need no
 * DELIMITER lines, but may have them. Only MariaDB's packages and its Oracle mode need them.
 *
 * @throws ToraleError SQL_UNREADABLE for what never ends, and for commands of the mysql client
 */
export function split(sql: string, options: MysqlReading = {}): SqlStatement[] {
  return splitWith(sql, lexer(sql, options), () => new MysqlFollower());
}

/** What may stand between CREATE and the kind of object: CREATE OR REPLACE DEFINER = CURRENT_USER() PROCEDURE. */
const BEFORE_KIND = new Set(['OR', 'REPLACE', 'DEFINER', 'CURRENT_USER', 'CURRENT_ROLE', 'AGGREGATE']);

/** The words of https://dev.mysql.com/doc/refman/8.4/en/create-procedure.html's "characteristic". */
const CHARACTERISTICS = new Set(
  'COMMENT LANGUAGE SQL NOT DETERMINISTIC CONTAINS NO READS DATA MODIFIES SECURITY DEFINER INVOKER'.split(' '),
);

/** A function's body has to return a value: it is RETURN itself or one of the blocks. */
const FUNCTION_BODIES = new Set(['RETURN', 'BEGIN', 'IF', 'CASE', 'LOOP', 'REPEAT', 'WHILE', 'FOR']);

/** MariaDB runs these outside of routines as well. BEGIN only as BEGIN NOT ATOMIC: alone it begins a transaction. */
const COMPOUND_STATEMENTS = new Set(['IF', 'CASE', 'LOOP', 'REPEAT', 'WHILE', 'FOR']);

type Phase =
  | 'start'
  | 'begin'
  | 'create'
  | 'alter'
  /** The name and the parameters. */
  | 'procedure'
  | 'function'
  /** Between the parameters and the body. */
  | 'characteristics'
  | 'returns'
  | 'trigger'
  | 'order'
  | 'event'
  | 'body'
  /** A body whose end only a delimiter can tell. */
  | 'unknown'
  | 'other';

class MysqlFollower implements Follower {
  #phase: Phase = 'start';
  #body = new Body();
  #depth = 0;
  #previous = '';
  #begin = 0;

  get open(): Block | undefined {
    if (this.#phase === 'body') return this.#body.open;
    if (this.#phase !== 'unknown') return undefined;
    return { what: 'a package or a body after AS, which needs DELIMITER lines around it,', at: this.#begin };
  }

  see(kind: TokenKind, text: string, at: number): void {
    if (text === '(') this.#depth += 1;
    else if (text === ')') this.#depth -= 1;
    const word = kind === 'word' ? text : '';
    this.#phase = this.#next(word, kind, text, at);
    this.#previous = text;
  }

  #next(word: string, kind: TokenKind, text: string, at: number): Phase {
    switch (this.#phase) {
      case 'start':
        if (isCodeComment(text)) return 'start';
        return this.#first(word, at);
      case 'begin':
        if (word === 'ATOMIC' && this.#previous === 'NOT') {
          this.#body.see('word', 'BEGIN', this.#begin);
          return 'body';
        }
        return word === 'NOT' ? 'begin' : 'other';
      case 'create':
        return this.#create(word, text, at);
      case 'alter':
        return word === 'EVENT' ? 'event' : word === 'TABLE' ? 'other' : 'alter';
      case 'procedure':
        if (this.#depth > 0) return 'procedure';
        if (text === ')') return 'characteristics';
        return this.#isOracle(word) ? 'unknown' : 'procedure';
      case 'function':
        if (this.#depth > 0) return 'function';
        return word === 'RETURNS' ? 'returns' : word === 'RETURN' || this.#isOracle(word) ? 'unknown' : 'function';
      case 'characteristics':
        if (word === 'AS' || word === 'IS') return 'unknown';
        if (kind === 'string' || isCodeComment(text) || CHARACTERISTICS.has(word)) return 'characteristics';
        return this.#enter(kind, text, at);
      case 'returns':
        if (this.#depth > 0) return 'returns';
        if (word === 'AS') return 'unknown';
        return FUNCTION_BODIES.has(word) ? this.#enter(kind, text, at) : 'returns';
      case 'trigger':
        return word === 'ROW' && this.#previous === 'EACH' ? 'order' : 'trigger';
      case 'order':
        if (word === 'FOLLOWS' || word === 'PRECEDES' || isCodeComment(text)) return 'order';
        if (this.#previous === 'FOLLOWS' || this.#previous === 'PRECEDES') return 'order';
        return this.#enter(kind, text, at);
      case 'event':
        return word === 'DO' ? 'body' : 'event';
      case 'body':
        if (!isCodeComment(text)) this.#body.see(kind, text, at);
        return 'body';
      case 'unknown':
      case 'other':
        return this.#phase;
    }
  }

  #first(word: string, at: number): Phase {
    this.#begin = at;
    if (word === 'CREATE') return 'create';
    if (word === 'ALTER') return 'alter';
    if (word === 'BEGIN') return 'begin';
    return COMPOUND_STATEMENTS.has(word) ? this.#enter('word', word, at) : 'other';
  }

  #create(word: string, text: string, at: number): Phase {
    // The user after DEFINER may be called anything.
    if (word === '' || this.#previous === '=' || this.#previous === '@') return 'create';
    switch (word) {
      case 'PROCEDURE':
      case 'FUNCTION':
        return word === 'FUNCTION' ? 'function' : 'procedure';
      case 'TRIGGER':
        return 'trigger';
      case 'EVENT':
        return 'event';
      case 'PACKAGE':
        this.#begin = at;
        return 'unknown';
      default:
        return BEFORE_KIND.has(text) ? 'create' : 'other';
    }
  }

  #isOracle(word: string): boolean {
    return (word === 'AS' || word === 'IS') && this.#depth === 0;
  }

  #enter(kind: TokenKind, text: string, at: number): Phase {
    this.#body.see(kind, text, at);
    return 'body';
  }
}

/** The marks around an executable comment: as if they were not there. */
function isCodeComment(text: string): boolean {
  return text.startsWith('/*') || text === '*/';
}
