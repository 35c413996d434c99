import { hexOf, inlineWith, jsonOf, noLiteral, quoteString } from '../sql/literal.ts';
import { lexer } from './lex.ts';

/**
 * A value as an SQL expression, for sessions with standard_conforming_strings on, which is the default.
 *
 * @throws ToraleError REVISION_FAILED for what has no literal: undefined, functions, symbols, a NUL character
 */
export function literal(value: unknown): string {
  if (typeof value === 'number') {
    const plain = Number.isFinite(value) && !Object.is(value, -0);
    return plain ? String(value) : `'${Object.is(value, -0) ? '-0' : value}'::float8`;
  }
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  return bound(value);
}

/**
 * Replaces `$1` … by literals. A bound value reaches the server as text of a type yet unknown, and so does a string
 * literal: numbers are quoted here, lest `name = $1` should become `name = 5`, which PostgreSQL refuses.
 */
export function inline(sql: string, bindings: readonly unknown[]): string {
  return inlineWith(sql, bindings, lexer(sql), (text) => Number(text.slice(1)), bound);
}

function bound(value: unknown): string {
  if (value === null) return 'NULL';
  if (ArrayBuffer.isView(value)) return `'\\x${hexOf(value)}'::bytea`;
  const text = textOf(value);
  if (text.includes('\0')) throw noLiteral(text, 'PostgreSQL has no text with NUL characters; use bytea.');
  return quoteString(text);
}

/** The text that `pg` sends for a value: https://node-postgres.com/features/queries#parameterized-query */
function textOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      if (value instanceof Date) return dateText(value);
      if (Array.isArray(value)) return arrayText(value);
      if (value === null) return '';
      if ('toPostgres' in value) throw noLiteral(value, 'It has a toPostgres method: bind what that returns.');
      return jsonOf(value);
    case 'undefined':
    case 'function':
    case 'symbol':
      throw noLiteral(value);
  }
}

/** https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function arrayText(values: readonly unknown[]): string {
  const elements = values.map((value) => {
    if (value === null || value === undefined) return 'NULL';
    if (Array.isArray(value)) return arrayText(value);
    const text = ArrayBuffer.isView(value) ? `\\x${hexOf(value)}` : textOf(value);
    return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  });
  return `{${elements.join(',')}}`;
}

/** Local time with its offset, as `pg` sends it: a `timestamp` column keeps the first and drops the second. */
function dateText(date: Date): string {
  const year = date.getFullYear();
  if (Number.isNaN(year)) throw noLiteral(date);
  const digits = (value: number, length = 2): string => String(value).padStart(length, '0');
  const day = [digits(year < 1 ? 1 - year : year, 4), digits(date.getMonth() + 1), digits(date.getDate())].join('-');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => digits(part)).join(':');
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${digits(Math.floor(Math.abs(offset) / 60))}:${digits(Math.abs(offset) % 60)}`;
  return `${day}T${time}.${digits(date.getMilliseconds(), 3)}${zone}${year < 1 ? ' BC' : ''}`;
}
