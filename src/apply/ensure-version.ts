import { inBookkeeping, openJournal, withLock } from './bookkeeping.ts';
import type { Run } from './run.ts';

/** Makes Torale's tables where they are missing. @returns whether anything was missing */
export async function ensureVersion(run: Run): Promise<{ created: boolean }> {
  const connected = await run.open({ readOnly: false, create: true });
  try {
    return await withLock(run, connected, async () => {
      if ((await openJournal(run, connected)).complete) return { created: false };
      return inBookkeeping(run, connected, async () => ({ created: true }));
    });
  } finally {
    await connected.session.close();
  }
}
