import type { Row, Session } from '../../../../src/session/session.ts';
import { quoted } from './world.ts';

const ask = async (session: Session, sql: string): Promise<readonly Row[]> => (await session.query(sql)).rows;

/** What depends on when and by whom something was made, and on the rows. */
function normal(text: string): string {
  return (
    text
      // Aria's, which other engines keep without knowing them.
      .replaceAll(/ ?\b(?:page_checksum|transactional)=\d/gi, '')
      .replaceAll(/ AUTO_INCREMENT=\d+/g, '')
      .replaceAll(/DEFINER=`[^`]*`@`[^`]*` ?/g, '')
      .replaceAll(/`torale_\w+`\./g, '')
      .replaceAll(/`rnd_\w+`\./g, '')
  );
}

/** Indexes and constraints stand in the order in which they came, which means nothing. */
function withoutOrder(sql: string): string {
  const lines = sql.split('\n').map((line) => line.replace(/,$/, ''));
  const isKey = (line: string): boolean =>
    /^ {2}(?:(?:PRIMARY|UNIQUE|FULLTEXT|SPATIAL) )?KEY |^ {2}CONSTRAINT /.test(line);
  const keys = lines.filter((line) => isKey(line)).toSorted();
  return lines.map((line) => (isKey(line) ? keys.shift()! : line)).join('\n');
}

const TABLES = `SELECT TABLE_NAME, TABLE_TYPE, ENGINE, ROW_FORMAT, TABLE_COLLATION, CREATE_OPTIONS, TABLE_COMMENT
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()`;
const LISTS: Readonly<Record<string, string>> = {
  database: `SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME, SCHEMA_COMMENT FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()`,
  column: `SELECT TABLE_NAME, ORDINAL_POSITION, COLUMN_NAME, COLUMN_DEFAULT, IS_NULLABLE, COLUMN_TYPE, CHARACTER_SET_NAME, COLLATION_NAME,
    COLUMN_KEY, EXTRA, COLUMN_COMMENT, IS_GENERATED, GENERATION_EXPRESSION FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()`,
  index: `SELECT TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, NON_UNIQUE, COLUMN_NAME, COLLATION, SUB_PART, NULLABLE, INDEX_TYPE, INDEX_COMMENT, IGNORED
    FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()`,
  reference: `SELECT TABLE_NAME, CONSTRAINT_NAME, REFERENCED_TABLE_NAME, UNIQUE_CONSTRAINT_NAME, MATCH_OPTION, UPDATE_RULE, DELETE_RULE
    FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()`,
  check: `SELECT TABLE_NAME, CONSTRAINT_NAME, LEVEL, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()`,
  trigger: `SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER, ACTION_STATEMENT, SQL_MODE,
    COLLATION_CONNECTION, DATABASE_COLLATION FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()`,
  partition: `SELECT TABLE_NAME, PARTITION_ORDINAL_POSITION, PARTITION_NAME, SUBPARTITION_NAME, PARTITION_METHOD, SUBPARTITION_METHOD, PARTITION_EXPRESSION,
    SUBPARTITION_EXPRESSION, PARTITION_DESCRIPTION, PARTITION_COMMENT FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = DATABASE() AND PARTITION_NAME IS NOT NULL`,
  routine: `SELECT ROUTINE_NAME, ROUTINE_TYPE, DTD_IDENTIFIER, ROUTINE_DEFINITION, SQL_DATA_ACCESS, IS_DETERMINISTIC, SECURITY_TYPE, SQL_MODE, ROUTINE_COMMENT,
    COLLATION_CONNECTION, DATABASE_COLLATION FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()`,
  parameter: `SELECT SPECIFIC_NAME, ORDINAL_POSITION, PARAMETER_MODE, PARAMETER_NAME, DTD_IDENTIFIER, COLLATION_NAME
    FROM information_schema.PARAMETERS WHERE SPECIFIC_SCHEMA = DATABASE()`,
  event: `SELECT EVENT_NAME, EVENT_DEFINITION, EVENT_TYPE, EXECUTE_AT, INTERVAL_VALUE, INTERVAL_FIELD, SQL_MODE, STARTS, ENDS, STATUS, ON_COMPLETION,
    EVENT_COMMENT, TIME_ZONE, COLLATION_CONNECTION, DATABASE_COLLATION FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()`,
  view: `SELECT TABLE_NAME, VIEW_DEFINITION, CHECK_OPTION, IS_UPDATABLE, SECURITY_TYPE, ALGORITHM FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()`,
};

