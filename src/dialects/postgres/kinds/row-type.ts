import type { PlanContext } from '../../../diff/rules.ts';
import { ToraleError } from '../../../errors.ts';
import { idOf, nameOf, type ObjectId, type ObjectOf, type SchemaObject } from '../../../schema/object.ts';
import type { Schema } from '../../../schema/schema.ts';

/**
 * A table whose rows are stored as values elsewhere keeps the types of its columns.
 *
 * @throws ToraleError REFUSED
 */
export function refuseWhereStored(column: ObjectOf<'column'>, { to }: PlanContext): void {
  const table = column.path.slice(0, 2);
  const storing = storedIn(idOf('table', table), to);
  if (storing === undefined) return;
  const place = nameOf(storing.path);
  throw new ToraleError(
    'REFUSED',
    `The type of ${nameOf(column.path)} cannot change: ${place} holds whole rows of ${nameOf(table)}.`,
    {
      hint: `Take three revisions: add a column of the new type beside it and fill it; let ${place} and what reads it use another type or the new column; drop the old column.`,
      data: { column: column.path, storedIn: storing.path },
    },
  );
}

const WITHIN: ReadonlySet<string> = new Set(['compositeType', 'domain', 'rangeType']);

/** A column that has values of a row type, or of a type made of it. */
function storedIn(type: ObjectId, side: Schema): SchemaObject | undefined {
  const seen = new Set([type]);
  for (const id of seen) {
    for (const { id: dependent, strength } of side.dependents(id)) {
      const object = side.get(dependent)!;
      if (strength !== 'use') continue;
      if (object.kind === 'column' || object.kind === 'materializedView') return object;
      if (WITHIN.has(object.kind)) seen.add(dependent);
    }
  }
  return undefined;
}
