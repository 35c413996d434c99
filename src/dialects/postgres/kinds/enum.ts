import type { KindRules, PlanContext, Statement } from '../../../diff/rules.ts';
import { keyOf, type ObjectOf } from '../../../schema/object.ts';
import { qualified, text } from '../ident.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';
import { moveType } from './aside.ts';
import { typeName } from './names.ts';

interface Row {
  readonly oid: number;
  readonly array: number;
  readonly schema: string;
  readonly name: string;
  readonly values?: readonly string[];
}

export const enumReader: Reader<Row> = {
  name: 'enums',
  onlyWith: 'pg_enum.oid',
  sql: () => `
    SELECT t.oid::int8, t.typarray::int8 AS array, n.nspname AS schema, t.typname AS name,
      (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid) AS values
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype = 'e' AND ${USER_SCHEMA} AND ${notOfExtension('pg_type', 't.oid')}`,
  read: (rows, catalog) => {
    for (const { oid, array, schema, name, values } of rows) {
      catalog.put('enum', [schema, name], { values: values ?? [] }, ['pg_type', oid], ['pg_type', array]);
    }
  },
};

type Enum = ObjectOf<'enum'>;

export const enumRules: KindRules<'enum'> = {
  noun: () => 'enum',
  create: ({ path, definition: { values } }) => [
    { sql: `CREATE TYPE ${qualified(path)} AS ENUM (${values.map(text).join(', ')})` },
  ],
  drop: ({ path }) => [{ sql: `DROP TYPE ${qualified(path)}` }],
  alter: (from, to, context) => (isKept(from, to) ? addValues(from, to, context) : null),
  renamedAsked: { loses: () => false },
  rename: (from, to) => [{ sql: `ALTER TYPE ${qualified(from.path)} RENAME TO ${qualified(to.path.slice(1))}` }],
  members: ({ definition: { values } }) => values,
  renameMember: ({ path }, from, to) => [
    { sql: `ALTER TYPE ${qualified(path)} RENAME VALUE ${text(from)} TO ${text(to)}` },
  ],
  occupies: ({ path }) => [typeName(path)],
  aside: {
    move: (object, context) => {
      const { statements, moved } = moveType(object, context);
      const hazard = removedHazard(object, context);
      return {
        statements: statements.map((statement) => (hazard === null ? statement : { ...statement, hazard })),
        moved,
      };
    },
  },
  moment: { alter: 'first' },
};

/** Values can be added anywhere, but neither taken away nor moved. */
function isKept(from: Enum, to: Enum): boolean {
  const before = from.definition.values;
  const kept = to.definition.values.filter((value) => before.includes(value));
  return kept.length === before.length && kept.every((value, at) => value === before[at]);
}

function addValues(from: Enum, to: Enum, context: PlanContext): Statement[] {
  const before = new Set(from.definition.values);
  const { values } = to.definition;
  const added = [...values.entries()].filter(([, value]) => !before.has(value));
  // https://www.postgresql.org/docs/current/sql-altertype.html: a new value cannot be used before it is committed.
  const isAlone = added.some(([, value]) => isUsed(value, context));
  return added.map(([at, value]) => {
    const sql = `ALTER TYPE ${qualified(to.path)} ADD VALUE ${text(value)}${placeOf(values, at, before)}`;
    return isAlone ? { sql, transactional: false } : { sql };
  });
}

/** Where values before it are there already: added in their order, each comes after its neighbour. */
function placeOf(values: readonly string[], at: number, before: ReadonlySet<string>): string {
  const next = values.slice(at + 1).find((value) => before.has(value));
  if (next === undefined) return '';
  const previous = values[at - 1];
  return previous === undefined ? ` BEFORE ${text(next)}` : ` AFTER ${text(previous)}`;
}

function isUsed(value: string, context: PlanContext): boolean {
  const literal = text(value);
  for (const object of context.to.objects()) {
    if (object.kind === 'enum' || object.kind === 'comment' || context.fate(keyOf(object)) === 'keep') continue;
    if (holds(object.definition, literal)) return true;
  }
  return false;
}

function holds(value: unknown, literal: string): boolean {
  if (typeof value === 'string') return value.includes(literal);
  return typeof value === 'object' && value !== null && Object.values(value).some((part) => holds(part, literal));
}

function removedHazard(object: Enum, { to }: PlanContext): string | null {
  const after = to.find('enum', object.path)?.definition.values ?? [];
  const removed = object.definition.values.filter((value) => !after.includes(value));
  return removed.length === 0 ? null : `Fails where a row still has ${removed.map(text).join(' or ')}.`;
}
