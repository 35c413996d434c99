import type { Dialect } from '../dialects/dialect.ts';
import { loadDialect } from '../dialects/load.ts';
import type { DialectName } from '../dialects/names.ts';
import { ToraleError } from '../errors.ts';
import type { PlannedStep } from '../events.ts';
import { Journal } from '../journal/journal.ts';
import { layoutStatements } from '../journal/layout.ts';
import { moveHeads, recordHistory, type BookkeepingStatement, type JournalEntry } from '../journal/statements.ts';
import { qualified, tableNames, type TableNames } from '../journal/tables.ts';
import { displayPath } from '../paths.ts';
import type { Server } from '../session/session.ts';
import { onDatabase } from './database.ts';
import { locate } from './position.ts';
import { openForReading } from './read.ts';
import { recordRevision, type RecordedRevision } from './record.ts';
import { entryOfNow } from './history-entry.ts';
import { planStamp, type StampRequest } from './stamp.ts';
import { StartingSchema, type RecordedStatement } from './recording.ts';
import type { Run } from './run.ts';
import type { Unrecorded } from './statement.ts';

export interface ScriptRequest {
  readonly target: string | readonly string[];
  /** `FROM` of `FROM:TO`: no database is asked. `null` asks the database where it stands. */
  readonly from: readonly string[] | null;
  /** Where no URL tells it. */
  readonly dialect: DialectName | null;
}

export interface DryRunReport {
  readonly revisions: readonly RecordedRevision[];
  readonly heads: readonly string[];
  readonly database: string | null;
  /** Of the revision that an earlier run began. */
  readonly journal: readonly JournalEntry[];
}

interface Ground {
  readonly dialect: Dialect;
  readonly server: Server;
  readonly names: TableNames;
  readonly heads: readonly string[];
  readonly database: string | null;
  /** What makes Torale's own tables. */
  readonly preparation: readonly string[];
  readonly journal: readonly JournalEntry[];
  readonly schema: StartingSchema;
}

/** What an upgrade would run, revision by revision. Nothing is written, nothing of it reaches the server. */
export async function dryRun(run: Run, request: ScriptRequest): Promise<DryRunReport> {
  return onGround(run, request, async (ground) => {
    const { heads, database, journal } = ground;
    return { revisions: await recordPlan(run, ground, request), heads, database, journal };
  });
}

/** The SQL script that does what the upgrade would do, bookkeeping included. */
export async function upgradeScript(run: Run, request: ScriptRequest): Promise<string> {
  return onGround(run, request, (ground) => scriptOf(run, ground, request));
}

async function scriptOf(run: Run, ground: Ground, request: ScriptRequest): Promise<string> {
  const { dialect, names } = ground;
  refuseUnfinished(ground.journal);
  const script = new Script(dialect);
  const plan = run.graph.plan({ applied: ground.heads, target: request.target });
  const recorded = await recordPlan(run, ground, request);
  if (recorded.length > 0) script.transaction(ground.preparation);
  let heads = ground.heads;
  for (const [index, revision] of recorded.entries()) {
    const { step } = revision;
    const headsAfter = plan.steps[index]!.headsAfter;
    script.comment(
      `Running upgrade ${heads.join(', ') || '(base)'} -> ${step.revision}${step.message ? `, ${step.message}` : ''}`,
    );
    if (revision.stopped !== null) throw needsRunning(revision, script.text());
    const batch = revision.statements.find(({ isBatch }) => isBatch);
    if (batch !== undefined) throw needsRows(revision.step.revision, batch, script.text());
    script.revision(revision.statements, [
      ...moveHeads(dialect, names, heads, headsAfter),
      recordHistory(dialect, names, entryOfNow(run, step.revision, 'upgrade')),
    ]);
    heads = headsAfter;
  }
  return script.text();
}

