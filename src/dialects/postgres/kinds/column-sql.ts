import type { ObjectOf, Path } from '../../../schema/object.ts';
import { ident, qualified, text } from '../ident.ts';
import { inParentheses } from '../parentheses.ts';
import { defaultName } from './default-name.ts';
import { fullOptions, sequenceOptions } from './sequence-options.ts';

type Column = ObjectOf<'column'>;

/** What stands beside a column in its definition. */
export interface Beside {
  readonly default?: string | undefined;
  /** The type as people write it, which says NOT NULL and the default as well. */
  readonly serial?: string | undefined;
  /** Constraints on this column alone. */
  readonly constraints?: readonly string[] | undefined;
}

/** A column as CREATE TABLE and ADD COLUMN have it. */
export function columnDefinition({ path, definition: column }: Column, beside: Beside = {}): string {
  const constraints = beside.constraints ?? [];
  const isImplied = beside.serial !== undefined || column.identity !== undefined || constraints.some(isPrimaryKey);
  return [
    ident(path[2]!),
    beside.serial ?? column.type,
    ...(column.compression === undefined ? [] : [`COMPRESSION ${column.compression}`]),
    ...(column.foreignOptions === undefined ? [] : [foreignOptions(column.foreignOptions)]),
    ...(column.collation === undefined ? [] : [`COLLATE ${column.collation}`]),
    ...(column.notNull === true && !isImplied ? ['NOT NULL'] : []),
    ...(beside.default === undefined || beside.serial !== undefined ? [] : [`DEFAULT ${beside.default}`]),
    ...(column.expression === undefined ? [] : [generatedAs(column.expression, column.generated)]),
    ...(column.identity === undefined ? [] : [identityClause({ definition: column })]),
    ...constraints,
  ].join(' ');
}

const isPrimaryKey = (constraint: string): boolean => constraint === 'PRIMARY KEY';

function generatedAs(expression: string, generated: string | undefined): string {
  return `GENERATED ALWAYS AS ${inParentheses(expression)} ${(generated ?? 'stored').toUpperCase()}`;
}

/** `GENERATED ALWAYS AS IDENTITY (START WITH 10)` */
export function identityClause({ definition }: Pick<Column, 'definition'>): string {
  const options = fullOptions(definition.identityOptions, definition.type);
  // The sequence has the column's type unless told otherwise.
  const words = sequenceOptions(options).filter((word) => options.type !== definition.type || !word.startsWith('AS '));
  if (definition.identitySequence !== undefined) {
    words.unshift(`SEQUENCE NAME ${qualified(definition.identitySequence)}`);
  }
  return `GENERATED ${definition.identity} AS IDENTITY${words.length === 0 ? '' : ` (${words.join(' ')})`}`;
}

/** The sequence of an identity column: its own name, or the one the server gives. */
export function identitySequence({ path, definition }: Column): Path {
  return definition.identitySequence ?? [path[0]!, defaultName(path[1]!, path[2]!, 'seq')];
}

/** `OPTIONS (column_name 'x')`, from `name=value`. */
export function foreignOptions(options: readonly string[]): string {
  return `OPTIONS (${options.map((option) => foreignOption(option)).join(', ')})`;
}

function foreignOption(option: string): string {
  const name = option.slice(0, option.indexOf('='));
  return `${ident(name)} ${text(option.slice(name.length + 1))}`;
}

/** `OPTIONS (SET a '1', DROP b)`, or null where nothing differs. */
export function changedForeignOptions(from: readonly string[] = [], to: readonly string[] = []): string | null {
  const nameOf = (option: string): string => option.slice(0, option.indexOf('='));
  const before = new Map(from.map((option) => [nameOf(option), option]));
  const after = new Set(to.map(nameOf));
  const words = [
    ...to.flatMap((option) => {
      const known = before.get(nameOf(option));
      return known === option ? [] : [`${known === undefined ? 'ADD' : 'SET'} ${foreignOption(option)}`];
    }),
    ...[...before.keys()].filter((name) => !after.has(name)).map((name) => `DROP ${ident(name)}`),
  ];
  return words.length === 0 ? null : `OPTIONS (${words.join(', ')})`;
}

/** `ALTER TABLE t ALTER COLUMN c`, of this table alone where others inherit from it and the server lets it be so. */
export function alterColumnWords([schema, table, name]: Path, isOnly = false): string {
  return `ALTER TABLE ${isOnly ? 'ONLY ' : ''}${qualified([schema!, table!])} ALTER COLUMN ${ident(name!)}`;
}
