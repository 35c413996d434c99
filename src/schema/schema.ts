import type { Kind } from './kinds.ts';
import { idOf, keyOf, type ObjectId, type ObjectOf, type Path, type SchemaObject } from './object.ts';

/** What an object cannot be without. */
export interface Need {
  readonly id: ObjectId;
  /**
   * `own`: it is a part of what it needs and silently goes with it (an index with its table or column).
   * `use`: what it needs cannot be dropped while it is there (a view and the columns it selects).
   * `fate`: it goes with the other, but does not need it to come into being (a sequence with the column that owns it).
   */
  readonly strength: 'own' | 'use' | 'fate';
}

/** What needs something, and how. */
export type Dependent = Need;

/** An object with what is known beside it. */
export interface Entry {
  readonly id: ObjectId;
  readonly object: SchemaObject;
  readonly needs: readonly Need[];
  /** See {@link Schema.textOf}. */
  readonly text: string | undefined;
}

/** A schema at one moment with what depends on what: what `inspect` finds, and what the diff engine works on. */
export class Schema {
  /** One map: each takes up 4 MiB for 80,000 objects. */
  readonly #entries: ReadonlyMap<ObjectId, Entry>;
  /** Ids alone, which are there already. */
  #dependents: Map<ObjectId, ObjectId[]> | null = null;
  #byKind: Map<Kind, SchemaObject[]> | null = null;

  /**
   * Needs that name no object of `objects` (other schemas, system objects) are left out.
   *
   * @param objects or all there is to say of them, by their ids: a map is not copied, and is not to change any more
   * @param texts see {@link Schema.textOf}
   */
  constructor(
    objects: Iterable<SchemaObject> | Map<ObjectId, Entry>,
    needs: ReadonlyMap<ObjectId, readonly Need[]> = new Map(),
    texts: ReadonlyMap<ObjectId, string> = new Map(),
  ) {
    const entries = isMap(objects) ? objects : entriesOf(objects, needs, texts);
    let known: ObjectId | undefined;
    for (const [id, entry] of entries) {
      let isWhole = true;
      for (const need of entry.needs) {
        // The parts of a table need it one after the other.
        if (need.id !== id && (need.id === known || entries.has(need.id))) known = need.id;
        else isWhole = false;
      }
      if (isWhole) continue;
      entries.set(id, { ...entry, needs: entry.needs.filter((need) => need.id !== id && entries.has(need.id)) });
    }
    this.#entries = entries;
  }

  static readonly empty = new Schema([], new Map());

  get size(): number {
    return this.#entries.size;
  }

  ids(): Iterable<ObjectId> {
    return this.#entries.keys();
  }

  *objects(): Iterable<SchemaObject> {
    for (const { object } of this.#entries.values()) yield object;
  }

  /** Those of one kind. */
  ofKind<K extends Kind>(kind: K): readonly ObjectOf<K>[] {
    this.#byKind ??= Map.groupBy(this.objects(), (object) => object.kind);
    return (this.#byKind.get(kind) ?? []) as unknown as readonly ObjectOf<K>[];
  }

  has(id: ObjectId): boolean {
    return this.#entries.has(id);
  }

  get(id: ObjectId): SchemaObject | undefined {
    return this.#entries.get(id)?.object;
  }

  entry(id: ObjectId): Entry | undefined {
    return this.#entries.get(id);
  }

  /** All of them with what is known beside each. */
  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  /**
   * What was typed to make it, comments and all, where the server keeps that. It is never compared, and a schema read from
   * a snapshot has none.
   */
  textOf(id: ObjectId): string | undefined {
    return this.#entries.get(id)?.text;
  }

  find<K extends Kind>(kind: K, path: Path): ObjectOf<K> | undefined {
    return this.get(idOf(kind, path)) as ObjectOf<K> | undefined;
  }

  needs(id: ObjectId): readonly Need[] {
    return this.#entries.get(id)?.needs ?? [];
  }

  /** What needs it, directly. */
  dependents(id: ObjectId): readonly Dependent[] {
    const found: Dependent[] = [];
    this.#dependents ??= dependentsIn(this.#entries);
    for (const dependent of this.#dependents.get(id) ?? []) {
      for (const need of this.needs(dependent)) {
        if (need.id === id) found.push({ id: dependent, strength: need.strength });
      }
    }
    return found;
  }

  /** The objects that are parts of it, of one kind. */
  parts<K extends Kind>(id: ObjectId, kind: K): ObjectOf<K>[] {
    return this.dependents(id)
      .filter(({ strength }) => strength === 'own')
      .map((dependent) => this.get(dependent.id)!)
      .filter((object): object is ObjectOf<K> & SchemaObject => object.kind === kind);
  }

  /** Without the objects that `keep` turns down, and without what is a part of them. */
  filter(keep: (object: SchemaObject) => boolean): Schema {
    const dropped = new Set<ObjectId>();
    const queue: ObjectId[] = [];
    for (const { id, object } of this.#entries.values()) if (!keep(object)) queue.push(id);
    if (queue.length === 0) return this;
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (dropped.has(id)) continue;
      dropped.add(id);
      for (const dependent of this.dependents(id)) if (dependent.strength !== 'use') queue.push(dependent.id);
    }
    const kept = new Map(this.#entries);
    for (const id of dropped) kept.delete(id);
    return new Schema(kept);
  }
}

function isMap(objects: Iterable<SchemaObject> | Map<ObjectId, Entry>): objects is Map<ObjectId, Entry> {
  return objects instanceof Map;
}

function entriesOf(
  objects: Iterable<SchemaObject>,
  needs: ReadonlyMap<ObjectId, readonly Need[]>,
  texts: ReadonlyMap<ObjectId, string>,
): Map<ObjectId, Entry> {
  const entries = new Map<ObjectId, Entry>();
  for (const object of objects) {
    const id = keyOf(object);
    entries.set(id, { id, object, needs: needs.get(id) ?? [], text: texts.get(id) });
  }
  return entries;
}

function dependentsIn(entries: ReadonlyMap<ObjectId, Entry>): Map<ObjectId, ObjectId[]> {
  const dependents = new Map<ObjectId, ObjectId[]>();
  for (const [dependent, { needs }] of entries) {
    for (const { id } of needs) {
      const known = dependents.get(id);
      if (known === undefined) dependents.set(id, [dependent]);
      // It may need one thing in two ways.
      else if (known.at(-1) !== dependent) known.push(dependent);
    }
  }
  return dependents;
}
