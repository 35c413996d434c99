import type { KindRules, Order, PlanContext, Statement } from '../../../diff/rules.ts';
import { idOf, keyOf, nameOf, sameDefinition, type ObjectOf } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';
import { inlineClause } from './constraint.ts';
import { altersInPlace } from './features.ts';
import { ident } from './ident.ts';
import { namesIn } from './text.ts';

export type Column = ObjectOf<'column'>;

/** `name text NOT NULL`: as it stands in CREATE TABLE and behind ADD COLUMN, without constraints that have a name. */
export function columnClause({ path, definition }: Column): string {
  const { type, collation, notNull, generated, expression, clauses = [] } = definition;
  const onConflict = clauses.some((clause) => clause.startsWith('NOT NULL'));
  const parts = [
    ident(path[1]!),
    type,
    collation === undefined ? '' : `COLLATE ${ident(collation)}`,
    expression === undefined ? '' : `GENERATED ALWAYS AS (${expression}) ${generated!.toUpperCase()}`,
    notNull && !onConflict ? 'NOT NULL' : '',
    ...clauses,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** What a row gets that says nothing of it; undefined where that is NULL. */
export function defaultOf({ definition: { clauses = [] } }: Column): string | undefined {
  const text = clauses.find((clause) => clause.startsWith('DEFAULT '))?.slice('DEFAULT '.length);
  return text === 'NULL' ? undefined : text;
}

export const column: KindRules<'column'> = {
  noun: () => 'column',
  create: (object, { to, parts }) => {
    const inline = parts.filter((part) => part.kind === 'constraint');
    const composed = [columnClause(object), ...inline.map((part) => inlineClause(part))].join(' ');
    const sql = `ALTER TABLE ${ident(object.path[0]!)} ADD COLUMN ${to.textOf(keyOf(object)) ?? composed}`;
    const { notNull, expression } = object.definition;
    const failsWithRows = notNull && expression === undefined && defaultOf(object) === undefined;
    return [
      failsWithRows ? { sql, hazard: `Fails where ${object.path[0]} has rows: they have no value for it.` } : { sql },
    ];
  },
  drop: (object) => {
    const sql = `ALTER TABLE ${ident(object.path[0]!)} DROP COLUMN ${ident(object.path[1]!)}`;
    if (object.definition.expression !== undefined) return [{ sql }];
    return [{ sql, hazard: `Data loss: every value in ${nameOf(object.path)}.`, loses: [keyOf(object)] }];
  },
  alter: (from, to, context) => (isNullabilityAlone(from, to, context) ? setNullability(to, context) : null),
  rename: (from, to) => {
    const [name, old, now] = [from.path[0]!, from.path[1]!, to.path[1]!].map(ident);
    return [{ sql: `ALTER TABLE ${name} RENAME COLUMN ${old} TO ${now}` }];
  },
  renamedAsked: {
    loses: ({ definition }) => definition.expression === undefined,
    // A virtual table's columns are its module's business.
    sign: ({ path }, schema) => (schema.find('table', [path[0]!])?.definition.using === undefined ? '' : null),
  },
  // Two names that differ in case are one: https://www.sqlite.org/lang_keywords.html
  identity: ({ path }) => nameOf(path).toLowerCase(),
  absorbs: (object, part, { to }) => part.kind === 'constraint' && isInline(object, keyOf(part), to),
  orders: (object, context) => (context.fate(keyOf(object)) === 'drop' ? afterTriggers(object, context) : []),
};

/** SQLite reads all triggers when a column goes: those that name it and go with another table have to be gone. */
function afterTriggers(object: Column, { from }: PlanContext): Order[] {
  const [table, name] = object.path.map((part) => part.toLowerCase()) as [string, string];
  return from.ofKind('trigger').flatMap((other): Order[] => {
    if (other.path[0]!.toLowerCase() === table) return [];
    const names = namesIn(other.definition.definition ?? '');
    const owner = other.path[0]!;
    return names.has(table) && names.has(name)
      ? [idOf('table', [owner]), idOf('view', [owner])].map((id) => [
          ['drop', id],
          ['drop', keyOf(object)],
        ])
      : [];
  });
}

export function isInline(object: Column, constraint: string, schema: Schema): boolean {
  return schema.needs(constraint).some(({ id, strength }) => strength === 'own' && id === keyOf(object));
}

/** Whether ALTER COLUMN … SET or DROP NOT NULL does it all. */
export function isNullabilityAlone(from: Column, to: Column, { version }: PlanContext): boolean {
  if (!altersInPlace(version)) return false;
  const without = ({ definition }: Column): object => ({ ...definition, notNull: null });
  return (
    sameDefinition(without(from), without(to)) &&
    !to.definition.clauses?.some((clause) => clause.startsWith('NOT NULL'))
  );
}

/** https://www.sqlite.org/lang_altertable.html#altertabaltcol */
function setNullability(to: Column, { fills }: PlanContext): Statement[] {
  const [table, name] = to.path.map(ident) as [string, string];
  if (!to.definition.notNull) return [{ sql: `ALTER TABLE ${table} ALTER COLUMN ${name} DROP NOT NULL` }];
  const fill = fills?.get(keyOf(to));
  const sql = `ALTER TABLE ${table} ALTER COLUMN ${name} SET NOT NULL`;
  if (fill !== undefined) return [{ sql: `UPDATE ${table} SET ${name} = ${fill} WHERE ${name} IS NULL` }, { sql }];
  return [{ sql, hazard: `Fails where ${nameOf(to.path)} is NULL in any row.` }];
}

/** Why ALTER TABLE … ADD COLUMN cannot add it; some of it is refused only where there are rows. */
export function obstacleToAdding(object: Column, { to, fills }: PlanContext): string | null {
  const { generated } = object.definition;
  const byDefault = defaultOf(object);
  const inline = to
    .parts(idOf('table', [object.path[0]!]), 'constraint')
    .filter((part) => isInline(object, keyOf(part), to));
  const types = new Set(inline.map(({ definition }) => definition.type));
  if (types.has('PRIMARY KEY')) return 'with a primary key';
  if (types.has('UNIQUE')) return 'that is unique';
  if (generated === 'stored') return 'that is generated and stored';
  if (byDefault !== undefined && /^(?:\(|CURRENT_)/.test(byDefault)) return 'with a default that is no constant';
  if (types.has('FOREIGN KEY') && byDefault !== undefined) return 'with a foreign key and a default';
  return fills?.has(keyOf(object)) === true ? 'with values for the rows there are' : null;
}