/** The statements that are done would fail, and leaving them out is what the journal is for. */
function refuseUnfinished([entry]: readonly JournalEntry[]): void {
  if (entry === undefined) return;
  throw new ToraleError('REFUSED', `Revision ${entry.revision} is partly applied, so no script can begin with it.`, {
    hint: "Finish it with 'torale upgrade', or decide what becomes of it: torale resolve --help",
    data: { revision: entry.revision },
  });
}

const STOPPED: Record<Unrecorded, { readonly what: string; readonly instead: string }> = {
  result: {
    what: 'reads the result of a statement',
    instead: 'write that step without reading: INSERT … SELECT, UPDATE … WHERE',
  },
  schema: {
    what: 'rebuilds a table as the database will have it by then',
    instead: 'write the rebuild as statements, as revision --autogenerate does',
  },
};

function needsRunning({ step, stopped, stoppedAt }: RecordedRevision, script: string): ToraleError {
  const at = stoppedAt === null ? '' : ` at ${displayPath(stoppedAt.file)}:${stoppedAt.line}`;
  const { what, instead } = STOPPED[stopped!];
  return new ToraleError(
    'REFUSED',
    `Revision ${step.revision} ${what}${at}, so its script cannot be written without running it.`,
    { hint: `Apply it with torale upgrade, or ${instead}.`, data: { revision: step.revision, script } },
  );
}

function needsRows(revision: string, { site }: RecordedStatement, script: string): ToraleError {
  const at = site === null ? '' : ` at ${displayPath(site.file)}:${site.line}`;
  return new ToraleError(
    'REFUSED',
    `Revision ${revision} changes rows in batches${at}, and what it does to them cannot be written without the rows.`,
    {
      hint: 'Apply it with torale upgrade, or write that step as a statement: UPDATE … WHERE.',
      data: { revision, script },
    },
  );
}

/** The SQL script that does what `stamp` would do. */
export async function stampScript(
  run: Run,
  request: StampRequest & Pick<ScriptRequest, 'from' | 'dialect'>,
): Promise<string> {
  const { dialect, names, heads, preparation } = await onGround(run, request, async (ground) => ground);
  const plan = planStamp(run, request, heads);
  const script = new Script(dialect);
  script.comment(`Stamping ${plan.heads.join(', ') || '(base)'}`);
  script.transaction(preparation);
  script.revision(
    [],
    [
      ...(request.purge ? [{ sql: `DELETE FROM ${qualified(dialect, names, 'version')}`, bindings: [] }] : []),
      ...moveHeads(dialect, names, request.purge ? [] : heads, plan.heads),
      ...plan.entries.map((entry) => recordHistory(dialect, names, entry)),
    ],
  );
  return script.text();
}

/** The SQL script that makes Torale's tables where they are missing. */
export async function ensureVersionScript(run: Run, request: Pick<ScriptRequest, 'dialect'>): Promise<string> {
  const from = { from: null, dialect: request.dialect };
  const { dialect, preparation } = await onGround(run, from, async (ground) => ground);
  const script = new Script(dialect);
  script.transaction(preparation);
  return script.text();
}

async function recordPlan(run: Run, ground: Ground, request: ScriptRequest): Promise<RecordedRevision[]> {
  const recorded: RecordedRevision[] = [];
  for (const { revision } of run.graph.plan({ applied: ground.heads, target: request.target }).steps) {
    const step: PlannedStep = {
      revision,
      message: run.graph.get(revision)?.message ?? '',
      file: run.source.fileOf(revision),
    };
    recorded.push(await recordRevision(run, ground.dialect, ground.server, step, ground.schema));
  }
  return recorded;
}

