import type { Token } from '../../sql/token.ts';
import { quote } from '../quote.ts';
import { nameIn } from '../kinds/ident.ts';
import { verbatim } from '../kinds/text.ts';
import { codeTokens } from './cursor.ts';

/** What can be written without quotes. */
const PLAIN = /^[a-z_][\w$]*(?: [a-z_][\w$]*)*$/;

/**
 * A type in one way of writing. Where it begins with a quote SQLite takes what stands between the quotes, and leaves aside
 * all that follows.
 */
export function typeOf(sql: string, tokens: readonly Token[]): string {
  const [first, second] = tokens;
  if (first === undefined) return '';
  if (first.kind === 'word' && second === undefined) return sql.slice(first.start, first.end).toLowerCase();
  if (first.kind === 'word') return verbatim(sql, tokens).toLowerCase();
  const type = nameIn(sql.slice(first.start, first.end)).toLowerCase();
  return PLAIN.test(type) ? type : quote(type);
}

/** Whether a type is the one that `pragma_table_xinfo` tells: as it was typed, with the comments in it. */
export function isType(type: string, said: string): boolean {
  if (type === said.toLowerCase()) return true;
  if (type.startsWith('"')) return nameIn(type) === said.toLowerCase();
  return type === verbatim(said, codeTokens(said)).toLowerCase();
}
