import { ToraleError } from '../errors.ts';
import { didYouMean } from '../suggest.ts';
import { isKind, KINDS, type Kind } from './kinds.ts';
import { nameOf, type ObjectId, type SchemaObject } from './object.ts';
import { Schema } from './schema.ts';

/** Which objects count. */
export interface ObjectFilter {
  /** Only these, with what is a part of them; none given: all. */
  readonly include?: readonly string[] | undefined;
  /** Not these, nor what is a part of them. */
  readonly exclude?: readonly string[] | undefined;
}

interface Pattern {
  readonly kind: Kind | null;
  readonly name: RegExp;
}

/**
 * The part of a schema that a filter lets through. A pattern is a kind (`comment`), a kind and a name
 * (`table:public.audit_*`), or a name alone (`public.audit_*`); `*` stands for any text. `schema:audit` means all that is
 * in it.
 *
 * @throws ToraleError USAGE for a pattern that names no kind
 */
export function filterSchema(schema: Schema, filter: ObjectFilter): Schema {
  const included = (filter.include ?? []).map(parsePattern);
  const excluded = (filter.exclude ?? []).map(parsePattern);
  if (included.length === 0 && excluded.length === 0) return schema;
  // Where a database is one schema, a path begins with the object itself.
  const hasSchemas = !IN_SCHEMAS.some((kind) => schema.ofKind(kind).some(({ path }) => path.length === 1));
  const are = (patterns: readonly Pattern[]): readonly Pattern[] =>
    hasSchemas ? patterns : patterns.filter(({ kind }) => kind !== 'schema');
  const rest = excluded.length === 0 ? schema : schema.filter((object) => !matches(object, are(excluded)));
  return included.length === 0 ? rest : only(rest, are(included));
}

/** The same for what is known by a line of text alone, such as an object of a class that nothing reads. */
export function isExcludedText(text: string, filter: ObjectFilter): boolean {
  return (filter.exclude ?? []).some((pattern) => globOf(pattern).test(text));
}

/** What is chosen and its parts: a part goes with the whole that it belongs to. */
function only(schema: Schema, patterns: readonly Pattern[]): Schema {
  const kept = new Set<ObjectId>();
  const queue: ObjectId[] = [];
  for (const { id, object } of schema.entries()) if (matches(object, patterns)) queue.push(id);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (kept.has(id)) continue;
    kept.add(id);
    for (const { id: dependent, strength } of schema.dependents(id)) if (strength !== 'use') queue.push(dependent);
  }
  return new Schema(
    new Map(Array.from(schema.entries(), (entry) => [entry.id, entry] as const).filter(([id]) => kept.has(id))),
  );
}

function matches(object: SchemaObject, patterns: readonly Pattern[]): boolean {
  const [first, ...rest] = object.path;
  // What is on an object (a comment, a grant) has that object's kind before its path.
  const subject = first !== undefined && rest.length > 0 && isKind(first) ? { kind: first, path: rest } : null;
  return patterns.some(
    ({ kind, name }) =>
      ((kind === null || kind === object.kind) && name.test(nameOf(subject?.path ?? object.path))) ||
      (subject !== null && kind === subject.kind && name.test(nameOf(subject.path))) ||
      (kind === 'schema' && isWithin(subject?.path ?? object.path, subject?.kind ?? object.kind, name)),
  );
}

/** Kinds whose path is their name alone where a database has no schemas. */
const IN_SCHEMAS = ['table', 'view', 'sequence'] as const;

/** Kinds whose path does not begin with a schema. */
const OUTSIDE: ReadonlySet<Kind> = new Set<Kind>([
  'extension',
  'language',
  'accessMethod',
  'cast',
  'transform',
  'foreignDataWrapper',
  'server',
  'userMapping',
  'publication',
  'subscription',
  'eventTrigger',
  'event',
  'database',
]);

function isWithin(path: readonly string[], kind: Kind, name: RegExp): boolean {
  const schema = schemaAt(path, kind);
  return schema !== null && name.test(nameOf([schema]));
}

function schemaAt(path: readonly string[], kind: Kind): string | null {
  if (OUTSIDE.has(kind)) return null;
  return (kind === 'defaultPrivileges' ? path[1] : path[0]) || null;
}

/** The schema an object lives in, or is on something in; a schema is in itself. Null for what lives in none. */
export function schemaNameOf({ kind, path }: SchemaObject): string | null {
  const [first, ...rest] = path;
  const isOnOther = first !== undefined && rest.length > 0 && isKind(first) && ON_OTHERS.has(kind);
  return isOnOther ? schemaAt(rest, first) : schemaAt(path, kind);
}

/** Kinds whose path begins with the kind of what they are on. */
const ON_OTHERS: ReadonlySet<Kind> = new Set<Kind>(['comment', 'owner', 'privileges', 'securityLabel']);

function parsePattern(text: string): Pattern {
  const colon = text.indexOf(':');
  if (colon === -1) {
    if (isKind(text)) return { kind: text, name: /^/ };
    if (/^[a-zA-Z]+$/.test(text)) throw unknownKind(text);
    return { kind: null, name: globOf(text) };
  }
  const kind = text.slice(0, colon);
  if (kind === '*') return { kind: null, name: globOf(text.slice(colon + 1)) };
  if (!isKind(kind)) throw unknownKind(kind);
  return { kind, name: globOf(text.slice(colon + 1)) };
}

function unknownKind(kind: string): ToraleError {
  return new ToraleError('USAGE', `'${kind}' is no kind of object.`, {
    hint: didYouMean(kind, Object.keys(KINDS)) ?? `A pattern is a kind, kind:name or schema.name: table:public.audit_*`,
    data: { kinds: Object.keys(KINDS) },
  });
}

function globOf(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
