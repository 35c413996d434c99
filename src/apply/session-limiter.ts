import type { Dialect, SessionLimits } from '../dialects/dialect.ts';
import type { Session } from '../session/session.ts';

/** Sets limits only where they change: most revisions run under the same. */
export class SessionLimiter {
  readonly #dialect: Dialect;
  readonly #session: Session;
  #current = '';

  constructor(dialect: Dialect, session: Session) {
    this.#dialect = dialect;
    this.#session = session;
  }

  async set(limits: SessionLimits): Promise<void> {
    const wanted = `${limits.lockTimeoutMs} ${limits.statementTimeoutMs}`;
    if (wanted === this.#current) return;
    await this.#dialect.limitSession(this.#session, limits);
    this.#current = wanted;
  }
}
