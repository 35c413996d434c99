import type { SchemaDialect } from '../schema-dialect.ts';
import { inspect } from './inspect.ts';
import { combine } from './kinds/alter-table.ts';
import { kinds } from './kinds/index.ts';
import { finish } from './kinds/session.ts';
import { mysqlRows } from './rows/index.ts';

export const mysqlSchema: SchemaDialect = { name: 'mysql', kinds, inspect, combine, finish, rows: mysqlRows };
