import type { Token } from '../../sql/token.ts';
import { type Cursor, splitAtCommas } from './cursor.ts';

interface Clause<Kind extends string> {
  readonly kind: Kind;
  /** Behind CONSTRAINT. */
  readonly name: string | null;
  readonly start: number;
  readonly end: number;
  /** As typed, with its CONSTRAINT. */
  readonly text: string;
  /** Whether it is a constraint of the schema's own: the others say something of their column. */
  readonly isObject: boolean;
}

/** `keys`: what stands between the commas; inline there is none. */
interface KeyParts {
  readonly keys: readonly (readonly Token[])[] | null;
  /** ROLLBACK, ABORT, FAIL, IGNORE, REPLACE. */
  readonly conflict: string | null;
}

export interface PrimaryKeyClause extends Clause<'PRIMARY KEY'>, KeyParts {
  /** Of an inline one. */
  readonly isDescending: boolean;
  readonly isAutoincrement: boolean;
}

export type UniqueClause = Clause<'UNIQUE'> & KeyParts;

export interface ExpressionClause extends Clause<'CHECK'> {
  readonly expression: readonly Token[];
}

export interface ForeignKeyClause extends Clause<'FOREIGN KEY'> {
  /** Inline there is none. */
  readonly columns: readonly string[] | null;
  readonly table: string;
  readonly to: readonly string[] | null;
  readonly onDelete: string;
  readonly onUpdate: string;
  readonly match: string | null;
  /** `DEFERRABLE`, `DEFERRABLE INITIALLY DEFERRED`; null where it is neither. */
  readonly deferrable: string | null;
}

export interface GeneratedClause extends Clause<'GENERATED'> {
  readonly expression: readonly Token[];
  readonly isStored: boolean;
}

export interface DefaultClause extends Clause<'DEFAULT'> {
  /** Without the parentheses around an expression. */
  readonly value: readonly Token[];
}

export type ConstraintClause =
  | PrimaryKeyClause
  | UniqueClause
  | ExpressionClause
  | ForeignKeyClause
  | GeneratedClause
  | DefaultClause
  | (Clause<'NOT NULL'> & { readonly conflict: string | null })
  | (Clause<'COLLATE'> & { readonly collation: string })
  /** What says nothing: `NULL`, `GENERATED ALWAYS` without an expression. */
  | Clause<'NULL'>;

export type ObjectClause = PrimaryKeyClause | UniqueClause | ExpressionClause | ForeignKeyClause;

type Read = DistributiveOmit<ConstraintClause, 'name' | 'start' | 'end' | 'text' | 'isObject'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

const OBJECTS: ReadonlySet<string> = new Set(['PRIMARY KEY', 'UNIQUE', 'CHECK', 'FOREIGN KEY']);

export function isObjectClause(clause: ConstraintClause): clause is ObjectClause {
  return clause.isObject;
}

/**
 * The constraints that come next, behind a column or of the table itself. A name that no constraint follows is allowed and
 * names nothing; so are constraints of a table without a comma between them.
 *
 * @see https://www.sqlite.org/syntax/column-constraint.html
 * @see https://www.sqlite.org/syntax/table-constraint.html
 */
export function readConstraints(cursor: Cursor, place: 'column' | 'table'): ConstraintClause[] {
  const clauses: ConstraintClause[] = [];
  let from: number | null = null;
  let name: string | null = null;
  while (!cursor.done && cursor.word() !== ',' && cursor.word() !== ')') {
    const { start } = cursor.token!;
    if (cursor.skip('CONSTRAINT')) {
      from = start;
      name = cursor.name().name;
      continue;
    }
    if (place === 'column' && isDeferral(cursor)) {
      // It belongs to the foreign key before it, whatever stands between the two.
      const deferrable = readDeferral(cursor);
      const at = clauses.findLastIndex(({ kind }) => kind === 'FOREIGN KEY');
      const key = clauses[at];
      if (key?.kind === 'FOREIGN KEY') clauses[at] = { ...key, deferrable };
      continue;
    }
    const read = place === 'column' ? readInline(cursor) : readOfTable(cursor);
    const [first, end] = [from ?? start, cursor.end];
    const text = cursor.sql.slice(first, end);
    clauses.push({ ...read, name, start: first, end, text, isObject: OBJECTS.has(read.kind) } as ConstraintClause);
    from = null;
    name = null;
  }
  return clauses;
}

