import { ToraleError } from '../../errors.ts';
import type { Lexer } from './token.ts';
import { isBlank } from './token.ts';

/** A value that has no literal in this dialect; which binding it was is added by `inlineWith`. */
export function noLiteral(value: unknown, advice?: string): ToraleError {
  return new ToraleError('REVISION_FAILED', `${describe(value)} cannot be written as SQL.`, { hint: advice });
}

function describe(value: unknown): string {
  if (value === undefined || typeof value === 'number') return String(value);
  if (typeof value === 'string') return 'A text with a NUL character';
  if (value instanceof Date) return 'A date that is none, or beyond what the server knows,';
  if (Array.isArray(value)) return 'An array';
  return typeof value === 'object' ? 'An object' : `A ${typeof value}`;
}

export function hexOf(bytes: ArrayBufferView): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Doubles the quotes, which is all that standard SQL asks for. */
export function quoteString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** @throws ToraleError for NaN and the infinities */
export function numberLiteral(value: number): string {
  if (!Number.isFinite(value)) throw noLiteral(value);
  return Object.is(value, -0) ? '-0.0' : String(value);
}

/** JSON of an object; what JSON drops (functions, symbols) at the top is refused. */
export function jsonOf(value: object): string {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw noLiteral(value);
  return json;
}

/** Which binding, from 1, a placeholder stands for. */
export type PlaceholderNumber = (text: string, count: number) => number | undefined;

/**
 * Replaces placeholders by literals and leaves strings, names and comments alone.
 *
 * @param numberOf tells from a placeholder's text, and from how many came before it, which binding is meant
 * @throws ToraleError REVISION_FAILED when placeholders and bindings do not match, or a value has no literal
 */
export function inlineWith(
  sql: string,
  bindings: readonly unknown[],
  next: Lexer,
  numberOf: PlaceholderNumber,
  literal: (value: unknown) => string,
): string {
  const used = new Set<number>();
  let result = '';
  let copied = 0;
  let count = 0;
  for (let token = next(); token; token = next()) {
    if (token.kind !== 'parameter') continue;
    const { start, end } = token;
    const placeholder = sql.slice(start, end);
    const number = numberOf(placeholder, count);
    if (number === undefined) throw mismatch(`The placeholder ${placeholder} is not understood here.`);
    if (number < 1 || number > bindings.length) throw mismatch(`${placeholder}: there ${are(bindings.length)}.`);
    used.add(number);
    count += 1;
    const value = literalOf(bindings, number, literal);
    result += sql.slice(copied, start) + apart(sql.charCodeAt(start - 1)) + value + apart(sql.charCodeAt(end));
    copied = end;
  }
  if (used.size < bindings.length) {
    throw mismatch(`There ${are(bindings.length)}, but the statement uses ${used.size}.`);
  }
  return result + sql.slice(copied);
}

function literalOf(bindings: readonly unknown[], number: number, literal: (value: unknown) => string): string {
  try {
    const text = literal(bindings[number - 1]);
    // `-$1` and -5 would make the comment `--5`.
    return text.startsWith('-') ? `(${text})` : text;
  } catch (error) {
    if (!(error instanceof ToraleError)) throw error;
    throw new ToraleError(error.code, `Binding ${number}: ${error.message}`, {
      hint: error.hint,
      data: { binding: number },
      cause: error,
    });
  }
}

function mismatch(message: string): ToraleError {
  return new ToraleError('REVISION_FAILED', message);
}

function are(count: number): string {
  return count === 1 ? 'is one binding' : `are ${count} bindings`;
}

/** A blank where a literal would grow together with the text beside it: `LIMIT?`, `?FROM`, `'a'?`. */
function apart(neighbour: number): string {
  if (Number.isNaN(neighbour) || isBlank(neighbour)) return '';
  return '(),;=<>+*/|[]:'.includes(String.fromCharCode(neighbour)) ? '' : ' ';
}
