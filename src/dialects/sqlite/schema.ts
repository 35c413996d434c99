import type { SchemaDialect } from '../schema-dialect.ts';
import { unusable } from './unusable.ts';
import { inspect } from './inspect.ts';
import { tablesToRebuild } from './kinds/in-place.ts';
import { kinds } from './kinds/index.ts';
import { sqliteRows } from './rows/index.ts';

export const sqliteSchema: SchemaDialect = {
  name: 'sqlite',
  kinds,
  rebuilt: tablesToRebuild,
  inspect,
  unusable,
  rows: sqliteRows,
};
