import type { Inspection, SchemaDialect } from '../dialects/schema-dialect.ts';
import type { Change } from '../diff/diff.ts';
import type { Statement } from '../diff/rules.ts';
import type { Session } from '../session/session.ts';
import { filterSchema, type ObjectFilter } from '../schema/filter.ts';
import type { ObjectId } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import type { Answers } from './answers.ts';
import { refuseOtherServer, refuseUnread } from './compare.ts';
import { planAndProve, type Proof } from './heal.ts';
import { managedOf } from './managed.ts';
import { buildSide, inScratch, inspectScratch } from './materialise.ts';
import { openSide, type InspectedSide, type SideContext } from './open-side.ts';
import { refuseEmpty } from './refusals.ts';
import { carryOutRenames, decideRenames, decideWithin, type Renamed } from './renaming.ts';
import { proveWithRows, type RowProof } from './row-proof.ts';
import { runStatements } from './run-statements.ts';
import type { Scratch } from './scratch.ts';
import { HEAD, SecondHead } from './second-head.ts';
import type { Side } from './side.ts';
import { settleSpelling } from './spelling.ts';

export interface AttemptRequest {
  readonly context: SideContext;
  readonly rules: SchemaDialect;
  readonly filter: ObjectFilter;
  readonly answers: Answers;
  readonly assertions: boolean;
  readonly target: Side;
  /** The heads as they are named. */
  readonly heads: string;
  /** What is not proved is written nevertheless. */
  readonly unproven: boolean;
}

/** What takes head to the target in one dialect, tried on an empty scratch database. */
export interface Outcome {
  /** The server that the target is from: `PostgreSQL 15.20` */
  readonly title: string;
  readonly head: Inspection;
  readonly renamed: Renamed;
  readonly proof: Proof;
  /** Of both: in the order in which they run. */
  readonly statements: readonly Statement[];
  readonly changes: readonly Change[];
  readonly from: Schema;
  readonly to: Schema;
  /** Schemas at head that the target does not name. */
  readonly leftAlone: readonly string[];
  /** What could be used at head or is new, and cannot be used afterwards, each with the server's words. */
  readonly broken: ReadonlyMap<string, string>;
  /** What the statements do to rows; null where there is nothing to try, or what they do to the schema is refused. */
  readonly rows: RowProof | null;
}

/**
 * Reads the target, replays the revisions on a scratch database, plans what takes them to the target, and runs it there.
 *
 * @throws ToraleError SERVER_MISMATCH, UNREAD_OBJECT, TARGET_EMPTY, RENAME_UNDECIDED, and what reading and replaying throws
 */
export async function attempt(request: AttemptRequest): Promise<Outcome> {
  if (!isBesides(request)) {
    const target = await openTarget(request);
    return onHead(request, () => Promise.resolve(target));
  }
  const { context } = request;
  const stop = new AbortController();
  const signal = AbortSignal.any([context.run.signal, stop.signal]);
  const opening = openTarget(request);
  opening.catch((error: unknown) => stop.abort(error));
  try {
    return await onHead({ ...request, context: { ...context, run: { ...context.run, signal } } }, () => opening);
  } catch (error) {
    // What is wrong with the target is told first, as if it had been read first.
    await opening;
    throw error;
  }
}

/** Whether the target is read while the revisions are replayed: a server does two things at once, and only one is our code. */
function isBesides({ context, target: { type } }: AttemptRequest): boolean {
  return context.dialect !== 'sqlite' && (type === 'sql' || type === 'command' || type === 'database');
}

async function openTarget({ context, target, filter }: AttemptRequest): Promise<InspectedSide> {
  const opened = await openSide(context, target);
  refuseUnread(opened, filter);
  return opened;
}

function onHead(request: AttemptRequest, opening: () => Promise<InspectedSide>): Promise<Outcome> {
  const { context, heads } = request;
  return inScratch(context, async (scratch) => {
    await buildSide(context, scratch, HEAD);
    const head = await inspectScratch(context, scratch, heads);
    const second = new SecondHead(context, scratch);
    try {
      return await new Attempt(request, head, await opening(), second).run(scratch);
    } finally {
      await second.end();
    }
  });
}

class Attempt {
  readonly #request: AttemptRequest;
  readonly #head: InspectedSide;
  readonly #target: InspectedSide;
  readonly #second: SecondHead;

  constructor(request: AttemptRequest, head: InspectedSide, target: InspectedSide, second: SecondHead) {
    this.#request = request;
    this.#head = head;
    this.#target = target;
    this.#second = second;
  }

  /** On the scratch database that is at head. */
  async run(scratch: Scratch): Promise<Outcome> {
    const head = this.#head;
    const target = this.#target;
    const { filter, rules, context, answers } = this.#request;
    refuseOtherServer(head, target);
    refuseUnread(head, filter);
    const to = filterSchema(target.schema, filter);
    const managed = (schema: Schema): Schema => managedOf(filterSchema(schema, filter), to, this.#hasSchemas).from;
    const { leftAlone } = managedOf(filterSchema(head.schema, filter), to, this.#hasSchemas);
    const from = managed(head.schema);
    refuseEmpty(from, to, target.said);
    const brokenAtHead = await rules.unusable?.(scratch.session);
    const inspect = (): Promise<Inspection> => inspectScratch(context, scratch, head.said);
    const wish = answers.renamesIn(rules, from, to);
    const requests = await decideRenames(rules, from, to, wish, answers.ask);
    const begin = async (): Promise<Session> => {
      await this.#second.begin();
      return scratch.session;
    };
    const renamed = await carryOutRenames(requests, rules, begin, head, inspect, (now, done) =>
      decideWithin(rules, managed(now.schema), to, done, answers.ask),
    );
    const fills: ReadonlyMap<ObjectId, string> = answers.fillsIn(to);
    const proof = await planAndProve({
      rules,
      begin,
      from: renamed.inspection,
      to,
      managed,
      inspect,
      fills,
      assertions: this.#request.assertions,
      settle: (before, after) => settleSpelling(context, rules, head.server, before, after),
    });
    const broken = new Map(await rules.unusable?.(scratch.session));
    for (const what of brokenAtHead?.keys() ?? []) broken.delete(what);
    const statements = [...renamed.statements, ...proof.statements];
    const changes = [...renamed.changes, ...proof.changes];
    const outcome = {
      title: target.title,
      head,
      renamed,
      proof,
      statements,
      changes,
      from: managed(renamed.inspection.schema),
      to,
      leftAlone,
      broken,
    };
    return { ...outcome, rows: await this.#tryWithRows(outcome) };
  }

  /** Runs everything once more, in one piece, on a database with rows in it; names are changed before, so that rows are found. */
  async #tryWithRows({ renamed, proof, statements, broken }: Omit<Outcome, 'rows'>): Promise<RowProof | null> {
    const { rules, context, unproven } = this.#request;
    const { schema: from } = renamed.inspection;
    const isRefused = !unproven && (proof.residue.length > 0 || proof.failure !== null || broken.size > 0);
    const hasTables = [...from.objects()].some(({ kind }) => kind === 'table');
    if (rules.rows === undefined || statements.length === 0 || isRefused || !hasTables) return null;
    const { session } = await this.#second.scratch();
    await runStatements(session, renamed.statements);
    return proveWithRows({
      rules: rules.rows,
      signal: context.run.signal,
      session,
      statements: proof.statements,
      from,
      to: proof.after.schema,
    });
  }

  get #hasSchemas(): boolean {
    return this.#request.context.dialect === 'postgres';
  }
}
