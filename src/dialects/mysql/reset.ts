import type { Session } from '../../session/session.ts';
import { quote } from './quote.ts';

/** Drops the current database and makes it again with its character set and collation. */
export async function reset(session: Session): Promise<string[]> {
  const { rows } = await session.query(
    'SELECT DATABASE() AS name, @@character_set_database AS charset, @@collation_database AS collation_name',
  );
  const { name, charset, collation_name: collation } = rows[0] ?? {};
  const database = quote(String(name));
  await session.query(`DROP DATABASE ${database}`);
  await session.query(`CREATE DATABASE ${database} CHARACTER SET ${String(charset)} COLLATE ${String(collation)}`);
  return [String(name)];
}
