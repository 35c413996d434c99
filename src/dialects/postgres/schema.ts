import type { PlanContext, Statement } from '../../diff/rules.ts';
import { keyOf } from '../../schema/object.ts';
import type { SchemaDialect } from '../schema-dialect.ts';
import { inspect } from './inspect.ts';
import { kinds } from './kinds/index.ts';
import { afterCreate } from './kinds/new-objects.ts';
import { isChecked } from './kinds/routine.ts';
import { postgresRows } from './rows.ts';

export const postgresSchema: SchemaDialect = {
  name: 'postgres',
  kinds,
  inspect,
  prologue,
  afterCreate,
  rows: postgresRows,
};

/** Bodies may name what comes later, or each other: they are not looked into before all is there. */
function prologue(statements: readonly Statement[], context: PlanContext): Statement[] {
  const makesRoutines = statements.some(({ sql }) => /^CREATE (?:OR REPLACE )?(?:FUNCTION|PROCEDURE) /m.test(sql));
  if (!makesRoutines) return [];
  for (const object of context.to.objects()) {
    if (object.kind === 'routine' && context.fate(keyOf(object)) !== 'keep' && isChecked(object)) {
      return [{ sql: 'SET LOCAL check_function_bodies = off' }];
    }
  }
  return [];
}
