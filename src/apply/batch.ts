import { pause } from '../dialects/waiting.ts';
import type { Row } from '../session/session.ts';
import type { BatchPlan, BatchResult } from './batch-options.ts';
import type { Page, Pages } from './batch-pages.ts';
import type { BatchPosition } from './batch-position.ts';
import type { CallSite } from './call-site.ts';

/** One call of `op.batch`. */
export interface BatchRequest {
  readonly plan: BatchPlan;
  readonly site: CallSite | null;
  /** The revision's own function. */
  readonly each: (rows: readonly Row[]) => Promise<void>;
}

export interface BatchProgress extends BatchResult {
  /** Rows a second of this run; 0 before the first second. */
  readonly ratePerSecond: number;
  readonly done: boolean;
}

/** What the batches of one call run on. */
export interface BatchGround {
  readonly pages: Pages;
  readonly signal: AbortSignal;
  /** Runs one batch in a transaction and commits it with its position, or rolls it back. */
  commit(work: () => Promise<{ position: BatchPosition; isLast: boolean }>): Promise<void>;
  /** Whether the batch may be tried again after this failure. */
  isBusy(error: unknown): boolean;
  readonly onProgress: (progress: BatchProgress) => void;
}

const MOST_TRIES = 10;
const LARGEST = 10;

/** Works through all pages from a position on. What an error leaves behind is committed batches and their position. */
export async function runBatches(
  { plan, each }: BatchRequest,
  from: BatchPosition,
  ground: BatchGround,
): Promise<BatchResult> {
  const { pages, signal } = ground;
  const pace = new Pace(plan.size, plan.budgetMs);
  const meter = new Meter(from, ground.onProgress);
  let position = from;
  for (let tries = 1; ;) {
    signal.throwIfAborted();
    const started = performance.now();
    let page: Page | undefined;
    let next = position;
    try {
      await ground.commit(async () => {
        page = await pages.read(position.after, pace.size);
        if (page.rows.length > 0) await each(page.rows);
        next = advance(position, page);
        return { position: next, isLast: page.isLast };
      });
    } catch (error) {
      if (tries === MOST_TRIES || signal.aborted || !ground.isBusy(error)) throw error;
      await pause(Math.min(50 * 2 ** tries, 5000) * (0.5 + Math.random()), signal);
      pace.shrink();
      tries += 1;
      continue;
    }
    tries = 1;
    position = next;
    const isLast = page!.isLast;
    meter.show(position, isLast);
    if (isLast) return { rows: position.rows, batches: position.batches };
    pace.took(performance.now() - started);
    if (plan.pauseMs > 0) await pause(plan.pauseMs, signal);
  }
}

function advance(position: BatchPosition, page: Page): BatchPosition {
  if (page.rows.length === 0) return position;
  return { after: page.after, rows: position.rows + page.rows.length, batches: position.batches + 1 };
}

/** Finds the number of rows that fit the budget. */
export class Pace {
  readonly #largest: number;
  readonly #budgetMs: number;
  #size: number;

  constructor(size: number, budgetMs: number) {
    this.#size = size;
    this.#largest = size * LARGEST;
    this.#budgetMs = budgetMs;
  }

  get size(): number {
    return this.#size;
  }

  /** No more than half or double at a time: one slow batch may have waited for somebody else. */
  took(milliseconds: number): void {
    const factor = Math.min(2, Math.max(0.5, this.#budgetMs / Math.max(milliseconds, 1)));
    this.#size = Math.min(this.#largest, Math.max(1, Math.floor(this.#size * factor)));
  }

  shrink(): void {
    this.#size = Math.max(1, Math.floor(this.#size / 2));
  }
}

/** Tells at most once a second how far it has come, and at the end. */
class Meter {
  readonly #from: BatchPosition;
  readonly #show: (progress: BatchProgress) => void;
  readonly #started = performance.now();
  #shown = this.#started;

  constructor(from: BatchPosition, show: (progress: BatchProgress) => void) {
    this.#from = from;
    this.#show = show;
  }

  show({ rows, batches }: BatchPosition, done: boolean): void {
    const now = performance.now();
    if (!done && now - this.#shown < 1000) return;
    this.#shown = now;
    const seconds = (now - this.#started) / 1000;
    const ratePerSecond = seconds < 1 ? 0 : Math.round((rows - this.#from.rows) / seconds);
    this.#show({ rows, batches, ratePerSecond, done });
  }
}
