import type { KindRules, Order, PlanContext, Statement } from '../../../diff/rules.ts';
import {
  idOf,
  keyOf,
  nameOf,
  sameDefinition,
  type ObjectOf,
  type Path,
  type SchemaObject,
} from '../../../schema/object.ts';
import { ident, qualified } from '../ident.ts';
import { alterColumn } from './column-alter.ts';
import { comesFromAbove, tablesToRebuild } from './column-local.ts';
import { afterColumn } from './column-storage.ts';
import { columnDefinition, identitySequence } from './column-sql.ts';
import { conversionOf, isComparable, isSameBase } from './column-type.ts';
import { cutBytes } from './default-name.ts';
import { relationName } from './names.ts';
import { inheritedDifferences } from './inherited-column.ts';
import { linksDown, steadyParents } from './relation-tree.ts';
import { serialOf, serialSequence } from './serial.ts';
import { afterType, typedOrders, typeFollowed } from './typed-table.ts';

type Column = ObjectOf<'column'>;

export const column: KindRules<'column'> = {
  noun: () => 'column',
  create: (object, context) => {
    if (typeFollowed(object, context) !== null) return afterType(object, context.parts, context);
    if (object.definition.inherited === true) {
      const parents = steadyParents(object.path.slice(0, 2), context);
      if (parents.length > 0 && object.definition.local !== true)
        return inheritedDifferences(object, parents, context).statements;
      if (comesWithTable(object, context)) return [];
    }
    return addColumn(object, context.parts, context);
  },
  drop: (object, context) => {
    const { inherited, local } = object.definition;
    const parents = inherited === true && local !== true ? steadyParents(object.path.slice(0, 2), context) : [];
    return parents.length > 0 || typeFollowed(object, context) !== null ? [] : dropColumn(object, context);
  },
  alter: (from, to, context) => (comesFromAbove(from, to, context) ? null : alterColumn(from, to, context)),
  rename: (from, to) => [
    {
      sql: `ALTER TABLE ${qualified(to.path.slice(0, 2))} RENAME COLUMN ${ident(from.path[2]!)} TO ${ident(to.path[2]!)}`,
    },
  ],
  renamedAsked: {
    loses: ({ definition }) => definition.expression === undefined,
    sign: ({ definition }) => (definition.inherited === true ? null : ''),
  },
  // Where the table is replaced, its sequences have moved aside with it.
  occupies: (object, context) =>
    object.definition.identity === undefined || context?.fate(idOf('table', object.path.slice(0, 2))) === 'replace'
      ? []
      : [relationName(identitySequence(object))],
  absorbs: (object, part, context) => {
    if (part.kind === 'default') return sameDefinition(part.path, object.path);
    if (part.kind !== 'sequence' && part.kind !== 'sequenceOwner') return false;
    return sameDefinition(part.path, serialSequence(object.path)) && serialOf(object, context) !== null;
  },
  outlives: (object, needed) => needed.kind === 'column' && !isOfOneTable(object, needed),
  lingers: comesBeforeAbove,
  orders: (object, context) => [...typedOrders(object, context), ...expressionOrders(object, context)],
  rebuilds: tablesToRebuild,
  aside: {
    move: (object, context) => {
      const [schema, table, name] = object.path as [string, string, string];
      const spare = spareColumn(object, context);
      const sql = `ALTER TABLE ${qualified([schema, table])} RENAME COLUMN ${ident(name)} TO ${ident(spare)}`;
      return { statements: [{ sql }], moved: { ...object, path: [schema, table, spare] } };
    },
    beforeRows: ({ kind }) => kind === 'default',
    applies: ({ definition: before }, { definition: after }) =>
      before.inherited !== true && after.inherited === true && (before.expression ?? after.expression) === undefined,
    carry: (moved, from, to, context) => {
      const { using } = conversionOf(moved.path, from.definition.type, to.definition.type, context);
      const value = using ?? ident(moved.path[2]!);
      return [{ sql: `UPDATE ${qualified(to.path.slice(0, 2))} SET ${ident(to.path[2]!)} = ${value}` }];
    },
  },
  disturbs: (from, to, dependent, context, followed) => {
    const isRetyped = followed || from.definition.type !== to.definition.type;
    if (!isRetyped && from.definition.collation === to.definition.collation) return false;
    return isInTheWay(from, to, dependent, context, followed);
  },
  follow: (from, to, _replaced, context) => {
    if (from.definition.inherited === true && steadyParents(from.path.slice(0, 2), context).length > 0) return [];
    const { type } = to.definition;
    const name = ident(to.path[2]!);
    const words = `ALTER TABLE ${qualified(to.path.slice(0, 2))} ALTER COLUMN ${name} TYPE ${type}`;
    return [{ sql: `${words} USING ${name}::text${type.endsWith('[]') ? '[]' : ''}::${type}` }];
  },
};

/** SET EXPRESSION reaches the tables below, where another may be said afterwards. */
function expressionOrders({ path, definition }: Column, context: PlanContext): Order[] {
  if (definition.expression === undefined || definition.inherited !== true) return [];
  return steadyParents(path.slice(0, 2), context).map((above) => [
    ['alter', idOf('column', [...above, path[2]!])],
    ['alter', idOf('column', path)],
  ]);
}

/**
 * The server changes no column that is still inherited, and a new one above must find it as it is to be; so must it find
 * one that is declared below as well.
 */
