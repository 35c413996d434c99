import type { SchemaDialect } from '../schema-dialect.ts';
import { inspect } from './inspect.ts';
import { kinds } from './kinds/index.ts';

export const sqliteSchema: SchemaDialect = { name: 'sqlite', kinds, inspect };
