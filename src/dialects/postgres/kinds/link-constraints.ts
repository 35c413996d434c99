import type { PlanContext, Statement } from '../../../diff/rules.ts';
import { idOf, type ObjectOf, type Path } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { ident, qualified } from '../ident.ts';
import { namedCopy } from './partition-orders.ts';
import { linksUp } from './relation-tree.ts';

type Constraint = ObjectOf<'constraint'>;

/** What a table has of its parent's constraints when it has left it, and is not to have. */
export function dropLeftBehind(table: Path, parent: Path, context: PlanContext): Statement[] {
  const { from, to } = context;
  if (!['keep', 'alter'].includes(context.fate(idOf('table', table)))) return [];
  return reaching(parent, from)
    .filter(({ path, definition: { type } }) => {
      const stays = ['keep', 'alter'].includes(context.fate(idOf('constraint', path)));
      const isOwn = ownOf(table, path, from) !== undefined;
      if (!stays || isOwn || namedCopy(from.find('constraint', path)!, table, from) !== undefined) return false;
      const isWanted =
        type === 'CHECK' ? ownOf(table, path, to) !== undefined : hasAlike(table, definition(path, from), to);
      return !isWanted && !comesAgain(table, path, to);
    })
    .map(({ path }) => ({ sql: `ALTER TABLE ${qualified(table)} DROP CONSTRAINT ${ident(path[2]!)}` }));
}

/** ATTACH wants the parent's checks to be there; they become the parent's. */
export function addMissing(table: Path, parent: Path, context: PlanContext): Statement[] {
  const { from, to } = context;
  const isNewTable = !['keep', 'alter'].includes(context.fate(idOf('table', parent)));
  return checksOf(parent, to)
    .filter(({ path }) => {
      // One that is new on a table that stays reaches the partitions afterwards.
      const isThere = isNewTable || ['keep', 'alter'].includes(context.fate(idOf('constraint', path)));
      const isOnTable = ownOf(table, path, from) !== undefined || comesAgain(table, path, from);
      return isThere && !isOnTable && ownOf(table, path, to) === undefined;
    })
    .map(({ path, definition: check }) => ({
      sql: `ALTER TABLE ${qualified(table)} ADD CONSTRAINT ${ident(path[2]!)} ${check.definition}`,
    }));
}

function checksOf(table: Path, side: Schema): Constraint[] {
  return reaching(table, side).filter(({ definition: { type } }) => type === 'CHECK');
}

/** Those that a table below gets, but for keys, whose parts are objects of their own. */
function reaching(table: Path, side: Schema): Constraint[] {
  const isPartitioned = side.find('table', table)?.definition.partitionBy !== undefined;
  const own = side
    .parts(idOf('table', table), 'constraint')
    .filter(({ definition: { type, definition: text } }) =>
      type === 'CHECK' ? !text.endsWith(' NO INHERIT') : isPartitioned && type === 'FOREIGN KEY',
    );
  return [...own, ...linksUp(table, side).flatMap(({ parent }) => reaching(parent, side))];
}

const ownOf = (table: Path, { 2: name }: Path, side: Schema): Constraint | undefined =>
  side.find('constraint', [...table, name!]);

const definition = (path: Path, side: Schema): Constraint['definition'] => side.find('constraint', path)!.definition;

function hasAlike(table: Path, wanted: Constraint['definition'], side: Schema): boolean {
  return side
    .parts(idOf('table', table), 'constraint')
    .some(({ definition: other }) => other.type === wanted.type && other.definition === wanted.definition);
}

/** Whether one of that name reaches the table from a parent. */
function comesAgain(table: Path, { 2: name }: Path, side: Schema): boolean {
  return linksUp(table, side).some(({ parent }) => reaching(parent, side).some(({ path }) => path[2] === name));
}
