/** An expression as the server prints it, in parentheses; not in two pairs where it has some already. */
export function inParentheses(expression: string): string {
  return isWrapped(expression) ? expression : `(${expression})`;
}

const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"/g;

function isWrapped(expression: string): boolean {
  if (!expression.startsWith('(')) return false;
  const bare = expression.replace(QUOTED, '');
  let depth = 0;
  for (let at = 0; at < bare.length; at++) {
    if (bare[at] === '(') depth += 1;
    else if (bare[at] === ')') depth -= 1;
    if (depth === 0) return at === bare.length - 1;
  }
  return false;
}

/** Where a word stands in a clause outside of quotes and parentheses; the end where it does not. */
export function outsideOf(clause: string, word: string): number {
  const bare = clause.replace(QUOTED, (quoted) => '_'.repeat(quoted.length));
  let depth = 0;
  for (let at = 0; at < bare.length; at++) {
    if (bare[at] === '(') depth += 1;
    else if (bare[at] === ')') depth -= 1;
    else if (depth === 0 && bare.startsWith(word, at)) return at;
  }
  return clause.length;
}
