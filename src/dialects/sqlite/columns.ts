import type { Database } from 'better-sqlite3';
import { ToraleError } from '../../errors.ts';
import type { Session } from '../../session/session.ts';
import type { ResultColumn } from '../dialect.ts';

/** What quote() answers: https://www.sqlite.org/lang_corefunc.html#quote */
const LITERAL = /^(?:-?\d[\d.]*(?:e[+-]?\d+)?|'(?:[^']|'')*'|X'[0-9A-F]*')$/i;

/** A column may hold values of several types, so each is kept as the literal that it is. */
export async function columnsOf(session: Session, select: string): Promise<ResultColumn[]> {
  const statement = (session.driver as Database).prepare(`SELECT * FROM (${select}\n) LIMIT 0`);
  return statement.columns().map(({ name }) => ({
    name,
    unfit: null,
    toText: (expression) => `quote(${expression})`,
    fromText: (text) => {
      if (LITERAL.test(text)) return text;
      throw new ToraleError('UNRESOLVED', 'The journal holds a key that is none of ours.');
    },
  }));
}
