import type pg from 'pg';
import { ToraleError } from '../../errors.ts';
import type { PostgresUrl } from '../url.ts';

/** A URL that leads to a pooler in transaction mode by what is known of its provider. */
export function pooledBy(url: Pick<PostgresUrl, 'pooled' | 'hosts'>): { who: string; wayOut: string } | null {
  for (const { host, port } of url.hosts) {
    // https://supabase.com/docs/guides/database/connecting-to-postgres#supavisor-transaction-mode
    if (port === 6543 && /\.supabase\.(?:com|co)$/i.test(host)) {
      return { who: "Supabase's transaction pooler (port 6543)", wayOut: 'its port 5432' };
    }
    // https://neon.com/docs/connect/connection-pooling#how-to-use-connection-pooling
    if (/^[^.]+-pooler\..*\bneon\.tech$/i.test(host)) {
      return { who: "Neon's pooler", wayOut: `the host without -pooler: ${host.replace('-pooler.', '.')}` };
    }
  }
  return url.pooled === true ? { who: 'a transaction pooler (pgbouncer=true)', wayOut: "the server's own URL" } : null;
}

export function refusePooler(url: PostgresUrl): void {
  const pooler = pooledBy(url);
  if (pooler !== null) throw poolerRefused(url.display, pooler.who, pooler.wayOut);
}

/** In transaction mode each transaction may run in another session: nothing that belongs to a session holds, no lock either. */
export function poolerRefused(
  display: string,
  who = 'a pooler in transaction mode',
  wayOut = "the server's own URL, or that of a pooler in session mode",
): ToraleError {
  return new ToraleError('REFUSED', `${display} leads to ${who}, where no migration lock holds.`, {
    hint: `Give ${wayOut}, for migrations alone: TORALE_URL or --url.`,
    data: { url: display, pooler: 'transaction' },
  });
}

const ROUNDS = 3;

async function backendOf(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid');
  return rows[0]?.pid;
}

/**
 * Whether server sessions change hands between transactions. Asked only where the process that answers is not the one
 * that greeted, which some proxy stands for. A second client that gets the first one's idle session gives it away, and
 * so does a session that is another one when its turn comes again.
 *
 * @returns false also where no second connection is to be had: then a change is found when it happens
 */
export async function isTransactionPooled(first: pg.Client, openAnother: () => Promise<pg.Client>): Promise<boolean> {
  let second: pg.Client;
  try {
    second = await openAnother();
  } catch {
    return false;
  }
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const mine = await backendOf(first);
      try {
        // Held for the question only: with a single server session the first client would wait for it.
        await second.query('BEGIN');
        if ((await backendOf(second)) === mine) return true;
        if ((await backendOf(first)) !== mine) return true;
        await second.query('COMMIT');
      } catch (error) {
        // PgBouncer's third mode takes no transactions: "transaction blocks not allowed in statement pooling mode".
        if (/statement pooling/i.test((error as Error).message)) return true;
        throw error;
      }
    }
    return false;
  } finally {
    await second.end().catch(() => undefined);
  }
}
