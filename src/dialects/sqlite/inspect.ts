import { idOf, keyOf, objectOf, type ObjectId, type SchemaObject } from '../../schema/object.ts';
import { Schema, type Need } from '../../schema/schema.ts';
import type { Session } from '../../session/session.ts';
import type { Inspection } from '../schema-dialect.ts';
import { readClauses } from '../sql/clauses.ts';
import type { Token } from '../sql/token.ts';
import { upper } from '../sql/token.ts';
import { nameIn } from './kinds/ident.ts';
import { namesIn, plain } from './kinds/text.ts';
import { lexer } from './lex.ts';

interface Stored {
  /** `table`, `virtual`, `index`, `view`, `trigger`. */
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string;
}

/** Tables whose name begins with `sqlite_` are SQLite's own, and shadow tables belong to their virtual table. */
const OBJECTS = `
  SELECT CASE WHEN l.type = 'virtual' THEN 'virtual' ELSE s.type END AS type, s.name, s.tbl_name AS "table", s.sql
  FROM sqlite_schema s
  LEFT JOIN pragma_table_list l ON l.schema = 'main' AND l.name = s.tbl_name
  WHERE s.sql IS NOT NULL AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND l.type IS NOT 'shadow'
  ORDER BY s.name`;

/** Reads the one table that SQLite keeps its schema in, with the text of every CREATE statement. */
export async function inspect(session: Session, isOwn: (object: SchemaObject) => boolean): Promise<Inspection> {
  await session.query('BEGIN');
  try {
    const { rows } = await session.query(OBJECTS);
    const reading = new Reading(isOwn);
    for (const row of rows as unknown as readonly Stored[]) if (row.type === 'table') reading.table(row);
    for (const row of rows as unknown as readonly Stored[]) if (row.type !== 'table') reading.other(row);
    const { flavor, version } = session.server;
    return {
      schema: reading.schema(),
      server: { flavor, version, number: numberOf(version) },
      unread: reading.unread.sort(),
    };
  } finally {
    await session.query('ROLLBACK');
  }
}

/** 3.54.1 is 3054001: https://www.sqlite.org/c3ref/c_source_id.html */
function numberOf(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return major * 1_000_000 + minor * 1000 + patch;
}

class Reading {
  readonly unread: string[] = [];
  readonly #isOwn: (object: SchemaObject) => boolean;
  readonly #objects: SchemaObject[] = [];
  readonly #needs = new Map<ObjectId, readonly Need[]>();

  constructor(isOwn: (object: SchemaObject) => boolean) {
    this.#isOwn = isOwn;
  }

  schema(): Schema {
    return new Schema(this.#objects, this.#needs).filter((object) => !this.#isOwn(object));
  }

  table({ name, sql }: Stored): void {
    const { items, after } = readClauses(sql, lexer(sql));
    const clauses = splitAtCommas(sql, after).map((tokens) => plain(sql, tokens));
    this.#put(objectOf('table', [name], { clauses }), []);
    for (const item of items) {
      if (!isConstraint(sql, item)) this.#column(name, sql, item);
      else this.#leave(name, `constraint of ${name}: ${plain(sql, item)}`);
    }
  }

  other({ type, name, table, sql }: Stored): void {
    if (type === 'index') this.#index(name, table, sql);
    else this.#leave(table, `${type === 'virtual' ? 'virtual table' : type} ${name}`);
  }

  #column(table: string, sql: string, [first, ...rest]: readonly Token[]): void {
    const at = rest.findIndex((token) => token.kind === 'word' && BEHIND_TYPE.has(wordOf(sql, token)));
    const type = plain(sql, at === -1 ? rest : rest.slice(0, at)).toLowerCase();
    const clause = at === -1 ? '' : plain(sql, rest.slice(at));
    const path = [table, nameIn(sql.slice(first!.start, first!.end))];
    this.#put(objectOf('column', path, { type, clauses: clause === '' ? [] : [clause] }), [own(table)]);
  }

  #index(name: string, table: string, sql: string): void {
    const { before, items, after } = readClauses(sql, lexer(sql));
    const unique = before[1] !== undefined && wordOf(sql, before[1]) === 'UNIQUE';
    const columns = items.map((item) => plain(sql, item)).join(', ');
    const definition = [`(${columns})`, plain(sql, after)].filter((part) => part !== '').join(' ');
    const names = namesIn(definition);
    const used = this.#objects.filter(
      ({ kind, path }) => kind === 'column' && path[0] === table && names.has(path[1]!.toLowerCase()),
    );
    const needs = [own(table), ...used.map((object): Need => ({ id: keyOf(object), strength: 'use' }))];
    this.#put(objectOf('index', [table, name], { unique, definition }), needs);
  }

  #leave(table: string, text: string): void {
    if (!this.#isOwn(objectOf('table', [table], {}))) this.unread.push(text);
  }

  #put(object: SchemaObject, needs: readonly Need[]): void {
    this.#objects.push(object);
    this.#needs.set(keyOf(object), needs);
  }
}

const own = (table: string): Need => ({ id: idOf('table', [table]), strength: 'own' });

const wordOf = (sql: string, { start, end }: Token): string => upper(sql.slice(start, end));

/** https://www.sqlite.org/syntax/column-constraint.html */
const BEHIND_TYPE = new Set(
  'CONSTRAINT PRIMARY NOT NULL UNIQUE CHECK DEFAULT COLLATE REFERENCES GENERATED AS'.split(' '),
);
/** https://www.sqlite.org/syntax/table-constraint.html; as names of columns these stand in quotes. */
const TABLE_CONSTRAINT = new Set('CONSTRAINT PRIMARY UNIQUE CHECK FOREIGN'.split(' '));

function isConstraint(sql: string, [first]: readonly Token[]): boolean {
  return first?.kind === 'word' && TABLE_CONSTRAINT.has(wordOf(sql, first));
}

function splitAtCommas(sql: string, tokens: readonly Token[]): Token[][] {
  const lists: Token[][] = [];
  for (const token of tokens) {
    if (sql.slice(token.start, token.end) === ',') lists.push([]);
    else if (lists.length === 0) lists.push([token]);
    else lists.at(-1)!.push(token);
  }
  return lists;
}