/** All that the server says of a database, by the words of SHOW CREATE and by information_schema, one line each. */
export async function factsOf(session: Session): Promise<string[]> {
  const facts: string[] = [];
  const tables = await ask(session, TABLES);
  for (const row of tables) {
    // A sequence's character set is that of its database, and nothing comes of it.
    const said = {
      ...row,
      CREATE_OPTIONS: normal(` ${String(row['CREATE_OPTIONS'])}`).trim(),
      ...(row['TABLE_TYPE'] === 'SEQUENCE' ? { TABLE_COLLATION: '' } : {}),
    };
    facts.push(normal(`table ${Object.values(said).map(String).join(' | ')}`));
    const type = String(row['TABLE_TYPE']);
    const word = type === 'VIEW' || type === 'SEQUENCE' ? type : 'TABLE';
    const [shown] = await ask(session, `SHOW CREATE ${word} ${quoted(String(row['TABLE_NAME']))}`);
    const text = normal(String(shown![`Create ${word === 'VIEW' ? 'View' : 'Table'}`]));
    facts.push(`create ${word === 'TABLE' ? withoutOrder(text) : text}`);
  }
  for (const [kind, sql] of Object.entries(LISTS)) {
    for (const row of await ask(session, sql))
      facts.push(
        normal(
          `${kind} ${Object.values(row)
            .map((value) => (value instanceof Date ? value.toISOString() : String(value)))
            .join(' | ')}`,
        ),
      );
  }
  return facts.sort();
}

export function differenceOf(is: readonly string[], wanted: readonly string[]): string[] {
  const [have, want] = [new Set(is), new Set(wanted)];
  return [
    ...is.filter((line) => !want.has(line)).map((line) => `is:     ${line}`),
    ...wanted.filter((line) => !have.has(line)).map((line) => `wanted: ${line}`),
  ];
}

type Stored = ReadonlyMap<string, { readonly columns: ReadonlyMap<string, string>; readonly rows: readonly Row[] }>;

/** All rows, each value by its text or its bytes; of each column what decides on whether that stays. */
export async function storedRows(session: Session): Promise<Stored> {
  const columns = await ask(
    session,
    `SELECT c.TABLE_NAME AS tbl, c.COLUMN_NAME AS name, c.COLUMN_TYPE AS type, c.IS_NULLABLE AS nullable, t.TABLE_TYPE AS kind
     FROM information_schema.COLUMNS c JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
     WHERE c.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') AND c.IS_GENERATED = 'NEVER'
       AND c.GENERATION_EXPRESSION IS NULL AND c.EXTRA NOT LIKE '%STORED GENERATED%' AND c.EXTRA NOT LIKE '%VIRTUAL GENERATED%'`,
  );
  const result = new Map<string, { columns: Map<string, string>; rows: readonly Row[] }>();
  for (const [table, own] of Map.groupBy(columns, ({ tbl }) => String(tbl))) {
    const values = own.map(({ name, type }) => {
      const column = quoted(String(name));
      const isBytes = /binary|blob|point|geometry|bit/.test(String(type));
      return `${isBytes ? `HEX(CONCAT(${column}))` : `CAST(${column} AS CHAR CHARACTER SET utf8mb4)`} AS ${quoted(String(name).toLowerCase())}`;
    });
    const past = own[0]!['kind'] === 'SYSTEM VERSIONED' ? ' FOR SYSTEM_TIME ALL' : '';
    result.set(table, {
      // A TIMESTAMP that becomes NOT NULL gives the time to rows that have none, which is said.
      columns: new Map(
        own.map(({ name, type, nullable }) => [
          String(name).toLowerCase(),
          `${String(type)}${String(type).startsWith('timestamp') ? ` ${String(nullable)}` : ''}`,
        ]),
      ),
      rows: await ask(session, `SELECT ${values.join(', ')} FROM ${quoted(table)}${past}`),
    });
  }
  return result;
}

/** Rows that are not there any more with their values in the columns that are on both sides and of one type. */
export function lostRows(
  before: Stored,
  after: Stored,
  isExcused: (table: string, column?: string) => boolean,
): { readonly lost: readonly string[]; readonly followed: number } {
  const lost: string[] = [];
  let followed = 0;
  for (const [table, old] of before) {
    const now = after.get(table);
    if (now === undefined || isExcused(table)) continue;
    const names = [...old.columns]
      .filter(([column, type]) => now.columns.get(column) === type && !isExcused(table, column))
      .map(([column]) => column);
    const sign = (row: Row): string => names.map((name) => String(row[name])).join('|');
    const left = new Map<string, number>();
    for (const row of now.rows) left.set(sign(row), (left.get(sign(row)) ?? 0) + 1);
    for (const row of old.rows) {
      const count = left.get(sign(row)) ?? 0;
      if (count === 0)
        lost.push(`a row of ${table}: ${names.map((name) => `${name} ${String(row[name])}`).join(', ')}`);
      left.set(sign(row), count - 1);
    }
    followed += old.rows.length;
  }
  return { lost, followed };
}
