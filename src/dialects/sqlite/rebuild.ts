import { ToraleError } from '../../errors.ts';
import { codeOf, holds } from '../sql/classify.ts';
import { quoteString } from '../sql/literal.ts';
import { ident } from './kinds/ident.ts';
import { lexer } from './lex.ts';

export interface Rebuild {
  /** The name that the table has before and after, as it is declared. */
  readonly table: string;
  /** The name of the new one meanwhile: {@link spareName}. */
  readonly spare: string;
  /** `CREATE TABLE` with the spare name. */
  readonly create: string;
  /** What each column of the new table gets, as SQL over the old one; {@link rowidCopy} first where it tells any. */
  readonly copy: readonly CopiedColumn[];
  /** Both have AUTOINCREMENT. */
  readonly keepsCounter: boolean;
}

export type CopiedColumn = readonly [column: string, expression: string];

/**
 * The statements that replace a table by a new one with its rows, in the order that SQLite documents. Whoever runs them
 * holds foreign keys off, or DROP TABLE would delete the rows that refer to it; indexes and triggers go with the old table
 * and are made again behind these.
 *
 * Renaming the old table away first would make foreign keys, views and triggers follow it.
 *
 * @see https://www.sqlite.org/lang_altertable.html#otheralter
 */
export function rebuildStatements(rebuild: Rebuild): string[] {
  const { table, spare, create, keepsCounter } = rebuild;
  return [
    create,
    // Before the copy, so that the counter of a table without rows is there too; inserting raises it and never lowers it:
    // https://www.sqlite.org/autoinc.html
    ...(keepsCounter ? [carryCounter(table, spare)] : []),
    copyStatement(rebuild),
    `DROP TABLE ${ident(table)}`,
    ...renameAlone(spare, table),
  ];
}

/**
 * Gives the new table the name that the old one had. Else RENAME reads every view and trigger of the database, and fails at
 * the first one that names a table which is not there: https://www.sqlite.org/pragma.html#pragma_legacy_alter_table
 */
export function renameAlone(spare: string, table: string): string[] {
  return [
    'PRAGMA legacy_alter_table = ON',
    `ALTER TABLE ${ident(spare)} RENAME TO ${ident(table)}`,
    'PRAGMA legacy_alter_table = OFF',
  ];
}

function carryCounter(table: string, spare: string): string {
  return (
    'INSERT INTO sqlite_sequence (name, seq)\n' +
    `SELECT ${quoteString(spare)}, seq FROM sqlite_sequence WHERE name = ${quoteString(table)}`
  );
}

function copyStatement({ table, spare, create, copy }: Rebuild): string {
  if (copy.length === 0) throw new ToraleError('UNEXPECTED', `Nothing would be copied into ${spare}.`);
  // A row that ON CONFLICT REPLACE or IGNORE would swallow has to stop the copy: what INSERT itself says goes first
  // (https://www.sqlite.org/lang_conflict.html).
  const insert = holds(codeOf(create, lexer(create)), 'ON', 'CONFLICT') ? 'INSERT OR ABORT INTO' : 'INSERT INTO';
  const targets = copy.map(([column]) => ident(column));
  const values = copy.map(([column, expression]) =>
    expression === ident(column) ? expression : `${expression} AS ${ident(column)}`,
  );
  return [
    ...bracketed(`${insert} ${ident(spare)} (`, targets, ')'),
    ...bracketed('SELECT ', values, ''),
    `FROM ${ident(table)}`,
  ].join('\n');
}

const WIDTH = 100;

/** On one line if it fits, else filled over several. */
function bracketed(before: string, items: readonly string[], after: string): string[] {
  const line = before + items.join(', ') + after;
  if (line.length <= WIDTH) return [line];
  const lines: string[] = [];
  for (const [at, item] of items.entries()) {
    const text = at === items.length - 1 ? item : `${item},`;
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + text.length > WIDTH) lines.push(`  ${text}`);
    else lines[lines.length - 1] = `${last} ${text}`;
  }
  return [before.trimEnd(), ...lines, ...(after === '' ? [] : [after])];
}

/** A name for the new table that nothing has; tables, views, indexes and triggers share one name space. */
export function spareName(table: string, isTaken: (name: string) => boolean): string {
  const name = `torale_new_${table}`;
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name}_${number}`;
    if (!isTaken(candidate)) return candidate;
  }
}

/** What decides over rowids: https://www.sqlite.org/rowidtable.html */
export interface RowidFacts {
  /** All of them, generated ones included. */
  readonly columns: readonly string[];
  /** The INTEGER PRIMARY KEY, which is the rowid under another name. */
  readonly alias: string | null;
  /** False for WITHOUT ROWID. */
  readonly hasRowid: boolean;
}

/**
 * What has to be copied beside the columns for rows to keep their rowids, which FTS5 tables and applications may have
 * stored; a key that comes new takes the rowid.
 *
 * @param copied the columns of the new table that get a value anyway
 */
export function rowidCopy(from: RowidFacts, to: RowidFacts, copied: readonly string[]): CopiedColumn | null {
  if (!from.hasRowid || !to.hasRowid) return null;
  const source = rowidOf(from) ?? (from.alias === null ? null : ident(from.alias));
  const target = to.alias ?? rowidOf(to);
  if (source === null || target === null) return null;
  return to.alias !== null && isAmong(to.alias, copied) ? null : [target, source];
}

/** The name by which the rowid can be reached: a column of that name hides it. */
function rowidOf({ columns }: RowidFacts): string | null {
  return ['rowid', '_rowid_', 'oid'].find((name) => !isAmong(name, columns)) ?? null;
}

function isAmong(name: string, columns: readonly string[]): boolean {
  return columns.some((column) => column.toLowerCase() === name.toLowerCase());
}
