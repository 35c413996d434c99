import pg from 'pg';
import { loadSchemaDialect } from '../../../src/dialects/load-schema.ts';
import { loadDialect } from '../../../src/dialects/load.ts';
import { parseDatabaseUrl } from '../../../src/dialects/registry.ts';
import type { Inspection, SchemaDialect } from '../../../src/dialects/schema-dialect.ts';
import { diff, subjectId } from '../../../src/diff/diff.ts';
import { planChanges } from '../../../src/diff/plan.ts';
import type { Statement } from '../../../src/diff/rules.ts';
import { keyOf } from '../../../src/schema/object.ts';
import type { Session } from '../../../src/session/session.ts';

/** What went wrong, in a form that stays the same while the pair is made smaller. */
export interface Failure {
  /** `load`: the script itself does not run, which is no fault of the engine. */
  readonly stage: 'load' | 'inspect' | 'plan' | 'stable' | 'run' | 'residue' | 'second plan';
  readonly message: string;
  readonly statements: readonly Statement[];
}

interface Database {
  readonly session: Session;
  drop(): Promise<void>;
}

/** Takes scripts from one to the other by the engine alone, on databases of their own on one PostgreSQL server. */
export class Converger {
  readonly #url: string;
  readonly #prefix: string;
  readonly #admin: pg.Client;
  readonly #rules: SchemaDialect;
  readonly version: number;
  #made = 0;

  private constructor(url: string, prefix: string, admin: pg.Client, rules: SchemaDialect, version: number) {
    this.#url = url;
    this.#prefix = prefix;
    this.#admin = admin;
    this.#rules = rules;
    this.version = version;
  }

  /** @param prefix of the databases that it makes */
  static async open(url: string, prefix = `property_${process.pid}`): Promise<Converger> {
    const admin = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
    await admin.connect();
    const { rows } = await admin.query<{ version: string }>(`SELECT current_setting('server_version_num') AS version`);
    return new Converger(url, prefix, admin, await loadSchemaDialect('postgres'), Number(rows[0]!.version));
  }

  async close(): Promise<void> {
    await this.#admin.end();
  }

  /** From the first to the second and, on the same two databases, from the second to the first. */
  async bothWays(before: string, after: string): Promise<{ there: Failure | null; back: Failure | null }> {
    return this.#with(before, after, async (a, b) => {
      const from = await this.#inspect(a);
      const to = await this.#inspect(b);
      if ('stage' in from) return { there: from, back: null };
      if ('stage' in to) return { there: null, back: to };
      return { there: await this.#converge(a, from, to), back: await this.#converge(b, to, from) };
    });
  }

  async oneWay(before: string, after: string): Promise<Failure | null> {
    const { there } = await this.#with(before, after, async (a, b) => {
      const from = await this.#inspect(a);
      const to = await this.#inspect(b);
      const failed = [from, to].find((one): one is Failure => 'stage' in one);
      if (failed !== undefined || 'stage' in from || 'stage' in to) return { there: failed ?? null, back: null };
      return { there: await this.#converge(a, from, to), back: null };
    });
    return there;
  }

  async #with(
    before: string,
    after: string,
    work: (a: Session, b: Session) => Promise<{ there: Failure | null; back: Failure | null }>,
  ): Promise<{ there: Failure | null; back: Failure | null }> {
    const made: Database[] = [];
    try {
      for (const sql of [before, after]) {
        const one = await this.#database();
        made.push(one);
        if (sql !== '') await one.session.query(sql);
        await one.session.query('DISCARD ALL');
      }
      return await work(made[0]!.session, made[1]!.session);
    } catch (error) {
      return { there: { stage: 'load', message: messageOf(error), statements: [] }, back: null };
    } finally {
      for (const one of made) await one.drop();
    }
  }

  async #database(): Promise<Database> {
    const name = `${this.#prefix}_${(this.#made += 1)}`;
    await this.#admin.query(`CREATE DATABASE ${name} TEMPLATE template0`);
    const drop = () => this.#admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    const url = new URL(this.#url);
    url.pathname = `/${name}`;
    const dialect = await loadDialect('postgres');
    const settings = { connectTimeoutMs: 5000, readOnly: false, create: false };
    const session = await dialect.connect(parseDatabaseUrl(url.href, { base: '.', cwd: '.' }), settings);
    return {
      session,
      drop: async () => {
        await session.close();
        await drop();
      },
    };
  }

  async #inspect(session: Session): Promise<Inspection | Failure> {
    try {
      const inspection = await this.#rules.inspect(session, () => false);
      if (inspection.unread.length === 0) return inspection;
      return { stage: 'inspect', message: `unread: ${inspection.unread.join(', ')}`, statements: [] };
    } catch (error) {
      return { stage: 'inspect', message: messageOf(error), statements: [] };
    }
  }

  async #converge(session: Session, from: Inspection, to: Inspection): Promise<Failure | null> {
    const sides = { from: from.schema, to: to.schema, version: this.version, flavor: 'postgres' };
    let statements: readonly Statement[] = [];
    try {
      ({ statements } = planChanges(sides, this.#rules));
      const again = planChanges(sides, this.#rules).statements;
      if (JSON.stringify(again) !== JSON.stringify(statements))
        return { stage: 'stable', message: 'planned twice, two plans', statements };
    } catch (error) {
      return { stage: 'plan', message: messageOf(error), statements };
    }
    const problem = await run(session, statements);
    if (problem !== null) return { stage: 'run', message: problem, statements };
    const result = await this.#inspect(session);
    if ('stage' in result) return { ...result, statements };
    const residue = diff(result.schema, to.schema).map((change) =>
      change.type === 'alter'
        ? `alter ${keyOf(change.to)}: ${differences(change.from.definition, change.to.definition)}`
        : `${change.type} ${subjectId(change)}`,
    );
    if (residue.length > 0) return { stage: 'residue', message: residue.join('\n'), statements };
    const rest = planChanges({ ...sides, from: result.schema }, this.#rules).statements;
    if (rest.length > 0) return { stage: 'second plan', message: rest.map(({ sql }) => sql).join(';\n'), statements };
    return null;
  }
}

function differences(from: object, to: object): string {
  const [left, right] = [from, to] as readonly Readonly<Record<string, unknown>>[];
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .filter((name) => JSON.stringify(left![name]) !== JSON.stringify(right![name]))
    .map((name) => `${name} ${JSON.stringify(left![name])} → ${JSON.stringify(right![name])}`)
    .join(', ');
}

/** As a revision is run: what can share a transaction does. */
async function run(session: Session, statements: readonly Statement[]): Promise<string | null> {
  let open = false;
  for (const { sql, transactional } of statements) {
    try {
      if (transactional === false && open) {
        await session.query('COMMIT');
        open = false;
      } else if (transactional !== false && !open) {
        await session.query('BEGIN');
        open = true;
      }
      await session.query(sql);
    } catch (error) {
      return `${messageOf(error)}\n${sql}`;
    }
  }
  try {
    if (open) await session.query('COMMIT');
    return null;
  } catch (error) {
    return `${messageOf(error)}\nCOMMIT`;
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { detail } = error as { detail?: unknown };
  return typeof detail === 'string' ? `${error.message} (${detail})` : error.message;
}
