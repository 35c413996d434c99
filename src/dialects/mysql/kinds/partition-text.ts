import { textOf } from '../../sql/clauses.ts';
import type { Token } from '../../sql/token.ts';
import { quote } from '../quote.ts';
import { nameIn, tokensOf, wordOf } from './text.ts';

export interface ReadPartition {
  readonly name: string;
  /** The whole of it, from PARTITION on. */
  readonly text: string;
}

/** What follows PARTITION BY, taken apart. */
export interface Partitioning {
  /** The method with its subpartitions: ``RANGE (`y`) SUBPARTITION BY HASH (`id`) SUBPARTITIONS 2``. */
  readonly scheme: string;
  /** Where the server names them. */
  readonly count: number | undefined;
  readonly partitions: readonly ReadPartition[];
}

/**
 * @param engine of the table: what each partition repeats of it says nothing
 */
export function readPartitioning(sql: string, engine = ''): Partitioning {
  const tokens = tokensOf(sql);
  const open = tokens.findIndex(
    (token, at) => wordOf(sql, token) === '(' && /^PARTITION$/i.test(wordOf(sql, tokens[at + 1])),
  );
  const head = open === -1 ? tokens : tokens.slice(0, open);
  const { scheme, count } = readScheme(textOf(sql, head).replaceAll(/\s+/g, ' '));
  if (open === -1) return { scheme, count, partitions: [] };
  const partitions = itemsOf(sql, tokens.slice(open)).map((item): ReadPartition => {
    const name = nameIn(sql, item[1]!);
    const rest = item.slice(2).filter((token, at, all) => !isEngine(sql, all, at, engine) && token !== undefined);
    return { name, text: `PARTITION ${quote(name)} ${joined(sql, rest)}`.trim() };
  });
  return { scheme, count, partitions };
}

/** `ENGINE = InnoDB`, all three of it. */
function isEngine(sql: string, tokens: readonly Token[], at: number, engine: string): boolean {
  return [0, 1, 2].some((back) => {
    const [word, equals, value] = [0, 1, 2].map((next) => wordOf(sql, tokens[at - back + next]));
    return word === 'ENGINE' && equals === '=' && value?.toLowerCase() === engine.toLowerCase();
  });
}

/** Tokens with the blanks between them as they stood, where nothing was left out. */
function joined(sql: string, tokens: readonly Token[]): string {
  return tokens
    .map((token, at) => {
      const before = tokens[at - 1];
      const isApart = before !== undefined && sql[token.start - 1]?.trim() === '';
      return `${isApart ? ' ' : ''}${wordOf(sql, token)}`;
    })
    .join('');
}

function itemsOf(sql: string, tokens: readonly Token[]): Token[][] {
  const items: Token[][] = [];
  let depth = 0;
  for (const token of tokens) {
    const word = wordOf(sql, token);
    if (word === '(' && depth++ === 0) items.push([]);
    else if (word === ')' && --depth === 0) break;
    else if (word === ',' && depth === 1) items.push([]);
    else items.at(-1)!.push(token);
  }
  return items;
}

/**
 * The server adds partitions to AUTO by itself, and an interval begins with the day on which the table was made: neither
 * would ever be alike on two databases. https://mariadb.com/kb/en/system-versioned-tables/#partitioning-by-interval
 */
const STARTS = / STARTS TIMESTAMP'\d{4}-\d\d-\d\d \d\d:00:00'/;

function readScheme(text: string): { scheme: string; count: number | undefined } {
  const [, method = text, said] = /^(.*?)(?: PARTITIONS (\d+))?$/s.exec(text) ?? [];
  const scheme = method.startsWith('SYSTEM_TIME') ? method.replace(STARTS, '') : method;
  const isGrowing = scheme.endsWith(' AUTO');
  return { scheme, count: said === undefined || isGrowing ? undefined : Number(said) };
}

/** The same in one text. */
export function partitioningText({ scheme, count, partitions }: Partitioning): string {
  const list = partitions.length === 0 ? '' : `\n${listOf(partitions)}`;
  return `${scheme}${count === undefined ? '' : ` PARTITIONS ${count}`}${list}`;
}

export function listOf(partitions: readonly ReadPartition[]): string {
  return `(${partitions.map(({ text }) => text).join(',\n ')})`;
}
