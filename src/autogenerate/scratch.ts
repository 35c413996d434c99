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
  /** Another one once a copy was made. */
  readonly session: Session;
  /** As it is shown to people. */
  readonly display: string;
  /** `PostgreSQL 15.20` */
  readonly title: string;
  /** Throws for a statement that would leave it. */
  readonly guard: ScratchGuard;
  /** Puts the session back to how it began. */
  reset(): Promise<void>;
  /** A second one that holds what this one holds now and goes with it; null where the server does not copy it. */
  copy(): Promise<Scratch | null>;
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
  const scratchOn = (made: ScratchDatabase): Scratch => ({
    dialect,
    get session() {
      return made.session;
    },
    display: made.display,
    title: made.session.server.title,
    guard: scratchGuard(dialect, scratches, made.name, isDedicated),
    reset: () => made.reset(),
    copy: async () => {
      const copied = await held.copy(made);
      return copied && scratchOn(copied);
    },
  });
  try {
    signal.throwIfAborted();
    return await work(scratchOn(database));
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    await held.drop();
  }
}

/** A database and its copies, which are dropped once, together. */
class Held {
  readonly #databases: ScratchDatabase[];
  readonly #onEvent: EventListener;
  #copying: Promise<unknown> = Promise.resolve();
  #dropped: Promise<void> | null = null;

  constructor(database: ScratchDatabase, onEvent: EventListener) {
    this.#databases = [database];
    this.#onEvent = onEvent;
  }

  async copy(database: ScratchDatabase): Promise<ScratchDatabase | null> {
    const copying = database.copy?.() ?? Promise.resolve(null);
    // What is asked to end meanwhile waits for it: there would be nobody left to drop what it makes.
    this.#copying = copying.then(
      (copied) => copied && this.#databases.push(copied),
      () => undefined,
    );
    await this.#copying;
    return copying;
  }

  drop(): Promise<void> {
    return (this.#dropped ??= this.#drop());
  }

  async #drop(): Promise<void> {
    await this.#copying;
    for (const database of this.#databases.toReversed()) {
      await database.drop().catch((error: unknown) => {
        this.#onEvent({
          type: 'warning',
          code: 'SCRATCH_LEFT',
          message: `The scratch database ${database.name} could not be dropped: ${(error as Error).message}`,
          hint: 'The next run drops it.',
        });
      });
    }
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
