import type Database from 'better-sqlite3';
import { proveWithRows } from '../../../../src/autogenerate/row-proof.ts';
import { runStatements } from '../../../../src/autogenerate/run-statements.ts';
import type { Inspection } from '../../../../src/dialects/schema-dialect.ts';
import { sqliteRows } from '../../../../src/dialects/sqlite/rows/index.ts';
import { sqliteSchema } from '../../../../src/dialects/sqlite/schema.ts';
import { sqliteScratch } from '../../../../src/dialects/sqlite/scratch.ts';
import { diff, subjectId } from '../../../../src/diff/diff.ts';
import { planChanges } from '../../../../src/diff/plan.ts';
import type { Statement } from '../../../../src/diff/rules.ts';
import { idOf, keyOf } from '../../../../src/schema/object.ts';
import type { Session } from '../../../../src/session/session.ts';
import { behaviourDifference } from './behaviour.ts';
import { differenceOf, factsOf } from './look.ts';
import { lostRows, storedRows } from './rows.ts';

export interface SqliteFailure {
  /** `load`: the script itself does not run, which is no fault of the engine. */
  readonly stage:
    | 'load'
    | 'inspect'
    | 'plan'
    | 'stable'
    | 'run'
    | 'crash'
    | 'residue'
    | 'second plan'
    | 'facts'
    | 'behaviour'
    | 'proof'
    | 'rows';
  readonly message: string;
  readonly statements: readonly Statement[];
}

interface Scratch {
  /** As it was loaded. */
  readonly facts: () => readonly string[];
  readonly session: Session;
  readonly database: Database.Database;
  close(): Promise<void>;
}

class Missed extends Error {
  readonly failure: SqliteFailure;

  constructor(stage: SqliteFailure['stage'], message: string, statements: readonly Statement[] = []) {
    super(message);
    this.failure = { stage, message, statements };
  }
}

export interface BothWays {
  readonly there: SqliteFailure | null;
  readonly back: SqliteFailure | null;
  /** Rows that were followed, in tables that were there on both sides. */
  readonly followed: number;
}

/** From the first script to the second and, on the same databases, back: without rows, and with. */
export async function bothWays(before: string, after: string, seed: number): Promise<BothWays> {
  const open: Scratch[] = [];
  const load = async (sql: string): Promise<Scratch> => {
    const scratch = await scratchWith(sql);
    open.push(scratch);
    return scratch;
  };
  let followed = 0;
  try {
    const [a, b, empty, full] = [await load(before), await load(after), await load(before), await load(before)];
    const { schema } = await inspect(full.session);
    await sqliteRows.fill(full.session, schema);
    const go = (goal: Scratch): Promise<SqliteFailure | null> =>
      failureOf(async () => {
        await converge(empty, goal, seed);
        followed += await convergeWithRows(full, goal);
      });
    const there = await go(b);
    return { there, back: there === null ? await go(a) : null, followed };
  } catch (error) {
    if (error instanceof Missed) return { there: error.failure, back: null, followed };
    throw error;
  } finally {
    for (const scratch of open) await scratch.close();
  }
}

async function failureOf(work: () => Promise<void>): Promise<SqliteFailure | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof Missed) return error.failure;
    return { stage: 'crash', message: (error as Error).stack ?? String(error), statements: [] };
  }
}

async function scratchWith(sql: string): Promise<Scratch> {
  const scratch = await sqliteScratch.create(null, {
    connectTimeoutMs: 0,
    role: null,
    searchPath: null,
    signal: new AbortController().signal,
  });
  const { session } = scratch;
  const database = session.driver as Database.Database;
  try {
    database.exec(sql);
  } catch (error) {
    await scratch.drop();
    throw new Missed('load', (error as Error).message);
  }
  let known: readonly string[] | undefined;
  const facts = (): readonly string[] => (known ??= factsOf(database));
  return { facts, session, database, close: () => scratch.drop() };
}

async function inspect(session: Session): Promise<Inspection> {
  try {
    const inspection = await sqliteSchema.inspect(session, () => false);
    if (inspection.unread.length === 0) return inspection;
    throw new Error(`unread: ${inspection.unread.join(', ')}`);
  } catch (error) {
    throw new Missed('inspect', (error as Error).message);
  }
}

