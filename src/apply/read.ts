import { loadDialect } from '../dialects/load.ts';
import { isToraleError } from '../errors.ts';
import { Journal } from '../journal/journal.ts';
import { onDatabase } from './database.ts';
import type { Connected, Run } from './run.ts';

/** Opens the database for reading. A SQLite file that is not there yet reads as the empty database it would be. */
export async function openForReading(run: Run): Promise<Connected> {
  const { database, connectTimeoutMs } = run.config;
  try {
    return await run.open({ readOnly: true, create: false });
  } catch (error) {
    const isMissing = isToraleError(error) && error.code === 'DATABASE_MISSING' && error.data['missing'] === true;
    if (!isMissing || database?.dialect !== 'sqlite') throw error;
    const dialect = await loadDialect('sqlite');
    const inMemory = { ...database, path: ':memory:' };
    const session = await dialect.connect(inMemory, { readOnly: true, create: true, connectTimeoutMs });
    return { dialect, session, display: database.display };
  }
}

/** What `read` finds in Torale's tables. Writes nothing. */
export async function readJournal<T>(
  run: Run,
  read: (journal: Journal, connected: Connected) => Promise<T>,
): Promise<T> {
  return onDatabase(await openForReading(run), async (connected) =>
    read(await Journal.open(connected.session, connected.dialect, run.config), connected),
  );
}
