import { proveWithRows } from '../../../../src/autogenerate/row-proof.ts';
import { loadDialect } from '../../../../src/dialects/load.ts';
import { mysqlSchema } from '../../../../src/dialects/mysql/schema.ts';
import { parseDatabaseUrl } from '../../../../src/dialects/registry.ts';
import type { Inspection } from '../../../../src/dialects/schema-dialect.ts';
import { diff, subjectId } from '../../../../src/diff/diff.ts';
import { planChanges } from '../../../../src/diff/plan.ts';
import type { Statement } from '../../../../src/diff/rules.ts';
import { idOf, keyOf } from '../../../../src/schema/object.ts';
import type { Session } from '../../../../src/session/session.ts';
import { BETWEEN } from './index.ts';
import { differenceOf, factsOf, lostRows, storedRows } from './look.ts';

export interface MysqlFailure {
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
    | 'proof'
    | 'rows';
  readonly message: string;
  readonly statements: readonly Statement[];
}

class Missed extends Error {
  readonly failure: MysqlFailure;

  constructor(stage: MysqlFailure['stage'], message: string, statements: readonly Statement[] = []) {
    super(message);
    this.failure = { stage, message, statements };
  }
}

export interface BothWays {
  readonly there: MysqlFailure | null;
  readonly back: MysqlFailure | null;
  /** Rows that were followed, in tables that were there on both sides. */
  readonly followed: number;
  /** Tables that took no row, and all of them. */
  readonly unfilled: number;
  readonly tables: number;
}

/** What a database has to be like. */
interface Goal {
  readonly inspection: Inspection;
  readonly facts: readonly string[];
}

/** Takes scripts from one to the other, with rows, on databases of their own on one MariaDB server. */
export class MysqlConverger {
  readonly #url: string;
  readonly #prefix: string;
  readonly #admin: Session;

  private constructor(url: string, prefix: string, admin: Session) {
    this.#url = url;
    this.#prefix = prefix;
    this.#admin = admin;
  }

  /** @param prefix of the databases that it makes */
  static async open(url: string, prefix = `torale_rnd_${process.pid}`): Promise<MysqlConverger> {
    return new MysqlConverger(url, prefix, await connect(url, 'information_schema'));
  }

  async close(): Promise<void> {
    for (const side of ['a', 'b']) await this.#admin.query(`DROP DATABASE IF EXISTS ${this.#prefix}_${side}`);
    await this.#admin.close();
  }

  /** From the first script to the second and, on the same database, back. */
  async bothWays(before: string, after: string): Promise<BothWays> {
    const open: Session[] = [];
    let [followed, unfilled, tables] = [0, 0, 0];
    const load = async (side: string, sql: string): Promise<{ session: Session; goal: Goal }> => {
      const session = await this.#load(`${this.#prefix}_${side}`, sql);
      open.push(session);
      return { session, goal: { inspection: await inspect(session), facts: await factsOf(session) } };
    };
    const go = (session: Session, goal: Goal): Promise<MysqlFailure | null> =>
      failureOf(async () => {
        followed += await converge(session, goal);
      });
    try {
      const a = await load('a', before);
      const b = await load('b', after);
      const filling = await mysqlSchema.rows!.fill(a.session, a.goal.inspection.schema);
      unfilled = filling.unfilled.length;
      tables = unfilled + filling.filled.size;
      const there = await go(a.session, b.goal);
      const back = there === null ? await go(a.session, a.goal) : null;
      return { there, back, followed, unfilled, tables };
    } catch (error) {
      if (error instanceof Missed) return { there: error.failure, back: null, followed, unfilled, tables };
      throw error;
    } finally {
      for (const session of open) await session.close();
    }
  }

  async #load(name: string, sql: string): Promise<Session> {
    await this.#admin.query(`DROP DATABASE IF EXISTS ${name}`);
    await this.#admin.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci`);
    const session = await connect(this.#url, name);
    for (const statement of sql.split(BETWEEN)) {
      if (statement === '') continue;
      try {
        await session.query(statement);
      } catch (error) {
        await session.close();
        throw new Missed('load', `${messageOf(error)}\n${statement}`);
      }
    }
    return session;
  }
}

async function connect(url: string, database: string): Promise<Session> {
  const at = new URL(url);
  at.pathname = `/${database}`;
  const settings = { connectTimeoutMs: 5000, readOnly: false, create: false };
  return (await loadDialect('mysql')).connect(parseDatabaseUrl(at.href, { base: '.', cwd: '.' }), settings);
}

async function failureOf(work: () => Promise<void>): Promise<MysqlFailure | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof Missed) return error.failure;
    return { stage: 'crash', message: (error as Error).stack ?? String(error), statements: [] };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function inspect(session: Session): Promise<Inspection> {
  try {
    const inspection = await mysqlSchema.inspect(session, () => false);
    if (inspection.unread.length === 0) return inspection;
    throw new Error(`unread: ${inspection.unread.join(', ')}`);
  } catch (error) {
    throw new Missed('inspect', messageOf(error));
  }
}

function planned(from: Inspection, to: Inspection): readonly Statement[] {
  const { number: version, flavor } = to.server;
  try {
    return planChanges({ from: from.schema, to: to.schema, version, flavor }, mysqlSchema).statements;
  } catch (error) {
    throw new Missed('plan', messageOf(error));
  }
}

/** What the database is then has to be what the goal is, by our own eyes and by others', and with its rows. */
async function converge(session: Session, goal: Goal): Promise<number> {
  const from = await inspect(session);
  const to = goal.inspection;
  const statements = planned(from, to);
  if (JSON.stringify(planned(from, to)) !== JSON.stringify(statements))
    throw new Missed('stable', 'planned twice, two plans', statements);
  const before = await storedRows(session);
  const rules = { ...mysqlSchema.rows!, fill: () => Promise.resolve({ filled: new Map(), unfilled: [] }) };
  const proof = await proveWithRows({ rules, session, statements, from: from.schema, to: to.schema });
  if (proof.stoppedAt !== undefined) {
    const { message, index } = proof.failing.at(-1)!;
    throw new Missed('run', `${message}\n${statements[index]!.sql}`, statements);
  }
  if (proof.lost.length > 0) throw new Missed('proof', JSON.stringify(proof.lost), statements);
  const result = await inspect(session);
  const residue = diff(result.schema, to.schema).map((change) =>
    change.type === 'alter'
      ? `alter ${keyOf(change.to)}: ${JSON.stringify(change.from.definition)} → ${JSON.stringify(change.to.definition)}`
      : `${change.type} ${subjectId(change)}`,
  );
  if (residue.length > 0) throw new Missed('residue', residue.join('\n'), statements);
  const rest = planned(result, to);
  if (rest.length > 0) throw new Missed('second plan', rest.map(({ sql }) => sql).join(';\n'), statements);
  const facts = differenceOf(await factsOf(session), goal.facts);
  if (facts.length > 0) throw new Missed('facts', facts.join('\n'), statements);
  const given = new Set([...statements.flatMap(({ loses }) => loses ?? []), ...proof.emptied].map(low));
  const isExcused = (table: string, column?: string): boolean =>
    given.has(low(column === undefined ? idOf('table', [table]) : idOf('column', [table, column])));
  const { lost, followed } = lostRows(before, await storedRows(session), isExcused);
  if (lost.length > 0) throw new Missed('rows', lost.join('\n'), statements);
  return followed;
}

const low = (id: string): string => id.toLowerCase();