function planned(from: Inspection, to: Inspection): readonly Statement[] {
  const sides = { from: from.schema, to: to.schema, version: to.server.number, flavor: 'sqlite' };
  try {
    return planChanges(sides, sqliteSchema).statements;
  } catch (error) {
    throw new Missed('plan', (error as Error).message);
  }
}

/** Without rows: what it is then has to be what the goal is, by our own eyes and by others'. */
async function converge(scratch: Scratch, goal: Scratch, seed: number): Promise<void> {
  const from = await inspect(scratch.session);
  const to = await inspect(goal.session);
  const statements = planned(from, to);
  if (JSON.stringify(planned(from, to)) !== JSON.stringify(statements))
    throw new Missed('stable', 'planned twice, two plans', statements);
  const failed = await runStatements(scratch.session, statements);
  if (failed !== null) throw new Missed('run', `${failed.message}\n${failed.statement.sql}`, statements);
  const result = await inspect(scratch.session);
  const residue = diff(result.schema, to.schema).map((change) =>
    change.type === 'alter'
      ? `alter ${keyOf(change.to)}: ${JSON.stringify(change.from.definition)} → ${JSON.stringify(change.to.definition)}`
      : `${change.type} ${subjectId(change)}`,
  );
  if (residue.length > 0) throw new Missed('residue', residue.join('\n'), statements);
  const rest = planned(result, to);
  if (rest.length > 0) throw new Missed('second plan', rest.map(({ sql }) => sql).join(';\n'), statements);
  const facts = differenceOf(factsOf(scratch.database), goal.facts());
  if (facts.length > 0) throw new Missed('facts', facts.join('\n'), statements);
  const behaviour = behaviourDifference(scratch.database, goal.database, seed);
  if (behaviour.length > 0) throw new Missed('behaviour', behaviour.join('\n'), statements);
  const integrity = scratch.database.pragma('integrity_check', { simple: true });
  if (integrity !== 'ok') throw new Missed('facts', String(integrity), statements);
  if (scratch.database.pragma('legacy_alter_table', { simple: true }) !== 0)
    throw new Missed('facts', 'legacy_alter_table stayed on', statements);
}

/** With the rows that there are: the proof finds none lost, and nobody else does. */
async function convergeWithRows(scratch: Scratch, goal: Scratch): Promise<number> {
  const { session, database } = scratch;
  const from = await inspect(session);
  const to = await inspect(goal.session);
  const statements = planned(from, to);
  const before = storedRows(database);
  const rules = { ...sqliteRows, fill: () => Promise.resolve({ filled: new Map(), unfilled: [] }) };
  const proof = await proveWithRows({ rules, session, statements, from: from.schema, to: to.schema });
  if (proof.stoppedAt !== undefined) {
    const { message, index } = proof.failing.at(-1)!;
    throw new Missed('proof', `stopped: ${message}\n${statements[index]!.sql}`, statements);
  }
  if (proof.lost.length > 0) throw new Missed('proof', JSON.stringify(proof.lost), statements);
  const given = new Set(
    [...statements.flatMap(({ loses }) => loses ?? []), ...proof.emptied].map((id) => id.toLowerCase()),
  );
  const isExcused = (table: string, column?: string): boolean =>
    given.has((column === undefined ? idOf('table', [table]) : idOf('column', [table, column])).toLowerCase());
  const after = storedRows(database);
  const lost = lostRows(before, after, isExcused);
  if (lost.length > 0) throw new Missed('rows', lost.join('\n'), statements);
  const broken = database.pragma('foreign_key_check') as unknown[];
  if (broken.length > 0) throw new Missed('rows', `broken keys: ${JSON.stringify(broken[0])}`, statements);
  const facts = differenceOf(factsOf(database), goal.facts());
  if (facts.length > 0) throw new Missed('facts', `with rows: ${facts.join('\n')}`, statements);
  return [...before].reduce(
    (sum, [name, { rows }]) => sum + (after.has(name) && !isExcused(name) ? rows.length : 0),
    0,
  );
}
