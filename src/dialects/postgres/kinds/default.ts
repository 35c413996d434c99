import type { KindRules, PlanContext, Statement } from '../../../diff/rules.ts';
import { idOf, type ObjectOf, type Path } from '../../../schema/object.ts';
import { ident, qualified } from '../ident.ts';
import type { Reader } from '../reader.ts';
import { steadyDescendants, steadyParents } from './relation-tree.ts';

interface Row {
  readonly oid: number;
  readonly relation: number;
  readonly number: number;
  readonly column: string;
  readonly expression: string;
}

export const defaultReader: Reader<Row> = {
  name: 'defaults',
  onlyWith: 'pg_attrdef.oid',
  columns: ['oid', 'relation', 'number', 'column', 'expression'],
  // No default names a column, so that none needs its relation: to open that takes seven times as long as to print it.
  sql: () => `
    SELECT d.oid::int8, d.adrelid::int8 AS relation, a.attnum AS number, a.attname AS column,
      pg_catalog.pg_get_expr(d.adbin, 0) AS expression
    FROM pg_catalog.pg_attrdef d
    JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    WHERE a.attgenerated = '' AND NOT a.attisdropped
    ORDER BY d.adrelid, a.attnum`,
  read: (rows, catalog) => {
    const definitions = new Map<string, ObjectOf<'default'>['definition']>();
    for (const { oid, relation, number, column, expression } of rows) {
      const owner = catalog.relation(relation);
      if (owner === undefined) continue;
      const whole = catalog.column(relation, number);
      if (whole === undefined) {
        // Columns of views are no objects.
        const id = catalog.put('default', [...owner.object.path, column], { expression }, ['pg_attrdef', oid]);
        catalog.need(id, owner.id, 'own');
        continue;
      }
      let definition = definitions.get(expression);
      if (definition === undefined)
        definitions.set(expression, (definition = catalog.define('default', { expression })));
      catalog.putPart('default', whole, null, definition, ['pg_attrdef', oid]);
    }
  },
};

export const columnDefault: KindRules<'default'> = {
  noun: () => 'default',
  create: ({ path, definition }, context) => setDefault(path, definition.expression, context),
  drop: ({ path }, context) => alterColumn(path, 'DROP DEFAULT', context),
  alter: (_from, { path, definition }, context) => setDefault(path, definition.expression, context),
};

function setDefault(path: Path, expression: string, context: PlanContext): Statement[] {
  return alterColumn(path, `SET DEFAULT ${expression}`, context);
}

function alterColumn(path: Path, action: string, context: PlanContext): Statement[] {
  const relation = path.slice(0, 2);
  if (isCovered(path, context)) return [];
  const words = isView(relation, context) ? 'VIEW' : spreads(path, context) ? 'TABLE' : 'TABLE ONLY';
  return [{ sql: `ALTER ${words} ${qualified(relation)} ALTER COLUMN ${ident(path[2]!)} ${action}` }];
}

function isView(relation: Path, { from, to }: PlanContext): boolean {
  return (to.find('view', relation) ?? from.find('view', relation)) !== undefined;
}

/** Whether a table above, whose statement reaches this one, asks for the same. */
function isCovered(path: Path, context: PlanContext): boolean {
  return steadyParents(path.slice(0, 2), context).some((parent) => {
    const above = [...parent, path[2]!];
    return isAlike(path, above, context) && (isCovered(above, context) || spreads(above, context));
  });
}

/** Whether all tables below ask for the same. */
function spreads(path: Path, context: PlanContext): boolean {
  const below = steadyDescendants(path.slice(0, 2), context);
  return below !== null && below.every((table) => isAlike([...table, path[2]!], path, context));
}

function isAlike(one: Path, other: Path, context: PlanContext): boolean {
  return (
    context.fate(idOf('default', one)) === context.fate(idOf('default', other)) &&
    [context.from, context.to].every(
      (side) => side.find('default', one)?.definition.expression === side.find('default', other)?.definition.expression,
    )
  );
}
