import type { ObjectId } from '../../schema/object.ts';
import type { Session } from '../../session/session.ts';
import type { TableTally, TallyRequest } from '../row-rules.ts';
import { ident, qualified, text } from './ident.ts';

/** So many tables are read in one transaction, for the sake of its locks. */
const CHUNK = 100;

/** One value has one text; a table whose rows are hidden by row security is refused rather than half read. */
const SETTINGS = Object.entries({
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  extra_float_digits: '3',
  bytea_output: 'hex',
  row_security: 'off',
})
  .map(([name, value]) => `pg_catalog.set_config('${name}', '${value}', true)`)
  .join(', ');

interface Answer {
  readonly handle: string;
  readonly rows: readonly (readonly [string, string])[];
  readonly counts: readonly number[];
}

/** Reads the rows of tables as checksums. */
export async function tallyRows(
  session: Session,
  requests: readonly TallyRequest[],
): Promise<ReadonlyMap<ObjectId, TableTally>> {
  const tallies = new Map<ObjectId, TableTally>();
  for (let at = 0; at < requests.length; at += CHUNK) {
    const chunk = requests.slice(at, at + CHUNK);
    const read = await readChunk(session, chunk);
    // One that cannot be read spoils the answer for all.
    for (const [index, request] of chunk.entries()) {
      const answer = read === null ? (await readChunk(session, [request]))?.[0] : read[index];
      if (answer !== undefined) tallies.set(request.id, answer);
    }
  }
  return tallies;
}

async function readChunk(session: Session, chunk: readonly TallyRequest[]): Promise<Answer[] | null> {
  await session.query('BEGIN READ ONLY');
  try {
    await session.query(`SELECT ${SETTINGS}`);
    const { rows } = await session.query(chunk.map(tallySql).join(' UNION ALL '));
    return rows.map((row) => JSON.parse(String(row['answer'])) as Answer);
  } catch {
    return null;
  } finally {
    await session.query('ROLLBACK');
  }
}

function tallySql({ path, own, common, counted }: TallyRequest): string {
  const name = qualified(path);
  const checksum = (columns: readonly string[]): string =>
    `pg_catalog.hashtextextended(ROW(${columns.map(ident).join(', ')})::text, 0)::text`;
  const counts = counted.map((column) => `count(${ident(column)})`).join(', ');
  return `SELECT pg_catalog.json_build_object('handle', ${text(name)}::pg_catalog.regclass::oid::text,
    'rows', coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(${checksum(own)}, ${checksum(common)})), '[]'),
    'counts', pg_catalog.json_build_array(${counts}))::text AS answer FROM ONLY ${name}`;
}
