import type { Inspection, SchemaDialect } from '../dialects/schema-dialect.ts';
import type { Change } from '../diff/diff.ts';
import { asAny, rulesFor } from '../diff/lookup.ts';
import { flagOf, inOrder, pathAfter, requestOf, resolveRename, type RenameRequest } from '../diff/rename-requests.ts';
import { renameCandidates, type RenameCandidate } from '../diff/renames.ts';
import type { PlanContext, Statement } from '../diff/rules.ts';
import { ToraleError } from '../errors.ts';
import { idOf, keyOf, nameOf, type ObjectId, type Path, type SchemaObject } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import type { Session } from '../session/session.ts';
import { runStatements, type FailedStatement } from './run-statements.ts';

/** What a caller says of renames: `none` makes each a drop and an add, a list says which there are. */
export type RenameWish = 'none' | readonly string[] | undefined;

/** Asks a person whether it is a rename; absent where there is none to ask. */
export type AskRename = (question: { readonly candidate: RenameCandidate; readonly noun: string }) => Promise<boolean>;

/**
 * Which renames there are: those that were said, and those that a person says when asked.
 *
 * @throws ToraleError USAGE for one that names nothing, RENAME_UNDECIDED where a likely one would lose data and nobody can
 * be asked
 */
export async function decideRenames(
  rules: SchemaDialect,
  from: Schema,
  to: Schema,
  wish: RenameWish,
  ask?: AskRename,
): Promise<RenameRequest[]> {
  if (wish === 'none') return [];
  const said = (wish ?? []).map((text) => resolveRename(text, from, to, rules.kinds));
  // What is in a thing that was said to be another is judged by nobody here: its place is not what it seems.
  const isSaid = (object: SchemaObject): boolean =>
    said.some(
      ({ kind, from: old, to: now, member }) =>
        [old, now].some((path) => idOf(kind, path) === keyOf(object)) ||
        (member === undefined && [old, now].some((path) => isWithin(object.path, path))),
    );
  const open = renameCandidates(from, to, rules.kinds).filter(
    ({ from: old, to: now, member }) => member !== undefined || (!isSaid(old) && !isSaid(now)),
  );
  const undecided = open.filter(
    ({ member, from: old }) =>
      member === undefined ||
      !said.some((one) => one.member?.[0] === member[0] && idOf(one.kind, one.from) === keyOf(old)),
  );
  if (ask === undefined) {
    const losing = undecided.filter(({ loses }) => loses);
    if (losing.length > 0) throw refuseToGuess(losing, rules);
    return inOrder(said);
  }
  for (const candidate of undecided) {
    if (await ask({ candidate, noun: nounOf(candidate, rules) })) said.push(requestOf(candidate));
  }
  return inOrder(said);
}

/**
 * The same question again of what is in the things that were renamed: only then do its two places meet.
 *
 * @param from as it is after the renames `done`
 * @throws ToraleError RENAME_UNDECIDED, with the names that things had before
 */
export async function decideWithin(
  rules: SchemaDialect,
  from: Schema,
  to: Schema,
  done: readonly RenameRequest[],
  ask?: AskRename,
): Promise<RenameRequest[]> {
  const wholes = done.filter(({ member }) => member === undefined);
  const found = renameCandidates(from, to, rules.kinds).filter(({ from: old }) =>
    wholes.some(({ to: whole }) => isWithin(old.path, whole)),
  );
  if (ask === undefined) {
    const losing = found.filter(({ loses }) => loses).map((candidate) => asBefore(candidate, wholes));
    if (losing.length > 0) throw refuseToGuess(losing, rules);
    return [];
  }
  const said: RenameRequest[] = [];
  for (const candidate of found) {
    if (await ask({ candidate, noun: nounOf(candidate, rules) })) said.push(requestOf(candidate));
  }
  return inOrder(said);
}

/** A candidate with the path that `--rename` knows it by. */
function asBefore(candidate: RenameCandidate, done: readonly RenameRequest[]): RenameCandidate {
  const path = done
    .toReversed()
    .reduce<Path>(
      (now, { from, to }) => (isWithin(now, to) ? [...from, ...now.slice(to.length)] : now),
      candidate.from.path,
    );
  return { ...candidate, from: { ...candidate.from, path } as SchemaObject };
}

function isWithin(path: Path, whole: Path): boolean {
  return path.length > whole.length && whole.every((part, at) => path[at] === part);
}

function nounOf({ from, member }: RenameCandidate, rules: SchemaDialect): string {
  const noun = rulesFor(rules.kinds, from).noun(asAny(from));
  return member === undefined ? noun : `value of ${noun}`;
}