/** Calls `work` with where a script starts; the database, where one is asked, is open meanwhile. */
async function onGround<T>(
  run: Run,
  request: Pick<ScriptRequest, 'from' | 'dialect'>,
  work: (ground: Ground) => Promise<T>,
): Promise<T> {
  const { database } = run.config;
  // Another dialect than the database's can only be written for, not asked.
  const isOther = request.dialect !== null && request.dialect !== database?.dialect;
  if (request.from !== null || database === null || isOther) return work(await offline(run, request));
  return onDatabase(await openForReading(run), async ({ session, dialect, display }) => {
    const journal = await Journal.open(session, dialect, run.config);
    const { heads, journal: entries } = await journal.read();
    const unknown = heads.filter((head) => !run.graph.has(head));
    const position = locate(run.graph, heads, () => []);
    if (unknown.length > 0) {
      const history = await journal.readHistory();
      const { ahead } = locate(run.graph, heads, () => history);
      throw new ToraleError(
        'DATABASE_AHEAD',
        `The database is at ${unknown.join(', ')}, which no file here has${ahead ? '; it is ahead, and nothing would run' : ''}.`,
        {
          data: { revisions: unknown },
        },
      );
    }
    return work({
      dialect,
      server: session.server,
      names: journal.names,
      heads: position.known,
      database: display,
      preparation: journal.ensureStatements(),
      journal: entries,
      schema: new StartingSchema(session),
    });
  });
}

const DEFAULT_SCHEMAS: Record<DialectName, string> = { postgres: 'public', mysql: '', sqlite: 'main' };

async function offline(run: Run, { from, dialect: given }: Pick<ScriptRequest, 'from' | 'dialect'>): Promise<Ground> {
  const { config, graph } = run;
  const name = given ?? config.database?.dialect ?? null;
  if (name === null) {
    throw new ToraleError('NO_DATABASE', 'Neither a database nor a dialect is named, so the SQL cannot be written.', {
      hint: 'Give --dialect postgres, mysql or sqlite.',
    });
  }
  const dialect = await loadDialect(name);
  const schema =
    config.versionTableSchema ??
    config.searchPath?.[0] ??
    (name === 'mysql' && config.database?.dialect === 'mysql' ? config.database.database : undefined) ??
    DEFAULT_SCHEMAS[name];
  const names = tableNames(config.versionTable, schema);
  const heads = [...new Set((from ?? []).flatMap((identifier) => graph.resolve(identifier, { applied: [] })))];
  return {
    dialect,
    server: { flavor: name, version: '', title: '' },
    names,
    heads,
    database: null,
    // Whoever starts in the middle has the tables.
    journal: [],
    schema: new StartingSchema(null),
    preparation: heads.length > 0 ? [] : layoutStatements(dialect, names, new Set(), null),
  };
}

/** Puts statements together so that the server's own client runs them. */
class Script {
  readonly #dialect: Dialect;
  readonly #lines: string[] = [];

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  comment(text: string): void {
    this.#lines.push(`-- ${text.replace(/\s+/g, ' ')}`, '');
  }

  transaction(statements: readonly string[]): void {
    if (statements.length === 0) return;
    this.#begin();
    for (const statement of statements) this.#push(statement);
    this.#commit();
  }

  revision(statements: RecordedRevision['statements'], bookkeeping: readonly BookkeepingStatement[]): void {
    const { sessionLock } = this.#dialect;
    if (!sessionLock) this.#lines.push('PRAGMA foreign_keys = OFF;');
    this.#begin();
    let open = true;
    for (const { sql, transactional } of statements) {
      if (transactional !== open) {
        if (transactional) this.#begin();
        else this.#commit();
        open = transactional;
      }
      this.#push(sql);
    }
    if (!open) this.#begin();
    for (const { sql, bindings } of bookkeeping) this.#push(this.#dialect.inline(sql, bindings));
    this.#commit();
  }

  text(): string {
    const preamble = this.#dialect.preamble.map((statement) => `${statement};`);
    return `${[...preamble, ...this.#lines].join('\n').trimEnd()}\n`;
  }

  #begin(): void {
    this.#lines.push(`${this.#dialect.begin};`, '');
  }

  #commit(): void {
    this.#lines.push('COMMIT;', '');
  }

  #push(sql: string): void {
    this.#lines.push(...this.#dialect.terminate(sql), '');
  }
}
