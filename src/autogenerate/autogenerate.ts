import { existsSync } from 'node:fs';
import type { Run } from '../apply/run.ts';
import { createRun } from '../apply/project.ts';
import { loadSchemaDialect } from '../dialects/load-schema.ts';
import type { DialectName } from '../dialects/names.ts';
import type { SchemaDialect } from '../dialects/schema-dialect.ts';
import type { Change } from '../diff/diff.ts';
import type { Statement } from '../diff/rules.ts';
import type { ObjectFilter } from '../schema/filter.ts';
import type { Schema } from '../schema/schema.ts';
import { Answers, type AnswersRequest } from './answers.ts';
import { attempt, type Outcome } from './attempt.ts';
import { refuseBehind } from './behind.ts';
import { draftRevision, type Draft, type DraftRequest } from './draft.ts';
import { compareFold } from './fold-check.ts';
import { notProved } from './heal.ts';
import { readTargets, type Target, type TargetGround } from './read-target.ts';
import { refuseBroken, refuseLostRows, refuseSecrets, sayingDialect } from './refusals.ts';
import { residueLines } from './residue.ts';
import { withHazards, type RowProof } from './row-proof.ts';
import type { SideInput } from './side.ts';

export interface AutogenerateRequest extends ObjectFilter, DraftRequest, TargetGround, AnswersRequest {
  /** Instead of the configured target. */
  readonly target?: SideInput | undefined;
  /** Writes a revision although nothing differs. */
  readonly allowEmpty: boolean;
  /** Writes a revision although it does not lead to the target. */
  readonly unproven: boolean;
  /** Statements say how the server is to carry them out, and fail where it would copy a table: MySQL and MariaDB. */
  readonly assertions: boolean;
}

/** What was found and proved in one dialect. */
export interface DialectReport {
  readonly dialect: DialectName;
  /** The target as it was named. */
  readonly target: string;
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

/** By itself it is that of the first dialect, which mostly is the only one. */
export interface AutogenerateReport extends DialectReport {
  /** Null where nothing differs and nothing was written. */
  readonly written: Draft | null;
  /** The heads that were replayed. */
  readonly heads: readonly string[];
  /** In the order in which the configuration names them. */
  readonly dialects: readonly DialectReport[];
}

/**
 * Writes a revision that takes the schema at head to the target, and proves it before it is written: in each dialect of the
 * configuration, on a scratch database of that.
 *
 * @throws ToraleError NOT_PROVED, RENAME_UNDECIDED, TARGET_EMPTY, UNREAD_OBJECT, USAGE where no target is named,
 * NO_DATABASE where a dialect has no server, and what reading the target and replaying the revisions throws
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
  const targets = await readTargets(project, request.target, request);
  for (const { side } of targets) await refuseBehind(project, side);
  const { heads } = project.graph;
  const answers = new Answers(request, targets.length > 1);
  const inDialect = <T>(target: Target, work: () => Promise<T>): Promise<T> =>
    sayingDialect(target.context.dialect, targets.length > 1, work);

  const tried: Tried[] = [];
  for (const target of targets) tried.push(await inDialect(target, () => tryTarget(target, request, answers, heads)));
  answers.refuseUnused(tried.flatMap(({ outcome }) => outcome.statements));
  if (tried.every(isWithoutChange) && !request.allowEmpty) {
    return {
      ...reportOf(
        tried.map(({ report }) => report),
        heads,
      ),
      written: null,
    };
  }
  const proved: Tried[] = [];
  for (const one of tried) proved.push(await inDialect(one.target, async () => judge(one, request)));
  const warned = new Set<string>();
  for (const { target, outcome } of proved) {
    await compareFold(project, target.context.dialect, heads, outcome.head, warned);
  }
  const written = await draftRevision(
    project,
    request,
    proved.map(({ report, outcome }) => ({
      dialect: report.dialect,
      statements: report.statements,
      residue: report.residue,
      before: outcome.head,
      after: outcome.proof.after,
      renames: outcome.renamed.changes,
    })),
  );
  return {
    ...reportOf(
      proved.map(({ report }) => report),
      heads,
    ),
    written,
  };
}

interface Tried {
  readonly target: Target;
  readonly rules: SchemaDialect;
  readonly outcome: Outcome;
  readonly report: DialectReport;
}

async function tryTarget(
  target: Target,
  request: AutogenerateRequest,
  answers: Answers,
  heads: readonly string[],
): Promise<Tried> {
  const { context, side } = target;
  const rules = await loadSchemaDialect(context.dialect);
  const outcome = await attempt({
    context,
    rules,
    filter: request,
    answers,
    assertions: request.assertions,
    target: side,
    heads: namedHeads(heads),
    unproven: request.unproven,
  });
  const { changes, statements, leftAlone, from, to, proof } = outcome;
  const residue = residueLines(proof, rules);
  const said = { dialect: context.dialect, target: side.said, title: outcome.title };
  const report = { ...said, changes, statements, residue, rows: null, leftAlone, from, to };
  return { target, rules, outcome, report };
}

function isWithoutChange({ report: { statements, residue } }: Tried): boolean {
  return statements.length === 0 && residue.length === 0;
}

/** Refuses what is not to be written, and warns of what may fail on rows. */
function judge(tried: Tried, { unproven }: AutogenerateRequest): Tried {
  const { outcome, report } = tried;
  const { renamed, proof, rows } = outcome;
  refuseSecrets(outcome.changes);
  if (report.residue.length > 0 && !unproven) throw notProved(proof, report.residue, report.target);
  if (!unproven) refuseBroken(outcome.broken, report.target);
  if (!unproven) refuseLostRows(rows, proof);
  const statements = [...renamed.statements, ...withHazards(proof.statements, rows?.failing ?? [])];
  return { ...tried, report: { ...report, statements, rows } };
}

function reportOf(dialects: readonly DialectReport[], heads: readonly string[]): Omit<AutogenerateReport, 'written'> {
  return { ...dialects[0]!, heads, dialects };
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
