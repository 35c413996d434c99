import { ident, qualified, text } from './ident.ts';
import type { PlannedRow, TablePlan } from './row-plan.ts';

/** An INSERT of rows that have values for the same columns; it answers with what others may refer to. */
export function insertSql(plan: TablePlan, rows: readonly PlannedRow[], wanted: readonly string[]): string {
  const name = qualified([plan.table.schema, plan.table.name]);
  const columns = plan.columns.filter(({ number }) => rows[0]?.has(number));
  const returning = wanted.map((column, at) => `${ident(column)}::text AS torale_${at}`).join(', ');
  const end = wanted.length === 0 ? '' : ` RETURNING ${returning}`;
  if (columns.length === 0) return `INSERT INTO ${name} DEFAULT VALUES${end}`;
  const tuples = rows.map((row) => `(${columns.map(({ number }) => literalOf(row.get(number))).join(', ')})`);
  const overriding = plan.overrides ? ' OVERRIDING SYSTEM VALUE' : '';
  return `INSERT INTO ${name} (${columns.map((column) => ident(column.name)).join(', ')})${overriding} VALUES ${tuples.join(', ')}${end}`;
}

const literalOf = (value: string | null | undefined): string =>
  value === undefined ? 'DEFAULT' : value === null ? 'NULL' : text(value);

/** One statement that inserts into several tables. */
export function circleSql(parts: readonly (readonly [TablePlan, PlannedRow])[]): string {
  const inserts = parts.map(([plan, row]) => insertSql(plan, [row], []));
  const within = inserts.slice(0, -1).map((insert, at) => `torale_${at} AS (${insert})`);
  return `WITH ${within.join(', ')} ${inserts.at(-1)}`;
}
