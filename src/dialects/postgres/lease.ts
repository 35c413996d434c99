import type { ServerLocks } from '../dialect.ts';

/** Not now(), which stands still within a transaction. */
const NOW = 'pg_catalog.clock_timestamp()';

export const lease: ServerLocks['lease'] = {
  now: NOW,
  in: (milliseconds) => `${NOW} OPERATOR(pg_catalog.+) interval '${milliseconds} milliseconds'`,
  seeEverything: () => Promise.resolve(() => Promise.resolve()),
};
