import type { Token } from '../../sql/token.ts';
import { lexer, type MysqlReading } from '../lex.ts';

/** The tokens of a text, or the first of them; comments are left out. */
export function tokensOf(sql: string, reading?: MysqlReading, most = Infinity): Token[] {
  const next = lexer(sql, reading);
  const tokens: Token[] = [];
  for (let token = next(); token !== undefined && tokens.length < most; token = next()) {
    if (token.kind !== 'comment') tokens.push(token);
  }
  return tokens;
}

/** A name without its quotes: backticks, or double quotes where the sql_mode has ANSI_QUOTES. */
export function nameIn(sql: string, { start, end }: Pick<Token, 'start' | 'end'>): string {
  const quote = sql[start]!;
  if (quote !== '`' && quote !== '"') return sql.slice(start, end);
  return sql.slice(start + 1, end - 1).replaceAll(quote + quote, quote);
}

export const wordOf = (sql: string, token: Token | undefined): string =>
  token === undefined ? '' : sql.slice(token.start, token.end);

/** A name as SHOW CREATE quotes it, for use in other expressions. */
export const NAME = '`(?:[^`]|``)+`';

/**
 * What stands in comments that are code, without the marks: the server that printed them runs them.
 * https://dev.mysql.com/doc/refman/8.4/en/comments.html, https://mariadb.com/kb/en/comment-syntax/
 */
export function withoutMarks(sql: string): string {
  if (!sql.includes('/*')) return sql;
  let text = '';
  let at = 0;
  for (const { kind, start, end } of tokensOf(sql)) {
    if (kind !== 'symbol') continue;
    const isOpen = sql.startsWith('/*', start);
    if (!isOpen && !sql.startsWith('*/', start)) continue;
    const before = sql.slice(at, start);
    text += isOpen ? before : before.trimEnd();
    at = end;
    while (isOpen && sql[at] === ' ') at += 1;
  }
  return text + sql.slice(at);
}

const SEQUENCE_FUNCTIONS = new Set(['nextval', 'lastval', 'setval']);

/**
 * Routines and sequences are printed with their database even where that is the current one, tables are not:
 * ``DEFAULT nextval(`shop`.`s`)``. The same qualifier before a column may be a table's alias.
 */
export function withoutDatabase(sql: string, database: string): string {
  const quoted = `\`${database.replaceAll('`', '``')}\``;
  if (!sql.includes(`${quoted}.`)) return sql;
  const tokens = tokensOf(sql);
  const word = (at: number): string => wordOf(sql, tokens[at]);
  let text = '';
  let left = 0;
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'name' || word(at) !== quoted || word(at + 1) !== '.' || tokens[at + 2]?.kind !== 'name')
      continue;
    const isArgument = word(at - 1) === '(' && SEQUENCE_FUNCTIONS.has(word(at - 2).toLowerCase());
    const isNext = word(at - 1).toLowerCase() === 'for' && word(at - 2).toLowerCase() === 'value';
    if (word(at + 3) !== '(' && !isArgument && !isNext) continue;
    text += sql.slice(left, token.start);
    left = tokens[at + 2]!.start;
  }
  return text + sql.slice(left);
}

/** A text as a string literal, whatever the sql_mode says of backslashes in what it holds: there are none to be escaped. */
export function stringOf(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
