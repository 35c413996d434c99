import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { expect, onTestFinished } from 'vitest';
import { diff, type DiffReport, type Statement } from '../../src/index.ts';
import type { Row } from './databases.ts';
import { temporaryFolder } from './revisions.ts';
import { factsOf } from './sqlite-facts.ts';
import { lostRows, rowsOf } from './sqlite-rows.ts';

export interface SqliteChangeOptions {
  readonly renames?: readonly string[];
  /** Rows for the database that is changed. */
  readonly seed?: string;
  /** Tables whose rows may be gone afterwards: the statements have to say so. */
  readonly loses?: readonly string[];
}

export interface SqliteChange extends DiffReport {
  /** The statements as one text. */
  readonly sql: string;
  /** What was changed, open until the test ends; foreign keys are on. */
  readonly db: Database;
  /** Asks it, or changes it. */
  readonly query: (sql: string) => Row[];
}

/**
 * Takes a file from one schema to another by the statements that Torale plans, and holds what became of it to the other:
 * the PRAGMAs and stored texts must tell no difference, a second plan must be empty, and rows, rowids and counters must be
 * there still in all that both schemas have.
 */
export async function takeAcross(
  before: string,
  after: string,
  options: SqliteChangeOptions = {},
): Promise<SqliteChange> {
  return change(fileWith(before + END + (options.seed ?? '')), fileWith(after), options);
}

/** The same both ways, with the rows; answers with the way there. */
export async function takeThereAndBack(
  before: string,
  after: string,
  options: SqliteChangeOptions = {},
): Promise<SqliteChange> {
  const there = await takeAcross(before, after, options);
  const renames = options.renames?.map((rename) => backwards(rename)) ?? [];
  await change(copyOf(there.db), fileWith(before), { ...options, renames });
  return there;
}

/** `t.a:t.b` → `t.b:t.a` */
const backwards = (rename: string): string => rename.split(':').reverse().join(':');

async function change(from: Database, to: Database, options: SqliteChangeOptions): Promise<SqliteChange> {
  const { renames = [], loses = [] } = options;
  const goal = factsOf(to);
  const rows = rowsOf(from);
  const request = { from: urlOf(from), to: urlOf(to) };
  const report = await diff({ ...request, renames: renames.length === 0 ? 'none' : renames });
  const sql = report.statements.map((statement) => statement.sql).join(';\n');
  runStatements(from, report.statements);
  const reached = factsOf(from);
  expect(
    reached.filter((fact) => !goal.includes(fact)),
    `too much, or other than wanted, after\n${sql}`,
  ).toEqual(goal.filter((fact) => !reached.includes(fact)));
  expect(factsOf(to), 'the goal is left as it is').toEqual(goal);
  const again = await diff({ ...request, renames: 'none' });
  expect(
    again.statements.map((statement) => statement.sql),
    `planned a second time after\n${sql}`,
  ).toEqual([]);
  const lost = lostRows(rows, rowsOf(from)).filter(({ table }) => !loses.includes(table));
  expect(lost, `rows lost by\n${sql}`).toEqual([]);
  expect(from.pragma('integrity_check', { simple: true })).toBe('ok');
  return { ...report, sql, db: from, query: (asked) => ask(from, asked) };
}

/**
 * As whoever runs them must: in one transaction, with foreign keys off around it, and none broken that was not before.
 *
 * @throws what SQLite throws; nothing has happened then
 */
export function runStatements(db: Database, statements: readonly Statement[]): void {
  expect(statements.filter(({ transactional }) => transactional === false)).toEqual([]);
  db.pragma('foreign_keys = OFF');
  const broken = db.prepare('PRAGMA foreign_key_check').raw();
  const before = JSON.stringify(broken.all());
  try {
    db.exec('BEGIN');
    for (const { sql } of statements) {
      try {
        ask(db, sql);
      } catch (error) {
        throw new Error(`${String(error)}, in\n${statements.map((one) => one.sql).join(';\n')}`, { cause: error });
      }
    }
    if (before === '[]') expect(broken.all()).toEqual([]);
    db.exec('COMMIT');
  } finally {
    if (db.inTransaction) db.exec('ROLLBACK');
    db.pragma('foreign_keys = ON');
  }
}

/** A file of this test's own, open until it ends. */
export function fileWith(sql: string): Database {
  const db = opened(join(temporaryFolder(), 'test.db'));
  db.exec(sql);
  return db;
}

/** Byte for byte: VACUUM INTO would number rows anew. */
function copyOf(db: Database): Database {
  const file = join(temporaryFolder(), 'copy.db');
  writeFileSync(file, db.serialize());
  return opened(file);
}

function opened(file: string): Database {
  const db = new BetterSqlite3(file);
  db.pragma('synchronous = OFF');
  onTestFinished(() => void db.close());
  return db;
}

export const urlOf = (db: Database): string => `sqlite:${db.name}`;

function ask(db: Database, sql: string): Row[] {
  const statement = db.prepare<[], Row>(sql);
  if (statement.reader) return statement.all();
  statement.run();
  return [];
}

// A text may end in a comment, or without its semicolon.
const END = '\n;\n';
