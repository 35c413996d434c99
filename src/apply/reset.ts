import { rmSync } from 'node:fs';
import { loadDialect } from '../dialects/load.ts';
import { ToraleError } from '../errors.ts';
import type { Run } from './run.ts';

/**
 * Empties a development database: drops and recreates the SQLite file, the MySQL database, PostgreSQL's own schemas.
 *
 * @throws ToraleError REFUSED unless the configuration says that this database is for development
 */
export async function resetDatabase(run: Run): Promise<{ dropped: readonly string[] }> {
  const { config } = run;
  const { database } = config;
  if (database === null) {
    throw new ToraleError('NO_DATABASE', 'No database is named.', { hint: 'Give --url, or name one in the configuration.' });
  }
  if (!config.development) {
    throw new ToraleError('REFUSED', `${database.display} is not marked as a development database, so it is not reset.`, {
      hint: 'Set development: true in its configuration (or environment), nowhere else.',
    });
  }
  if (database.dialect === 'sqlite') {
    if (database.path === ':memory:') return { dropped: [] };
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${database.path}${suffix}`, { force: true });
    return { dropped: [database.display] };
  }
  const { session } = await run.open({ readOnly: false, create: false });
  try {
    const dialect = await loadDialect(database.dialect);
    return { dropped: await dialect.reset(session) };
  } finally {
    await session.close();
  }
}
