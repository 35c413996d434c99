import type { Block } from '../sql/split.ts';
import type { TokenKind } from '../sql/token.ts';

type Opener = 'BEGIN' | 'IF' | 'CASE' | 'LOOP' | 'REPEAT' | 'WHILE' | 'FOR';

const OPENERS: ReadonlySet<string> = new Set<Opener>(['BEGIN', 'IF', 'CASE', 'LOOP', 'REPEAT', 'WHILE', 'FOR']);

/** After these an operand follows, so an `end` there is a column and not the end of CASE. */
const BEFORE_OPERAND = new Set(['CASE', 'WHEN', 'THEN', 'ELSE', 'AND', 'OR', 'NOT', 'UNTIL']);

interface Frame {
  /** `expression`: CASE … END inside a statement; `until`: the condition at the end of REPEAT. */
  kind: Opener | 'expression' | 'until';
  readonly at: number;
}

/**
 * Follows the statements of a routine, trigger, event or compound statement.
 *
 * BEGIN, END and IF are no reserved words, and CASE, IF and REPEAT are expressions or functions as well: what they are
 * is told by whether a statement begins there.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/sql-compound-statements.html
 * @see https://mariadb.com/kb/en/programmatic-compound-statements/
 */
export class Body {
  readonly #frames: Frame[] = [];
  #starts = true;
  #labelled = false;
  #closing = false;
  #handler: 'no' | 'declare' | 'handler' | 'condition' | 'conditions' = 'no';
  #previous = '';
  #previousKind: TokenKind = 'semicolon';

  get open(): Block | undefined {
    const frame = this.#frames.findLast(({ kind }) => kind !== 'expression');
    if (!frame) return undefined;
    const keyword = frame.kind === 'until' ? 'REPEAT' : frame.kind;
    return { what: `${keyword === 'IF' ? 'an' : 'a'} ${keyword} block`, at: frame.at };
  }

  see(kind: TokenKind, text: string, at: number): void {
    const starts = this.#starts || this.#endsHandlerConditions(kind, text);
    this.#starts = false;
    if (text === ';') this.#endStatement();
    else if (text === ':' && this.#labelled) this.#starts = true;
    else if (kind === 'word' && starts) this.#begin(text, at);
    else if (kind === 'word' && !this.#closing) this.#goOn(text, at);
    this.#labelled = starts && (kind === 'word' || kind === 'name');
    this.#previous = text;
    this.#previousKind = kind;
  }

  #endStatement(): void {
    while (this.#frames.at(-1)?.kind === 'expression') this.#frames.pop();
    this.#starts = this.#frames.length > 0;
    this.#closing = false;
    this.#handler = 'no';
  }

  /** The first word of a statement. */
  #begin(word: string, at: number): void {
    const top = this.#frames.at(-1);
    if (OPENERS.has(word)) {
      this.#frames.push({ kind: word as Opener, at });
      this.#starts = word === 'BEGIN' || word === 'LOOP' || word === 'REPEAT';
    } else if (word === 'END') this.#close();
    else if (word === 'UNTIL' && top?.kind === 'REPEAT') top.kind = 'until';
    else if (word === 'ELSE' && (top?.kind === 'IF' || top?.kind === 'CASE')) this.#starts = true;
    else if (word === 'DECLARE') this.#handler = 'declare';
  }

  /** A word inside a statement. */
  #goOn(word: string, at: number): void {
    const top = this.#frames.at(-1)?.kind;
    switch (word) {
      case 'CASE':
        this.#frames.push({ kind: 'expression', at });
        break;
      case 'END':
        if ((top === 'expression' || top === 'until') && !this.#isOperandNext()) {
          this.#frames.pop();
          this.#closing = top === 'until';
        }
        break;
      case 'THEN':
        this.#starts = top === 'IF' || top === 'CASE';
        break;
      case 'DO':
        this.#starts = top === 'WHILE' || top === 'FOR';
        break;
      case 'ATOMIC':
        this.#starts = top === 'BEGIN' && this.#previous === 'NOT';
        break;
      case 'HANDLER':
        if (this.#handler === 'declare') this.#handler = 'handler';
        break;
      case 'FOR':
        if (this.#handler === 'handler') this.#handler = 'condition';
        break;
      default:
        break;
    }
  }

  #close(): void {
    this.#frames.pop();
    // `END IF label`: none of what follows up to the `;` opens anything.
    this.#closing = true;
  }

  #isOperandNext(): boolean {
    if (this.#previousKind === 'word') return BEFORE_OPERAND.has(this.#previous);
    return this.#previousKind === 'symbol' && this.#previous !== ')' && this.#previous !== '\\N';
  }

  /**
   * DECLARE … HANDLER FOR condition, condition statement: nothing but the shape of the conditions tells where the
   * statement begins. https://dev.mysql.com/doc/refman/8.4/en/declare-handler.html
   */
  #endsHandlerConditions(kind: TokenKind, text: string): boolean {
    if (this.#handler === 'condition') {
      const more = kind === 'word' && (text === 'SQLSTATE' || text === 'VALUE' || text === 'NOT');
      if (!more) this.#handler = 'conditions';
    } else if (this.#handler === 'conditions') {
      if (text === ',') this.#handler = 'condition';
      else {
        this.#handler = 'no';
        return true;
      }
    }
    return false;
  }
}
