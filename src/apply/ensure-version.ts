import { inBookkeeping, openJournal, withLock } from './bookkeeping.ts';
import { onDatabase } from './database.ts';
import type { Run } from './run.ts';

/** Makes Torale's tables where they are missing. @returns whether anything was missing */
export async function ensureVersion(run: Run): Promise<{ created: boolean }> {
  return onDatabase(await run.open({ readOnly: false, create: true }), async (connected) => {
    const journal = await openJournal(run, connected);
    if (journal.complete) return { created: false };
    return withLock(run, connected, journal, (held) =>
      inBookkeeping(held.run, held.connected, journal, async () => ({ created: true })),
    );
  });
}
