import type { Dialect } from './dialect.ts';
import type { DialectName } from './names.ts';

/** What a dialect knows is loaded only for the database at hand. */
export async function loadDialect(name: DialectName): Promise<Dialect> {
  switch (name) {
    case 'postgres':
      return (await import('./postgres/index.ts')).postgres;
    case 'mysql':
      return (await import('./mysql/index.ts')).mysql;
    case 'sqlite':
      return (await import('./sqlite/index.ts')).sqlite;
  }
}
