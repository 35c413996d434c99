import { expect, inject, onTestFinished } from 'vitest';
import { loadDialect } from '../../src/dialects/load.ts';
import { parseDatabaseUrl } from '../../src/dialects/registry.ts';
import { diff, type DiffReport, type Statement } from '../../src/index.ts';
import type { Session } from '../../src/session/session.ts';
import { freshDatabase, query, type Row, type TestDatabase } from './databases.ts';
import { factsOf } from './mysql-facts.ts';
import { lostRows, rowsOf } from './mysql-rows.ts';
import type { SchemaCase } from './schema-cases.ts';

export interface MysqlChangeOptions {
  readonly renames?: readonly string[];
  /** Rows for the database that is changed. */
  readonly seed?: string;
  /** Tables whose rows may be gone or others afterwards: the statements have to say so. */
  readonly loses?: readonly string[];
}

export interface MysqlChange extends DiffReport {
  /** The statements as one text, settings of the session left out. */
  readonly sql: string;
  /** What was changed. */
  readonly db: TestDatabase;
  /** Asks it, or changes it. */
  readonly query: (sql: string) => Promise<Row[]>;
}

/**
 * Takes a database from one schema to another by the statements that Torale plans, and holds what became of it to the
 * other: SHOW CREATE and information_schema must tell no difference, a second plan must be empty, and rows must be there
 * still in all that both schemas have.
 */
export async function takeAcross(
  before: string,
  after: string,
  options: MysqlChangeOptions = {},
): Promise<MysqlChange> {
  const [from, to] = await Promise.all([databaseWith(before, options.seed), databaseWith(after)]);
  return change(from, to, options);
}

/** The same, and the way back without the rows; answers with the way there. */
export async function takeThereAndBack(
  before: string,
  after: string,
  options: MysqlChangeOptions = {},
): Promise<MysqlChange> {
  const [from, to] = await Promise.all([databaseWith(before, options.seed), databaseWith(after)]);
  const there = await change(from, to, options);
  const renames = options.renames?.map((rename) => backwards(rename)) ?? [];
  await change(to, await databaseWith(before), { renames });
  return there;
}

/** `t.a:t.b` → `t.b:t.a` */
const backwards = (rename: string): string => rename.split(':').reverse().join(':');

/** From what this database is to that, both of which stay. */
export async function change(
  from: TestDatabase,
  to: TestDatabase,
  options: MysqlChangeOptions = {},
): Promise<MysqlChange> {
  const { renames = [], loses = [] } = options;
  const [goal, rows] = await Promise.all([factsOf(to.url), rowsOf(from.url)]);
  const request = { from: from.url, to: to.url };
  const report = await diff({ ...request, renames: renames.length === 0 ? 'none' : renames });
  const sql = textOf(report.statements);
  await runStatements(from.url, report.statements);
  const reached = await factsOf(from.url);
  expect(
    reached.filter((fact) => !goal.includes(fact)),
    `too much, or other than wanted, after\n${sql}`,
  ).toEqual(goal.filter((fact) => !reached.includes(fact)));
  expect(await factsOf(to.url), 'the goal is left as it is').toEqual(goal);
  const again = await diff({ ...request, renames: 'none' });
  expect(textOf(again.statements), `planned a second time after\n${sql}`).toBe('');
  const lost = lostRows(rows, await rowsOf(from.url)).filter(({ table }) => !loses.includes(table));
  expect(lost, `rows lost by\n${sql}`).toEqual([]);
  return { ...report, sql, db: from, query: from.query };
}

function textOf(statements: readonly Statement[]): string {
  return statements
    .map(({ sql }) => sql)
    .filter((sql) => !sql.startsWith('SET '))
    .join(';\n');
}

/** As a revision runs them: one by one, on one session, each of them committed by itself. */
export async function runStatements(url: string, statements: readonly Statement[]): Promise<void> {
  const session = await sessionOn(url);
  for (const { sql } of statements) {
    await session.query(sql).catch((error: unknown) => {
      throw new Error(`${String(error)}, in\n${statements.map((one) => one.sql).join(';\n')}`, { cause: error });
    });
  }
}

/** Open until the test ends. */
export async function sessionOn(url: string): Promise<Session> {
  const options = { connectTimeoutMs: 5000, readOnly: false, create: false };
  const session = await (await loadDialect('mysql')).connect(parseDatabaseUrl(url, { base: '.' }), options);
  onTestFinished(() => session.close());
  return session;
}

/** A database of this test's own with this in it. */
export async function databaseWith(...texts: readonly (string | undefined)[]): Promise<TestDatabase> {
  const db = await freshDatabase('mysql');
  for (const sql of texts) if (sql !== undefined && sql.trim() !== '') await query(db.url, sql);
  return db;
}

/** Whether the server at hand takes its SQL. */
export function isTaken({ flavor }: Pick<SchemaCase, 'flavor'>): boolean {
  const server = inject('toraleServers').mysql;
  return server.url !== undefined && (flavor === undefined || flavor === server.flavor);
}
