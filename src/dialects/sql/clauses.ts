import type { Lexer, Token } from './token.ts';

/** A CREATE statement taken apart at its first parenthesis and the commas in it. Comments are left out. */
export interface Clauses {
  readonly before: readonly Token[];
  readonly items: readonly (readonly Token[])[];
  readonly after: readonly Token[];
}

export function readClauses(sql: string, next: Lexer): Clauses {
  const before: Token[] = [];
  const after: Token[] = [];
  const items: Token[][] = [];
  let depth = 0;
  let isBehind = false;
  for (let token = next(); token !== undefined; token = next()) {
    if (token.kind === 'comment') continue;
    const text = token.kind === 'symbol' ? sql.slice(token.start, token.end) : '';
    if (isBehind) after.push(token);
    else if (text === '(' && depth++ === 0) items.push([]);
    else if (text === ')' && --depth === 0) isBehind = true;
    else if (text === ',' && depth === 1) items.push([]);
    else (items.at(-1) ?? before).push(token);
  }
  return { before, items, after };
}

/** The text from the first of these tokens to the last. */
export function textOf(sql: string, tokens: readonly Token[]): string {
  return tokens.length === 0 ? '' : sql.slice(tokens[0]!.start, tokens.at(-1)!.end);
}
