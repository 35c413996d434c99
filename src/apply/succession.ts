import { ToraleError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';

/**
 * Where BEGIN is the lock, another run may come between two transactions of one revision. Each transaction leaves word
 * of how the database stood, and the next looks whether it stands so still.
 */
export class Succession {
  readonly #journal: Journal;
  readonly #revision: string;
  readonly #isNeeded: boolean;
  #left: string | null = null;

  constructor(journal: Journal, revision: string, isNeeded: boolean) {
    this.#journal = journal;
    this.#revision = revision;
    this.#isNeeded = isNeeded;
  }

  /** Called with all written that is to be committed. */
  async leave(): Promise<void> {
    if (this.#isNeeded) this.#left = await this.#look();
  }

  /**
   * Called first in the next transaction.
   *
   * @throws ToraleError LOCKED where another run was there meanwhile
   */
  async enter(): Promise<void> {
    if (this.#left === null || (await this.#look()) === this.#left) return;
    throw new ToraleError(
      'LOCKED',
      `Another run went on with revision ${this.#revision} meanwhile; this one stopped.`,
      {
        hint: "Run the same command again when that one is done; 'torale current' tells how far it is.",
        data: { revision: this.#revision },
      },
    );
  }

  async #look(): Promise<string> {
    const { heads, journal } = await this.#journal.read();
    const rows = journal.filter(({ revision }) => revision === this.#revision);
    return JSON.stringify([heads, rows.map(({ statement, state, fingerprint }) => [statement, state, fingerprint])]);
  }
}
