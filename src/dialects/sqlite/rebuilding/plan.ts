import { ToraleError } from '../../../errors.ts';
import { didYouMean } from '../../../suggest.ts';
import type { TableRebuildRequest } from '../../dialect.ts';
import { ident, nameIn } from '../kinds/ident.ts';
import { codeTokens } from '../read/cursor.ts';
import { readCreateTable, withName, type CreateTable } from '../read/create-table.ts';
import { rebuildStatements, rowidCopy, spareName, type CopiedColumn } from '../rebuild.ts';
import { factsOf, type TableFacts } from './facts.ts';
import { refuseBrokenParts, type TablePart } from './parts.ts';

export interface RebuildPlan {
  readonly spare: string;
  /** What the new table is, as its statement was read. */
  readonly target: TableFacts;
  readonly create: string;
  /** Behind `create`, in their order. */
  readonly copy: readonly string[];
  readonly rest: readonly string[];
}

/**
 * The statements that make a table what a CREATE TABLE says, with its rows, indexes and triggers.
 *
 * @param parts indexes and triggers of the table, in the order in which they were made: that is the order they fire in
 * @throws ToraleError REVISION_FAILED for what would lose values that nobody named, or leave something broken
 */
export function planRebuild(
  request: TableRebuildRequest,
  found: TableFacts,
  parts: readonly TablePart[],
  isTaken: (name: string) => boolean,
): RebuildPlan {
  const table = readTarget(request);
  const target = factsOf(table);
  refuseStrangers(
    'copy',
    Object.keys(request.copy),
    stored(target),
    `column of the new ${found.name} that can be written to`,
  );
  refuseStrangers('drop', request.drop, stored(found), `column of ${found.name} with values of its own`);
  const copied = stored(target).flatMap((column): CopiedColumn[] => {
    const given = Object.entries(request.copy).find(([name]) => isSame(name, column));
    if (given !== undefined) return [[column, expressionOf(column, given[1])]];
    const before = found.columns.find((name) => isSame(name, column));
    return before === undefined ? [] : [[column, ident(before)]];
  });
  refuseLoss(request, found, target, copied);
  refuseBrokenParts(found, target, parts);
  const rowid = rowidCopy(
    found,
    target,
    copied.map(([column]) => column),
  );
  const spare = spareName(found.name, isTaken);
  const statements = rebuildStatements({
    table: found.name,
    spare,
    create: withName(table, spare),
    copy: rowid === null ? copied : [rowid, ...copied],
    keepsCounter: found.isCounted && target.isCounted,
  });
  const drop = statements.findIndex((sql) => sql.startsWith('DROP TABLE'));
  return {
    spare,
    target,
    create: statements[0]!,
    copy: statements.slice(1, drop),
    rest: [...statements.slice(drop), ...parts.map(({ sql }) => sql)],
  };
}

function readTarget({ table, createTable }: TableRebuildRequest): CreateTable {
  const read = readCreateTable(createTable);
  const head = codeTokens(createTable.slice(0, read.nameToken.start)).map(({ start, end }) =>
    createTable.slice(start, end),
  );
  if (/^temp/i.test(head[1] ?? '')) throw wrong('makes no temporary table');
  const schema = head.at(-1) === '.' ? nameIn(head.at(-2)!) : 'main';
  if (!isSame(schema, 'main')) throw wrong(`works in the database itself, not in ${schema}`);
  if (!isSame(read.name, table)) {
    throw wrong(
      `was told to rebuild ${table}, but its CREATE TABLE makes ${read.name}`,
      'Give the table the name that it has; ALTER TABLE … RENAME TO gives it another.',
    );
  }
  return read;
}

/** Columns with values of their own. */
function stored({ columns, generated }: TableFacts): string[] {
  return columns.filter((name) => !generated.includes(name));
}

function refuseStrangers(option: string, names: readonly string[], known: readonly string[], what: string): void {
  for (const name of names) {
    if (known.some((one) => isSame(one, name))) continue;
    throw wrong(
      `: ${option} names ${name}, which is no ${what}`,
      didYouMean(name, known) ?? `There are ${known.join(', ')}.`,
    );
  }
}

/** A list, or half a statement, must not slip into the SELECT. */
function expressionOf(column: string, sql: string): string {
  const tokens = codeTokens(sql);
  let depth = 0;
  for (const { kind, start, end } of tokens) {
    const text = kind === 'symbol' ? sql.slice(start, end) : '';
    if (text === '(') depth += 1;
    else if (text === ')') depth -= 1;
    if (depth < 0 || kind === 'semicolon' || (text === ',' && depth === 0)) depth = Number.NaN;
  }
  if (tokens.length === 0 || depth !== 0) throw wrong(`: copy.${column} is no expression: ${sql}`);
  // Without a comment behind it, which would swallow what follows.
  return sql.slice(tokens[0]!.start, tokens.at(-1)!.end);
}

/** A column that is copied whole under another name is no loss. */
function refuseLoss(
  { table, drop }: TableRebuildRequest,
  found: TableFacts,
  target: TableFacts,
  copied: readonly CopiedColumn[],
): void {
  const moved = (name: string): boolean =>
    copied.some(([, expression]) => codeTokens(expression)[0]?.kind !== 'string' && isSame(nameIn(expression), name));
  const kept = (name: string): boolean => stored(target).some((column) => isSame(column, name));
  const gone = stored(found).filter((name) => !kept(name) && !moved(name));
  const staying = drop.find((name) => !gone.some((one) => isSame(one, name)));
  if (staying !== undefined) throw wrong(`: drop names ${staying}, which the new ${found.name} keeps`);
  const unmarked = gone.filter((name) => !drop.some((one) => isSame(one, name)));
  if (unmarked.length === 0) return;
  const list = unmarked.join(', ');
  throw wrong(
    ` would lose the values of ${list}: the new ${found.name} does not keep ${unmarked.length === 1 ? 'it' : 'them'}`,
    `If that is meant: op.rebuildTable('${table}', …, { drop: [${unmarked.map((name) => `'${name}'`).join(', ')}] }). A column of another name takes them with copy: { new_name: '${unmarked[0]!}' }.`,
  );
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function wrong(what: string, hint?: string): ToraleError {
  return new ToraleError('REVISION_FAILED', `op.rebuildTable${/^[ :]/.test(what) ? '' : ' '}${what}.`, { hint });
}
