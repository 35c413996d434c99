/** How far an `op.batch` has come; kept in the journal, in the transaction of the batch itself. */
export interface BatchPosition {
  /** The key of the last row, as texts; null before the first. */
  readonly after: readonly string[] | null;
  readonly rows: number;
  readonly batches: number;
}

export const AT_THE_BEGINNING: BatchPosition = { after: null, rows: 0, batches: 0 };

/** As the journal keeps it. */
export function formatPosition(position: BatchPosition): string {
  return JSON.stringify({ batch: position });
}

/** Null for what is no position: the journal keeps other things of other statements there. */
export function parsePosition(text: string | null): BatchPosition | null {
  if (text === null || !text.startsWith('{')) return null;
  try {
    const { batch } = JSON.parse(text) as { batch?: Partial<BatchPosition> };
    if (batch === undefined) return null;
    const { after = null, rows = 0, batches = 0 } = batch;
    const isKey = after === null || (Array.isArray(after) && after.every((part) => typeof part === 'string'));
    return isKey ? { after, rows: Number(rows), batches: Number(batches) } : null;
  } catch {
    return null;
  }
}
