import type { Token } from '../../sql/token.ts';
import { upper } from '../../sql/token.ts';
import { quoteString } from '../../sql/literal.ts';
import { lexer } from '../lex.ts';
import { qualifiersIn } from '../read/qualifier.ts';
import { ident, isKeyword, isName, nameIn } from './ident.ts';

/** What the names in a text may stand for; each in lower case, with the spelling in which it is declared. */
export interface Names {
  readonly columns: ReadonlyMap<string, string>;
  readonly tables: ReadonlyMap<string, string>;
  /**
   * The table whose columns alone may be named: its name before a column says nothing, and what is in double quotes and
   * no column of it is a string (https://www.sqlite.org/quirks.html#dblquote). Null in a view or a trigger.
   */
  readonly own: string | null;
}

/**
 * A piece of a stored CREATE statement in one way of writing. SQLite keeps the text as it was typed, so that blanks,
 * comments, quotes and the case of words tell nothing.
 */
export function normalise(sql: string, tokens: readonly Token[], names: Names): string {
  return new Normaliser(sql, tokens, names).text();
}

/** The same where names are left as they were typed, quotes included: arguments that SQLite does not read itself. */
export function verbatim(sql: string, tokens: readonly Token[]): string {
  let text = '';
  let before: Token | undefined;
  for (const token of tokens) {
    const left = before === undefined ? '(' : sql.slice(before.start, before.end);
    const now = sql.slice(token.start, token.end);
    const isSign = (left === '+' || left === '-') && before?.end === token.start;
    const isTight = left === '(' || left === '.' || isSign || [')', ',', '.', '('].includes(now);
    text += (isTight ? '' : ' ') + now;
    before = token;
  }
  return text;
}

/** The tokens without parentheses that stand around all of them. */
export function withoutParentheses(sql: string, tokens: readonly Token[]): readonly Token[] {
  const is = (at: number, text: string): boolean => {
    const token = tokens.at(at);
    return token?.kind === 'symbol' && sql.slice(token.start, token.end) === text;
  };
  if (!is(0, '(') || !is(-1, ')')) return tokens;
  for (let at = 0, depth = 0; at < tokens.length - 1; at += 1) {
    if (is(at, '(')) depth += 1;
    else if (is(at, ')')) depth -= 1;
    // A list in parentheses is a row, not a value.
    if (depth === 0 || (depth === 1 && is(at, ','))) return tokens;
  }
  return withoutParentheses(sql, tokens.slice(1, -1));
}

/** The names in a text, in lower case: two that differ in case are one to SQLite. */
export function namesIn(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  const next = lexer(text);
  for (let token = next(); token !== undefined; token = next()) {
    if (token.kind !== 'word' && token.kind !== 'name') continue;
    names.add(nameIn(text.slice(token.start, token.end)).toLowerCase());
  }
  return names;
}

/** What a token written last was to what follows. */
type Before = 'nothing' | 'operand' | 'function' | 'sign' | 'open' | 'dot' | 'other';

const ROWIDS: ReadonlySet<string> = new Set(['rowid', 'oid', '_rowid_']);
/** Keywords that are a value, or end one. */
const OPERANDS: ReadonlySet<string> = new Set(
  'NULL END ISNULL NOTNULL CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP'.split(' '),
);
/** Keywords that may be called. */
const CALLED: ReadonlySet<string> = new Set('REPLACE GLOB LIKE IF MATCH REGEXP LEFT RIGHT'.split(' '));
/** Behind these stands a table. */
const BEFORE_TABLE: ReadonlySet<string> = new Set(['FROM', 'JOIN', 'INTO', 'UPDATE']);

class Normaliser {
  readonly #sql: string;
  readonly #tokens: readonly Token[];
  readonly #names: Names;
  /** For each parenthesis that is open, whether CAST opened it. */
  readonly #casts: boolean[] = [];
  #text = '';
  #before: Before = 'nothing';
  /** The keyword before, if it was one. */
  #keyword = '';

  constructor(sql: string, tokens: readonly Token[], names: Names) {
    const dropped = names.own === null ? null : qualifiersIn(sql, tokens, names.own);
    this.#sql = sql;
    this.#tokens = dropped === null ? tokens : tokens.filter((_, at) => !dropped.has(at));
    this.#names = names;
  }

  text(): string {
    for (const [at, { kind }] of this.#tokens.entries()) {
      const raw = this.#raw(at);
      if (kind === 'symbol' || kind === 'semicolon') this.#symbol(raw);
      else if (kind === 'number') this.#put(raw.toLowerCase(), 'operand');
      else if (kind === 'string' && !this.#isNameHere(at)) this.#string(raw);
      else if (kind === 'word' || kind === 'name' || kind === 'string') this.#word(at, kind, raw);
      else this.#put(raw, 'operand');
    }
    return this.#text;
  }

  #raw(at: number): string {
    const token = this.#tokens[at];
    return token === undefined ? '' : this.#sql.slice(token.start, token.end);
  }

