import { loadSchemaDialect } from '../dialects/load-schema.ts';
import { loadScratchDialect } from '../dialects/load-scratch.ts';
import type { Inspection, SchemaDialect } from '../dialects/schema-dialect.ts';
import { planChanges, type SchemaPlan } from '../diff/plan.ts';
import type { Change } from '../diff/diff.ts';
import type { RenameRequest } from '../diff/rename-requests.ts';
import type { PlanRules, Statement } from '../diff/rules.ts';
import { isToraleError, ToraleError, type ErrorCode } from '../errors.ts';
import { filterSchema, isExcludedText, type ObjectFilter } from '../schema/filter.ts';
import { keyOf } from '../schema/object.ts';
import { Schema } from '../schema/schema.ts';
import type { Session } from '../session/session.ts';
import { buildSide, inScratch, inspectScratch } from './materialise.ts';
import { withoutSecrets } from '../schema/secrets.ts';
import { settleSpelling } from './spelling.ts';
import { openSide, type InspectedSide, type SideContext } from './open-side.ts';
import { carryOutRenames, decideRenames, decideWithin, type RenameWish } from './renaming.ts';
import { runStatements } from './run-statements.ts';
import type { Side } from './side.ts';

export interface CompareRequest extends ObjectFilter {
  readonly from: Side;
  readonly to: Side;
  readonly renames: RenameWish;
  /** False: statements do not say how the server is to carry them out. */
  readonly assertions?: boolean | undefined;
}

export interface Comparison {
  readonly changes: readonly Change[];
  /** In the order in which they run. */
  readonly statements: readonly Statement[];
  readonly from: InspectedSide;
  readonly to: InspectedSide;
}

/**
 * What takes one schema to another, both as a server says them.
 *
 * @throws ToraleError SERVER_MISMATCH, UNREAD_OBJECT, REFUSED, and what opening a side throws
 */
export async function compareSides(context: SideContext, request: CompareRequest): Promise<Comparison> {
  const { from, to } = await openBoth(context, request);
  const rules = await loadSchemaDialect(context.dialect);
  const inspections = await settled(context, rules, comparable(from, to, request));
  const requests = await decideRenames(rules, inspections.from.schema, inspections.to.schema, request.renames);
  const plan =
    requests.length === 0
      ? planBetween(inspections, rules, request)
      : await planWithRenames(context, request, inspections, rules, requests);
  return { ...plan, from: { ...from, ...inspections.from }, to: { ...to, ...inspections.to } };
}

/** In one spelling, where a scratch database can be had; without one, a spelling counts as a difference. */
async function settled(context: SideContext, rules: SchemaDialect, { from, to }: Inspections): Promise<Inspections> {
  try {
    return { from, to: { ...to, schema: await settleSpelling(context, rules, to.server, from.schema, to.schema) } };
  } catch (error) {
    if (!isToraleError(error) || !NO_SCRATCH.includes(error.code)) throw error;
    return { from, to };
  }
}

const NO_SCRATCH: readonly ErrorCode[] = ['NO_DATABASE', 'DENIED', 'SCRATCH_REFUSED', 'UNREACHABLE', 'WRITE_FAILED'];

/** What every new database has is known: for the empty schema beside another no scratch database is needed. */
async function openBoth(
  context: SideContext,
  { from, to }: CompareRequest,
): Promise<{ readonly from: InspectedSide; readonly to: InspectedSide }> {
  if (from.type === 'empty' && to.type !== 'empty') {
    const other = await openSide(context, to);
    return { from: await emptyBeside(context, from, other), to: other };
  }
  const first = await openSide(context, from);
  const isEmpty = to.type === 'empty' && from.type !== 'empty';
  return { from: first, to: isEmpty ? await emptyBeside(context, to, first) : await openSide(context, to) };
}

async function emptyBeside({ dialect }: SideContext, { said }: Side, other: InspectedSide): Promise<InspectedSide> {
  const { pristine } = await loadScratchDialect(dialect);
  return { schema: new Schema(pristine, new Map()), server: other.server, title: other.title, unread: [], said };
}

interface Inspections {
  readonly from: Inspection;
  readonly to: Inspection;
}

/** The plan between two inspections that are fit to be compared. */
function planBetween(
  { from, to }: Inspections,
  rules: PlanRules,
  { assertions }: Pick<CompareRequest, 'assertions'>,
): SchemaPlan {
  // What an empty side's server would be does not matter.
  const { number: version, flavor } = (to.schema.size > 0 ? to : from).server;
  return planChanges({ from: from.schema, to: to.schema, version, flavor, assertions }, rules);
}

