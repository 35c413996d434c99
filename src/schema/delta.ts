import { ToraleError } from '../errors.ts';
import { isKind } from './kinds.ts';
import { keyOf, sameDefinition, type ObjectId } from './object.ts';
import type { Schema } from './schema.ts';
import { isPlainObject } from './shape.ts';
import { checkObject, inOrder, withNeeds, type SnapshotObject } from './snapshot.ts';

const DELTA_FORMAT = 1;

/** What one revision did to the schema of one kind of database. */
export interface DialectDelta {
  /** Of the server that said so: `postgres 15.20`, flavor and version. */
  readonly server: { readonly flavor: string; readonly version: string };
  /** New, or as it is now. */
  readonly put: readonly SnapshotObject[];
  readonly drop: readonly ObjectId[];
  /** What was renamed, old and new: for reviewers; `put` and `drop` say the same without it. */
  readonly rename: readonly (readonly [ObjectId, ObjectId])[];
}

/** What is stored beside a revision. */
export interface Delta {
  readonly revision: string;
  /** Of the revision's file, when this was written. */
  readonly checksum: string;
  /** By dialect. */
  readonly dialects: Readonly<Record<string, DialectDelta>>;
}

export function deltaOf(
  before: Schema,
  after: Schema,
  server: DialectDelta['server'],
  rename: DialectDelta['rename'] = [],
): DialectDelta {
  const changed = [...after.ids()].filter((id) => !isKept(before, after, id));
  const put = inOrder(after, changed).map((id) => withNeeds(after, id));
  const drop = [...before.ids()].filter((id) => !after.has(id)).sort();
  const { flavor, version } = server;
  return { server: { flavor, version }, put, drop, rename };
}

/** Whether it is written alike in both. */
function isKept(before: Schema, after: Schema, id: ObjectId): boolean {
  const [known, object] = [before.get(id), after.get(id)!];
  if (known === undefined) return false;
  // Most objects: their needs need not be put into order.
  if (sameDefinition(known.definition, object.definition) && sameDefinition(before.needs(id), after.needs(id)))
    return true;
  return sameDefinition(withNeeds(before, id), withNeeds(after, id));
}

/** JSON with one object a line, so that a review reads it and two branches do not meet in a line. */
export function renderDelta(delta: Delta): string {
  const head = { format: DELTA_FORMAT, revision: delta.revision, checksum: delta.checksum };
  const sections = Object.entries(delta.dialects)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([dialect, { server, put, drop, rename }]) => {
      const lines = [
        ...rename.map(([from, to]) => JSON.stringify({ rename: from, to })),
        ...drop.map((id) => JSON.stringify({ drop: id })),
        ...put.map(({ kind, path, definition, needs }) =>
          JSON.stringify({ put: kind, path, definition, ...(needs === undefined ? {} : { needs }) }),
        ),
      ];
      return `${JSON.stringify(dialect)}:{"server":${JSON.stringify(server)},"objects":[${lines.length === 0 ? '' : `\n${lines.join(',\n')}\n`}]}`;
    });
  return `${JSON.stringify(head).slice(0, -1)},"dialects":{\n${sections.join(',\n')}\n}}\n`;
}

/**
 * Reads the text of a delta; anything that {@link renderDelta} would not have written is refused.
 *
 * @param file names it in errors
 * @throws ToraleError SNAPSHOT_INVALID
 */
export function parseDelta(text: string, file: string): Delta {
  const invalid = (problem: string): ToraleError =>
    new ToraleError('SNAPSHOT_INVALID', `${file}: ${problem}.`, {
      hint: 'Let it be written anew:  torale snapshot',
      data: { file },
    });
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw invalid(`it is no JSON (${(error as Error).message})`);
  }
  if (!isPlainObject(read)) throw invalid('it is no object');
  const { format, revision, checksum, dialects } = read;
  if (format !== DELTA_FORMAT)
    throw invalid(`its format is ${JSON.stringify(format)}, this version knows ${DELTA_FORMAT}`);
  if (typeof revision !== 'string' || typeof checksum !== 'string') throw invalid('revision or checksum is missing');
  if (!isPlainObject(dialects)) throw invalid("'dialects' is missing");
  return {
    revision,
    checksum,
    dialects: Object.fromEntries(
      Object.entries(dialects).map(([name, section]) => [name, readSection(section, `${file}, ${name}`, invalid)]),
    ),
  };
}

