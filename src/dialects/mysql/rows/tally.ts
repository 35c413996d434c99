import type { ObjectId } from '../../../schema/object.ts';
import type { Row, Session } from '../../../session/session.ts';
import type { TableTally, TallyRequest } from '../../row-rules.ts';
import { quote } from '../quote.ts';
import { queryAll } from '../show.ts';

/** Of a table with system versioning all versions of its rows: https://mariadb.com/kb/en/system-versioned-tables/ */
const VERSIONED = `SELECT TABLE_NAME AS name FROM information_schema.TABLES
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'SYSTEM VERSIONED'`;

/** Reads the rows of tables as checksums. */
export async function tallyRows(
  session: Session,
  requests: readonly TallyRequest[],
): Promise<ReadonlyMap<ObjectId, TableTally>> {
  const versioned = new Set((await session.query(VERSIONED)).rows.map(({ name }) => String(name)));
  const queries = requests.map((request) => tallySql(request, versioned.has(request.path.at(-1)!)));
  const answers = await queryAll(session, queries).catch(() => null);
  const tallies = new Map<ObjectId, TableTally>();
  for (const [at, request] of requests.entries()) {
    // One that cannot be read spoils the answer for all.
    const rows = answers?.[at] ?? (await session.query(queries[at]!).catch(() => null))?.rows;
    if (rows !== undefined) tallies.set(request.id, tallyOf(request, rows));
  }
  return tallies;
}

function tallyOf({ path, counted }: TallyRequest, rows: readonly Row[]): TableTally {
  return {
    handle: path.at(-1)!,
    rows: rows.map(({ own, common }) => [String(own), String(common)]),
    counts: counted.map((_, at) => rows.filter((row) => Number(row[`has${at}`]) === 1).length),
  };
}

function tallySql({ path, own, common, counted }: TallyRequest, isVersioned: boolean): string {
  const checksum = (columns: readonly string[]): string =>
    `MD5(CONCAT_WS(',', '', ${[...columns.map(signOf), "''"].join(', ')}))`;
  const has = counted.map((column, at) => `${quote(column)} IS NOT NULL AS has${at}`);
  const columns = [`${checksum(own)} AS own`, `${checksum(common)} AS common`, ...has].join(', ');
  return `SELECT ${columns} FROM ${quote(path.at(-1)!)}${isVersioned ? ' FOR SYSTEM_TIME ALL' : ''}`;
}

/**
 * HEX() rounds numbers, so each value becomes a text first, which is binary for what has no characters. A text is the same
 * one in another character set.
 */
function signOf(column: string): string {
  const text = `CONCAT(${quote(column)})`;
  return `IFNULL(IF(CHARSET(${text}) = 'binary', HEX(${text}), HEX(CONVERT(${text} USING utf8mb4))), '-')`;
}
