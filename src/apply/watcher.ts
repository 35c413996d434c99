import type { Dialect } from '../dialects/dialect.ts';
import type { Session } from '../session/session.ts';

/**
 * A second connection, opened when it is needed: while the first is busy in a statement, only another can tell who
 * keeps it waiting, or cancel it.
 */
export class Watcher {
  readonly #dialect: Dialect;
  readonly #watched: Session;
  #side: Promise<Session> | undefined;

  constructor(dialect: Dialect, watched: Session) {
    this.#dialect = dialect;
    this.#watched = watched;
  }

  /** Who holds what the running statement waits for; empty where nobody does or nothing can be found out. */
  async blockers(): Promise<string[]> {
    return this.#ask((side, id) => this.#dialect.blockersOf(side, id), []);
  }

  /** Asks the server to give the running statement up. */
  async cancel(): Promise<void> {
    return this.#ask((side, id) => this.#dialect.cancel(side, id), undefined);
  }

  async close(): Promise<void> {
    const side = await this.#side?.catch(() => undefined);
    await side?.close().catch(() => undefined);
  }

  /** Help that is not to be had must not become a failure of its own. */
  async #ask<T>(question: (side: Session, id: number) => Promise<T>, otherwise: T): Promise<T> {
    const { id } = this.#watched;
    if (id === null || this.#watched.openAnother === undefined) return otherwise;
    try {
      this.#side ??= this.#watched.openAnother();
      return await question(await this.#side, id);
    } catch {
      return otherwise;
    }
  }
}

/** Calls `found` with the blockers of a statement that waits longer than `afterMs`. */
export async function namingBlockers<T>(
  watcher: Watcher,
  afterMs: number,
  work: () => Promise<T>,
  found: (blockers: string[]) => void,
): Promise<T> {
  const timer = setTimeout(() => {
    void watcher.blockers().then((blockers) => blockers.length > 0 && found(blockers));
  }, afterMs);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
