import type { OwnStatement, Session } from '../../session/session.ts';
import type { RevisionTransaction, RowsDiffer } from '../dialect.ts';
import { inlineWith } from '../sql/literal.ts';
import type { PostgresSession } from './connect.ts';
import { describeError } from './errors.ts';
import { lexer } from './lex.ts';

/** Sessions on which the transaction of the next revision was begun together with the last COMMIT. */
const begunAhead = new WeakSet<Session>();

/** A revision of one statement takes two round trips: the statement, and all that follows it until the next one's. */
export async function beginRevision(session: Session): Promise<RevisionTransaction> {
  if (!begunAhead.delete(session) || !(await session.inTransaction())) await session.query('BEGIN');
  return {
    async commit() {
      await session.query('COMMIT');
    },
    async writeAndCommit(statements, end) {
      // Behind a pooler the backend is asked for in between, and SET TRANSACTION comes before any query.
      const beginsNext = end.isFollowed && !(session as PostgresSession).isProxied;
      const lines = [...statements.map(checked), 'COMMIT', ...(beginsNext ? ['BEGIN'] : [])];
      try {
        await session.query(lines.join(';\n'));
      } catch (error) {
        const differs = rowsDiffer(error);
        if (differs === null) throw error;
        return differs;
      }
      if (beginsNext) begunAhead.add(session);
      return null;
    },
    async rollback() {
      if (await session.inTransaction()) await session.query('ROLLBACK');
    },
  };
}

/** Ends what was begun ahead, for what must not be rolled back with the next revision. */
export async function endBegunAhead(session: Session): Promise<void> {
  if (begunAhead.delete(session)) await session.query('COMMIT');
}

/**
 * The statement with its values, failing where it changes another number of rows than it says: what follows it in the
 * same message, COMMIT included, then does not run. A cast tells the number, since only a block of PL/pgSQL could raise
 * an error of its own. A revision may have changed the search path.
 */
function checked({ sql, bindings, rows }: OwnStatement, index: number): string {
  const whole = piecesOf(sql, bindings.length)
    .map((piece, at) => (at % 2 === 0 ? piece : literal(bindings[Number(piece)])))
    .join('');
  if (rows === undefined) return whole;
  return `WITH changed AS (${whole} RETURNING 1)
SELECT CASE WHEN pg_catalog.count(*) OPERATOR(pg_catalog.=) ${rows} THEN 0
  ELSE CAST(pg_catalog.concat('${MARK} ', ${index}, ' ', pg_catalog.count(*)) AS pg_catalog.int4) END FROM changed`;
}

const MARK = 'torale: rows';

function rowsDiffer(error: unknown): RowsDiffer | null {
  const { code, message } = describeError(error);
  // 22P02: invalid_text_representation
  const match = code === '22P02' ? new RegExp(`${MARK} (\\d+) (\\d+)`).exec(message) : null;
  return match === null ? null : { index: Number(match[1]), found: Number(match[2]) };
}

const known = new Map<string, string[]>();

/** A statement cut at its placeholders, with the indexes of its bindings between: each revision has the same few. */
function piecesOf(sql: string, count: number): string[] {
  let pieces = known.get(sql);
  if (pieces === undefined) {
    const indexes = Array.from({ length: count }, (_, index) => index);
    const numberOf = (text: string): number => Number(text.slice(1));
    pieces = inlineWith(sql, indexes, lexer(sql), numberOf, (index) => `\0${String(index)}\0`).split('\0');
    known.set(sql, pieces);
  }
  return pieces;
}

/** Of a type yet unknown, as a bound value is; read the same where a revision set standard_conforming_strings off. */
function literal(value: unknown): string {
  if (value === null) return 'NULL';
  const text = String(value as string | number).replaceAll("'", "''");
  return text.includes('\\') ? `E'${text.replaceAll('\\', '\\\\')}'` : `'${text}'`;
}
