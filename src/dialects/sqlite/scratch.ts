import type { QueryResult } from '../../session/session.ts';
import type { ScratchDatabase, ScratchDialect, ScratchOptions } from '../scratch-dialect.ts';
import { EventTurns } from './event-turns.ts';
import type { SqlStatement } from '../sql/statement.ts';
import { codeOf } from '../sql/classify.ts';
import type { SqliteUrl } from '../url.ts';
import { connect, SqliteSession } from './connect.ts';
import { lexer } from './lex.ts';

const MEMORY: SqliteUrl = { dialect: 'sqlite', path: ':memory:', display: 'a scratch database in memory' };

export const sqliteScratch: ScratchDialect = { pristine: [], create, leaves };

async function create(_: unknown, { signal }: ScratchOptions): Promise<ScratchDatabase> {
  const opened = (await connect(MEMORY, { connectTimeoutMs: 0, readOnly: false, create: true })) as SqliteSession;
  const session = new ScratchSession(opened.driver, signal);
  // Each empty table and index takes a page: 45 MiB instead of 86 for 5,000 tables; pages of 1 KiB would cost twice the time.
  session.driver.pragma('page_size = 2048');
  return scratchOn(session, signal);
}

/** Nothing waits on such a database, so a signal would be heard when all is done: after minutes at 5,000 tables. */
class ScratchSession extends SqliteSession {
  readonly #turns: EventTurns;

  constructor(driver: SqliteSession['driver'], signal: AbortSignal) {
    super(driver, () => driver.close());
    this.#turns = new EventTurns(signal);
  }

  override async query(sql: string, bindings?: readonly unknown[]): Promise<QueryResult> {
    await this.#turns.next();
    return super.query(sql, bindings);
  }

  override async prepared(sql: string, bindings: readonly unknown[]): Promise<QueryResult> {
    await this.#turns.next();
    return super.prepared(sql, bindings);
  }

  /** Asked after each statement of a revision, those of its Knex as well. */
  override async inTransaction(): Promise<boolean> {
    await this.#turns.next();
    return super.inTransaction();
  }
}

function scratchOn(session: SqliteSession, signal: AbortSignal): ScratchDatabase {
  return {
    name: ':memory:',
    display: MEMORY.display,
    session,
    copy: async () => {
      const { driver } = session;
      const Driver = driver.constructor as new (content: Buffer) => SqliteSession['driver'];
      const copied = new Driver(driver.serialize());
      return scratchOn(new ScratchSession(copied, signal), signal);
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
