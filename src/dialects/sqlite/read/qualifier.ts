import type { Token } from '../../sql/token.ts';
import { nameIn } from '../kinds/ident.ts';

/** The places of the tokens `main`, `.`, `t` and `.` of `main.t.a`, and alike for `t.a`. */
export function qualifiersIn(sql: string, tokens: readonly Token[], table: string): Set<number> {
  const found = new Set<number>();
  const textAt = (at: number): string => {
    const token = tokens[at];
    return token === undefined ? '' : sql.slice(token.start, token.end);
  };
  const isDot = (at: number): boolean => textAt(at) === '.';
  for (const [at, { kind }] of tokens.entries()) {
    if (!isDot(at + 1) || kind === 'symbol' || isDot(at + 3)) continue;
    if (nameIn(textAt(at)).toLowerCase() !== table.toLowerCase()) continue;
    if (isDot(at - 1)) found.add(at - 2).add(at - 1);
    found.add(at).add(at + 1);
  }
  return found;
}
