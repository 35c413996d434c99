import { mysqlRows, type Row } from './raw.ts';

interface TableRows {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Each value as the bytes of its text. */
  readonly rows: readonly Row[];
}

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

const COLUMNS = `SELECT TABLE_NAME AS tbl, COLUMN_NAME AS name, COLUMN_TYPE AS type FROM information_schema.COLUMNS
  WHERE TABLE_SCHEMA = DATABASE() AND COALESCE(GENERATION_EXPRESSION, '') = '' ORDER BY 1, ORDINAL_POSITION`;

/** The rows of all tables, computed columns left out. */
export async function rowsOf(url: string): Promise<TableRows[]> {
  // Joined with the list of tables this takes ten times as long.
  const [all, listed] = await Promise.all([mysqlRows(url, COLUMNS), mysqlRows(url, 'SHOW FULL TABLES')]);
  const isTable = ([name, type]: readonly unknown[]): unknown =>
    /^(?:BASE TABLE|SYSTEM VERSIONED)$/.test(String(type)) && name;
  const kept = new Set(listed.map((row) => isTable(Object.values(row))));
  const tables = Map.groupBy(
    all.filter(({ tbl }) => kept.has(tbl)),
    ({ tbl }) => String(tbl),
  );
  return Promise.all(
    [...tables].map(async ([name, found]) => {
      const columns = found.map((row) => ({ name: String(row['name']), type: String(row['type']) }));
      const list = columns.map((one) => `HEX(${asText(one)}) AS ${quoted(one.name)}`);
      return { name, columns, rows: await mysqlRows(url, `SELECT ${list.join(', ')} FROM ${quoted(name)}`) };
    }),
  );
}

/** Values of every type, whatever they are kept as: HEX of a number is that number in another base, rounded. */
function asText({ name, type }: { readonly name: string; readonly type: string }): string {
  if (/^(?:geometry|point|linestring|polygon|multi)/.test(type)) return `ST_AsWKB(${quoted(name)})`;
  if (/blob|binary/.test(type)) return quoted(name);
  return `CONVERT(${quoted(name)} USING utf8mb4)`;
}

/** What is not there any more in tables and columns that both have, under one name and with one type. */
export function lostRows(
  before: readonly TableRows[],
  after: readonly TableRows[],
): { readonly table: string; readonly lost: unknown; readonly instead: unknown }[] {
  return before.flatMap((old) => {
    const now = after.find(({ name }) => name === old.name);
    if (now === undefined) return [];
    const names = old.columns
      .filter(({ name, type }) => now.columns.some((other) => other.name === name && other.type === type))
      .map(({ name }) => name);
    const told = ({ rows }: TableRows): string[] =>
      rows.map((row) => JSON.stringify(names.map((name) => row[name]))).sort();
    const [lost, instead] = [told(old), told(now)];
    return JSON.stringify(lost) === JSON.stringify(instead) ? [] : [{ table: old.name, lost, instead }];
  });
}
