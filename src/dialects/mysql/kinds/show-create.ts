import { readClauses, textOf } from '../../sql/clauses.ts';
import type { Token } from '../../sql/token.ts';
import { lexer } from '../lex.ts';
import { readColumn, type ReadColumn } from './column-text.ts';
import { PRIMARY } from './table-index.ts';
import { nameIn, withoutMarks, wordOf } from './text.ts';

export interface ReadIndex {
  readonly name: string;
  readonly unique: boolean;
  readonly definition: string;
  /** All names in it. */
  readonly names: readonly string[];
}

export interface ReadConstraint {
  readonly name: string;
  readonly type: 'FOREIGN KEY' | 'CHECK';
  /** What follows its name. */
  readonly definition: string;
  /** Those of its own table; of a check, all names in it. */
  readonly columns: readonly string[];
  /** The table that it refers to, and the columns there. */
  readonly references: { readonly table: string; readonly columns: readonly string[] } | undefined;
}

/** What SHOW CREATE TABLE says, clause by clause, in the server's words. */
export interface ReadTable {
  readonly columns: readonly ReadColumn[];
  readonly indexes: readonly ReadIndex[];
  readonly constraints: readonly ReadConstraint[];
  readonly options: readonly string[];
  /** `WITH SYSTEM VERSIONING`, periods. */
  readonly clauses: readonly string[];
  /** What follows PARTITION BY. */
  readonly partitionBy: string | undefined;
  /** What is none of these. */
  readonly rest: readonly string[];
}

/** Takes apart what SHOW CREATE TABLE prints, on MariaDB or MySQL. */
export function readTable(printed: string): ReadTable {
  const sql = withoutMarks(printed);
  const { items, after } = readClauses(sql, lexer(sql));
  const columns: ReadColumn[] = [];
  const indexes: ReadIndex[] = [];
  const constraints: ReadConstraint[] = [];
  const clauses: string[] = [];
  const rest: string[] = [];
  for (const item of items) {
    if (item[0]!.kind === 'name') {
      columns.push(readColumn(sql, item));
      continue;
    }
    const index = readIndex(sql, item);
    const constraint = index === undefined ? readConstraint(sql, item) : undefined;
    if (index !== undefined) indexes.push(index);
    else if (constraint !== undefined) constraints.push(constraint);
    else if (wordOf(sql, item[0]) === 'PERIOD') clauses.push(textOf(sql, item));
    else rest.push(`clause of this: ${textOf(sql, item)}`);
  }
  const tail = readTail(sql, after);
  return {
    columns,
    indexes,
    constraints,
    ...tail,
    clauses: [...clauses, ...tail.clauses],
    rest: [...rest, ...tail.rest],
  };
}

const INDEX = /^(?:(PRIMARY|UNIQUE|FULLTEXT|SPATIAL|VECTOR) )?KEY\b/;

function readIndex(sql: string, item: readonly Token[]): ReadIndex | undefined {
  const found = INDEX.exec(textOf(sql, item));
  if (found === null) return undefined;
  const [, type] = found;
  const isPrimary = type === 'PRIMARY';
  const at = item.findIndex(({ kind }) => kind === 'name');
  const body = item.slice(isPrimary ? 2 : at + 1);
  const prefix = type === undefined || isPrimary || type === 'UNIQUE' ? '' : `${type} `;
  return {
    name: isPrimary ? PRIMARY : nameIn(sql, item[at]!),
    unique: isPrimary || type === 'UNIQUE',
    definition: prefix + textOf(sql, body),
    names: namesOf(sql, body),
  };
}

function readConstraint(sql: string, item: readonly Token[]): ReadConstraint | undefined {
  if (wordOf(sql, item[0]) !== 'CONSTRAINT' || item[1]?.kind !== 'name') return undefined;
  const body = item.slice(2);
  const definition = textOf(sql, body);
  const common = { name: nameIn(sql, item[1]), definition };
  if (wordOf(sql, body[0]) === 'CHECK') {
    return { ...common, type: 'CHECK', columns: namesOf(sql, body), references: undefined };
  }
  const at = body.findIndex((token) => token.kind === 'word' && wordOf(sql, token) === 'REFERENCES');
  if (wordOf(sql, body[0]) !== 'FOREIGN' || at === -1) return undefined;
  const open = body.findIndex((token, index) => index > at && wordOf(sql, token) === '(');
  const table = nameIn(sql, body[open - 1]!);
  const references = { table, columns: namesOf(sql, body.slice(open)) };
  return { ...common, type: 'FOREIGN KEY', columns: namesOf(sql, body.slice(0, at)), references };
}

function namesOf(sql: string, tokens: readonly Token[]): string[] {
  return tokens.filter(({ kind }) => kind === 'name').map((token) => nameIn(sql, token));
}

const OPTION = /^((?:DEFAULT )?CHARSET|[A-Z_]+|`[^`]+`)=('(?:[^'\\]|\\.|'')*'|\([^)]*\)|[^\s']+)\s*/s;
const BARE = /^(WITH SYSTEM VERSIONING|START TRANSACTION)\s*/;
const TABLESPACE = /^(?:TABLESPACE `(?:[^`]|``)+`|STORAGE (?:DISK|MEMORY))\s*/;

/** The counter moves with the rows and is no part of the schema. */
const COUNTER = 'AUTO_INCREMENT=';

function readTail(
  sql: string,
  after: readonly Token[],
): Pick<ReadTable, 'options' | 'clauses' | 'partitionBy' | 'rest'> {
  const at = after.findIndex((token, index) => {
    return token.kind === 'word' && wordOf(sql, token) === 'PARTITION' && wordOf(sql, after[index + 1]) === 'BY';
  });
  const partitionBy = at === -1 ? undefined : textOf(sql, after.slice(at + 2));
  const options: string[] = [];
  const clauses: string[] = [];
  let left = textOf(sql, at === -1 ? after : after.slice(0, at));
  for (;;) {
    const option = OPTION.exec(left);
    const found = option ?? BARE.exec(left) ?? TABLESPACE.exec(left);
    if (found === null) break;
    if (option === null) clauses.push(found[0].trim());
    else if (!found[0].startsWith(COUNTER)) options.push(`${found[1]}=${found[2]}`);
    left = left.slice(found[0].length);
  }
  return { options, clauses, partitionBy, rest: left === '' ? [] : [`clause of this: ${left}`] };
}
