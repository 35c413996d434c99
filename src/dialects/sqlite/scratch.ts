import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

function scratchOn(opened: SqliteSession, signal: AbortSignal): ScratchDatabase {
  let session = opened;
  let marked: Driver | null = null;
  return {
    name: ':memory:',
    display: MEMORY.display,
    get session() {
      return session;
    },
    mark: async () => {
      marked = await copyOf(session.driver);
      return true;
    },
    rewind: async () => {
      await session.close();
      session = new ScratchSession(marked!, signal);
      // Not before: each of them reads the schema, 15 MiB at 5,000 tables, which find place now in what is free.
      for (const setting of UNSHARED) session.driver.pragma(setting);
    },
    reset: async () => {
      await session.query('PRAGMA foreign_keys = ON');
    },
    drop: async () => {
      marked?.close();
      await session.close();
    },
  };
}

type Driver = SqliteSession['driver'];

/** Nobody else is in it, and nothing of it has to survive. */
const UNSHARED = ['journal_mode = MEMORY', 'synchronous = OFF', 'locking_mode = EXCLUSIVE'];

/** From here on it counts that both are in memory: 1,000 tables. Those of 5,000 are 45 MiB. */
const LARGE = 8 * 2 ** 20;

async function copyOf(driver: Driver): Promise<Driver> {
  const Made = driver.constructor as new (content: Buffer | string) => Driver;
  const sizeOf = (unit: string): number => driver.pragma(unit, { simple: true }) as number;
  if (sizeOf('page_count') * sizeOf('page_size') > LARGE) {
    const copied = await onDisk(driver, (file) => new Made(file)).catch(() => null);
    if (copied !== null) return copied;
    // There is no place to write.
  }
  return new Made(driver.serialize());
}

/** In a file that is gone with whoever has it open. */
async function onDisk(driver: Driver, open: (file: string) => Driver): Promise<Driver> {
  const folder = mkdtempSync(join(tmpdir(), 'torale-scratch-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  // Windows removes no file that is open.
  if (process.platform === 'win32') process.once('exit', remove);
  try {
    const file = join(folder, 'head.db');
    await driver.backup(file);
    return open(file);
  } finally {
    if (process.platform !== 'win32') remove();
  }
}

function leaves(statement: SqlStatement): string | null {
  const { keyword } = statement;
  if (keyword === 'ATTACH' || keyword === 'DETACH') return `${keyword} reaches for another database file`;
  if (keyword !== 'VACUUM') return null;
  return codeOf(statement.text, lexer(statement.text)).includes('INTO') ? 'VACUUM INTO writes another file' : null;
}
