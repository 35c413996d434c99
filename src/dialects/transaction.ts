import type { Session } from '../session/session.ts';
import type { RevisionTransaction } from './dialect.ts';

/** A transaction that needs nothing but its statements. */
export async function plainTransaction(session: Session, begin: string): Promise<RevisionTransaction> {
  await session.query(begin);
  return {
    async commit() {
      await session.query('COMMIT');
    },
    async rollback() {
      if (await session.inTransaction()) await session.query('ROLLBACK');
    },
  };
}
