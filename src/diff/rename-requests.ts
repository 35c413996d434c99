import { ToraleError } from '../errors.ts';
import { isKind, KINDS, type Kind } from '../schema/kinds.ts';
import { idOf, keyOf, nameOf, type Path, type SchemaObject } from '../schema/object.ts';
import type { Schema } from '../schema/schema.ts';
import { didYouMean } from '../suggest.ts';
import { asAny, rulesFor } from './lookup.ts';
import type { RenameCandidate } from './renames.ts';
import type { KindTable } from './rules.ts';

/** A rename that was decided: of an object, or of a member of one (a value of an enum). */
export interface RenameRequest {
  readonly kind: Kind;
  readonly from: Path;
  readonly to: Path;
  readonly member?: readonly [string, string];
}

interface Spec {
  readonly text: string;
  readonly kind: Kind | undefined;
  readonly old: Path;
  readonly now: Path;
}

/**
 * Reads `old:new`, as `--rename` has it, and finds what is meant.
 *
 * A name may be as short as it is plain: `name`, `users.name`, `public.users.name`; the new one may be the last part alone.
 * A kind before it (`column:users.name:full_name`) decides between several. Parts that hold `.` or `:` stand in quotes.
 *
 * @throws ToraleError USAGE where it names nothing, or several things
 */
export function resolveRename(text: string, from: Schema, to: Schema, kinds: KindTable): RenameRequest {
  const spec = parse(text);
  const all = matches(spec, from, to, kinds);
  // What is gone on one side and new on the other is meant before what merely could be.
  const sure = all.filter(
    ({ kind, from: old, to: now, member }) =>
      member !== undefined || (!to.has(idOf(kind, old)) && !from.has(idOf(kind, now))),
  );
  const found = sure.length > 0 ? sure : all;
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    throw new ToraleError('USAGE', `--rename ${text} can mean several things.`, {
      hint: `Say which:  ${found.map((request) => `--rename ${fullForm(request)}`).join('  or  ')}`,
      data: { rename: text, candidates: found.map(fullForm) },
    });
  }
  throw nothingFound(spec, from, to, kinds);
}

/** The flag that says what a candidate is. */
export function flagOf(candidate: RenameCandidate): string {
  return `--rename ${fullForm(requestOf(candidate))}`;
}

export function requestOf({ from, to, member }: RenameCandidate): RenameRequest {
  return { kind: from.kind, from: from.path, to: to.path, ...(member === undefined ? {} : { member }) };
}

function fullForm({ kind, from, to, member }: RenameRequest): string {
  const text =
    member === undefined
      ? `${kind}:${nameOf(from)}:${nameOf(to)}`
      : `${kind}:${nameOf([...from, member[0]])}:${nameOf([member[1]])}`;
  return /^[\w.:]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function parse(text: string): Spec {
  const parts = splitOutsideQuotes(text, ':');
  const [first] = parts;
  const kind = parts.length === 3 && first !== undefined && isKind(first) ? first : undefined;
  const [old, now] = (kind === undefined ? parts : parts.slice(1)).map((part) =>
    splitOutsideQuotes(part, '.').map(unquote),
  );
  const isSound =
    parts.length === (kind === undefined ? 2 : 3) && [old, now].every((path) => path!.every((part) => part !== ''));
  if (!isSound) {
    throw new ToraleError('USAGE', `--rename ${text} is not of the form old:new.`, {
      hint: 'For example:  --rename users.name:full_name  or  --rename table:users:members',
      data: { rename: text },
    });
  }
  return { text, kind, old: old!, now: now! };
}

function splitOutsideQuotes(text: string, mark: string): string[] {
  const parts = [''];
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    if (character === mark && !isQuoted) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function unquote(part: string): string {
  return /^".*"$/s.test(part) ? part.slice(1, -1).replaceAll('""', '"') : part;
}

const endsWith = (path: Path, end: Path): boolean =>
  end.length <= path.length && end.every((part, at) => path[path.length - end.length + at] === part);

function matches(spec: Spec, from: Schema, to: Schema, kinds: KindTable): RenameRequest[] {
  const found: RenameRequest[] = [];
  for (const object of from.objects()) {
    const { kind, path } = object;
    if (spec.kind !== undefined && kind !== spec.kind) continue;
    const rules = kinds[kind];
    if ('unsupported' in rules) continue;
    if (rules.rename !== undefined && endsWith(path, spec.old)) {
      for (const other of newNames(spec, object, to)) found.push({ kind, from: path, to: other });
    }
    const member = spec.old.at(-1)!;
    const after = to.get(keyOf(object));
    if (rules.members === undefined || after === undefined || !endsWith(path, spec.old.slice(0, -1))) continue;
    const any = rulesFor(kinds, object);
    const isThere = any.members!(asAny(object)).includes(member);
    if (isThere && any.members!(asAny(after)).includes(spec.now.at(-1)!)) {
      found.push({ kind, from: path, to: path, member: [member, spec.now.at(-1)!] });
    }
  }
  return found;
}

/** Where the new name leads: beside the old one, or wherever the target has it under a path of that length. */
function newNames(spec: Spec, { kind, path }: SchemaObject, to: Schema): Path[] {
  const beside = [...path.slice(0, -1), spec.now.at(-1)!];
  if (endsWith(beside, spec.now) && to.has(idOf(kind, beside))) return [beside];
  if (spec.now.length === 1) return [];
  return [...to.objects()]
    .filter((object) => object.kind === kind && object.path.length === path.length && endsWith(object.path, spec.now))
    .map((object) => object.path);
}

function nothingFound(spec: Spec, from: Schema, to: Schema, kinds: KindTable): ToraleError {
  const known = (schema: Schema): string[] =>
    [...schema.objects()]
      .filter(({ kind }) => {
        const rules = kinds[kind];
        return !('unsupported' in rules) && rules.rename !== undefined;
      })
      .map(({ path }) => nameOf(path.slice(-spec.old.length)));
  const old = nameOf(spec.old);
  const isOldThere = known(from).includes(old);
  const hint = isOldThere ? undefined : didYouMean(old, known(from));
  const message = isOldThere
    ? `--rename ${spec.text}: the target has nothing of the same kind called ${nameOf(spec.now)}.`
    : `--rename ${spec.text}: nothing at head is called ${old}.`;
  return new ToraleError('USAGE', message, {
    hint: hint ?? (isOldThere ? didYouMean(nameOf(spec.now), known(to)) : undefined),
    data: { rename: spec.text },
  });
}

const RANK = Object.keys(KINDS);

/** Wholes before their parts. */
export function inOrder(requests: readonly RenameRequest[]): RenameRequest[] {
  return requests.toSorted((a, b) => RANK.indexOf(a.kind) - RANK.indexOf(b.kind));
}

/** Where an object is after the renames that were carried out before. */
export function pathAfter(path: Path, done: readonly RenameRequest[]): Path {
  return done.reduce(
    (now, { from, to, member }) =>
      member === undefined && from.every((part, at) => now[at] === part) && now.length > from.length
        ? [...to, ...now.slice(from.length)]
        : now,
    path,
  );
}
