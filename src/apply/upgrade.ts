import type { RevisionTransaction } from '../dialects/dialect.ts';
import { ToraleError } from '../errors.ts';
import type { PlannedStep } from '../events.ts';
import type { AppliedState, Journal } from '../journal/journal.ts';
import type { JournalEntry } from '../journal/statements.ts';
import { reviewApplied } from './applied-files.ts';
import { backUp, refuseBackupOf, type BackupRequest } from './backup.ts';
import { inBookkeeping, lockOptions, openJournal, withLock } from './bookkeeping.ts';
import { isYetToBeMade, onDatabase } from './database.ts';
import { locate, type Position } from './position.ts';
import { runWithRetries } from './attempts.ts';
import { SessionLimiter } from './session-limiter.ts';
import type { Connected, Run } from './run.ts';
import { Watcher } from './watcher.ts';

export interface AppliedRevision {
  readonly revision: string;
  readonly durationMs: number;
}

export interface ApplyReport {
  /** In the order in which they ran. */
  readonly applied: readonly AppliedRevision[];
  /** The heads of the database afterwards. */
  readonly heads: readonly string[];
}

export interface UpgradeRequest extends BackupRequest {
  readonly target: string | readonly string[];
  readonly singleTransaction: boolean;
}

/**
 * Applies what is missing, each revision exactly once however many runs start together.
 *
 * @throws ToraleError as the table of codes says; REVISION_FAILED tells the state in `data.state`
 */
export async function applyUpgrade(run: Run, request: UpgradeRequest): Promise<ApplyReport> {
  if (isYetToBeMade(run)) run.graph.plan({ applied: [], target: request.target });
  const opened = await run.open({ readOnly: false, create: true });
  return onDatabase(opened, (connected) => new Upgrade(run, connected, request).runWatched());
}

interface Situation {
  readonly state: AppliedState;
  readonly position: Position;
  readonly steps: readonly (PlannedStep & { headsAfter: readonly string[] })[];
}

class Upgrade {
  /** Replaced by what the lock gives once it is held. */
  #run: Run;
  #connected: Connected;
  readonly #request: UpgradeRequest;
  readonly #applied: AppliedRevision[] = [];
  readonly #watcher: Watcher;
  readonly #limiter: SessionLimiter;
  #waited = false;

  constructor(run: Run, connected: Connected, request: UpgradeRequest) {
    this.#run = run;
    this.#connected = connected;
    this.#request = request;
    this.#watcher = new Watcher(connected.dialect, connected.session);
    this.#limiter = new SessionLimiter(connected.dialect, connected.session);
    refuseBackupOf(connected, request);
    if (request.singleTransaction && !connected.dialect.transactionalDdl) {
      throw new ToraleError(
        'USAGE',
        'A single transaction cannot hold DDL here: MySQL and MariaDB commit each DDL statement.',
        {
          hint: 'Leave --single-transaction away.',
        },
      );
    }
  }

  /** A stop cancels the statement that runs; the rest follows from its failure. */
  async runWatched(): Promise<ApplyReport> {
    const cancel = (): void => void this.#watcher.cancel();
    this.#run.signal.addEventListener('abort', cancel);
    try {
      return await this.run();
    } catch (error) {
      // It may have hit one of Torale's own statements, which would look like a table that cannot be used.
      this.#run.signal.throwIfAborted();
      throw error;
    } finally {
      this.#run.signal.removeEventListener('abort', cancel);
      await this.#watcher.close();
    }
  }

  async run(): Promise<ApplyReport> {
    const journal = await this.#openJournal();
    const situation = await this.#look(journal, this.#request.target);
    await reviewApplied(this.#run, journal, situation.state);
    this.#run.onEvent({
      type: 'plan',
      database: this.#connected.display,
      heads: situation.state.heads,
      steps: situation.steps,
    });
    if (situation.steps.length === 0) return this.#nothingToDo(situation);

    const target = lastOf(situation);
    return withLock(
      this.#run,
      this.#connected,
      journal,
      async (held) => {
        this.#run = held.run;
        this.#connected = held.connected;
        await this.#backUp(journal, target);
        return this.#request.singleTransaction ? this.#inOneTransaction(journal, target) : this.#oneByOne(target);
      },
      () => (this.#waited = true),
    );
  }