/** Six lines at most: the flags come whole, since they are what is copied. */
function refuseToGuess(candidates: readonly RenameCandidate[], rules: SchemaDialect): ToraleError {
  const shown = candidates.slice(0, 3).map(({ from, to, member }) => {
    const old = member === undefined ? nameOf(from.path) : `${nameOf(from.path)} '${member[0]}'`;
    const now = member === undefined ? nameOf(to.path) : `'${member[1]}'`;
    const type = 'type' in from.definition ? ` (${from.definition.type})` : '';
    return `  ${rulesFor(rules.kinds, from).noun(asAny(from))} ${old} → ${now}${type}`;
  });
  if (candidates.length > shown.length) shown.push(`  and ${candidates.length - shown.length} more`);
  const one = candidates.length === 1;
  return new ToraleError(
    'RENAME_UNDECIDED',
    `This looks like ${one ? 'a rename' : 'renames'}, and a drop would lose data.\n${shown.join('\n')}`,
    {
      hint: `Say which:  ${candidates.map(flagOf).join(' ')}  or  --no-renames`,
      data: {
        renames: candidates.map((candidate) => ({
          from: keyOf(candidate.from),
          to: keyOf(candidate.to),
          flag: flagOf(candidate),
        })),
      },
    },
  );
}

export interface Renamed {
  /** As the database is after them. */
  readonly inspection: Inspection;
  readonly statements: readonly Statement[];
  readonly changes: readonly Change[];
}

/**
 * Carries renames out in a scratch database and looks again: the server rewrites the text of whatever depends on what is
 * renamed, which no one else can do as well.
 *
 * @param begin called before statements run: the session of a scratch database at head
 * @param further what else is renamed, seen from there
 */
export async function carryOutRenames(
  requests: readonly RenameRequest[],
  rules: SchemaDialect,
  begin: () => Promise<Session>,
  before: Inspection,
  inspect: () => Promise<Inspection>,
  further: (now: Inspection, done: readonly RenameRequest[]) => Promise<RenameRequest[]>,
): Promise<Renamed> {
  const statements: Statement[] = [];
  const changes: Change[] = [];
  const done: RenameRequest[] = [];
  let inspection = before;
  const context = (): PlanContext => ({
    from: inspection.schema,
    to: inspection.schema,
    version: inspection.server.number,
    flavor: inspection.server.flavor,
    fate: () => 'keep',
  });
  const run = async (next: readonly Statement[]): Promise<void> => {
    const failed = await runStatements(await begin(), next);
    if (failed !== null) throw refuseRename(failed);
    statements.push(...next);
    inspection = await inspect();
  };
  const waiting = [...requests];
  let isAsked = requests.length === 0;
  const next = async (): Promise<RenameRequest | undefined> => {
    if (waiting.length === 0 && !isAsked) {
      isAsked = true;
      waiting.push(...(await further(inspection, done)));
    }
    return waiting.shift();
  };
  for (let request = await next(); request !== undefined; request = await next()) {
    const { kind, member } = request;
    const id = idOf(kind, pathAfter(request.from, done));
    const object = inspection.schema.get(id);
    if (object === undefined) throw new ToraleError('UNEXPECTED', `${id} was to be renamed and is not there.`);
    const any = rulesFor(rules.kinds, object);
    if (member !== undefined) {
      await run(any.renameMember!(asAny(object), ...member));
      done.push(request);
      continue;
    }
    const goal = pathAfter(request.to, done);
    const isTaken = inspection.schema.has(idOf(kind, goal));
    // Two names that change places: this one waits under a third until the other has moved.
    const path = isTaken ? aside(goal) : goal;
    const target = { ...object, path } as SchemaObject;
    await run(any.rename!(asAny(object), asAny(target), context()));
    done.push({ kind, from: object.path, to: path });
    if (isTaken) waiting.push({ kind, from: path, to: goal });
    else changes.push({ type: 'rename', from: rootOf(object, done), to: target });
  }
  return { inspection, statements, changes };
}

function refuseRename({ statement: { sql }, message }: FailedStatement): ToraleError {
  return new ToraleError('REFUSED', `A rename cannot be carried out: ${message}\n    ${sql}`, {
    hint: 'Mend what stands in its way in a revision of its own, or draft it with --no-renames.',
    data: { statement: sql, message },
  });
}

function aside(path: Path): Path {
  return [...path.slice(0, -1), `torale_swap_${path.at(-1)}`.slice(0, 60)];
}

/** The object under the name it had before a swap parked it. */
function rootOf(object: SchemaObject, done: readonly RenameRequest[]): SchemaObject {
  const parked = done.find(
    ({ to }) => idOf(object.kind, to) === keyOf(object) && to.at(-1)!.startsWith('torale_swap_'),
  );
  return parked === undefined ? object : ({ ...object, path: parked.from } as SchemaObject);
}

/** What a delta notes of renames. */
export function renamePairs(changes: readonly Change[]): [ObjectId, ObjectId][] {
  return changes.flatMap((change) =>
    change.type === 'rename' ? [[keyOf(change.from), keyOf(change.to)] as [ObjectId, ObjectId]] : [],
  );
}
