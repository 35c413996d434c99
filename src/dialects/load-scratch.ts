import type { DialectName } from './names.ts';
import type { ScratchDialect } from './scratch-dialect.ts';

/** How scratch databases are made is loaded only where one is needed. */
export async function loadScratchDialect(name: DialectName): Promise<ScratchDialect> {
  switch (name) {
    case 'postgres':
      return (await import('./postgres/scratch.ts')).postgresScratch;
    case 'mysql':
      return (await import('./mysql/scratch.ts')).mysqlScratch;
    case 'sqlite':
      return (await import('./sqlite/scratch.ts')).sqliteScratch;
  }
}