/** Renames are carried out in a scratch database that is like `from`, since the server rewrites what names the renamed. */
function planWithRenames(
  context: SideContext,
  request: CompareRequest,
  { from, to }: Inspections,
  rules: SchemaDialect,
  requests: readonly RenameRequest[],
): Promise<SchemaPlan> {
  const { from: side } = request;
  return inScratch(context, async (scratch) => {
    if (side.type === 'database')
      await copySchema(from, await inspectScratch(context, scratch, side.said), rules, scratch.session);
    else await buildSide(context, scratch, side);
    const ids = new Set(from.schema.ids());
    // What the filter leaves aside is left aside afterwards as well.
    const before = await inspectScratch(context, scratch, side.said);
    const aside = new Set([...before.schema.ids()].filter((id) => !ids.has(id)));
    const inspect = async (): Promise<Inspection> => {
      const found = await inspectScratch(context, scratch, side.said);
      return { ...found, schema: found.schema.filter((object) => !aside.has(keyOf(object))) };
    };
    const begin = async (): Promise<Session> => scratch.session;
    const renamed = await carryOutRenames(requests, rules, begin, await inspect(), inspect, (now, done) =>
      decideWithin(rules, now.schema, to.schema, done),
    );
    const plan = planBetween({ from: renamed.inspection, to }, rules, request);
    return {
      changes: [...renamed.changes, ...plan.changes],
      statements: [...renamed.statements, ...plan.statements],
    };
  });
}

async function copySchema(from: Inspection, empty: Inspection, rules: PlanRules, session: Session): Promise<void> {
  const { number: version, flavor } = from.server;
  const { statements } = planChanges({ from: empty.schema, to: from.schema, version, flavor }, rules);
  const failed = await runStatements(session, statements);
  if (failed === null) return;
  throw new ToraleError('REFUSED', `The renames could not be tried on a scratch database: ${failed.message}`, {
    hint: 'Write each as a drop and an add with --no-renames, or the revision by hand.',
    data: { sql: failed.statement.sql },
  });
}

/** Both sides as the filter has them, or the refusal of what cannot be compared. */
function comparable(from: InspectedSide, to: InspectedSide, filter: ObjectFilter): Inspections {
  refuseOtherServer(from, to);
  refuseUnread(from, filter);
  refuseUnread(to, filter);
  return {
    from: { ...from, schema: filterSchema(from.schema, filter) },
    to: { ...to, schema: filterSchema(to.schema, filter) },
  };
}

/** Another major version says the same schema in other words. */
export function refuseOtherServer(from: InspectedSide, to: InspectedSide): void {
  if (from.schema.size === 0 || to.schema.size === 0) return;
  const [left, right] = [from.server, to.server];
  if (left.flavor === right.flavor && majorOf(left) === majorOf(right)) return;
  throw new ToraleError(
    'SERVER_MISMATCH',
    `${from.said} is on ${from.title} and ${to.said} on ${to.title}: servers of different major versions say one schema in different words.`,
    {
      hint: 'Name a scratchUrl of the version that the database has, or give both sides from one version.',
      data: { from: left, to: right },
    },
  );
}

/** `15` of PostgreSQL, `10.11` of MariaDB; SQLite keeps the words of whoever made the schema. */
export function majorOf({ flavor, version }: { readonly flavor: string; readonly version: string }): string {
  if (flavor === 'sqlite') return '';
  return version
    .split('.')
    .slice(0, flavor === 'postgres' ? 1 : 2)
    .join('.');
}

/** @throws ToraleError UNREAD_OBJECT for objects of classes that no rule reads, all of them named */
export function refuseUnread(side: InspectedSide, filter: ObjectFilter = {}): void {
  const unread = side.unread.filter((text) => !isExcludedText(text, filter));
  if (unread.length === 0) return;
  const shown = unread.slice(0, 8).map((text) => `  ${text}`);
  if (unread.length > shown.length) shown.push(`  and ${unread.length - shown.length} more`);
  throw new ToraleError(
    'UNREAD_OBJECT',
    `${side.said} holds what Torale cannot read, and would miss:\n${shown.join('\n')}`,
    {
      hint: `Leave it aside: --exclude ${JSON.stringify(unread[0])}`,
      data: { objects: unread },
    },
  );
}

/** A statement as it is handed out: what it loses stands in its hazard. */
export function plainStatement({ sql, transactional, hazard }: Statement): Statement {
  return {
    sql,
    ...(transactional === undefined ? {} : { transactional }),
    ...(hazard === undefined ? {} : { hazard }),
  };
}

/** A change as it is shown: without passwords. Its statements hold them, since the server needs them. */
export function shownChange(change: Change): Change {
  if ('object' in change) return { ...change, object: withoutSecrets(change.object) };
  return { ...change, from: withoutSecrets(change.from), to: withoutSecrets(change.to) };
}
