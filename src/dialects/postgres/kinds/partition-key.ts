import type { PlanContext, Statement } from '../../../diff/rules.ts';
import { idOf, keyOf, sameDefinition, type ObjectId, type ObjectOf, type Path } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { ident, qualified } from '../ident.ts';
import { defaultName, joinedColumns } from './default-name.ts';

type Constraint = ObjectOf<'constraint'>;
type Index = ObjectOf<'index'>;

const stays = (id: ObjectId, context: PlanContext): boolean => ['keep', 'alter'].includes(context.fate(id));

const linkOf = ({ path }: Constraint | Index): ObjectId => idOf('partition', path.slice(0, 2));

function indexName(path: Path): string {
  return qualified([path[0]!, path[2]!]);
}

/** Makes the index of a partition's key a part of the parent's index or key. */
export function attachKey(key: Constraint, parent: Path): Statement {
  return { sql: `ALTER INDEX ${indexName(parent)} ATTACH PARTITION ${indexName([...key.path])}` };
}

/**
 * The index that the key of a partition stands on, where the parent's index is there before the key and has its part in the
 * partition already: one that is there, or that comes with the partition.
 */
export function partToTake(key: Constraint, context: PlanContext): string | null {
  const { attached, columns = [] } = key.definition;
  if (attached === undefined || !stays(idOf('index', attached), context)) return null;
  const [schema, table] = key.path as [string, string];
  if (context.fate(linkOf(key)) !== 'keep') return defaultName(table, joinedColumns(columns), 'idx');
  const part = context.from
    .parts(idOf('table', [schema, table]), 'index')
    .find(({ definition }) => sameDefinition(definition.parent, attached));
  return part?.path[2] ?? null;
}

/** The server gives the index the key's name. */
export function takePart(key: Constraint, index: string): Statement {
  const { type, definition } = key.definition;
  const ending = / DEFERRABLE(?: INITIALLY DEFERRED)?$/.exec(definition)?.[0] ?? '';
  const words = `ALTER TABLE ${qualified(key.path.slice(0, 2))} ADD CONSTRAINT ${ident(key.path[2]!)}`;
  return { sql: `${words} ${type} USING INDEX ${ident(index)}${ending}` };
}

/** Whether a part of an index of the parent's goes over to a key of its table. */
export function isTakenPart(part: Index, context: PlanContext): boolean {
  return keysOn(part, context.to).some(
    (key) => !context.from.has(keyOf(key)) && partToTake(key, context) === part.path[2],
  );
}

/** The keys of the same table that are a part of the same index. */
function keysOn({ path, definition: { parent } }: Index, side: Schema): Constraint[] {
  if (parent === undefined) return [];
  return side
    .parts(idOf('table', path.slice(0, 2)), 'constraint')
    .filter(({ definition }) => sameDefinition(definition.attached, parent));
}

/** A key that is a part of an index goes with that alone: what comes in its place has to wait for another one. */
export function indexesHeldByKeys(part: Index, context: PlanContext): ObjectId[] {
  const { parent } = part.definition;
  if (parent === undefined || context.from.has(keyOf(part)) || context.fate(linkOf(part)) !== 'keep') return [];
  return keysOn(part, context.from).length === 0 ? [] : [idOf('index', parent)];
}

/** Whether keys of partitions are parts of an index, which only CASCADE drops then. */
export function holdsKeys({ path }: Index, { from }: PlanContext): boolean {
  return from
    .parts(idOf('index', path), 'constraint')
    .some(({ definition }) => sameDefinition(definition.attached, path));
}

/** What makes a key a part of an index or takes it out again; `null` where only dropping it does. */
export function moveKey(from: Constraint, to: Constraint, context: PlanContext): Statement[] | null {
  const [before, after] = [from.definition.attached, to.definition.attached];
  // Along with the tables the server attaches and detaches their indexes.
  if (sameDefinition(before, after) || !isSteady(to, context)) return [];
  return before === undefined ? [attachKey(to, after!)] : null;
}

function isSteady(key: Constraint, context: PlanContext): boolean {
  const [before, after] = [context.from, context.to].map((side) => side.get(linkOf(key))?.definition);
  return context.fate(linkOf(key)) === 'keep' && sameDefinition(before, after);
}

/** Whether a key outlasts its table's place among the partitions, though its index was a part of one that stays. */
export function isDetached(key: Constraint, context: PlanContext): boolean {
  const { attached } = key.definition;
  if (attached === undefined || context.fate(linkOf(key)) === 'keep') return false;
  return stays(idOf('index', attached), context) && stays(idOf('table', attached.slice(0, 2)), context);
}
