import type { Token } from '../../sql/token.ts';
import { quote } from '../quote.ts';
import { nameIn, tokensOf, wordOf } from './text.ts';

/** A program as SHOW CREATE prints it, taken apart at its name. */
export interface ReadProgram {
  /** In backticks, as SHOW CREATE prints it under most modes, whatever the quotes; undefined where it names none. */
  readonly definer: string | undefined;
  /** All words between CREATE and the name, without the definer: `PROCEDURE`, `AGGREGATE FUNCTION`, `PACKAGE BODY`. */
  readonly noun: string;
  readonly name: string;
  /** All that follows the name. */
  readonly rest: string;
}

/** @param sqlMode what it was made under, by which its text is to be read */
export function readProgram(sql: string, sqlMode = ''): ReadProgram {
  const tokens = headOf(sql, sqlMode);
  const word = (at: number): string => wordOf(sql, tokens[at]).toUpperCase();
  let at = 1;
  if (word(at) === 'OR') at += 2;
  let definer: string | undefined;
  if (word(at) === 'DEFINER') {
    const start = at + 2;
    at = start + 1;
    if (word(at) === '@') at += 2;
    else if (tokens[at]?.kind === 'variable' && tokens[at]!.start === tokens[start]!.end) at += 1;
    definer = tokens
      .slice(start, at)
      .flatMap((token) => accountPart(sql, token))
      .join('@');
  }
  const nounStart = at;
  while (/^(?:AGGREGATE|PROCEDURE|FUNCTION|PACKAGE|BODY|TRIGGER|EVENT)$/.test(word(at)) && tokens[at]!.kind === 'word')
    at += 1;
  const noun = tokens
    .slice(nounStart, at)
    .map((token) => wordOf(sql, token).toUpperCase())
    .join(' ');
  if (word(at) === 'IF') at += 3;
  // A trigger is printed as it was typed, with the database before its name.
  if (wordOf(sql, tokens[at + 1]) === '.') at += 2;
  return { definer, noun, name: nameIn(sql, tokens[at]!), rest: sql.slice(tokens[at]!.end).trim() };
}

function accountPart(sql: string, token: Token): string[] {
  if (token.kind === 'symbol') return [];
  const name = nameIn(sql, token);
  return [quote(token.kind === 'variable' ? name.slice(1) : name)];
}

/** ``BEFORE INSERT ON `t` FOR EACH ROW …``, from what follows a trigger's name, as it was typed. */
export function triggerText(rest: string, sqlMode = ''): string {
  const tokens = headOf(rest, sqlMode);
  const word = (at: number): string => wordOf(rest, tokens[at]).toUpperCase();
  let at = 0;
  const head: string[] = [];
  for (; word(at) !== 'ON' && tokens[at] !== undefined; at++) {
    const token = tokens[at]!;
    head.push(token.kind === 'name' ? quote(nameIn(rest, token)) : word(at));
  }
  at += wordOf(rest, tokens[at + 2]) === '.' ? 3 : 1;
  const table = nameIn(rest, tokens[at]!);
  // FOR EACH ROW
  at += 4;
  if (word(at) === 'FOLLOWS' || word(at) === 'PRECEDES') at += 2;
  return `${head.join(' ')} ON ${quote(table)} FOR EACH ROW ${rest.slice(tokens[at]!.start)}`;
}

/** Time and event of a trigger: those of one table and one of these fire in an order. */
export function triggerGroup(definition: string): string {
  return definition.slice(0, definition.indexOf(' ON '));
}

/** The tokens of the beginning: a body may hold what no reader of plain SQL makes out. */
function headOf(sql: string, sqlMode: string): readonly Token[] {
  const reading = {
    ansiQuotes: /\bANSI_QUOTES\b/.test(sqlMode),
    noBackslashEscapes: /\bNO_BACKSLASH_ESCAPES\b/.test(sqlMode),
  };
  return tokensOf(sql, reading, 40);
}
