import { quoteString } from '../../sql/literal.ts';
import { nameIn } from '../kinds/ident.ts';
import { type Names, normalise, withoutParentheses } from '../kinds/text.ts';
import type { DefaultClause } from './constraint-clause.ts';

/** No column may be named in a default. */
const NO_NAMES: Names = { columns: new Map(), tables: new Map(), own: '' };

const CONSTANTS: ReadonlySet<string> = new Set(
  'NULL TRUE FALSE CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP'.split(' '),
);

/** A value as it stands behind DEFAULT; any other word alone is a string: https://www.sqlite.org/lang_createtable.html#dfltval */
export function defaultOf(sql: string, { value }: Pick<DefaultClause, 'value'>): string {
  const tokens = withoutParentheses(sql, value);
  const [first, ...rest] = tokens;
  const raw = first === undefined ? '' : sql.slice(first.start, first.end);
  if (rest.length === 0 && first?.kind === 'word') {
    return CONSTANTS.has(raw.toUpperCase()) ? raw.toUpperCase() : quoteString(raw);
  }
  if (rest.length === 0 && first?.kind === 'name') return quoteString(nameIn(raw));
  const text = normalise(sql, tokens, NO_NAMES);
  const isLiteral = rest.length === 0 || (rest.length === 1 && rest[0]!.kind === 'number' && /^[-+]/.test(raw));
  return isLiteral ? text : `(${text})`;
}