function comesBeforeAbove(object: Column, needed: SchemaObject, context: PlanContext): boolean {
  if (needed.kind !== 'column' || isOfOneTable(object, needed)) return false;
  const isBelow = steadyParents(object.path.slice(0, 2), context).some((above) =>
    isOfOneTable({ path: above }, needed),
  );
  const fate = context.fate(keyOf(object));
  const isNew = fate === 'create' || fate === 'replace';
  return isBelow && (isNew ? object.definition.local === true : context.fate(keyOf(needed)) !== 'replace');
}

function spareColumn({ path: [schema, table, name] }: Column, { from, to }: PlanContext): string {
  const isTaken = (spare: string): boolean =>
    [from, to].some((side) => side.find('column', [schema!, table!, spare]) !== undefined);
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? '_old' : `_old${count}`;
    const spare = `${cutBytes(name!, 63 - suffix.length)}${suffix}`;
    if (!isTaken(spare)) return spare;
  }
}

/** The tables below lose it as well, but for one that is to have it for itself. */
function dropColumn(object: Column, context: PlanContext): Statement[] {
  const [schema, table, column] = object.path as [string, string, string];
  const below = linksDown([schema, table], context.to).filter(
    ({ id }) => context.from.has(id) && context.fate(id) === 'keep',
  );
  const isKept = (child: Path): boolean => {
    const path = [...child, column];
    return context.to.find('column', path) !== undefined && context.fate(idOf('column', path)) !== 'replace';
  };
  const isOnly = below.some(({ child }) => isKept(child));
  // Under the name it was moved to, its values have been carried over.
  const isCarried = context.fate(keyOf(object)) === 'keep';
  const isDerived = object.definition.expression !== undefined;
  const hazard = `Data loss: every value in ${nameOf(object.path)}.`;
  const rest = isOnly ? below.filter(({ child }) => !isKept(child)) : [];
  return [
    {
      sql: `ALTER TABLE ${isOnly ? 'ONLY ' : ''}${qualified([schema, table])} DROP COLUMN ${ident(column)}`,
      ...(isDerived || isCarried ? {} : { hazard, loses: [keyOf(object)] }),
    },
    ...rest.flatMap(({ child }) => {
      const own = context.from.find('column', [...child, column]);
      return own === undefined ? [] : dropColumn(own, context);
    }),
  ];
}

function isOfOneTable(one: { readonly path: Path }, other: { readonly path: Path }): boolean {
  return one.path[0] === other.path[0] && one.path[1] === other.path[1];
}

const REFUSING: ReadonlySet<string> = new Set(
  'view materializedView rule policy trigger routine publication'.split(' '),
);

/** What the server does not rebuild by itself: https://www.postgresql.org/docs/current/sql-altertable.html */
function isInTheWay(
  from: Column,
  to: Column,
  dependent: SchemaObject,
  context: PlanContext,
  followed: boolean,
): boolean {
  if (REFUSING.has(dependent.kind)) return true;
  if (dependent.kind === 'column')
    return isOfOneTable(from, dependent) && dependent.definition.expression !== undefined;
  if (dependent.kind === 'default') return followed || !isCarriedOver(dependent, from, to, context);
  const isForeignKey = dependent.kind === 'constraint' && dependent.definition.type === 'FOREIGN KEY';
  return isForeignKey && (followed || !isComparable(from.definition.type, to.definition.type));
}

/** The server takes a default to the new type where it needs no USING for the values. */
function isCarriedOver(filled: ObjectOf<'default'>, from: Column, to: Column, context: PlanContext): boolean {
  const after = context.to.find('default', filled.path);
  const { type } = from.definition;
  if (isSameBase(type, to.definition.type)) return true;
  const { using } = conversionOf(to.path, type, to.definition.type, context);
  return using === undefined && after?.definition.expression === filled.definition.expression;
}

/** The column of a partition or child that is made together with its link to the parent. */
function comesWithTable({ path }: Column, context: PlanContext): boolean {
  const { to } = context;
  const table = path.slice(0, 2);
  const fate = context.fate(idOf('table', table));
  if (fate === 'keep' || fate === 'alter') return false;
  return to.find('partition', table) !== undefined || to.parts(idOf('table', table), 'inheritance').length > 0;
}

function addColumn(object: Column, parts: readonly SchemaObject[], context: PlanContext): Statement[] {
  const words = `ALTER TABLE ${qualified(object.path.slice(0, 2))}`;
  const filled = parts.find((part) => part.kind === 'default');
  const serial = parts.some((part) => part.kind === 'sequence') ? (serialOf(object, context) ?? undefined) : undefined;
  const { notNull, identity, expression } = object.definition;
  const hasValue = filled !== undefined || identity !== undefined || expression !== undefined;
  const rest = afterColumn(object, context);
  const define = (column: Column): string => {
    const definition = columnDefinition(column, { default: filled?.definition.expression, serial });
    return `${words} ADD COLUMN ${definition}`;
  };
  if (notNull !== true || hasValue) return [{ sql: define(object) }, ...rest];
  const fill = context.fills?.get(keyOf(object));
  if (fill === undefined) {
    const isNewTable = context.fate(idOf('table', object.path.slice(0, 2))) === 'create';
    const hazard = `Fails where ${nameOf(object.path.slice(0, 2))} has rows: ${nameOf(object.path)} has no value for them.`;
    return [{ sql: define(object), ...(isNewTable ? {} : { hazard }) }, ...rest];
  }
  const { notNull: _, ...nullable } = object.definition;
  const name = ident(object.path[2]!);
  return [
    { sql: define({ ...object, definition: nullable }) },
    { sql: `UPDATE ${qualified(object.path.slice(0, 2))} SET ${name} = ${fill}` },
    { sql: `${words} ALTER COLUMN ${name} SET NOT NULL` },
    ...rest,
  ];
}
