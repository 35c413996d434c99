import type { Config } from '../config/config.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { loadDialect } from '../dialects/load.ts';
import { loadScratchDialect } from '../dialects/load-scratch.ts';
import type { DialectName } from '../dialects/names.ts';
import { SCRATCH_HINT, type ScratchDatabase } from '../dialects/scratch-dialect.ts';
import { ToraleError } from '../errors.ts';
import type { EventListener } from '../events.ts';
import type { Session } from '../session/session.ts';
import type { ScratchHost } from './open-side.ts';
import { scratchGuard, type ScratchGuard } from './scratch-guard.ts';

export interface ScratchRequest {
  readonly dialect: DialectName;
  /** The server it is made on; SQLite needs none. */
  readonly host: ScratchHost | null;
  readonly config: Pick<Config, 'protected' | 'connectTimeoutMs' | 'role' | 'searchPath' | 'versionTableSchema'>;
  readonly signal: AbortSignal;
  readonly onEvent: EventListener;
}

/** A database of its own, empty, for as long as the work with it takes. */
export interface Scratch {
  readonly dialect: Dialect;
  /** Another one after {@link mark} and {@link rewind}. */
  readonly session: Session;
  /** As it is shown to people. */
  readonly display: string;
  /** `PostgreSQL 15.20` */
  readonly title: string;
  /** Throws for a statement that would leave it. */
  readonly guard: ScratchGuard;
  /** Puts the session back to how it began. */
  reset(): Promise<void>;
  /** Remembers what it holds, to be called once; false where the server does not copy it. */
  mark(): Promise<boolean>;
  /** Makes it hold what was remembered. */
  rewind(): Promise<void>;
}

/**
 * Calls `work` with an empty scratch database, and drops it whatever happens: success, failure, or a signal, which cuts off
 * what runs there.
 *
 * @throws ToraleError SCRATCH_REFUSED on a protected environment, NO_DATABASE without a server, DENIED
 */
export async function withScratch<T>(request: ScratchRequest, work: (scratch: Scratch) => Promise<T>): Promise<T> {
  const { host, signal, config } = request;
  refuseHost(request);
  signal.throwIfAborted();
  const [dialect, scratches] = await Promise.all([loadDialect(request.dialect), loadScratchDialect(request.dialect)]);
  const isDedicated = host?.isDedicated ?? false;
  const database = await scratches.create(host?.url ?? null, {
    connectTimeoutMs: config.connectTimeoutMs,
    // They were said of the configured database.
    role: isDedicated ? null : config.role,
    searchPath: config.searchPath,
    signal,
  });
  const held = new Held(database, request.onEvent);
  const stop = (): void => void held.drop();
  signal.addEventListener('abort', stop, { once: true });
  const scratch: Scratch = {
    dialect,
    get session() {
      return database.session;
    },
    display: database.display,
    title: database.session.server.title,
    guard: scratchGuard(dialect, scratches, database.name, isDedicated),
    reset: () => database.reset(),
    mark: () => held.whole(async () => (await database.mark?.()) ?? false),
    rewind: () => held.whole(() => database.rewind!()),
  };
  try {
    signal.throwIfAborted();
    return await work(scratch);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    await held.drop();
  }
}

/** A database that is dropped once. */
class Held {
  readonly #database: ScratchDatabase;
  readonly #onEvent: EventListener;
  #changing: Promise<unknown> = Promise.resolve();
  #dropped: Promise<void> | null = null;

  constructor(database: ScratchDatabase, onEvent: EventListener) {
    this.#database = database;
    this.#onEvent = onEvent;
  }

  /** Work that what is to drop it waits for: there would be nobody left to drop what is made meanwhile. */
  whole<T>(work: () => Promise<T>): Promise<T> {
    const working = work();
    this.#changing = working.catch(() => undefined);
    return working;
  }

  drop(): Promise<void> {
    return (this.#dropped ??= this.#drop());
  }

  async #drop(): Promise<void> {
    await this.#changing;
    await this.#database.drop().catch((error: unknown) => {
      this.#onEvent({
        type: 'warning',
        code: 'SCRATCH_LEFT',
        message: `The scratch database ${this.#database.name} could not be dropped: ${(error as Error).message}`,
        hint: 'The next run drops it.',
      });
    });
  }
}

function refuseHost({ dialect, host, config }: ScratchRequest): void {
  if (dialect === 'sqlite') return;
  if (host === null) {
    throw new ToraleError('NO_DATABASE', 'A scratch database is needed, and no server is named that can have one.', {
      hint: SCRATCH_HINT,
    });
  }
  if (!config.protected || host.isDedicated) return;
  throw new ToraleError('SCRATCH_REFUSED', `${host.url.display} is protected, so it never has a scratch database.`, {
    hint: SCRATCH_HINT,
    data: { url: host.url.display },
  });
}
