import type { Drawing, Link } from '../../src/graph/draw.ts';

/** What runs in one column: for each revision its line started from, the kind of that line once it was seen. */
type Column = Map<string, string | undefined>;

function isLine(character: string | undefined): character is string {
  return character === '|' || character === ':';
}

function note(column: Column, character: string | undefined): void {
  if (!isLine(character)) return;
  for (const [child, kind] of column) column.set(child, kind ?? character);
}

function isDrawn(text: string, { from, to }: Link): boolean {
  if (from === to) return isLine(text[from * 2]);
  return from < to ? text[to * 2 - 1] === '\\' : text[from * 2 - 1] === '/';
}

/**
 * Follows the lines of a drawing, holding its data against its characters, and gives every link that it shows as
 * `child | parent` or `child : dependency`.
 */
export function linesOf({ rows }: Drawing): string[] {
  const found: string[] = [];
  let columns = new Map<number, Column>();
  for (const { text, revision, column, links } of rows) {
    if (links !== undefined) {
      const next = new Map<number, Column>();
      for (const link of links) {
        if (!isDrawn(text, link)) throw new Error(`'${text}' does not show ${link.from} → ${link.to}`);
        const here = new Map(columns.get(link.from));
        if (link.from === link.to) note(here, text[link.from * 2]);
        next.set(link.to, new Map([...(next.get(link.to) ?? []), ...here]));
      }
      for (const [at, lines] of next) note(lines, text[at * 2]);
      columns = next;
      continue;
    }
    if (text[column! * 2] !== '*') throw new Error(`No * for ${revision} in '${text}'`);
    for (const [child, kind] of columns.get(column!) ?? []) found.push(`${child} ${kind ?? '|'} ${revision}`);
    for (const [at, lines] of columns) {
      note(lines, text[at * 2]);
      if (at !== column && !isLine(text[at * 2])) columns.delete(at);
    }
    columns.set(column!, new Map([[revision!, undefined]]));
  }
  return found;
}
