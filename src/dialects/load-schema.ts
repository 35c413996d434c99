import type { DialectName } from './names.ts';
import type { SchemaDialect } from './schema-dialect.ts';

/** What a dialect knows of schemas is loaded only where schemas are compared. */
export async function loadSchemaDialect(name: DialectName): Promise<SchemaDialect> {
  switch (name) {
    case 'postgres':
      return (await import('./postgres/schema.ts')).postgresSchema;
    case 'mysql':
      return (await import('./mysql/schema.ts')).mysqlSchema;
    case 'sqlite':
      return (await import('./sqlite/schema.ts')).sqliteSchema;
  }
}
