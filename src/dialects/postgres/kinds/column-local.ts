import type { PlanContext } from '../../../diff/rules.ts';
import { idOf, keyOf, type ObjectId, type ObjectOf, type Path } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { ident } from '../ident.ts';
import { linksDown, linksUp } from './relation-tree.ts';

type Column = ObjectOf<'column'>;

/**
 * Whether a column of the table's own gives way to one that the parent gets: ADD COLUMN there would join the two, and leave
 * it declared below as well.
 */
export function comesFromAbove(from: Column, to: Column, context: PlanContext): boolean {
  if (from.definition.inherited === true || !isOnlyInherited(to)) return false;
  const above = parentsWith(to.path, context.to);
  return above.every(({ id, column }) => context.from.has(id) && context.from.find('column', column) === undefined);
}

/** The tables that have to be made anew for a column: no statement changes what they hold of it. */
export function tablesToRebuild(to: Column, context: PlanContext): readonly ObjectId[] {
  const from = context.from.find('column', to.path);
  if (from === undefined) return [];
  const table = idOf('table', to.path.slice(0, 2));
  if (isOtherwiseLocal(from, to, context)) return [table];
  return from.definition.type === to.definition.type && !isOfReplacedType(from, context)
    ? []
    : keyedBy(to.path, context);
}

const OWN_TYPES: ReadonlySet<string> = new Set(['enum', 'domain', 'compositeType', 'rangeType', 'baseType']);

/** A type of that name comes in the place of the one it has. */
export function isOfReplacedType(column: Column, context: PlanContext): boolean {
  return context.from
    .needs(keyOf(column))
    .some(({ id }) => OWN_TYPES.has(context.from.get(id)!.kind) && context.fate(id) === 'replace');
}

const isOnlyInherited = ({ definition }: Column): boolean => definition.inherited === true && definition.local !== true;

function parentsWith([schema, table, name]: Path, side: Schema): { id: ObjectId; column: Path }[] {
  return linksUp([schema!, table!], side)
    .map(({ id, parent }) => ({ id, column: [...parent, name!] }))
    .filter(({ column }) => side.find('column', column) !== undefined);
}

/** Of links that stay: those that come are looked at by the kind of the link. */
function isOtherwiseLocal(from: Column, to: Column, context: PlanContext): boolean {
  if (context.to.find('partition', to.path.slice(0, 2)) !== undefined) return false;
  if (from.definition.inherited !== true || to.definition.inherited !== true) return false;
  if (from.definition.local === to.definition.local) return false;
  return parentsWith(to.path, context.to).some(({ id }) => context.from.has(id));
}

/** The tables, from this one down, that are partitioned by the column, whose type the server then does not change. */
function keyedBy(column: Path, { from, to }: PlanContext): ObjectId[] {
  const found: ObjectId[] = [];
  const queue: Path[] = [column.slice(0, 2)];
  for (let at = 0; at < queue.length; at++) {
    const table = queue[at]!;
    const [before, after] = [from, to].map((side) => side.find('table', table)?.definition.partitionBy);
    if (before !== undefined && after !== undefined && names(before, column[2]!)) found.push(idOf('table', table));
    queue.push(...linksDown(table, from).map(({ child }) => child));
  }
  return found;
}

const WORD = /'(?:[^']|'')*'|"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*/gu;

function names(key: string, column: string): boolean {
  return [...key.matchAll(WORD)].some(([word]) => word === ident(column));
}
