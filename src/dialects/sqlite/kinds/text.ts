import type { Token } from '../../sql/token.ts';
import { lexer } from '../lex.ts';
import { ident, isKeyword, nameIn } from './ident.ts';

/**
 * A piece of a stored CREATE statement in one way of writing. SQLite keeps the text as it was typed, so that blanks,
 * comments and the case of keywords tell nothing.
 */
export function plain(sql: string, tokens: readonly Token[]): string {
  let text = '';
  let before: Token | undefined;
  for (const token of tokens) {
    const gap = before === undefined || isTight(sql, before, token, text) ? '' : ' ';
    text += gap + written(sql, token);
    before = token;
  }
  return text;
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

function written(sql: string, { kind, start, end }: Token): string {
  const text = sql.slice(start, end);
  if (kind === 'name') return ident(nameIn(text));
  return kind === 'word' && isKeyword(text) ? text.toUpperCase() : text;
}

function isTight(sql: string, before: Token, token: Token, text: string): boolean {
  const left = sql.slice(before.start, before.end);
  const right = sql.slice(token.start, token.end);
  if (left === '(' || left === '.' || right === ')' || right === ',' || right === '.') return true;
  if (right === '(') return (before.kind === 'word' && !isKeyword(left)) || before.kind === 'name';
  const isSign = (left === '-' || left === '+') && token.kind === 'number';
  if (isSign)
    return /(?:^|[(,=<>|*/%+-] ?|\b(?:DEFAULT|AND|OR|NOT|IN|BETWEEN|THEN|ELSE|WHEN|IS|LIKE) )[-+]$/.test(text);
  // `<=` and `->>` come as several.
  return (
    before.kind === 'symbol' && token.kind === 'symbol' && before.end === token.start && left !== ')' && left !== ','
  );
}
