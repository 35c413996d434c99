import { loadSchemaDialect } from '../dialects/load-schema.ts';
import { loadScratchDialect } from '../dialects/load-scratch.ts';
import { planChanges } from '../diff/plan.ts';
import { filterSchema, type ObjectFilter } from '../schema/filter.ts';
import { ObjectPool } from '../schema/pool.ts';
import { Schema } from '../schema/schema.ts';
import { refuseUnread } from './compare.ts';
import { openSide, type InspectedSide, type SideContext } from './open-side.ts';
import type { Side } from './side.ts';
import { sqlScript } from './sql-script.ts';

/**
 * What one schema holds.
 *
 * @throws ToraleError UNREAD_OBJECT for what it would have to leave out in silence
 */
export async function inspectSide(context: SideContext, side: Side, filter: ObjectFilter): Promise<InspectedSide> {
  const inspected = await openSide({ ...context, pool: new ObjectPool() }, side);
  refuseUnread(inspected, filter);
  return { ...inspected, schema: filterSchema(inspected.schema, filter) };
}

/** The script that makes a schema in a new database. */
export async function makingOf(
  { dialect }: SideContext,
  { schema, server }: InspectedSide,
  filter: ObjectFilter,
): Promise<string> {
  const [rules, { pristine }] = await Promise.all([loadSchemaDialect(dialect), loadScratchDialect(dialect)]);
  const from = filterSchema(new Schema(pristine, new Map()), filter);
  const { number: version, flavor } = server;
  const { statements } = planChanges({ from, to: schema, version, flavor }, rules);
  return sqlScript(dialect, statements);
}
