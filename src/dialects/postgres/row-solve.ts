import type { Session } from '../../session/session.ts';
import { ident, text } from './ident.ts';
import { candidatesNear, constantsIn, lengthsIn, type Constant } from './row-candidates.ts';
import type { RowColumn, RowForeignKey } from './row-catalog.ts';
import { seedOf, type Knot, type KnownRow, type Mould, type PlannedRow, type TablePlan } from './row-plan.ts';
import type { RowValues } from './row-values.ts';

/** So many combinations are tried, in one statement. */
const MOST_COMBINATIONS = 4000;

interface Candidates {
  readonly column: RowColumn;
  readonly texts: readonly (string | null)[];
  readonly edge: number;
}

/** A foreign key with the rows that it can refer to; `null`: rows of its own table. */
export interface Reference {
  readonly key: RowForeignKey;
  readonly names: readonly string[];
  readonly rows: readonly KnownRow[] | null;
}

/** Values for the columns of a knot, the best for each mould first. */
export interface Solutions {
  best(mould: Mould, earlier: readonly PlannedRow[]): PlannedRow | undefined;
}

/**
 * Lets the server find out which of many candidates satisfy what ties some columns.
 *
 * @returns null where an expression cannot be evaluated apart from the table
 */
export async function solve(
  session: Session,
  plan: TablePlan,
  knot: Knot,
  references: readonly Reference[],
  values: RowValues,
): Promise<Solutions | null> {
  const lists = candidateLists(plan, knot, references, values);
  const conditions = [
    ...knot.conditions.map((condition) => `(${condition}) IS NOT FALSE`),
    ...references.flatMap((reference) => referenceCondition(plan, reference)),
  ];
  const sources = lists.map(({ column, texts }, at) => {
    const rows = texts.map(
      (candidate, index) => `(${index}, ${candidate === null ? 'NULL' : text(candidate)}::${column.typeName})`,
    );
    return `(VALUES ${rows.join(', ')}) AS torale_${at} (torale_at_${at}, ${ident(column.name)})`;
  });
  if (lists.some(({ texts }) => texts.length === 0)) return null;
  const indexes = lists.map((_, at) => `torale_at_${at}`).join(', ');
  try {
    const { rows } = await session.query(
      `SELECT ARRAY[${indexes}]::text AS found FROM ${sources.join(' CROSS JOIN ')}` +
        (conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`),
    );
    const found = rows.map((row) => String(row['found']).slice(1, -1).split(',').map(Number));
    return { best: (mould, earlier) => best(plan, lists, found, mould, earlier) };
  } catch {
    return null;
  }
}

/** Some dozens of combinations, for where only the INSERT itself can tell. */
export function guesses(
  plan: TablePlan,
  knot: Knot,
  references: readonly Reference[],
  values: RowValues,
): PlannedRow[] {
  const lists = candidateLists(plan, knot, references, values);
  const most = Math.max(...lists.map(({ texts }) => texts.length), 1);
  return Array.from(
    { length: Math.min(most * 2, 40) },
    (_, round) =>
      new Map(
        lists.map(({ column, texts }, at) => [
          column.number,
          texts[(round < most ? round : round * (at + 2)) % texts.length] ?? null,
        ]),
      ),
  );
}

function referenceCondition({ table }: TablePlan, { key, names, rows }: Reference): string[] {
  if (rows === null) return [];
  const columns = key.columns.map((number) => ident(table.columns.find((column) => column.number === number)!.name));
  const empty = columns.map((column) => `${column} IS NULL`).join(' OR ');
  const tuples = rows.map((row) => `(${names.map((name) => text(row.get(name) ?? '')).join(', ')})`);
  return [tuples.length === 0 ? `(${empty})` : `(${empty} OR (${columns.join(', ')}) IN (${tuples.join(', ')}))`];
}

function candidateLists(
  plan: TablePlan,
  knot: Knot,
  references: readonly Reference[],
  values: RowValues,
): Candidates[] {
  const constants = knot.conditions.flatMap(constantsIn);
  const isHash = knot.conditions.some((condition) => condition.includes('satisfies_hash_partition'));
  const lists = knot.columns.map((column) => ({
    column,
    texts: textsFor(plan, column, references, constants, { isHash, isAlone: knot.columns.length === 1 }, values),
  }));
  const size = (): number =>
    lists.reduce((product, { column, texts }) => product * (texts.length + (column.notNull ? 0 : 1)), 1);
  while (size() > MOST_COMBINATIONS) {
    const longest = lists.reduce((a, b) => (b.texts.length > a.texts.length ? b : a));
    if (longest.texts.length <= 1) break;
    longest.texts.pop();
  }
  return lists.map(({ column, texts }) => ({
    column,
    texts: column.notNull ? texts : [...texts, null],
    edge: texts.indexOf(values.edge(column.type, column.modifier) ?? ''),
  }));
}

function textsFor(
  plan: TablePlan,
  column: RowColumn,
  references: readonly Reference[],
  constants: readonly Constant[],
  { isHash, isAlone }: { readonly isHash: boolean; readonly isAlone: boolean },
  values: RowValues,
): string[] {
  const { type, modifier, number } = column;
  // Columns that are compared with each other begin alike.
  const seed = isAlone ? seedOf(plan, column, values) : 0;
  const ladder = Array.from({ length: isHash ? 40 : 4 }, (_, at) => values.text(type, modifier, seed + at)).flatMap(
    (made) => made ?? [],
  );
  const reference = references.find(({ key, rows }) => rows !== null && key.columns.includes(number));
  if (reference !== undefined) {
    const name = reference.names[reference.key.columns.indexOf(number)]!;
    return [...new Set(reference.rows!.flatMap((row) => row.get(name) ?? []))];
  }
  // A row that refers to its own table refers to none, if it may.
  if (!column.notNull && references.some(({ key, rows }) => rows === null && key.columns.includes(number))) return [];
  const edge = values.edge(type, modifier) ?? [];
  const base = values.baseOf(type, modifier);
  // What a domain takes was asked for already, with its own constants.
  if (base.type === undefined || values.isAsked(type, modifier))
    return [...new Set([ladder[0] ?? [], ladder, edge].flat())];
  if (base.type.type === 'e') return [...(base.type.labels ?? [])].slice(0, 20);
  const own = [column.typeName, base.type.name].map((name) => name.replace(/\(.*\)/, ''));
  const near = candidatesNear(base.type.name, constants, (name) => own.includes(name.replace(/\(.*\)/, ''))).filter(
    (candidate) => fits(candidate, base.type!.name, base.modifier),
  );
  const [first] = ladder;
  const lists =
    base.type.category === 'A' && first !== undefined
      ? lengthsIn(constants).map(
          (length) =>
            `{${Array.from({ length }, () => first.slice(1, -1).split(base.type!.delimiter)[0]).join(base.type!.delimiter)}}`,
        )
      : [];
  return [...new Set([first ?? [], near, lists, ladder, edge].flat())];
}

/** A text that is too long would fail the whole question. */
function fits(candidate: string, name: string, modifier: number): boolean {
  if (modifier < 4) return true;
  if (name === 'varchar' || name === 'bpchar') return Array.from(candidate).length <= modifier - 4;
  if (name !== 'numeric') return true;
  const wholes = (((modifier - 4) >> 16) & 0xffff) - ((((modifier - 4) & 0x7ff) ^ 1024) - 1024);
  return Math.abs(Number(candidate)) < 10 ** wholes;
}

function best(
  plan: TablePlan,
  lists: readonly Candidates[],
  found: readonly (readonly number[])[],
  mould: Mould,
  earlier: readonly PlannedRow[],
): PlannedRow | undefined {
  const [plain] = earlier;
  let least = Infinity;
  let chosen: readonly number[] | undefined;
  for (const combination of found) {
    let score = 0;
    for (const [at, { column, texts, edge }] of lists.entries()) {
      const index = combination[at]!;
      const value = texts[index] ?? null;
      const clashes = value !== null && earlier.some((row) => row.get(column.number) === value);
      if (plan.distinct.has(column.number)) score += clashes ? 100_000 : 0;
      else if (mould === 'twin') score += plain?.get(column.number) === value ? 0 : 1000;
      if (mould === 'edge') score += index === edge ? 0 : 1000;
      if ((value === null) !== (mould === 'sparse')) score += 2000;
      score += index;
    }
    if (score < least) [least, chosen] = [score, combination];
  }
  if (chosen === undefined) return undefined;
  return new Map(lists.map(({ column, texts }, at) => [column.number, texts[chosen[at]!] ?? null]));
}
