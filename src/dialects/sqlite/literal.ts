import { hexOf, inlineWith, noLiteral, numberLiteral, quoteString } from '../sql/literal.ts';
import { lexer } from './lex.ts';

/**
 * A value as an SQL expression. SQLite has neither booleans nor dates: they are 0, 1 and milliseconds since 1970, as
 * Knex binds them.
 *
 * @throws ToraleError REVISION_FAILED for what cannot be bound either: undefined, NaN, arrays, objects, functions
 */
export function literal(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.includes('\0') ? `CAST(X'${hexOf(Buffer.from(value))}' AS TEXT)` : quoteString(value);
    case 'number':
      return numberLiteral(value);
    case 'bigint':
      return String(value);
    case 'boolean':
      return value ? '1' : '0';
    case 'object':
      if (value === null) return 'NULL';
      if (ArrayBuffer.isView(value)) return `X'${hexOf(value)}'`;
      if (value instanceof Date && !Number.isNaN(value.getTime())) return String(value.getTime());
      throw noLiteral(value, value instanceof Date ? undefined : 'Bind JSON.stringify(value).');
    case 'undefined':
    case 'function':
    case 'symbol':
      throw noLiteral(value);
  }
}

/** Replaces each `?` by a literal. */
export function inline(sql: string, bindings: readonly unknown[]): string {
  const numberOf = (text: string, count: number): number | undefined => (text === '?' ? count + 1 : undefined);
  return inlineWith(sql, bindings, lexer(sql), numberOf, literal);
}