  #backUp(journal: Journal, target: readonly string[]): Promise<void> {
    const lock = lockOptions(this.#run, journal);
    return backUp(this.#run, this.#connected, this.#request, lock, async () => {
      const { state, steps } = await this.#look(await this.#openJournal(), target);
      return { revisions: steps.map(({ revision }) => revision), heads: state.heads };
    });
  }

  async #oneByOne(target: readonly string[]): Promise<ApplyReport> {
    let journal = await this.#openJournal();
    if (!journal.complete) journal = await inBookkeeping(this.#run, this.#connected, journal, async (made) => made);
    for (;;) {
      const situation = await this.#look(journal, target);
      if (situation.steps.length === 0 || (await this.#applySteps(journal, situation, null))) break;
      // SQLite only: another run came between two revisions.
    }
    return this.#report(journal);
  }

  #openJournal(): Promise<Journal> {
    return openJournal(this.#run, this.#connected);
  }

  async #look(journal: Journal, target: string | readonly string[]): Promise<Situation> {
    const { graph } = this.#run;
    const state = await journal.read();
    const unknown = state.heads.some((head) => !graph.has(head));
    const history = unknown ? await journal.readHistory() : [];
    const position = locate(graph, state.heads, () => history);
    if (position.ahead) return { state, position, steps: [] };
    if (position.unknown.length > 0) throw unknownRows(position.unknown);
    const plan = graph.plan({ applied: state.heads, target });
    const steps = plan.steps.map(({ revision, headsAfter }) => ({
      revision,
      message: graph.get(revision)?.message ?? '',
      file: this.#run.source.fileOf(revision),
      headsAfter,
    }));
    return { state, position, steps };
  }

  #nothingToDo({ state, position }: Situation): ApplyReport {
    const { onEvent, graph } = this.#run;
    if (position.ahead) onEvent({ type: 'ahead', unknown: position.unknown, codeHeads: graph.heads });
    else onEvent({ type: 'up-to-date', database: this.#connected.display, heads: state.heads, waited: this.#waited });
    return { applied: this.#applied, heads: state.heads };
  }

  async #report(journal: Journal): Promise<ApplyReport> {
    const heads = await journal.readHeads();
    if (this.#applied.length === 0) {
      this.#run.onEvent({ type: 'up-to-date', database: this.#connected.display, heads, waited: this.#waited });
    }
    return { applied: this.#applied, heads };
  }

  async #inOneTransaction(found: Journal, target: readonly string[]): Promise<ApplyReport> {
    const { session, dialect } = this.#connected;
    const lock = lockOptions(this.#run, found);
    const outer = await dialect.beginRevision(session, { lock, foreignKeys: false });
    try {
      const journal = await this.#openJournal();
      await journal.ensure();
      await this.#applySteps(journal, await this.#look(journal, target), outer);
      await outer.commit();
      return await this.#report(journal);
    } catch (error) {
      this.#applied.length = 0;
      await outer.rollback().catch(() => undefined);
      throw error;
    }
  }

  /** @returns false where another run has moved the database on */
  async #applySteps(journal: Journal, situation: Situation, outer: RevisionTransaction | null): Promise<boolean> {
    const { onEvent, graph } = this.#run;
    const { state } = situation;
    let heads = state.heads;
    refuseForeignJournal(state, situation.steps[0]?.revision);
    for (const step of situation.steps) {
      await this.#connected.lock?.verify();
      const prior = state.journal.filter((entry) => entry.revision === step.revision);
      onEvent({ type: 'revision-started', step, resumed: prior.length > 0 });
      const before = heads;
      const durationMs = await runWithRetries(
        {
          run: this.#run,
          connected: this.#connected,
          journal,
          step,
          parents: graph.allParents(step.revision),
          headsBefore: before,
          headsAfter: step.headsAfter,
          headsCommitted: outer === null ? before : state.heads,
          prior,
          outer,
          // A lease is looked at between two revisions, and given back in a transaction of its own.
          isFollowed: step !== situation.steps.at(-1) && (this.#connected.lock?.lost ?? null) === null,
          watcher: this.#watcher,
          stale: async () =>
            !this.#connected.dialect.sessionLock && outer === null && !isAsFound(await journal.read(), before, prior),
        },
        this.#limiter,
      );
      if (durationMs === null) return false;
      heads = step.headsAfter;
      this.#applied.push({ revision: step.revision, durationMs });
      onEvent({ type: 'revision-applied', step, durationMs });
    }
    return true;
  }
}

/** The revisions that a plan ends in: what is meant by `head` must not change while the run waits for the lock. */
function lastOf({ steps, state }: Situation): string[] {
  const planned = new Set(steps.map((step) => step.revision));
  const after = steps.at(-1)?.headsAfter ?? state.heads;
  return after.filter((head) => planned.has(head));
}

function sameHeads(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((head) => b.includes(head));
}

/** An unfinished revision that another run goes on with counts as well. */
function isAsFound(
  { heads, journal }: AppliedState,
  before: readonly string[],
  prior: readonly JournalEntry[],
): boolean {
  const told = ({ revision, statement, state, fingerprint }: JournalEntry): string =>
    JSON.stringify([revision, statement, state, fingerprint]);
  const found = journal.map(told);
  return (
    sameHeads(heads, before) && found.length === prior.length && prior.every((entry) => found.includes(told(entry)))
  );
}

function refuseForeignJournal(state: AppliedState, next: string | undefined): void {
  const unfinished = [...new Set(state.journal.map((entry) => entry.revision))];
  const other = unfinished.filter((revision) => revision !== next);
  if (next === undefined || other.length === 0) return;
  throw new ToraleError(
    'UNRESOLVED',
    `Revision ${other[0]} is partly applied, and ${next} would run before it is finished.`,
    {
      hint: `Finish it first: torale upgrade ${other[0]}`,
      data: { revisions: other },
    },
  );
}

function unknownRows(unknown: readonly string[]): ToraleError {
  const list = unknown.join(', ');
  return new ToraleError(
    'DATABASE_AHEAD',
    `The database is at ${list}, which no file here has, and its history does not lead to this one.`,
    {
      hint: 'Deploy the image that has it, or look with: torale current -v',
      data: { revisions: unknown },
    },
  );
}
