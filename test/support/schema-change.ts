import pg from 'pg';
import { expect, inject } from 'vitest';
import { diff, type DiffReport, type Statement } from '../../src/index.ts';
import { adminUrl, query } from './databases.ts';
import type { Row } from './databases.ts';
import { factsOf, factsReadAgain } from './postgres-facts.ts';
import { lentDatabase } from './postgres-pool.ts';

export interface ChangeOptions {
  readonly renames?: readonly string[];
  /** Rows for the database that is changed. */
  readonly seed?: string;
}

export interface SchemaChange extends DiffReport {
  /** The statements as one text. */
  readonly sql: string;
  /** Asks the database that was changed. */
  readonly query: (sql: string) => Promise<Row[]>;
}

/**
 * Takes a database from one schema to another by the statements that Torale plans, and holds what became of it to
 * the other: pg_dump must tell no difference, and a second plan must be empty.
 */
export async function takeAcross(before: string, after: string, options: ChangeOptions = {}): Promise<SchemaChange> {
  const { renames = [], seed = '' } = options;
  const from = await lentDatabase();
  const to = await lentDatabase();
  await Promise.all([load(from, before + END + seed), load(to, after)]);
  const request = { from, to, renames: renames.length === 0 ? 'none' : renames } as const;
  const [report, goal] = await Promise.all([diff(request), factsOf(to)]);
  await runAll(from, report.statements);
  const [reached, again] = await Promise.all([factsOf(from), diff({ from, to, renames: 'none' })]);
  const sql = report.statements.map((statement) => statement.sql).join(';\n');
  const [more, missing] = isEqual(reached, goal)
    ? [[], []]
    : difference(await factsReadAgain(from, await lentDatabase()), await factsReadAgain(to, await lentDatabase()));
  expect(more, `too much, or other than wanted, after\n${sql}`).toEqual(missing);
  expect(
    again.statements.map((statement) => statement.sql),
    `planned a second time after\n${sql}`,
  ).toEqual([]);
  return { ...report, sql, query: (asked) => query(from, asked) };
}

/** The same both ways; answers with the way there. */
export async function takeThereAndBack(
  before: string,
  after: string,
  options: ChangeOptions = {},
): Promise<SchemaChange> {
  const there = await takeAcross(before, after, options);
  await takeAcross(after, before);
  return there;
}

/** 15, of the server at hand. */
export function postgresMajor(): number {
  const server = inject('toraleServers').postgres;
  return server.url === undefined ? 0 : Number.parseInt(server.version, 10);
}

/** The roles that tests grant to and give things to. They belong to the server, not to a database, and stay. */
export async function makeRoles(): Promise<void> {
  for (const role of ['td_r1', 'td_r2']) {
    await query(
      adminUrl('postgres'),
      // Another file may be making it at this moment.
      `DO $$BEGIN CREATE ROLE ${role}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END$$`,
    );
  }
}

/** Whether the server brings the extensions that the SQL makes: they are in a package of their own. */
export async function hasExtensions(sql: string): Promise<boolean> {
  const wanted = new Set([...sql.matchAll(/create extension (\w+)/gi)].map(([, name]) => name));
  if (wanted.size === 0) return true;
  const rows = await query(adminUrl('postgres'), 'SELECT name FROM pg_available_extensions');
  return [...wanted].every((name) => rows.some((row) => row['name'] === name));
}

// A text may end in a comment, or without its semicolon.
const END = '\n;\n';

async function load(url: string, sql: string): Promise<void> {
  await query(url, `SET client_min_messages = error; ${sql}`);
}

const isEqual = (some: readonly string[], others: readonly string[]): boolean =>
  JSON.stringify(some) === JSON.stringify(others);

/** What only the one has, and what only the other. */
function difference(some: readonly string[], others: readonly string[]): [string[], string[]] {
  return [some.filter((fact) => !others.includes(fact)), others.filter((fact) => !some.includes(fact))];
}

/** As the statements ask to be run: those that may be, together in transactions, the others alone. */
async function runAll(url: string, statements: readonly Statement[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  let isOpen = false;
  const finish = async (): Promise<void> => {
    if (isOpen) await client.query('COMMIT');
    isOpen = false;
  };
  try {
    for (const { sql, transactional } of statements) {
      if (transactional === false) await finish();
      else if (!isOpen) {
        await client.query('BEGIN');
        isOpen = true;
      }
      await client.query(sql).catch((error: unknown) => {
        throw new Error(`${String(error)}, in\n${statements.map((statement) => statement.sql).join(';\n')}`, {
          cause: error,
        });
      });
    }
    await finish();
  } finally {
    await client.end();
  }
}