function readSection(section: unknown, where: string, invalid: (problem: string) => ToraleError): DialectDelta {
  if (!isPlainObject(section) || !isPlainObject(section['server']) || !Array.isArray(section['objects'])) {
    throw invalid('server or objects are missing');
  }
  const { flavor, version } = section['server'];
  if (typeof flavor !== 'string' || typeof version !== 'string') throw invalid('the server has no flavor or version');
  const put: SnapshotObject[] = [];
  const drop: ObjectId[] = [];
  const rename: [ObjectId, ObjectId][] = [];
  for (const entry of section['objects'] as unknown[]) {
    if (!isPlainObject(entry)) throw invalid(`${JSON.stringify(entry)} is no object`);
    if ('put' in entry) {
      const { put: kind, ...rest } = entry;
      put.push(checkObject({ kind, ...rest }, where));
    } else if (isId(entry['drop'])) drop.push(entry['drop']);
    else if (isId(entry['rename']) && isId(entry['to'])) rename.push([entry['rename'], entry['to']]);
    else throw invalid(`${JSON.stringify(entry)} is no put, drop or rename`);
  }
  return { server: { flavor, version }, put, drop, rename };
}

function isId(value: unknown): value is ObjectId {
  return typeof value === 'string' && isKind(value.slice(0, Math.max(0, value.indexOf(':'))));
}

export interface FoldStep {
  readonly revision: string;
  readonly delta: DialectDelta;
}

/**
 * The objects after several revisions: the sum of their deltas.
 *
 * @param steps in topological order
 * @param isAncestor whether the first revision comes before the second by the graph
 * @param initial what a database holds before any revision
 * @throws ToraleError FOLD_CONFLICT where two branches say different things, or a delta builds on what is not there
 */
export function fold(
  steps: readonly FoldStep[],
  isAncestor: (ancestor: string, revision: string) => boolean,
  initial: readonly SnapshotObject[] = [],
): ReadonlyMap<ObjectId, SnapshotObject> {
  const objects = new Map<ObjectId, SnapshotObject>(initial.map((object) => [keyOf(object), object]));
  /** Who said the last word on an object. */
  const author = new Map<ObjectId, string>();
  const isNews = (id: ObjectId, revision: string): boolean => {
    const last = author.get(id);
    return last === undefined || isAncestor(last, revision);
  };
  for (const { revision, delta } of steps) {
    for (const id of delta.drop) {
      if (!objects.has(id) && isNews(id, revision))
        throw conflict(`${revision} drops ${id}, which is not there`, id, [revision]);
      objects.delete(id);
      author.set(id, revision);
    }
    for (const object of delta.put) {
      const id = keyOf(object);
      const known = objects.get(id);
      if (
        known === undefined ? author.has(id) && !isNews(id, revision) : !isNews(id, revision) && !isSame(known, object)
      ) {
        const other = author.get(id)!;
        throw conflict(
          `${other} and ${revision} leave ${id} each in another state, and neither follows the other`,
          id,
          [other, revision],
        );
      }
      objects.set(id, object);
      author.set(id, revision);
    }
  }
  for (const [id, object] of objects) {
    for (const need of object.needs ?? []) {
      const needed = need.slice(need.indexOf(' ') + 1);
      if (need.startsWith('own ') && !objects.has(needed)) {
        throw conflict(`${id} (of ${author.get(id)}) has lost ${needed}, which it is a part of`, id, [author.get(id)!]);
      }
    }
  }
  return objects;
}

function isSame(a: SnapshotObject, b: SnapshotObject): boolean {
  return sameDefinition(a.definition, b.definition);
}

function conflict(problem: string, object: ObjectId, revisions: readonly string[]): ToraleError {
  return new ToraleError('FOLD_CONFLICT', `The snapshots of the revisions do not fit together: ${problem}.`, {
    hint: 'Replay the revisions and write their snapshots anew:  torale snapshot',
    data: { object, revisions },
  });
}
