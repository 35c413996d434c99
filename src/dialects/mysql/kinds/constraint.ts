import type { Fate, KindRules, Order, PlanContext } from '../../../diff/rules.ts';
import { idOf, keyOf, nameOf, type ObjectId, type ObjectOf } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { dropCheck, enforcesInPlace, namesChecksApart } from '../flavor.ts';
import { quote } from '../quote.ts';
import { alterTable, type MysqlStatement } from './alter-table.ts';

type Constraint = ObjectOf<'constraint'>;

const isForeignKey = ({ definition }: Constraint): boolean => definition.type === 'FOREIGN KEY';

/** A constraint as it stands in CREATE TABLE and behind ADD. */
export function constraintClause({ path, definition }: Constraint): string {
  return `CONSTRAINT ${quote(path[1]!)} ${definition.definition}`;
}

/** What refers to a table that is not there can only be made where nothing is checked, as it once was. */
export function unchecked(objects: readonly Constraint[], to: Schema): Pick<MysqlStatement, 'session'> {
  const isDangling = objects.some(({ definition: { references = [] } }) =>
    references.some((table) => to.find('table', [table]) === undefined),
  );
  return isDangling ? { session: { foreign_key_checks: '0' } } : {};
}

const NOT_ENFORCED = / NOT ENFORCED$/;

export const constraint: KindRules<'constraint'> = {
  noun: (object) => (isForeignKey(object) ? 'foreign key' : 'check'),
  create: (object, context) => {
    const [table] = object.path as [string];
    if (!isForeignKey(object)) {
      const isHeld = !NOT_ENFORCED.test(object.definition.definition);
      const hazard = isHeld ? { hazard: `Fails where a row of ${table} breaks ${nameOf(object.path)}.` } : {};
      return [alterTable(table, `ADD ${constraintClause(object)}`, { step: 'add check', ...hazard })];
    }
    const isNew = context.from.find('table', [table]) === undefined;
    const hazard = { hazard: `Fails where a row of ${table} has none in ${object.definition.references!.join('.')}.` };
    const kept = ownIndexes(object, context).map((name) => `, RENAME KEY ${quote(name)} TO ${quote(name)}`);
    return [
      alterTable(table, `ADD ${constraintClause(object)}${kept.join('')}`, {
        step: 'add foreign key',
        ...(isNew ? {} : hazard),
        ...unchecked([object], context.to),
      }),
    ];
  },
  drop: (object, { flavor }) => {
    const [table, name] = object.path as [string, string];
    if (isForeignKey(object))
      return [alterTable(table, `DROP FOREIGN KEY ${quote(name)}`, { step: 'drop foreign key' })];
    return [alterTable(table, dropCheck(flavor, quote(name)), { step: 'drop check' })];
  },
  alter: (from, to, { flavor }) => {
    if (isForeignKey(from) || isForeignKey(to) || !enforcesInPlace(flavor)) return null;
    const [before, after] = [from, to].map(({ definition }) => definition.definition.replace(NOT_ENFORCED, ''));
    if (before !== after) return null;
    const isHeld = !NOT_ENFORCED.test(to.definition.definition);
    const hazard = isHeld ? { hazard: `Fails where a row of ${to.path[0]} breaks ${nameOf(to.path)}.` } : {};
    const word = isHeld ? 'ENFORCED' : 'NOT ENFORCED';
    return [alterTable(to.path[0]!, `ALTER CHECK ${quote(to.path[1]!)} ${word}`, hazard)];
  },
  occupies: ({ path, definition }, context) => {
    const [table, name] = path.map((part) => part.toLowerCase()) as [string, string];
    if (definition.type === 'FOREIGN KEY') return [`foreign key ${name}`];
    // https://dev.mysql.com/doc/refman/8.4/en/create-table-check-constraints.html: "unique per schema"
    return [namesChecksApart(context?.flavor) ? `check ${name}` : `check ${table}.${name}`];
  },
  // Without it the server would have to make an index of its own for a foreign key.
  behind: (object, context) =>
    isForeignKey(object) && context.fate(keyOf(object)) !== 'drop' ? around(object, context.to, context, 'create') : [],
  orders: (object, context) => (isForeignKey(object) ? dropsFirst(object, context) : []),
  // Foreign keys are dropped before the rest of a table is altered, and come after it.
  group: (object) => (isForeignKey(object as Constraint) ? `foreign keys of ${object.path[0]}` : object.path[0]!),
};

/**
 * An index that the server made for a foreign key gives way to a new one that it makes for the next. One that is named in the
 * same statement is taken for one of the user's.
 */
function ownIndexes({ path, definition: { columns = [] } }: Constraint, context: PlanContext): string[] {
  const { from, to } = context;
  const [name] = path as [string];
  const table = idOf('table', [name]);
  const isLike = (other: Constraint): boolean => other.definition.columns?.join('\0') === columns.join('\0');
  const isSucceeding = from
    .parts(table, 'constraint')
    .some((other) => isLike(other) && context.fate(keyOf(other)) !== 'keep');
  if (!isSucceeding) return [];
  const definition = `(${columns.map(quote).join(',')})`;
  return to
    .parts(table, 'index')
    .filter((index) => index.definition.unique !== true && index.definition.definition === definition)
    .filter((index) => context.fate(keyOf(index)) === 'keep')
    .map((index) => index.path[1]!);
}

/** The tables on both ends, with their columns and indexes, but for those that come or go as a whole. */
function around({ path, definition }: Constraint, schema: Schema, context: PlanContext, whole: Fate): ObjectId[] {
  const tables = new Set([path[0]!, ...(definition.references ?? [])]);
  return [...tables].flatMap((name) => {
    const table = idOf('table', [name]);
    if (context.fate(table) === whole) return [];
    return [table, ...schema.parts(table, 'column').map(keyOf), ...schema.parts(table, 'index').map(keyOf)];
  });
}

/** An index that a foreign key needs cannot be dropped (error 1553), nor its table partitioned. */
function dropsFirst(object: Constraint, context: PlanContext): Order[] {
  const { from, to } = context;
  const id = keyOf(object);
  const before = from.find('constraint', object.path) ?? object;
  return around(before, from, context, 'drop').flatMap((other): Order[] => [
    [
      ['drop', id],
      ['drop', other],
    ],
    ...(to.has(other)
      ? [
          [
            ['drop', id],
            ['alter', other],
          ] as Order,
        ]
      : []),
  ]);
}
