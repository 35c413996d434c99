import type { LockOptions, RevisionTransaction } from '../dialects/dialect.ts';
import { loadDialect } from '../dialects/load.ts';
import type { Statement } from '../diff/rules.ts';
import { isToraleError } from '../errors.ts';
import type { Session } from '../session/session.ts';

export interface FailedStatement {
  readonly statement: Statement;
  /** In the server's words. */
  readonly message: string;
}

/** Nobody else is on a scratch database. */
const UNSHARED: LockOptions = { schema: null, table: '', timeoutMs: 0, onWait: () => undefined };

/** Begins a transaction on a scratch database as that of a revision is begun. */
export async function beginAsRevision(session: Session): Promise<RevisionTransaction> {
  const dialect = await loadDialect(session.dialect);
  return dialect.beginRevision(session, { lock: UNSHARED, foreignKeys: false });
}

/**
 * Runs planned statements the way a revision does: those that may be, together in transactions, the others alone.
 *
 * @returns the one that failed, rolled back with its transaction; null where all ran
 */
export async function runStatements(
  session: Session,
  statements: readonly Statement[],
): Promise<FailedStatement | null> {
  let transaction: RevisionTransaction | null = null;
  let at = -1;
  try {
    for (const [index, { sql, transactional }] of statements.entries()) {
      if (transactional !== false) transaction ??= await beginAsRevision(session);
      else if (transaction !== null) {
        await transaction.commit();
        transaction = null;
      }
      at = index;
      await session.query(sql);
    }
    await transaction?.commit();
    return null;
  } catch (error) {
    const dialect = await loadDialect(session.dialect);
    const { code, message, detail, connectionLost } = dialect.describeError(error);
    if (connectionLost) throw error;
    await transaction?.rollback().catch(() => undefined);
    // What is found out at the end of a transaction is laid to its last statement.
    const statement = statements[Math.max(at, 0)]!;
    if (isToraleError(error)) return { statement, message };
    return { statement, message: `${message}${detail === undefined ? '' : `. ${detail}`} (${code})` };
  }
}
