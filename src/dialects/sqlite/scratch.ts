import type { ScratchDatabase, ScratchDialect } from '../scratch-dialect.ts';
import type { SqlStatement } from '../sql/statement.ts';
import { codeOf } from '../sql/classify.ts';
import type { SqliteUrl } from '../url.ts';
import { connect, SqliteSession } from './connect.ts';
import { lexer } from './lex.ts';

const MEMORY: SqliteUrl = { dialect: 'sqlite', path: ':memory:', display: 'a scratch database in memory' };

export const sqliteScratch: ScratchDialect = { pristine: [], create, leaves };

async function create(): Promise<ScratchDatabase> {
  const session = (await connect(MEMORY, { connectTimeoutMs: 0, readOnly: false, create: true })) as SqliteSession;
  // Each empty table and index takes a page: 45 MiB instead of 86 for 5,000 tables; pages of 1 KiB would cost twice the time.
  session.driver.pragma('page_size = 2048');
  return scratchOn(session);
}

function scratchOn(session: SqliteSession): ScratchDatabase {
  return {
    name: ':memory:',
    display: MEMORY.display,
    session,
    copy: async () => {
      const { driver } = session;
      const Driver = driver.constructor as new (content: Buffer) => SqliteSession['driver'];
      const copied = new Driver(driver.serialize());
      return scratchOn(new SqliteSession(copied, () => copied.close()));
    },
    reset: async () => {
      await session.query('PRAGMA foreign_keys = ON');
    },
    drop: () => session.close(),
  };
}

function leaves(statement: SqlStatement): string | null {
  const { keyword } = statement;
  if (keyword === 'ATTACH' || keyword === 'DETACH') return `${keyword} reaches for another database file`;
  if (keyword !== 'VACUUM') return null;
  return codeOf(statement.text, lexer(statement.text)).includes('INTO') ? 'VACUUM INTO writes another file' : null;
}
