import type pg from 'pg';
import type { Session } from '../../session/session.ts';
import type { ResultColumn } from '../dialect.ts';
import { literal } from './literal.ts';

/** The server reads a text back as the type it is compared with; what it writes as text it reads back exactly. */
export async function columnsOf(session: Session, select: string): Promise<ResultColumn[]> {
  const { fields } = await (session.driver as pg.Client).query(`SELECT * FROM (${select}\n) AS torale_rows LIMIT 0`);
  return fields.map(({ name }) => ({
    name,
    unfit: null,
    toText: (expression) => `(${expression})::text`,
    fromText: (text) => literal(text),
  }));
}
