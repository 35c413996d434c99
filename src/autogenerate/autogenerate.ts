import { existsSync } from 'node:fs';
import type { Run } from '../apply/run.ts';
import { createRun } from '../apply/project.ts';
import { loadSchemaDialect } from '../dialects/load-schema.ts';
import type { Inspection, SchemaDialect } from '../dialects/schema-dialect.ts';
import type { Change } from '../diff/diff.ts';
import type { Statement } from '../diff/rules.ts';
import { ToraleError } from '../errors.ts';
import { filterSchema, type ObjectFilter } from '../schema/filter.ts';
import { nameOf } from '../schema/object.ts';
import { Schema } from '../schema/schema.ts';
import { hasSecret } from '../schema/secrets.ts';
import { refuseOtherServer, refuseUnread } from './compare.ts';
import { parseFills, refuseUnusedFills } from './fill.ts';
import { compareFold } from './fold-check.ts';
import { notProved, planAndProve, type Proof } from './heal.ts';
import { managedOf } from './managed.ts';
import { buildSide, inScratch, inspectScratch } from './materialise.ts';
import { settleSpelling } from './spelling.ts';
import { openSide, type InspectedSide, type SideContext } from './open-side.ts';
import { refuseBehind } from './behind.ts';
import { readTarget, type TargetGround } from './read-target.ts';
import {
  carryOutRenames,
  decideRenames,
  decideWithin,
  type AskRename,
  type Renamed,
  type RenameWish,
} from './renaming.ts';
import { residueLines } from './residue.ts';
import { runStatements } from './run-statements.ts';
import { proveWithRows, withHazards, type RowProof } from './row-proof.ts';
import type { Scratch } from './scratch.ts';
import { draftRevision, type Draft, type DraftRequest } from './draft.ts';
import type { SideInput } from './side.ts';

export interface AutogenerateRequest extends ObjectFilter, DraftRequest, TargetGround {
  /** Instead of the configured target. */
  readonly target?: SideInput | undefined;
  readonly renames: RenameWish;
  /** `table.column=EXPRESSION` */
  readonly fills: readonly string[];
  /** Writes a revision although nothing differs. */
  readonly allowEmpty: boolean;
  /** Writes a revision although it does not lead to the target. */
  readonly unproven: boolean;
  readonly ask?: AskRename | undefined;
}

export interface AutogenerateReport {
  /** Null where nothing differs and nothing was written. */
  readonly written: Draft | null;
  /** The target as it was named. */
  readonly target: string;
  /** The heads that were replayed. */
  readonly heads: readonly string[];
  /** The server of the scratch database: `PostgreSQL 15.20`. */
  readonly title: string;
  readonly changes: readonly Change[];
  readonly statements: readonly Statement[];
  /** Lines that tell what still differs; none where it is proved. */
  readonly residue: readonly string[];
  /** Null where there were no rows to try it with. */
  readonly rows: RowProof | null;
  /** Schemas at head that the target does not name. */
  readonly leftAlone: readonly string[];
  readonly from: Schema;
  readonly to: Schema;
}

/**
 * Writes a revision that takes the schema at head to the target, and proves it before it is written.
 *
 * @throws ToraleError NOT_PROVED, RENAME_UNDECIDED, TARGET_EMPTY, UNREAD_OBJECT, USAGE where no target is named, and what
 * reading the target and replaying the revisions throws
 */
export async function autogenerate(run: Run, request: AutogenerateRequest): Promise<AutogenerateReport> {
  const project = withExisting(run);
  // Heads and labels are wrong before anything else was done.
  project.graph.newRevision({
    head: request.head,
    splice: request.splice,
    branchLabels: request.branchLabels,
    dependsOn: request.dependsOn,
  });
  const { context, side } = await readTarget(project, request.target, request);
  await refuseBehind(project, side);
  const rules = await loadSchemaDialect(context.dialect);
  const target = await openSide(context, side);
  refuseUnread(target, request);
  const heads = project.graph.heads;
  const outcome = await inScratch(context, async (scratch) => {
    await buildSide(context, scratch, { type: 'revisions', said: 'head', target: 'heads' });
    const head = await inspectScratch(context, scratch, namedHeads(heads));
    return new Attempt(context, rules, request, head, target).run(scratch);
  });
  const { proof, renamed, from, to, leftAlone } = outcome;
  const statements = [...renamed.statements, ...proof.statements];
  const changes = [...renamed.changes, ...proof.changes];
  refuseUnusedFills(outcome.fills, statements);
  const report = { target: side.said, heads, title: target.title, changes, leftAlone, from, to };
  if (statements.length === 0 && proof.residue.length === 0 && !request.allowEmpty) {
    return { ...report, statements, residue: [], rows: null, written: null };
  }
  refuseSecrets(changes);
  const residue = residueLines(proof, rules);
  if (residue.length > 0 && !request.unproven) throw notProved(proof, residue, side.said);
  const rows = await tryWithRows(context, rules, outcome);
  if (!request.unproven) refuseLostRows(rows, proof);
  const marked = [...renamed.statements, ...withHazards(proof.statements, rows?.failing ?? [])];
  await compareFold(project, context.dialect, heads, outcome.head);
  const written = await draftRevision(project, request, {
    statements: marked,
    header:
      residue.length === 0 ? [] : ['Not proved: running this does not give the target. What is left:', ...residue],
    dialect: context.dialect,
    before: outcome.head,
    after: proof.after,
    renames: renamed.changes,
  });
  return { ...report, statements: marked, residue, rows, written };
}

