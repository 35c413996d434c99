import type { Dialect } from '../dialects/dialect.ts';
import { qualified, type TableNames } from './tables.ts';

/** The layout this Torale writes. */
export const LAYOUT = 2;

/** The oldest layout number whose Torale can still work with what this one writes. */
const COMPATIBLE_WITH = 1;

/** What each table holds, in the order of its columns; also what a table must have to be taken for ours. */
export const COLUMNS = {
  version: ['version_num'],
  history: [
    'id',
    'revision',
    'parents',
    'action',
    'checksum',
    'started_at',
    'finished_at',
    'duration_ms',
    'torale_version',
    'applied_by',
  ],
  journal: [
    'revision',
    'statement',
    'hash',
    'state',
    'row_count',
    'checksum',
    'fingerprint',
    'started_at',
    'finished_at',
  ],
  layout: ['version', 'compatible'],
} as const;

export type ToraleTable = keyof typeof COLUMNS;

/**
 * The statement that makes one of the tables in its present shape.
 * The version table is Alembic's, so that a team may keep the one it has.
 */
function createTable(dialect: Dialect, names: TableNames, table: ToraleTable): string {
  const { columnTypes: type } = dialect;
  const columns: Record<ToraleTable, string[]> = {
    version: [
      `version_num ${type.id} NOT NULL`,
      `CONSTRAINT ${dialect.quote(`${names.version}_pkc`)} PRIMARY KEY (version_num)`,
    ],
    history: [
      type.serial,
      `revision ${type.id} NOT NULL`,
      `parents ${type.text} NOT NULL`,
      `action ${type.short} NOT NULL`,
      `checksum ${type.short}`,
      `started_at ${type.timestamp} NOT NULL`,
      `finished_at ${type.timestamp} NOT NULL`,
      `duration_ms ${type.integer} NOT NULL`,
      `torale_version ${type.short} NOT NULL`,
      `applied_by ${type.text} NOT NULL`,
    ],
    journal: [
      `revision ${type.id} NOT NULL`,
      `statement ${type.integer} NOT NULL`,
      `hash ${type.short} NOT NULL`,
      `state ${type.short} NOT NULL`,
      `row_count ${type.integer}`,
      `checksum ${type.short}`,
      `fingerprint ${type.text}`,
      `started_at ${type.timestamp} NOT NULL`,
      `finished_at ${type.timestamp}`,
      'PRIMARY KEY (revision, statement)',
    ],
    // Some servers refuse a table without a primary key (sql_require_primary_key).
    layout: [`version ${type.integer} NOT NULL PRIMARY KEY`, `compatible ${type.integer} NOT NULL`],
  };
  return `CREATE TABLE ${qualified(dialect, names, table)} (\n  ${columns[table].join(',\n  ')}\n)${type.tableOptions}`;
}

/** Columns that came with a later layout. */
const ADDED: Readonly<Record<number, Partial<Record<ToraleTable, readonly string[]>>>> = {
  2: { journal: ['fingerprint'] },
};

/** The columns a table has in a layout; `null` stands for tables that are about to be made. */
export function columnsIn(table: ToraleTable, layout: number | null): readonly string[] {
  const later = Object.entries(ADDED).filter(([number]) => layout !== null && Number(number) > layout);
  const lacking = new Set(later.flatMap(([, tables]) => tables[table] ?? []));
  return COLUMNS[table].filter((column) => !lacking.has(column));
}

/** What takes the tables from the layout of its key to the next. */
const MIGRATIONS: Readonly<Record<number, (dialect: Dialect, names: TableNames) => string[]>> = {
  1: (dialect, names) => [
    `ALTER TABLE ${qualified(dialect, names, 'journal')} ADD COLUMN fingerprint ${dialect.columnTypes.text}`,
  ],
};

/**
 * What brings the tables from how they were found to their present shape.
 *
 * @param present the tables that exist
 * @param layout the layout number found, `null` where none is recorded yet
 */
export function layoutStatements(
  dialect: Dialect,
  names: TableNames,
  present: ReadonlySet<ToraleTable>,
  layout: number | null,
): string[] {
  const statements: string[] = [];
  for (const table of ['version', 'history', 'journal', 'layout'] as const) {
    if (!present.has(table)) statements.push(createTable(dialect, names, table));
  }
  const layoutTable = qualified(dialect, names, 'layout');
  if (layout === null) {
    statements.push(`INSERT INTO ${layoutTable} (version, compatible) VALUES (${LAYOUT}, ${COMPATIBLE_WITH})`);
  } else if (layout < LAYOUT) {
    for (let from = layout; from < LAYOUT; from++) statements.push(...(MIGRATIONS[from]?.(dialect, names) ?? []));
    statements.push(`UPDATE ${layoutTable} SET version = ${LAYOUT}, compatible = ${COMPATIBLE_WITH}`);
  }
  return statements;
}
