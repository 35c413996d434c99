import { createHash } from 'node:crypto';
import type { Session } from '../../session/session.ts';

/** The schema is one small table; what SQLite runs outside a transaction changes nothing of it or all at once. */
export async function fingerprintOfAll(session: Session): Promise<string> {
  const { rows } = await session.query('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name');
  const hash = createHash('sha256');
  for (const row of rows) hash.update(JSON.stringify(row));
  return hash.digest('hex').slice(0, 16);
}
