import type { Statement } from '../diff/rules.ts';

/** What one kind of database runs. */
export interface DialectBody {
  readonly dialect: string;
  readonly statements: readonly Statement[];
}

/** What is written as one call: statements by dialect, each in its own order. */
export type Step = ReadonlyMap<string, readonly Statement[]>;

/**
 * Puts beside each other what dialects do to the same thing, such as both their `CREATE TABLE users`, so that a reviewer
 * can compare them. Each dialect's statements stay in the order in which they were proved; what has no counterpart is
 * gathered between those that have.
 *
 * @param names of the objects there are, in small letters
 */
export function pairUp(bodies: readonly DialectBody[], names: ReadonlySet<string>): Step[] {
  const columns = bodies.reduce<Column[]>((known, body) => align(known, columnsOf(body, names)), []);
  const steps: Map<string, Statement[]>[] = [];
  let gathering: Map<string, Statement[]> | null = null;
  for (const { statements } of columns) {
    const isAlone = statements.size === 1;
    const [only] = statements.values();
    if (!isAlone || only!.transactional === false) {
      steps.push(new Map([...statements].map(([dialect, statement]) => [dialect, [statement]])));
      gathering = null;
      continue;
    }
    if (gathering === null) steps.push((gathering = new Map()));
    for (const [dialect, statement] of statements) {
      gathering.set(dialect, [...(gathering.get(dialect) ?? []), statement]);
    }
  }
  return steps;
}

/** One statement of each dialect that has it. */
interface Column {
  readonly key: string | null;
  readonly statements: ReadonlyMap<string, Statement>;
}

function columnsOf({ dialect, statements }: DialectBody, names: ReadonlySet<string>): Column[] {
  return statements.map((statement) => ({ key: keyOf(statement, names), statements: new Map([[dialect, statement]]) }));
}

/**
 * What a statement does to what, by the look of its text: the words up to the second name, or to a parenthesis. What is
 * written here decides the layout alone, so a guess is good enough.
 *
 * @returns `CREATE TABLE users`, `ALTER TABLE posts ADD COLUMN caption`; null for one that stands outside the transaction,
 *   which has no counterpart in a dialect that needs no such thing
 */
function keyOf({ sql, transactional }: Statement, names: ReadonlySet<string>): string | null {
  if (transactional === false) return null;
  const words: string[] = [];
  let found = 0;
  for (const [word] of sql.matchAll(/(?:"(?:[^"]|"")*"|`[^`]*`|[^\s(;,"`])+|[(;,]/g)) {
    if (/^[(;,]$/.test(word) || found === 2) break;
    const plain = plainName(word);
    if (names.has(plain)) found += 1;
    words.push(plain);
  }
  return found === 0 ? null : words.join(' ');
}

/** Without schema and quotes. */
function plainName(word: string): string {
  const last = /(?:"(?:[^"]|"")*"|`[^`]*`|[^."`]+)$/.exec(word)?.[0] ?? word;
  return last.replaceAll(/^["`]|["`]$/g, '').toLowerCase();
}

/** Both lists in one, each in its order, with as many columns joined as can be: their longest common subsequence. */
function align(left: readonly Column[], right: readonly Column[]): Column[] {
  const merged: Column[] = [];
  let [from, to] = [0, 0];
  for (const [i, j] of commonKeys(left, right)) {
    merged.push(...left.slice(from, i), ...right.slice(to, j));
    merged.push({ key: left[i]!.key, statements: new Map([...left[i]!.statements, ...right[j]!.statements]) });
    [from, to] = [i + 1, j + 1];
  }
  return [...merged, ...left.slice(from), ...right.slice(to)];
}

interface Chain {
  readonly pair: readonly [number, number];
  readonly before: Chain | null;
}

/** Places of equal keys that rise on both sides, as many as there can be (Hunt and Szymanski, 1977). */
function commonKeys(left: readonly Column[], right: readonly Column[]): (readonly [number, number])[] {
  const places = new Map<string, number[]>();
  for (const [j, { key }] of right.entries()) {
    if (key !== null) places.set(key, [j, ...(places.get(key) ?? [])]);
  }
  /** By length, less one: the chain that ends the earliest on the right. */
  const best: Chain[] = [];
  for (const [i, { key }] of left.entries()) {
    // Descending, so that no two of one row end up in a chain.
    for (const j of key === null ? [] : (places.get(key) ?? [])) {
      const at = firstEndingAt(best, j);
      best[at] = { pair: [i, j], before: best[at - 1] ?? null };
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let chain = best.at(-1) ?? null; chain !== null; chain = chain.before) pairs.push(chain.pair);
  return pairs.reverse();
}

function firstEndingAt(best: readonly Chain[], j: number): number {
  let [low, high] = [0, best.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (best[middle]!.pair[1] < j) low = middle + 1;
    else high = middle;
  }
  return low;
}
