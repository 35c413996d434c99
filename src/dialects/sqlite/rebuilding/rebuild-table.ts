import { isDeepStrictEqual } from 'node:util';
import { ToraleError } from '../../../errors.ts';
import type { Session } from '../../../session/session.ts';
import type { TableRebuildRequest, TableRebuildStep } from '../../dialect.ts';
import { ident } from '../kinds/ident.ts';
import { brokenDependents, type Broken } from './dependents.ts';
import { readFacts, type TableFacts } from './facts.ts';
import type { TablePart } from './parts.ts';
import { planRebuild } from './plan.ts';

type Asking = Pick<Session, 'query'>;

/** Looks at the table and tells what has to run for it to become what the request says. */
export async function rebuildTable(session: Asking, request: TableRebuildRequest): Promise<TableRebuildStep[]> {
  const found = await readFacts(session, request.table);
  if (found === null) throw await noTable(session, request.table);
  const names = new Set((await namesOf(session)).map((name) => name.toLowerCase()));
  const plan = planRebuild(request, found, await partsOf(session, found), (name) => names.has(name.toLowerCase()));
  const before = await brokenDependents(session);
  const steps = [
    { sql: plan.create, verify: (now: Asking) => refuseOther(now, plan.spare, plan.target) },
    ...plan.copy.map((sql) => ({ sql, verify: null })),
    ...plan.rest.map((sql) => ({ sql, verify: null })),
  ];
  return steps.map((step, at): TableRebuildStep => {
    if (at === plan.copy.length) return { ...step, verify: (now) => refuseLostRows(now, found.name, plan.spare) };
    return at === steps.length - 1 ? { ...step, verify: (now) => refuseBroken(now, found.name, before) } : step;
  });
}

async function noTable(session: Asking, table: string): Promise<ToraleError> {
  const { rows } = await session.query(
    `SELECT type FROM pragma_table_list WHERE schema = 'main' AND name = ? COLLATE NOCASE`,
    [table],
  );
  const type = rows[0]?.['type'] as 'view' | 'virtual' | 'shadow' | 'table' | undefined;
  const what =
    type === undefined
      ? `there is no table ${table}`
      : `${table} is ${type === 'table' ? "SQLite's own" : `a ${type}${type === 'view' ? '' : ' table'}`}`;
  return new ToraleError('REVISION_FAILED', `op.rebuildTable rebuilds tables, and ${what}.`);
}

async function namesOf(session: Asking): Promise<string[]> {
  const { rows } = await session.query('SELECT name FROM sqlite_schema');
  return rows.map(({ name }) => String(name));
}

async function partsOf(session: Asking, { name }: TableFacts): Promise<TablePart[]> {
  const { rows } = await session.query(
    `SELECT type AS kind, name, sql FROM sqlite_schema
     WHERE type IN ('index', 'trigger') AND tbl_name = ? COLLATE NOCASE AND sql IS NOT NULL ORDER BY rowid`,
    [name],
  );
  return rows as unknown as readonly TablePart[] as TablePart[];
}

/** The rows go by what was read from the statement, so SQLite must have read the same. */
async function refuseOther(session: Asking, spare: string, target: TableFacts): Promise<void> {
  const made = await readFacts(session, spare);
  if (isDeepStrictEqual(made, { ...target, name: spare })) return;
  throw new ToraleError(
    'UNEXPECTED',
    `SQLite read the CREATE TABLE of ${target.name} otherwise than op.rebuildTable did.`,
    {
      data: { read: target, made },
    },
  );
}

async function refuseLostRows(session: Asking, table: string, spare: string): Promise<void> {
  const { rows } = await session.query(
    `SELECT (SELECT count(*) FROM ${ident(table)}) AS before, (SELECT count(*) FROM ${ident(spare)}) AS after`,
  );
  const { before, after } = rows[0] as { before: number; after: number };
  if (before === after) return;
  throw new ToraleError('REVISION_FAILED', `op.rebuildTable would make ${after} rows of the ${before} in ${table}.`, {
    hint: 'An expression of copy must give one value for each row: count(*), max(…) and the like make one row of all.',
  });
}

async function refuseBroken(session: Asking, table: string, before: ReadonlyMap<string, Broken>): Promise<void> {
  for (const [sql, { what, why }] of await brokenDependents(session)) {
    if (before.has(sql)) continue;
    throw new ToraleError('REVISION_FAILED', `op.rebuildTable would break ${what}, which needs ${table}: ${why}.`, {
      hint: 'Drop it before, and make it again as it should be behind.',
    });
  }
}
