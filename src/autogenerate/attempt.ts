import type { Inspection, SchemaDialect } from '../dialects/schema-dialect.ts';
import type { Change } from '../diff/diff.ts';
import type { Statement } from '../diff/rules.ts';
import { filterSchema, type ObjectFilter } from '../schema/filter.ts';
import type { ObjectId } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import type { Answers } from './answers.ts';
import { refuseOtherServer, refuseUnread } from './compare.ts';
import { planAndProve, type Proof } from './heal.ts';
import { managedOf } from './managed.ts';
import { buildSide, inScratch, inspectScratch } from './materialise.ts';
import type { InspectedSide, SideContext } from './open-side.ts';
import { refuseEmpty } from './refusals.ts';
import { carryOutRenames, decideRenames, decideWithin, type Renamed } from './renaming.ts';
import { proveWithRows, type RowProof } from './row-proof.ts';
import { runStatements } from './run-statements.ts';
import type { Scratch } from './scratch.ts';
import type { Side } from './side.ts';
import { settleSpelling } from './spelling.ts';

const HEAD: Side = { type: 'revisions', said: 'head', target: 'heads' };

export interface AttemptRequest {
  readonly context: SideContext;
  readonly rules: SchemaDialect;
  readonly filter: ObjectFilter;
  readonly answers: Answers;
  readonly assertions: boolean;
  readonly target: InspectedSide;
  /** The heads as they are named. */
  readonly heads: string;
}

/** What takes head to the target in one dialect, tried on an empty scratch database. */
export interface Outcome {
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
}

/**
 * Replays the revisions on a scratch database, plans what takes them to the target, and runs it there.
 *
 * @throws ToraleError SERVER_MISMATCH, UNREAD_OBJECT, TARGET_EMPTY, RENAME_UNDECIDED, and what a replay throws
 */
export function attempt(request: AttemptRequest): Promise<Outcome> {
  const { context, heads } = request;
  return inScratch(context, async (scratch) => {
    await buildSide(context, scratch, HEAD);
    const head = await inspectScratch(context, scratch, heads);
    return new Attempt(request, head).run(scratch);
  });
}

class Attempt {
  readonly #request: AttemptRequest;
  readonly #head: InspectedSide;

  constructor(request: AttemptRequest, head: InspectedSide) {
    this.#request = request;
    this.#head = head;
  }

  /** On the scratch database that is at head. */
  async run(scratch: Scratch): Promise<Outcome> {
    const head = this.#head;
    const { target, filter, rules, context, answers } = this.#request;
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
    const renamed = await carryOutRenames(requests, rules, scratch.session, head, inspect, (now, done) =>
      decideWithin(rules, managed(now.schema), to, done, answers.ask),
    );
    const fills: ReadonlyMap<ObjectId, string> = answers.fillsIn(to);
    const proof = await planAndProve({
      rules,
      session: scratch.session,
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
    return {
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
  }

  get #hasSchemas(): boolean {
    return this.#request.context.dialect === 'postgres';
  }
}

/** Runs everything once more, in one piece, on a database with rows in it; names are changed before, so that rows are found. */
export async function tryWithRows(
  context: SideContext,
  { rows }: SchemaDialect,
  { from: head, renamed, proof }: Outcome,
): Promise<RowProof | null> {
  if (rows === undefined || ![...head.objects()].some(({ kind }) => kind === 'table')) return null;
  return inScratch(context, async (scratch) => {
    await buildSide(context, scratch, HEAD);
    await runStatements(scratch.session, renamed.statements);
    const { schema: from } = await inspectScratch(context, scratch, 'head');
    const { statements, after } = proof;
    return proveWithRows({
      rules: rows,
      signal: context.run.signal,
      session: scratch.session,
      statements,
      from,
      to: after.schema,
    });
  });
}
