import type { DialectName } from '../dialects/names.ts';

/** What of a table builder tells what was asked of it, by Knex's own names; none of it is public. */
interface TableBuilder {
  readonly _method?: string;
  readonly _schemaName?: string | undefined;
  readonly _tableName?: string;
  readonly _statements?: readonly TableStatement[];
}

interface TableStatement {
  readonly grouping: string;
  readonly method?: string;
  readonly args?: readonly unknown[];
  readonly builder?: {
    readonly _type?: string;
    readonly _method?: string;
    readonly _args?: readonly unknown[];
    readonly _modifiers?: Readonly<Record<string, readonly unknown[]>>;
  };
}

/**
 * What Knex 3 would silently make another thing of than was written.
 *
 * @param made a table builder, its callback called
 * @returns the call and what becomes of it; null where nothing is lost
 */
export function lossOf(dialect: DialectName, made: object): string | null {
  const table = made as TableBuilder;
  for (const statement of table._statements ?? []) {
    const loss =
      statement.grouping === 'columns' ? columnLoss(dialect, statement) : tableLoss(dialect, table, statement);
    if (loss !== null) return `${table._tableName ?? ''}: ${loss}`;
  }
  return null;
}

function columnLoss(dialect: DialectName, { builder }: TableStatement): string | null {
  const { _type: type, _args: args = [], _modifiers: modifiers = {}, _method: method } = builder ?? {};
  const column = String(args[0]);
  if (method === 'alter') {
    return `${column}.alter() forgets what it does not repeat (NOT NULL, default). Write the column as it is to be, in createTable`;
  }
  if (dialect === 'sqlite' && type === 'decimal') {
    return `decimal('${column}') becomes float, which does not hold decimals exactly. Write specificType('${column}', 'decimal(…)')`;
  }
  if (dialect !== 'mysql' && modifiers['collate'] !== undefined) {
    return `${column}.collate() is left out. Write specificType('${column}', '… COLLATE …')`;
  }
  const name = dialect === 'postgres' ? checkNameOf(modifiers) : null;
  return name === null ? null : uncoveredName(name);
}

/** A constraint's name is the last argument of every check, where one is given. */
function checkNameOf(modifiers: Readonly<Record<string, readonly unknown[]>>): string | null {
  for (const [method, args] of Object.entries(modifiers)) {
    if (!method.startsWith('check')) continue;
    const name = args.at(-1);
    const isName =
      typeof name === 'string' && args.length > (method === 'checkPositive' || method === 'checkNegative' ? 0 : 1);
    if (isName && isFolded(name)) return name;
  }
  return null;
}

const isFolded = (name: string): boolean => name !== name.toLowerCase();

function uncoveredName(name: string): string {
  return `the check's name ${name} is not quoted and becomes ${name.toLowerCase()}. Write it in lower case`;
}

function tableLoss(
  dialect: DialectName,
  table: TableBuilder,
  { grouping, method, args = [] }: TableStatement,
): string | null {
  if (grouping === 'checks') {
    const name = args[2];
    return dialect === 'postgres' && typeof name === 'string' && isFolded(name) ? uncoveredName(name) : null;
  }
  const options = args[1];
  if (method === 'unique' && dialect === 'mysql' && hasKey(options, 'predicate')) {
    return `unique(…, { predicate }) loses its predicate and becomes unique for all rows. Leave it out, or write SQL`;
  }
  if (method === 'primary' && dialect !== 'postgres' && hasKey(options, 'constraintName')) {
    return `primary(…, { constraintName }) becomes another constraint. Write the name as a text: primary(…, 'name')`;
  }
  if (method === 'foreign' && dialect === 'postgres' && table._schemaName !== undefined) {
    const { inTable } = (args[0] ?? {}) as { inTable?: unknown };
    if (typeof inTable === 'string' && !inTable.includes('.')) {
      return `inTable('${inTable}') is not taken for a table of ${table._schemaName}. Write inTable('${table._schemaName}.${inTable}')`;
    }
  }
  if (dialect === 'sqlite' && table._method === 'alter' && method !== undefined && REBUILDS.has(method)) {
    return `${method}() rebuilds the table and loses its triggers. Write the table as it is to be, in createTable`;
  }
  return null;
}

/** What Knex does on SQLite by making the table anew. */
const REBUILDS = new Set([
  'dropColumn',
  'dropForeign',
  'dropPrimary',
  'foreign',
  'primary',
  'setNullable',
  'dropNullable',
]);

function hasKey(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && (value as Record<string, unknown>)[key] !== undefined;
}

/**
 * On PostgreSQL Knex takes every `?` of a text for a placeholder, those in literals and function bodies as well.
 *
 * @returns the literal that would not arrive as it stands
 */
export function brokenLiteral(dialect: DialectName, sql: string): string | null {
  if (dialect !== 'postgres') return null;
  const literals = sql.match(/'(?:[^']|'')*'|\$(\w*)\$[\s\S]*?\$\1\$/g) ?? [];
  return literals.find((literal) => /(?<!\\)\?/.test(literal)) ?? null;
}