function readInline(cursor: Cursor): Read {
  if (cursor.skip('PRIMARY', 'KEY')) {
    const isDescending = cursor.skip('DESC');
    if (!isDescending) cursor.skip('ASC');
    const conflict = readConflict(cursor);
    return { kind: 'PRIMARY KEY', keys: null, isDescending, conflict, isAutoincrement: cursor.skip('AUTOINCREMENT') };
  }
  if (cursor.skip('NOT', 'NULL')) return { kind: 'NOT NULL', conflict: readConflict(cursor) };
  if (cursor.skip('NULL')) {
    readConflict(cursor);
    return { kind: 'NULL' };
  }
  if (cursor.skip('UNIQUE')) return { kind: 'UNIQUE', keys: null, conflict: readConflict(cursor) };
  if (cursor.skip('CHECK')) return readCheck(cursor);
  if (cursor.skip('DEFAULT')) return { kind: 'DEFAULT', value: readDefault(cursor) };
  if (cursor.skip('COLLATE')) return { kind: 'COLLATE', collation: cursor.name().name };
  if (cursor.word() === 'REFERENCES') return readReference(cursor, null);
  const isAlways = cursor.skip('GENERATED', 'ALWAYS') || cursor.skip('ALWAYS');
  if (isAlways && cursor.word() !== 'AS') return { kind: 'NULL' };
  if (!cursor.skip('AS')) return cursor.fail('a constraint of a column');
  const expression = cursor.parenthesised();
  const isStored = cursor.skip('STORED');
  if (!isStored) cursor.skip('VIRTUAL');
  return { kind: 'GENERATED', expression, isStored };
}

function readOfTable(cursor: Cursor): Read {
  if (cursor.skip('PRIMARY', 'KEY')) {
    const inside = cursor.parenthesised();
    const last = inside.at(-1);
    const isAutoincrement =
      inside.length > 1 &&
      last?.kind === 'word' &&
      cursor.sql.slice(last.start, last.end).toUpperCase() === 'AUTOINCREMENT';
    const keys = splitAtCommas(cursor.sql, isAutoincrement ? inside.slice(0, -1) : inside);
    return { kind: 'PRIMARY KEY', keys, isDescending: false, isAutoincrement, conflict: readConflict(cursor) };
  }
  if (cursor.skip('UNIQUE')) {
    const keys = splitAtCommas(cursor.sql, cursor.parenthesised());
    return { kind: 'UNIQUE', keys, conflict: readConflict(cursor) };
  }
  if (cursor.skip('CHECK')) return readCheck(cursor);
  if (cursor.skip('FOREIGN', 'KEY')) return readReference(cursor, readNames(cursor));
  return cursor.fail('a constraint of the table');
}

/** SQLite reads an ON CONFLICT behind a check and does nothing about it. */
function readCheck(cursor: Cursor): Read {
  const expression = cursor.parenthesised();
  readConflict(cursor);
  return { kind: 'CHECK', expression };
}

function readConflict(cursor: Cursor): string | null {
  if (!cursor.skip('ON', 'CONFLICT')) return null;
  const word = cursor.word();
  cursor.take();
  return word;
}

function readDefault(cursor: Cursor): readonly Token[] {
  if (cursor.word() === '(') return cursor.parenthesised();
  const from = cursor.at;
  if (cursor.word() === '-' || cursor.word() === '+') cursor.take();
  cursor.take();
  return cursor.since(from);
}

function readNames(cursor: Cursor): string[] {
  const names: string[] = [];
  cursor.expect('(');
  do {
    names.push(cursor.name().name);
    // Said here, and meaning nothing: https://www.sqlite.org/syntax/foreign-key-clause.html
    if (cursor.skip('COLLATE')) cursor.name();
    if (!cursor.skip('ASC')) cursor.skip('DESC');
  } while (cursor.skip(','));
  cursor.expect(')');
  return names;
}

function readReference(cursor: Cursor, columns: readonly string[] | null): Read {
  cursor.expect('REFERENCES');
  const { name: table } = cursor.name();
  const to = cursor.word() === '(' ? readNames(cursor) : null;
  let [onDelete, onUpdate] = ['NO ACTION', 'NO ACTION'];
  let match: string | null = null;
  for (;;) {
    if (cursor.skip('MATCH')) match = cursor.name().name.toUpperCase();
    else if (cursor.skip('ON', 'DELETE')) onDelete = readAction(cursor);
    else if (cursor.skip('ON', 'UPDATE')) onUpdate = readAction(cursor);
    else if (cursor.skip('ON', 'INSERT')) readAction(cursor);
    else break;
  }
  const deferrable = isDeferral(cursor) ? readDeferral(cursor) : null;
  return { kind: 'FOREIGN KEY', columns, table, to, onDelete, onUpdate, match, deferrable };
}

const ACTIONS = [['SET', 'NULL'], ['SET', 'DEFAULT'], ['NO', 'ACTION'], ['CASCADE'], ['RESTRICT']];

function readAction(cursor: Cursor): string {
  const action = ACTIONS.find((words) => cursor.skip(...words));
  return action?.join(' ') ?? cursor.fail('an action');
}

function isDeferral(cursor: Cursor): boolean {
  return cursor.word() === 'DEFERRABLE' || (cursor.word() === 'NOT' && cursor.word(1) === 'DEFERRABLE');
}

function readDeferral(cursor: Cursor): string | null {
  const isNot = cursor.skip('NOT');
  cursor.expect('DEFERRABLE');
  const isDeferred = cursor.skip('INITIALLY', 'DEFERRED');
  if (!isDeferred) cursor.skip('INITIALLY', 'IMMEDIATE');
  if (isNot) return null;
  return isDeferred ? 'DEFERRABLE INITIALLY DEFERRED' : 'DEFERRABLE';
}
