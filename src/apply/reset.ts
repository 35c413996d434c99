import { existsSync, rmSync } from 'node:fs';
import type { DatabaseUrl } from '../dialects/url.ts';
import { ToraleError } from '../errors.ts';
import type { Run } from './run.ts';

export interface ResetRequest {
  /** A person said yes. */
  readonly confirmed: boolean;
}

/**
 * Empties a development database: drops and recreates the SQLite file, the MySQL database, PostgreSQL's own schemas.
 *
 * @throws ToraleError REFUSED unless the configuration says that this database is for development, and somebody yes
 */
export async function resetDatabase(run: Run, { confirmed }: ResetRequest): Promise<{ dropped: readonly string[] }> {
  const { config } = run;
  const { database } = config;
  if (database === null) {
    throw new ToraleError('NO_DATABASE', 'No database is named.', {
      hint: 'Give --url, or name one in the configuration.',
    });
  }
  if (!config.development) {
    throw new ToraleError(
      'REFUSED',
      `${database.display} is not marked as a development database, so it is not reset.`,
      {
        hint: 'Set development: true in its configuration (or environment), nowhere else.',
        data: { url: database.display },
      },
    );
  }
  if (!confirmed) {
    throw new ToraleError('REFUSED', `This would drop ${victimOf(database)}, with all rows in it.`, {
      hint: 'If you mean it: torale reset --yes',
      data: { url: database.display },
    });
  }
  return database.dialect === 'sqlite' ? resetFile(run, database.path, database.display) : resetServer(run);
}

function victimOf(database: DatabaseUrl): string {
  switch (database.dialect) {
    case 'sqlite':
      return `the file ${database.display}`;
    case 'mysql':
      return `the database of ${database.display}`;
    case 'postgres':
      return `every schema of ${database.display}`;
  }
}

async function resetFile(run: Run, path: string, display: string): Promise<{ dropped: string[] }> {
  if (path === ':memory:') return { dropped: [] };
  const existed = existsSync(path);
  // A file that is no SQLite database fails here, and stays.
  if (existed) await (await run.open({ readOnly: true, create: false })).session.close();
  for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  await (await run.open({ readOnly: false, create: true })).session.close();
  return { dropped: existed ? [display] : [] };
}

async function resetServer(run: Run): Promise<{ dropped: string[] }> {
  const { session, dialect } = await run.open({ readOnly: false, create: false });
  try {
    return { dropped: await dialect.reset(session) };
  } finally {
    await session.close();
  }
}
