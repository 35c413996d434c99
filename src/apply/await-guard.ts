import type { CallSite } from './call-site.ts';

interface Call {
  readonly what: string;
  readonly site: CallSite | null;
  settled: boolean;
  awaited: boolean;
}

/**
 * A promise that knows whether anybody waits for it. `await` calls `then` only on a promise whose constructor is not
 * the built-in one, hence the subclass.
 */
class WatchedPromise<T> extends Promise<T> {
  call: Call | undefined;

  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  // Knowing who waits is what the class is for.
  // oxlint-disable-next-line unicorn/no-thenable
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    if (this.call !== undefined) this.call.awaited = true;
    return super.then(onFulfilled, onRejected);
  }
}

/** Finds the operations that a revision started and did not wait for. */
export class AwaitGuard {
  readonly #calls: Call[] = [];

  watch<T>(what: string, site: CallSite | null, work: () => Promise<T>): Promise<T> {
    const call: Call = { what, site, settled: false, awaited: false };
    this.#calls.push(call);
    const promise = new WatchedPromise<T>((resolve, reject) => {
      work().then(resolve, reject);
    });
    const settle = (): void => {
      call.settled = true;
      if (call.awaited) this.#calls.splice(this.#calls.indexOf(call), 1);
    };
    // Before `call` is set: this is not the user's waiting. It also keeps a failure that nobody awaits from ending the process.
    promise.then(settle, settle);
    promise.call = call;
    return promise;
  }

  /** Calls still running, or that finished with nobody waiting. */
  forgotten(): { what: string; site: CallSite | null }[] {
    return this.#calls.filter((call) => !call.awaited || !call.settled);
  }
}
