import type { PlanContext, Statement } from '../../../diff/rules.ts';
import { idOf, sameDefinition, type ObjectOf, type Path } from '../../../schema/object.ts';
import { ident, qualified, text } from '../ident.ts';
import { underlying } from './column-type.ts';
import { defaultName } from './default-name.ts';
import { usualOptions } from './sequence-options.ts';

const SERIAL: Readonly<Record<string, string>> = { smallint: 'smallserial', integer: 'serial', bigint: 'bigserial' };

/** `serial`, where a new column, its default and the sequence are just what that word makes. */
export function serialOf(column: ObjectOf<'column'>, context: PlanContext): string | null {
  const { to } = context;
  const [schema, table, name] = column.path as [string, string, string];
  const { type, notNull, collation, identity, expression } = column.definition;
  const word = SERIAL[type];
  if (word === undefined || notNull !== true || (collation ?? identity ?? expression) !== undefined) return null;
  const path = [schema, defaultName(table, name, 'seq')];
  const sequence = to.find('sequence', path);
  const owner = to.find('sequenceOwner', path);
  const filled = to.find('default', column.path);
  if (sequence === undefined || owner === undefined || filled === undefined) return null;
  const isNew =
    context.fate(idOf('sequence', path)) === 'create' && context.fate(idOf('sequenceOwner', path)) === 'create';
  const isUsual =
    sameDefinition(sequence.definition, usualOptions(type)) &&
    sameDefinition(owner.definition.column, column.path) &&
    filled.definition.expression === `nextval(${text(qualified(path))}::regclass)`;
  return isNew && isUsual ? word : null;
}

/** The sequence that serial makes for a column. */
export function serialSequence([schema, table, name]: Path): Path {
  return [schema!, defaultName(table!, name!, 'seq')];
}

/** Takes a sequence past what the column holds already: https://www.postgresql.org/docs/current/functions-sequence.html */
export function catchUp(owner: ObjectOf<'sequenceOwner'>, context: PlanContext): Statement[] {
  const sequence = context.to.find('sequence', owner.path);
  const column = context.to.find('column', owner.definition.column);
  const isWhole = column !== undefined && WHOLE.has(underlying(column.definition.type, context.to).name);
  if (sequence === undefined || !isWhole || underlying(column.definition.type, context.to).isArray) return [];
  return [setToRows(owner.path, owner.definition.column, sequence.definition)];
}

/** What a sequence can count. */
const WHOLE: ReadonlySet<string> = new Set(['smallint', 'integer', 'bigint']);

/** No row, or none in reach: it stays as it is. */
export function setToRows(
  sequence: Path,
  column: Path,
  { increment, minimum, maximum }: { readonly increment: string; readonly minimum: string; readonly maximum: string },
): Statement {
  const name = ident(column[2]!);
  const furthest = increment.startsWith('-') ? `min(${name})` : `max(${name})`;
  const bound = increment.startsWith('-') ? `<= ${maximum}` : `>= ${minimum}`;
  return {
    sql:
      `SELECT setval(${text(qualified(sequence))}, ${furthest})\n` +
      `FROM ${qualified(column.slice(0, 2))}\nHAVING ${furthest} ${bound}`,
  };
}

/** The column that a serial column's sequence is taken over by, where that becomes an identity column. */
export function becomesIdentity(sequence: Path, context: PlanContext): Path | null {
  const owner = context.from.find('sequenceOwner', sequence);
  if (owner === undefined) return null;
  const { column } = owner.definition;
  const before = context.from.find('column', column);
  const after = context.to.find('column', column);
  const isTaken = before?.definition.identity === undefined && after?.definition.identity !== undefined;
  return isTaken && context.fate(idOf('column', column)) === 'alter' ? column : null;
}

/** The sequence of a serial column that is to be an identity column. */
export function serialBefore(column: Path, context: PlanContext): Path | null {
  for (const { id } of context.from.dependents(idOf('column', column))) {
    const object = context.from.get(id)!;
    if (object.kind === 'sequenceOwner' && context.fate(idOf('sequence', object.path)) === 'drop') return object.path;
  }
  return null;
}
