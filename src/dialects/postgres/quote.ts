import { quoteWith } from '../sql/quote.ts';

/** A name as an identifier of any statement; always in quotes. */
export function quote(name: string): string {
  return quoteWith('"', name);
}
