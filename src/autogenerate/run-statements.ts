import { loadDialect } from '../dialects/load.ts';
import type { Statement } from '../diff/rules.ts';
import type { Session } from '../session/session.ts';

export interface FailedStatement {
  readonly statement: Statement;
  /** In the server's words. */
  readonly message: string;
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
  let isOpen = false;
  const end = async (word: 'COMMIT' | 'ROLLBACK'): Promise<void> => {
    if (isOpen) await session.query(word);
    isOpen = false;
  };
  for (const statement of statements) {
    try {
      if (statement.transactional === false) await end('COMMIT');
      else if (!isOpen) {
        await session.query('BEGIN');
        isOpen = true;
      }
      await session.query(statement.sql);
    } catch (error) {
      const dialect = await loadDialect(session.dialect);
      const { code, message, detail, connectionLost } = dialect.describeError(error);
      if (connectionLost) throw error;
      await end('ROLLBACK').catch(() => undefined);
      return { statement, message: `${message}${detail === undefined ? '' : `. ${detail}`} (${code})` };
    }
  }
  try {
    await end('COMMIT');
  } catch (error) {
    const { code, message } = (await loadDialect(session.dialect)).describeError(error);
    return { statement: statements.at(-1)!, message: `${message} (${code})` };
  }
  return null;
}
