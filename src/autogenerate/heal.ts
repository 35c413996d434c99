import type { Inspection, SchemaDialect } from '../dialects/schema-dialect.ts';
import { diff, type Change } from '../diff/diff.ts';
import { planChanges } from '../diff/plan.ts';
import type { Statement } from '../diff/rules.ts';
import { ToraleError } from '../errors.ts';
import type { ObjectId } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import type { Session } from '../session/session.ts';
import { runStatements } from './run-statements.ts';

export interface Proof {
  /** What differs from the target by what, once the statements have run. */
  readonly changes: readonly Change[];
  readonly statements: readonly Statement[];
  /** What still differs from the target afterwards; none: it is proved. */
  readonly residue: readonly Change[];
  /** A statement that failed on the empty database; the rest was not tried. */
  readonly failure: { readonly statement: Statement; readonly message: string } | null;
  /** The database afterwards, as a whole. */
  readonly after: Inspection;
}

export interface ProofRequest {
  readonly rules: SchemaDialect;
  /** Called before statements run: the session of an empty scratch at the from-state. */
  readonly begin: () => Promise<Session>;
  readonly from: Inspection;
  readonly to: Schema;
  /** The part of a schema that counts. */
  readonly managed: (schema: Schema) => Schema;
  readonly inspect: () => Promise<Inspection>;
  readonly fills: ReadonlyMap<ObjectId, string>;
  readonly assertions: boolean;
  /** `to` in the words of another schema, where the two differ in nothing else. */
  readonly settle: (from: Schema, to: Schema) => Promise<Schema>;
}

/** What a first plan cannot know: names that the server chooses, what it takes along. Two more looks settle it. */
const ROUNDS = 3;

/**
 * Plans, runs the plan on a scratch database, and looks whether that gave the target. What is left is planned again, so that
 * the statements together lead there.
 */
export async function planAndProve(request: ProofRequest): Promise<Proof> {
  const { rules, begin, managed, inspect, fills, assertions, settle } = request;
  const statements: Statement[] = [];
  let current = request.from;
  let to = request.to;
  let changes: readonly Change[] | null = null;
  for (let round = 1; ; round++) {
    const { number: version, flavor } = current.server;
    const from = managed(current.schema);
    to = await settle(from, to);
    const plan = planChanges({ from, to, version, flavor, fills, assertions }, rules);
    changes ??= plan.changes;
    const isStuck = round > ROUNDS || plan.statements.length === 0;
    if (isStuck) return { changes, statements, residue: diff(from, to), failure: null, after: current };
    statements.push(...plan.statements);
    const failed = await runStatements(await begin(), plan.statements);
    if (failed !== null) {
      const after = await inspect();
      return { changes, statements, residue: diff(managed(after.schema), to), failure: failed, after };
    }
    current = await inspect();
  }
}

/** The refusal where a proof failed. */
export function notProved(proof: Proof, lines: readonly string[], said: string): ToraleError {
  const { failure, residue } = proof;
  const what =
    failure === null
      ? `Running the statements would not give ${said}: ${residue.length === 1 ? '1 object differs' : `${residue.length} objects differ`} afterwards.`
      : `A statement fails on a scratch database at head: ${failure.message}\n    ${firstLine(failure.statement.sql)}`;
  const shown = failure === null ? lines.slice(0, 4) : [];
  return new ToraleError('NOT_PROVED', [what, ...shown].join('\n'), {
    hint: 'Nothing was written. --unproven writes it nevertheless, with what is left as its header.',
    data: {
      residue: residue
        .map((change) => ('object' in change ? change.object : change.to))
        .map(({ kind, path }) => [kind, ...path]),
      ...(failure === null ? {} : { statement: failure.statement.sql, message: failure.message }),
    },
  });
}

function firstLine(sql: string): string {
  const [first] = sql.split('\n');
  return first!.length > 100 ? `${first!.slice(0, 99)}…` : first!;
}
