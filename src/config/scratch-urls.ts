import type { DialectName } from '../dialects/names.ts';
import type { DatabaseUrl } from '../dialects/url.ts';
import type { ScratchUrl } from './config.ts';
import { parseSaid } from './database.ts';
import { invalid } from './schema.ts';

interface SaidScratchUrl {
  readonly value: ScratchUrl;
  readonly origin: string;
  readonly base: string;
}

/**
 * The servers for scratch databases, one for a dialect at most.
 *
 * @throws ToraleError CONFIG_INVALID where one is of another dialect than its key says, or two are of one; URL_INVALID
 */
export function readScratchUrls(
  { value, origin, base }: SaidScratchUrl,
  cwd: string,
  variables: Readonly<Record<string, string | undefined>>,
): DatabaseUrl[] {
  const entries: readonly (readonly [string | null, string])[] =
    typeof value === 'string' ? severalIn(value).map((url) => [null, url]) : Object.entries(value);
  const found = new Map<DialectName, DatabaseUrl>();
  for (const [key, text] of entries) {
    const where = key === null ? origin : `${origin === 'scratchUrl' ? origin : `${origin} scratchUrl`}.${key}`;
    const url = parseSaid({ value: text, origin: where, base }, cwd, variables);
    const { dialect } = url;
    if (key !== null && key !== dialect) throw invalid(`${where} is the URL of a ${dialect} database.`);
    if (found.has(dialect)) throw invalid(`${where} names two servers for scratch databases of ${dialect}.`);
    found.set(dialect, url);
  }
  return [...found.values()];
}

/** Blanks part URLs, since none holds any but at the end of a SQLite file's name: one variable can hold several. */
function severalIn(text: string): string[] {
  return text.trim().split(/\s+(?=[a-z][a-z0-9+.-]*:)/i);
}
