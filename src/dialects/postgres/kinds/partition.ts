import type { KindRules, PlanContext, Statement } from '../../../diff/rules.ts';
import { idOf, nameOf, type ObjectId, type ObjectOf } from '../../../schema/object.ts';
import type { Catalog } from '../catalog.ts';
import { qualified } from '../ident.ts';
import { addMissing, dropLeftBehind } from './link-constraints.ts';
import { takeNotNullNames } from './link-not-null.ts';
import { notOfExtension, USER_SCHEMA, type Reader } from '../reader.ts';
import { partitionOrders } from './partition-orders.ts';

interface Row {
  readonly child: number;
  readonly parent: number;
  readonly schema: string;
  readonly name: string;
  readonly of: readonly string[];
  readonly bound: string;
  readonly columns?: readonly (readonly [number, number])[];
  readonly defaults?: readonly number[];
}

export const partitionReader: Reader<Row> = {
  name: 'partitions',
  onlyWith: 'pg_inherits.inhrelid',
  sql: () => `
    SELECT c.oid::int8 AS child, p.oid::int8 AS parent, n.nspname AS schema, c.relname AS name,
      json_build_array(pn.nspname, p.relname) AS of, pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS bound,
      ${columnsOf('c.oid, p.oid')} AS columns, ${defaultsOf('p.oid')} AS defaults
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid
    JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
    JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
    WHERE c.relispartition AND c.relkind IN ('r', 'p', 'f') AND ${USER_SCHEMA} AND ${notOfExtension('pg_class', 'c.oid')}
    ORDER BY c.oid`,
  read: (rows, catalog) => {
    for (const { child, parent, schema, name, of, bound, columns, defaults } of rows) {
      const id = catalog.put('partition', [schema, name], { of, bound });
      catalog.later(() => {
        catalog.need(id, catalog.at(['pg_class', child]), 'own');
        catalog.need(id, catalog.at(['pg_class', parent]), 'use');
        needInherited(id, { columns, defaults }, catalog);
      });
    }
  },
};

/** The columns of relations: oid and number. */
export function columnsOf(oids: string): string {
  return `(
        SELECT json_agg(json_build_array(a.attrelid::int8, a.attnum)) FROM pg_catalog.pg_attribute a
        WHERE a.attrelid IN (${oids}) AND a.attnum > 0 AND NOT a.attisdropped)`;
}

export function defaultsOf(oid: string): string {
  return `(SELECT json_agg(d.oid::int8) FROM pg_catalog.pg_attrdef d WHERE d.adrelid = ${oid})`;
}

interface Inherited {
  readonly columns: Row['columns'] | undefined;
  readonly defaults: Row['defaults'] | undefined;
}

/** A child takes over the columns and defaults that its parent has at that moment. */
export function needInherited(link: ObjectId, { columns, defaults }: Inherited, catalog: Catalog): void {
  for (const column of columns ?? []) catalog.need(link, catalog.at(['pg_class', ...column]), 'use');
  for (const oid of defaults ?? []) catalog.need(link, catalog.at(['pg_attrdef', oid]), 'use');
}

export const partition: KindRules<'partition'> = {
  noun: () => 'partition',
  create: (object, context) => [...addMissing(object.path, object.definition.of, context), attach(object, context)],
  drop: ({ path, definition }, context) => [
    { sql: `ALTER TABLE ${qualified(definition.of)} DETACH PARTITION ${qualified(path)}` },
    ...dropLeftBehind(path, definition.of, context),
    ...takeNotNullNames(path, definition.of, context),
  ],
  orders: partitionOrders,
  // All bounds that move are freed before any is taken.
  alter: () => null,
  outlives: (_object, needed) => needed.kind === 'column' || needed.kind === 'default',
  // Of bounds that overlap, the old goes before the new comes; where the parent is replaced there is nothing to free.
  occupies: ({ definition }, context) =>
    context?.fate(idOf('table', definition.of)) === 'replace' ? [] : [`partitions of ${nameOf(definition.of)}`],
};

function attach({ path, definition }: ObjectOf<'partition'>, context: PlanContext): Statement {
  const sql = `ALTER TABLE ${qualified(definition.of)} ATTACH PARTITION ${qualified(path)} ${definition.bound}`;
  const isNew = context.fate(idOf('table', path)) === 'create';
  return isNew ? { sql } : { sql, hazard: `Fails where a row of ${nameOf(path)} does not belong there.` };
}
