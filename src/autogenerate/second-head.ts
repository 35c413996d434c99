import { buildSide, inScratch } from './materialise.ts';
import type { SideContext } from './open-side.ts';
import type { Scratch } from './scratch.ts';
import type { Side } from './side.ts';

export const HEAD: Side = { type: 'revisions', said: 'head', target: 'heads' };

/**
 * A second scratch database at head, for when the first is not at it any more: a copy that takes its place, or, where the
 * server makes none, one on which the revisions are replayed beside what the first is used for.
 */
export class SecondHead {
  readonly #context: SideContext;
  readonly #first: Scratch;
  readonly #end = Promise.withResolvers<void>();
  #ready: Promise<Scratch | null> | null = null;
  #replay: Promise<void> = Promise.resolve();

  constructor(context: SideContext, first: Scratch) {
    this.#context = context;
    this.#first = first;
  }

  /** To be called while the first is at head; its session is another one afterwards. */
  async begin(): Promise<void> {
    if (this.#ready !== null) return;
    this.#ready = (await this.#first.mark()) ? Promise.resolve(null) : this.#replayed();
    // Who asks for it is told.
    this.#ready.catch(() => undefined);
  }

  /** Once the first is needed no more. */
  async scratch(): Promise<Scratch> {
    await this.begin();
    const second = await this.#ready!;
    if (second !== null) return second;
    await this.#first.rewind();
    return this.#first;
  }

  /** Lets go of it. */
  async end(): Promise<void> {
    this.#end.resolve();
    await this.#replay;
  }

  #replayed(): Promise<Scratch> {
    const ready = Promise.withResolvers<Scratch>();
    this.#replay = inScratch(this.#context, async (scratch) => {
      await buildSide(this.#context, scratch, HEAD);
      ready.resolve(scratch);
      await this.#end.promise;
    }).catch(ready.reject);
    return ready.promise;
  }
}
