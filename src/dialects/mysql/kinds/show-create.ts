import { readClauses, textOf } from '../../sql/clauses.ts';
import type { Token } from '../../sql/token.ts';
import { lexer } from '../lex.ts';
import { PRIMARY } from './table-index.ts';

export interface ReadColumn {
  readonly name: string;
  readonly type: string;
  /** All behind the type, without its collation. */
  readonly clause: string;
}

export interface ReadIndex {
  readonly name: string;
  readonly unique: boolean;
  readonly definition: string;
  /** All names in it. */
  readonly names: readonly string[];
}

/** What SHOW CREATE TABLE says, clause by clause, in the server's words. */
export interface ReadTable {
  readonly columns: readonly ReadColumn[];
  readonly indexes: readonly ReadIndex[];
  readonly options: readonly string[];
  /** What is neither, such as `foreign key x of this`. */
  readonly rest: readonly string[];
}

export function readTable(sql: string): ReadTable {
  const { items, after } = readClauses(sql, lexer(sql));
  const columns: ReadColumn[] = [];
  const indexes: ReadIndex[] = [];
  const rest: string[] = [];
  for (const item of items) {
    if (item[0]!.kind === 'name') columns.push(readColumn(sql, item));
    else {
      const index = readIndex(sql, item);
      if (index === undefined) rest.push(describe(sql, item));
      else indexes.push(index);
    }
  }
  const { options, unknown } = readOptions(textOf(sql, after));
  return { columns, indexes, options, rest: [...rest, ...unknown] };
}

const nameIn = (sql: string, { start, end }: Token): string => sql.slice(start + 1, end - 1).replaceAll('``', '`');

/** Types are printed in lower case and all that follows them in upper case, or in a comment that is code. */
function readColumn(sql: string, [name, ...tokens]: readonly Token[]): ReadColumn {
  let depth = 0;
  let at = 0;
  for (; at < tokens.length; at++) {
    const word = sql.slice(tokens[at]!.start, tokens[at]!.end);
    if (word === '(') depth += 1;
    else if (word === ')') depth -= 1;
    else if (depth === 0 && /^(?:[A-Z_]+$|\/\*)/.test(word)) break;
  }
  const type = textOf(sql, tokens.slice(0, at));
  const clause = textOf(sql, tokens.slice(at)).replace(/^(?:CHARACTER SET \w+ ?)?(?:COLLATE \w+ ?)?/, '');
  return { name: nameIn(sql, name!), type, clause };
}

const INDEX = /^(?:(PRIMARY|UNIQUE|FULLTEXT|SPATIAL|VECTOR) )?KEY /;

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
    names: body.filter(({ kind }) => kind === 'name').map((token) => nameIn(sql, token)),
  };
}

function describe(sql: string, item: readonly Token[]): string {
  const text = textOf(sql, item);
  const name = item.find(({ kind }) => kind === 'name');
  if (!text.startsWith('CONSTRAINT ') || name === undefined) return `clause of this: ${text}`;
  const kind = / FOREIGN KEY /.test(text) ? 'foreign key' : 'constraint';
  return `${kind} ${nameIn(sql, name)} of this`;
}

const OPTION = /^(DEFAULT CHARSET|[A-Z_]+|`\w+`)=('(?:[^'\\]|\\.|'')*'|\([^)]*\)|[^\s']+)\s*/s;

/** The counter moves with the rows and is no part of the schema. */
const COUNTER = 'AUTO_INCREMENT=';

function readOptions(tail: string): { options: string[]; unknown: string[] } {
  const options: string[] = [];
  let left = tail;
  for (let found = OPTION.exec(left); found !== null; found = OPTION.exec(left)) {
    if (!found[0].startsWith(COUNTER)) options.push(`${found[1]}=${found[2]}`);
    left = left.slice(found[0].length);
  }
  return { options, unknown: left === '' ? [] : [`clause of this: ${left}`] };
}
