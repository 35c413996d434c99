import type { Order, PlanContext } from '../../../diff/rules.ts';
import { idOf, keyOf, sameDefinition, type ObjectId, type ObjectOf, type Path } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { linksDown, linksUp } from './relation-tree.ts';

type Constraint = ObjectOf<'constraint'>;

/** What a table that leaves may just keep; the parts of keys and indexes go with the whole, if that goes. */
const LEFT: ReadonlySet<string> = new Set(['CHECK', 'FOREIGN KEY']);

/** What of the parent's and of its own must come or go before a table leaves or joins, and what after. */
export function partitionOrders({ path: child }: ObjectOf<'partition'>, context: PlanContext): Order[] {
  const link = idOf('partition', child);
  const orders = context.from.has(link) ? keysAfter(child, context) : [];
  const table = context.fate(idOf('table', child));
  if (table !== 'keep' && table !== 'alter') return orders;
  const before = context.from.find('partition', child);
  for (const copy of before === undefined ? [] : copiesOf(before.definition.of, context.from)) {
    const id = keyOf(copy);
    const isPlain = LEFT.has(copy.definition.type) && namedCopy(copy, child, context.from) === undefined;
    const isKept = isPlain && isWantedBelow(copy, child, context);
    orders.push(
      isKept
        ? [
            ['drop', link],
            ['drop', id],
          ]
        : [
            ['drop', id],
            ['drop', link],
          ],
    );
    orders.push([
      ['drop', id],
      ['create', link],
    ]);
  }
  if (before !== undefined)
    for (const id of ownOf(child, context.to))
      orders.push([
        ['drop', link],
        ['create', id],
      ]);
  if (context.to.has(link))
    for (const id of ownOf(child, context.from))
      orders.push([
        ['drop', id],
        ['create', link],
      ]);
  return orders;
}

/** A foreign key to a table above would hold on to the partition again if it came back too early. */
function keysAfter(child: Path, { from, to }: PlanContext): Order[] {
  const referred: Path[] = linksUp(child, from).map(({ parent }) => parent);
  for (let at = 0; at < referred.length; at++)
    referred.push(...linksUp(referred[at]!, from).map(({ parent }) => parent));
  const keys = referred.flatMap((above) => referringTo(above, to));
  return keys.map((key): Order => [
    ['drop', idOf('partition', child)],
    ['create', key],
  ]);
}

function referringTo(table: Path, side: Schema): ObjectId[] {
  const keys: ObjectId[] = [];
  for (const object of side.objects()) {
    if (object.kind === 'constraint' && sameDefinition(object.definition.references, table)) keys.push(keyOf(object));
  }
  return keys;
}

function copiesOf(table: Path, side: Schema): Constraint[] {
  return side.parts(idOf('table', table), 'constraint').filter(({ definition }) => definition.type !== 'NOT NULL');
}

/** Whether the table that leaves is to have it, by itself or by where it goes. */
function isWantedBelow(copy: Constraint, child: Path, { to }: PlanContext): boolean {
  const parent = to.find('partition', child)?.definition.of;
  return [child, ...(parent === undefined ? [] : [parent])].some((table) =>
    copiesOf(table, to).some((other) => isAlike(copy, other)),
  );
}

/** Whether the server takes one for the other: checks by their name, foreign keys by what they say. */
function isAlike(one: Constraint, other: Constraint): boolean {
  const isNamed = one.definition.type !== 'CHECK' || one.path[2] === other.path[2];
  return (
    isNamed &&
    one.definition.type === other.definition.type &&
    one.definition.definition === other.definition.definition
  );
}

/** The copy of a parent's constraint, where it is an object: that of a foreign key has a name of its own then. */
export function namedCopy(above: Constraint, child: Path, side: Schema): Constraint | undefined {
  return side
    .parts(idOf('table', child), 'constraint')
    .find(({ definition }) => sameDefinition(definition.parent, above.path));
}

/** What a copy of the parent's could be taken for, or stand in the way of. */
function ownOf(table: Path, side: Schema): ObjectId[] {
  const id = idOf('table', table);
  const constraints = side.parts(id, 'constraint').filter(({ definition }) => definition.parent === undefined);
  const triggers = side.parts(id, 'trigger').filter(({ definition }) => definition.definition !== undefined);
  return [...constraints, ...triggers].map((object) => keyOf(object));
}

/** What a table below has of its own goes before the like of it comes from above, and comes after that has gone. */
export function copyOrders(above: Constraint, context: PlanContext): Order[] {
  const { from, to } = context;
  const id = keyOf(above);
  const [before, after] = [from, to].map((side) => side.find('constraint', above.path));
  return linksDown(above.path.slice(0, 2), to)
    .filter((link) => context.fate(link.id) === 'keep')
    .flatMap(({ child }) => [
      ...namesakes(after, child, from).map((own): Order => [
        ['drop', own],
        ['create', id],
      ]),
      ...namesakes(before, child, to).map((own): Order => [
        ['drop', id],
        ['create', own],
      ]),
    ]);
}

function namesakes(above: Constraint | undefined, child: Path, side: Schema): ObjectId[] {
  if (above === undefined) return [];
  const { type, definition } = above.definition;
  return side
    .parts(idOf('table', child), 'constraint')
    .filter(
      (own) =>
        own.path[2] === above.path[2] || (own.definition.type === type && own.definition.definition === definition),
    )
    .map((own) => keyOf(own));
}
