import type { Classification, Effect } from './statement.ts';
import type { Lexer } from './token.ts';
import { upper } from './token.ts';

/** A statement that is not known to do less: it may change any object's definition. */
export const UNKNOWN: Classification = {
  transactionControl: null,
  effect: 'schema',
  implicitCommit: false,
  needsAutocommit: false,
  opaque: false,
};

/** All of a statement's code: words in upper case (but for names after a dot), everything else as it stands. */
export function codeOf(sql: string, next: Lexer): string[] {
  const code: string[] = [];
  for (let token = next(); token; token = next()) {
    if (token.kind === 'comment') continue;
    const raw = sql.slice(token.start, token.end);
    if (token.kind !== 'word') code.push(raw);
    // No keyword is in lower case here, so a name is none.
    else code.push(code.at(-1) === '.' ? raw.toLowerCase() : upper(raw));
  }
  return code;
}

/** Whether the words given follow one another somewhere in the code. */
export function holds(code: readonly string[], ...words: string[]): boolean {
  return code.some((_, at) => words.every((word, offset) => code[at + offset] === word));
}

const WRITES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'REPLACE']);
const LOCKS = new Set(['UPDATE', 'SHARE', 'NO', 'KEY']);

/**
 * What a SELECT, WITH, VALUES or TABLE does: a query that locks rows writes. A function it calls may do anything; its
 * text does not show that.
 */
export function queryEffect(code: readonly string[], into: Effect): Effect {
  let effect: Effect = 'read';
  for (const [at, word] of code.entries()) {
    const following = code[at + 1] ?? '';
    // REPLACE() and INSERT() are functions as well.
    if (WRITES.has(word) && following !== '(') effect = 'data';
    if (word === 'FOR' && LOCKS.has(following)) effect = 'data';
    if (word === 'LOCK' && following === 'IN') effect = 'data';
  }
  return effect === 'read' && code.includes('INTO') ? into : effect;
}