interface Outcome {
  readonly head: Inspection;
  readonly renamed: Renamed;
  readonly proof: Proof;
  readonly from: Schema;
  readonly to: Schema;
  readonly leftAlone: readonly string[];
  readonly fills: ReadonlyMap<string, string>;
}

class Attempt {
  readonly #context: SideContext;
  readonly #rules: SchemaDialect;
  readonly #request: AutogenerateRequest;
  readonly #head: InspectedSide;
  readonly #target: InspectedSide;

  constructor(
    context: SideContext,
    rules: SchemaDialect,
    request: AutogenerateRequest,
    head: InspectedSide,
    target: InspectedSide,
  ) {
    this.#context = context;
    this.#rules = rules;
    this.#request = request;
    this.#head = head;
    this.#target = target;
  }

  /** On the scratch database that is at head. */
  async run(scratch: Scratch): Promise<Outcome> {
    const head = this.#head;
    const target = this.#target;
    const request = this.#request;
    const rules = this.#rules;
    refuseOtherServer(head, target);
    refuseUnread(head, request);
    const to = filterSchema(target.schema, request);
    const managed = (schema: Schema): Schema => managedOf(filterSchema(schema, request), to, this.#hasSchemas).from;
    const { leftAlone } = managedOf(filterSchema(head.schema, request), to, this.#hasSchemas);
    const from = managed(head.schema);
    refuseEmpty(from, to, target.said);
    const inspect = (): Promise<Inspection> => inspectScratch(this.#context, scratch, head.said);
    const requests = await decideRenames(rules, from, to, request.renames, request.ask);
    const renamed = await carryOutRenames(requests, rules, scratch.session, head, inspect, (now, done) =>
      decideWithin(rules, managed(now.schema), to, done, request.ask),
    );
    const fills = parseFills(request.fills, to);
    const proof = await planAndProve({
      rules,
      session: scratch.session,
      from: renamed.inspection,
      to,
      managed,
      inspect,
      fills,
      settle: (before, after) => settleSpelling(this.#context, rules, head.server, before, after),
    });
    return { head, renamed, proof, from: managed(renamed.inspection.schema), to, leftAlone, fills };
  }

  get #hasSchemas(): boolean {
    return this.#context.dialect === 'postgres';
  }
}

/** A version folder is made by its first revision. */
function withExisting(run: Run): Run {
  const versions = run.config.versions.filter((folder) => existsSync(folder));
  if (versions.length === run.config.versions.length) return run;
  const { config, onEvent, signal } = run;
  const existing = createRun({ ...config, versions }, { onEvent, signal });
  return {
    config,
    onEvent,
    signal,
    get source() {
      return existing.source;
    },
    get graph() {
      return existing.graph;
    },
    open: (how) => run.open(how),
  };
}

/** Heads as they are named to people. */
export function namedHeads(heads: readonly string[]): string {
  if (heads.length === 0) return 'an empty head';
  return heads.length === 1 ? `head ${heads[0]}` : `heads ${heads.join(', ')}`;
}

/** A wrong glob must not draft a revision that drops everything. */
function refuseEmpty(from: Schema, to: Schema, said: string): void {
  const counts = (schema: Schema): number => [...schema.objects()].filter(({ kind }) => kind !== 'schema').length;
  if (counts(to) > 0 || counts(from) === 0) return;
  throw new ToraleError(
    'TARGET_EMPTY',
    `${said} holds no object, and the head has ${counts(from)}: all would be dropped.`,
    {
      hint: 'Is that the right file? A revision that drops everything is written by hand.',
      data: { target: said },
    },
  );
}

/** @throws ToraleError REFUSED for a password that would stand in the revision */
function refuseSecrets(changes: readonly Change[]): void {
  const found = changes.map((change) => ('object' in change ? change.object : change.to)).find(hasSecret);
  if (found === undefined) return;
  const name = `${found.kind}:${nameOf(found.path)}`;
  throw new ToraleError('REFUSED', `${name} holds a password, which would stand in the revision and in the history.`, {
    hint: `Leave it aside with --exclude ${name}, and write that revision by hand with the password from the environment.`,
    data: { object: name },
  });
}

/** Runs everything once more, in one piece, on a database with rows in it; names are changed before, so that rows are found. */
async function tryWithRows(context: SideContext, rules: SchemaDialect, outcome: Outcome): Promise<RowProof | null> {
  const { rows } = rules;
  if (rows === undefined || ![...outcome.from.objects()].some(({ kind }) => kind === 'table')) return null;
  return inScratch(context, async (scratch) => {
    await buildSide(context, scratch, { type: 'revisions', said: 'head', target: 'heads' });
    const { renamed, proof } = outcome;
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

function refuseLostRows(rows: RowProof | null, proof: Proof): void {
  const hint = 'Nothing was written. --unproven writes it nevertheless.';
  const stopped = rows?.stoppedAt === undefined ? undefined : proof.statements[rows.stoppedAt];
  if (stopped !== undefined) {
    const { message } = rows!.failing.at(-1)!;
    throw new ToraleError(
      'NOT_PROVED',
      `A statement fails where all run in one piece: ${message}\n    ${stopped.sql.split('\n')[0]}`,
      {
        hint,
        data: { statement: stopped.sql, message },
      },
    );
  }
  if (rows === null || rows.lost.length === 0) return;
  const shown = rows.lost.slice(0, 4).map(({ table, column, before, after }) => {
    const what = column === undefined ? 'rows' : 'values';
    return `  ${column ?? table}: ${before} ${what} before, ${after} after`;
  });
  throw new ToraleError('NOT_PROVED', ['Rows would be lost that no statement gives up:', ...shown].join('\n'), {
    hint,
    data: { tables: rows.lost },
  });
}
