import { setImmediate } from 'node:timers/promises';

/** So long at most may pass before a signal is heard. */
const TURN_MS = 50;

/** Lets the event loop turn now and then in work that never waits by itself. */
export class EventTurns {
  readonly #signal: AbortSignal;
  #last = performance.now();
  #turning: Promise<void> | null = null;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** @throws what the signal was aborted with */
  async next(): Promise<void> {
    // Who asks meanwhile waits as well, so that none overtakes another.
    if (this.#turning === null && performance.now() - this.#last < TURN_MS) return;
    await (this.#turning ??= this.#turn());
    this.#signal.throwIfAborted();
  }

  async #turn(): Promise<void> {
    await setImmediate();
    this.#last = performance.now();
    this.#turning = null;
  }
}
