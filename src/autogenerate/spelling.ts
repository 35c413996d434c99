import type { InspectedServer, SchemaDialect } from '../dialects/schema-dialect.ts';
import { planChanges } from '../diff/plan.ts';
import { spelledAs, spellingSuspects } from '../diff/spelling.ts';
import { sameDefinition, type ObjectId } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import { inScratch } from './materialise.ts';
import type { SideContext } from './open-side.ts';
import { runStatements } from './run-statements.ts';

/**
 * The target in the words of `from` wherever the two differ in nothing but the server's way to print them. What may be so is
 * put to the proof: both schemas are made once more, from their printed texts, and if an object then reads the same on both
 * sides, it was the same.
 */
export async function settleSpelling(
  context: SideContext,
  rules: SchemaDialect,
  server: InspectedServer,
  from: Schema,
  to: Schema,
): Promise<Schema> {
  const suspects = spellingSuspects(from, to);
  if (suspects.length === 0) return to;
  const left = await printedAgain(context, rules, server, from);
  const right = left === null ? null : await printedAgain(context, rules, server, to);
  if (left === null || right === null) return to;
  const same = suspects.filter((id) => isSame(left, right, id));
  return spelledAs(to, from, same);
}

function isSame(left: Schema, right: Schema, id: ObjectId): boolean {
  const [one, other] = [left.get(id), right.get(id)];
  return one !== undefined && other !== undefined && sameDefinition(one.definition, other.definition);
}

/** Null where the schema cannot be made by itself, such as a part of one that needs the rest. */
async function printedAgain(
  context: SideContext,
  rules: SchemaDialect,
  server: InspectedServer,
  schema: Schema,
): Promise<Schema | null> {
  return inScratch(context, async (scratch) => {
    const empty = await rules.inspect(scratch.session, () => false);
    const { number: version, flavor } = server;
    const { statements } = planChanges({ from: empty.schema, to: schema, version, flavor }, rules);
    const failed = await runStatements(scratch.session, statements);
    return failed === null ? (await rules.inspect(scratch.session, () => false)).schema : null;
  });
}
