import { createHash } from 'node:crypto';
import type { ObjectId } from '../../../schema/object.ts';
import type { Session } from '../../../session/session.ts';
import type { TableTally, TallyRequest } from '../../row-rules.ts';
import { quote } from '../quote.ts';
import { contentOf } from './virtual.ts';

/** Reads the rows of tables as checksums. */
export async function tallyRows(
  session: Session,
  requests: readonly TallyRequest[],
): Promise<ReadonlyMap<ObjectId, TableTally>> {
  const tallies = new Map<ObjectId, TableTally>();
  const borrowers = await withoutOwnRows(session);
  for (const request of requests) {
    if (borrowers.has(handleOf(request.path.at(-1)!))) continue;
    const tally = await tallyOf(session, request).catch(() => null);
    if (tally !== null) tallies.set(request.id, tally);
  }
  return tallies;
}

/** Full-text indexes whose rows are another table's: https://www.sqlite.org/fts5.html#external_content_tables */
async function withoutOwnRows(session: Session): Promise<ReadonlySet<string>> {
  const sql = `SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%content%'`;
  const { rows } = await session.query(sql);
  return new Set(rows.filter((row) => contentOf(String(row['sql']))).map(({ name }) => handleOf(String(name))));
}

async function tallyOf(session: Session, { path, own, common, counted }: TallyRequest): Promise<TableTally> {
  const columns = [...new Set([...own, ...common, ...counted])];
  const places = new Map(columns.map((column, at) => [column, `c${at}`]));
  const values = columns.map((column, at) => `${signOf(quote(column))} AS c${at}`);
  const { rows } = await session.query(`SELECT ${['1 AS one', ...values].join(', ')} FROM ${quote(path.at(-1)!)}`);
  const checksum = (row: Record<string, unknown>, names: readonly string[]): string => {
    const text = names.map((name) => String(row[places.get(name)!])).join('\0');
    return createHash('sha256').update(text).digest('base64');
  };
  return {
    handle: handleOf(path.at(-1)!),
    rows: rows.map((row) => [checksum(row, own), checksum(row, common)]),
    counts: counted.map((column) => rows.filter((row) => row[places.get(column)!] !== 'NULL').length),
  };
}

/**
 * quote() ends a text at its first NUL (https://www.sqlite.org/lang_corefunc.html#quote). A whole number is the same one as
 * REAL, as it is stored alike.
 */
const signOf = (column: string): string =>
  `CASE typeof(${column}) WHEN 'text' THEN 't' || hex(${column})
   WHEN 'real' THEN CASE WHEN abs(${column}) < 1e15 AND CAST(${column} AS INTEGER) = ${column}
     THEN quote(CAST(${column} AS INTEGER)) ELSE quote(${column}) END
   ELSE quote(${column}) END`;

/** Its name: a rebuild takes the place of everything else that SQLite knows a table by. */
export function handleOf(table: string): string {
  return table.toLowerCase();
}