  #put(text: string, role: Before, keyword = ''): void {
    this.#text += this.#gap(text) + text;
    this.#before = role;
    this.#keyword = keyword;
  }

  #gap(text: string): string {
    if (this.#before === 'nothing' || this.#before === 'open' || this.#before === 'dot') return '';
    if (text === ')' || text === ',' || text === '.' || text === ';') return '';
    if (text === '(' && this.#before === 'function') return '';
    // Two signs would begin a comment.
    return this.#before === 'sign' && text !== '-' && text !== '+' ? '' : ' ';
  }

  #symbol(raw: string): void {
    if (raw === '(') {
      this.#casts.push(this.#keyword === 'CAST');
      this.#put(raw, 'open');
    } else if (raw === ')') {
      this.#casts.pop();
      this.#put(raw, 'operand');
    } else if (raw === '.') this.#put(raw, 'dot');
    else if (raw === '~' || ((raw === '-' || raw === '+') && !this.#isBehindOperand())) this.#put(raw, 'sign');
    else this.#put(raw === '==' ? '=' : raw === '<>' ? '!=' : raw, 'other');
  }

  #string(raw: string): void {
    this.#put(raw.startsWith("'") ? raw : raw.toUpperCase(), 'operand');
  }

  #isBehindOperand(): boolean {
    return this.#before === 'operand' || this.#before === 'function';
  }

  /** Where a string is taken for a name. */
  #isNameHere(at: number): boolean {
    return this.#before === 'dot' || this.#raw(at + 1) === '.' || BEFORE_TABLE.has(this.#keyword);
  }

  #word(at: number, kind: Token['kind'], raw: string): void {
    const name = nameIn(raw);
    const isCalled = this.#raw(at + 1) === '(';
    const isAlias = this.#isAlias(kind === 'word' && isKeyword(raw));
    if (kind === 'word' && isKeyword(raw) && !isAlias && !this.#isNamed(name, isCalled)) {
      const keyword = upper(raw);
      if (isCalled && CALLED.has(keyword) && !this.#isBehindOperand()) this.#put(name.toLowerCase(), 'function');
      else if (keyword === 'CAST' || keyword === 'RAISE') this.#put(keyword, 'function', keyword);
      else {
        // `a NOT LIKE b`: still behind the operand.
        const isInfix = keyword === 'NOT' && this.#isBehindOperand();
        // `a IS DISTINCT FROM 'b'`: no table follows.
        const isOperator = keyword === 'FROM' && this.#keyword === 'DISTINCT';
        this.#put(keyword, isInfix || OPERANDS.has(keyword) ? 'operand' : 'other', isOperator ? '' : keyword);
      }
      return;
    }
    const role = isCalled ? 'function' : 'operand';
    if (isAlias) this.#put(ident(name), role);
    else if (this.#keyword === 'COLLATE' || this.#isType()) this.#put(ident(name.toLowerCase()), role);
    else if (this.#before === 'dot')
      this.#put(ident(this.#names.columns.get(name.toLowerCase()) ?? this.#other(name)), role);
    else this.#put(this.#nameOf(name, kind, raw, at), role);
  }

  #nameOf(name: string, kind: Token['kind'], raw: string, at: number): string {
    const { columns, tables, own } = this.#names;
    const lower = name.toLowerCase();
    const isCalled = this.#raw(at + 1) === '(';
    const isOfTable = this.#raw(at + 1) === '.';
    const isTable = isOfTable || BEFORE_TABLE.has(this.#keyword);
    const known = isTable ? (tables.get(lower) ?? columns.get(lower)) : (columns.get(lower) ?? tables.get(lower));
    // `count(…)` stays the function, whatever the columns are called; `INSERT INTO t (…)` names a table.
    if (known !== undefined && (!isCalled || isTable)) return ident(known);
    if (isCalled || isOfTable || ROWIDS.has(lower)) return ident(lower);
    if (kind === 'word' && (lower === 'true' || lower === 'false')) return upper(name);
    if (raw.startsWith('"')) return own === null ? raw : quoteString(name);
    return ident(this.#other(name));
  }

  /** Case tells nothing; but in a query a name may be that of a column of the result. */
  #other(name: string): string {
    return this.#names.own === null ? name : name.toLowerCase();
  }

  /** `SELECT a AS b`, `SELECT a b`: what the result is called, as it was typed. */
  #isAlias(isWord: boolean): boolean {
    if (this.#names.own !== null || this.#casts.at(-1) === true) return false;
    if (this.#keyword === 'AS') return !isWord;
    return !isWord && this.#before === 'operand' && !OPERANDS.has(this.#keyword);
  }

  #isType(): boolean {
    return this.#casts.at(-1) === true && (this.#keyword === 'AS' || this.#before === 'operand');
  }

  /** A keyword where a value has to be, and a column is called so. */
  #isNamed(name: string, isCalled: boolean): boolean {
    if (this.#before === 'dot') return true;
    const known = this.#names.columns.has(name.toLowerCase());
    return known && !isCalled && !this.#isBehindOperand() && isName(name);
  }
}
