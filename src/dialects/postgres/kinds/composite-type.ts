import type { KindRules, PlanContext, Statement } from '../../../diff/rules.ts';
import { keyOf, nameOf, type ObjectOf, type SchemaObject } from '../../../schema/object.ts';
import { ident, qualified } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';
import { moveType } from './aside.ts';
import { relationName, typeName } from './names.ts';
import { COLUMN_ROWS } from './view.ts';

interface Row {
  readonly oid: number;
  readonly type: number;
  readonly array: number;
  readonly schema: string;
  readonly name: string;
  readonly attributes?: readonly (readonly string[])[];
}

export const compositeTypeReader: Reader<Row> = {
  name: 'composite_types',
  onlyWith: `pg_class.oid AND u.relkind = 'c'`,
  sql: () => `
    SELECT c.oid::int8, c.reltype::int8 AS type, ct.typarray::int8 AS array, n.nspname AS schema, c.relname AS name,
      ${COLUMN_ROWS} AS attributes
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_type ct ON ct.oid = c.reltype
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'c' AND ${USER_SCHEMA} AND ${notOfExtension('pg_type', 'c.reltype')}`,
  read: (rows, catalog) => {
    for (const { oid, type, array, schema, name, attributes } of rows) {
      const definition = { attributes: attributes ?? [] };
      catalog.put(
        'compositeType',
        [schema, name],
        definition,
        ['pg_type', type],
        ['pg_type', array],
        ['pg_class', oid],
      );
    }
  },
};

type CompositeType = ObjectOf<'compositeType'>;
type Attribute = readonly string[];

export const compositeType: KindRules<'compositeType'> = {
  noun: () => 'composite type',
  create: ({ path, definition: { attributes } }) => {
    const lines = attributes.map((attribute) => `\n  ${attributeClause(attribute)}`);
    return [{ sql: `CREATE TYPE ${qualified(path)} AS (${lines.join(',')}${lines.length === 0 ? '' : '\n'})` }];
  },
  drop: ({ path }) => [{ sql: `DROP TYPE ${qualified(path)}` }],
  alter: alterAttributes,
  renamedAsked: { loses: () => false },
  rename: (from, to) => [{ sql: `ALTER TYPE ${qualified(from.path)} RENAME TO ${qualified(to.path.slice(1))}` }],
  occupies: ({ path }) => [relationName(path), typeName(path)],
  disturbs: (from, to, dependent) => {
    const after = new Map(to.definition.attributes.map((attribute) => [attribute[0]!, attribute.join()]));
    const isWider = from.definition.attributes.every((attribute) => after.get(attribute[0]!) === attribute.join());
    return !isWider && looksInside(dependent);
  },
  aside: { move: moveType },
};

/** Attributes come at the end; what changes its type must not be stored anywhere. */
function alterAttributes(from: CompositeType, to: CompositeType, context: PlanContext): Statement[] | null {
  const before = byName(from);
  const after = byName(to);
  const kept = [...before.keys()].filter((name) => after.has(name));
  const added = [...after.keys()].filter((name) => !before.has(name));
  if ([...kept, ...added].join('\0') !== [...after.keys()].join('\0')) return null;
  const retyped = kept.filter((name) => before.get(name)!.join('\0') !== after.get(name)!.join('\0'));
  const dependents = context.from.dependents(keyOf(from)).map(({ id }) => context.from.get(id)!);
  if (retyped.length > 0 && dependents.some(stores)) return null;
  const dropped = [...before.keys()].filter((name) => !after.has(name));
  const cascade = dependents.some(isTypedTable) ? ' CASCADE' : '';
  const actions = [
    ...dropped.map((name) => `DROP ATTRIBUTE ${ident(name)}${cascade}`),
    ...retyped.map((name) => {
      const [, type, collation] = after.get(name)!;
      return `ALTER ATTRIBUTE ${ident(name)} TYPE ${type!}${collation === undefined ? '' : ` COLLATE ${collation}`}${cascade}`;
    }),
    ...added.map((name) => `ADD ATTRIBUTE ${attributeClause(after.get(name)!)}${cascade}`),
  ];
  const sql = `ALTER TYPE ${qualified(to.path)}${actions.map((action) => `\n  ${action}`).join(',')}`;
  if (dropped.length === 0 || !dependents.some((object) => stores(object) || isTypedTable(object))) return [{ sql }];
  const lost = dropped.map((name) => nameOf([...to.path, name])).join(' and ');
  return [{ sql, hazard: `Data loss: every value of ${lost}, wherever the type is used.` }];
}

function byName({ definition: { attributes } }: CompositeType): ReadonlyMap<string, Attribute> {
  return new Map(attributes.map((attribute) => [attribute[0]!, attribute]));
}

function attributeClause([name, type, collation]: Attribute): string {
  return `${ident(name!)} ${type!}${collation === undefined ? '' : ` COLLATE ${collation}`}`;
}

const STORING = new Set(['column', 'materializedView', 'compositeType', 'domain', 'rangeType']);

const stores = ({ kind }: SchemaObject): boolean => STORING.has(kind);
const isTypedTable = ({ kind, definition }: SchemaObject): boolean => kind === 'table' && 'ofType' in definition;

const LOOKING = new Set([
  'view',
  'materializedView',
  'index',
  'constraint',
  'policy',
  'rule',
  'trigger',
  'statistics',
  'default',
]);

/** What may name an attribute in an expression, which keeps it from going. */
function looksInside({ kind, definition }: SchemaObject): boolean {
  if (kind === 'routine') return definition.atomic === true;
  if (kind === 'column') return definition.expression !== undefined;
  return LOOKING.has(kind);
}
