import { hexOf, inlineWith, jsonOf, noLiteral, numberLiteral, quoteString } from '../sql/literal.ts';
import type { MysqlReading } from './lex.ts';
import { lexer } from './lex.ts';

/** https://dev.mysql.com/doc/refman/8.4/en/string-literals.html; `\r` since editors and Git change line ends. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\r': '\\r',
  '\u001A': '\\Z',
  '\\': '\\\\',
  "'": "''",
};

/**
 * A value as an SQL expression. Objects and arrays are JSON, and dates are UTC, as Torale's sessions bind them.
 *
 * @throws ToraleError REVISION_FAILED for what has no literal: undefined, NaN, functions, symbols
 */
export function literal(value: unknown, options: MysqlReading = {}): string {
  switch (typeof value) {
    case 'string':
      return stringLiteral(value, options);
    case 'number':
      return numberLiteral(value);
    case 'bigint':
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'NULL';
      if (ArrayBuffer.isView(value)) return `X'${hexOf(value)}'`;
      return value instanceof Date ? dateLiteral(value) : stringLiteral(jsonOf(value), options);
    case 'undefined':
    case 'function':
    case 'symbol':
      throw noLiteral(value);
  }
}

/** Replaces each `?` by a literal. */
export function inline(sql: string, bindings: readonly unknown[], options: MysqlReading = {}): string {
  const write = (value: unknown): string => literal(value, options);
  return inlineWith(sql, bindings, lexer(sql, options), (_, count) => count + 1, write);
}

function stringLiteral(text: string, options: MysqlReading): string {
  if (!options.noBackslashEscapes)
    return `'${text.replaceAll(/\p{Cc}|['\\]/gu, (character) => ESCAPES[character] ?? character)}'`;
  return text.includes('\0') ? `CONVERT(X'${hexOf(Buffer.from(text))}' USING utf8mb4)` : quoteString(text);
}

/** DATETIME has the years 0 to 9999 and no zone; Torale's sessions are in UTC. */
function dateLiteral(date: Date): string {
  const year = date.getUTCFullYear();
  if (Number.isNaN(year) || year < 0 || year > 9999) throw noLiteral(date);
  return `'${date.toISOString().replace('T', ' ').replace('Z', '')}'`;
}
