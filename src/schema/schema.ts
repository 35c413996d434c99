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

/** A schema at one moment with what depends on what: what `inspect` finds, and what the diff engine works on. */
export class Schema {
  readonly texts: ReadonlyMap<ObjectId, string>;
  readonly #objects: ReadonlyMap<ObjectId, SchemaObject>;
  readonly #needs: ReadonlyMap<ObjectId, readonly Need[]>;
  #dependents: Map<ObjectId, { readonly id: ObjectId; readonly strength: Need['strength'] }[]> | null = null;

  /**
   * Needs that name no object of `objects` (other schemas, system objects) are left out.
   *
   * @param texts see {@link Schema.textOf}
   */
  constructor(
    objects: Iterable<SchemaObject>,
    needs: ReadonlyMap<ObjectId, readonly Need[]>,
    texts: ReadonlyMap<ObjectId, string> = new Map(),
  ) {
    this.texts = texts;
    this.#objects = new Map([...objects].map((object) => [keyOf(object), object]));
    const known = new Map<ObjectId, readonly Need[]>();
    for (const [id, list] of needs) {
      if (!this.#objects.has(id)) continue;
      const kept = list.filter((need) => need.id !== id && this.#objects.has(need.id));
      if (kept.length > 0) known.set(id, kept);
    }
    this.#needs = known;
  }

  static readonly empty = new Schema([], new Map());

  get size(): number {
    return this.#objects.size;
  }

  ids(): Iterable<ObjectId> {
    return this.#objects.keys();
  }

  objects(): Iterable<SchemaObject> {
    return this.#objects.values();
  }

  has(id: ObjectId): boolean {
    return this.#objects.has(id);
  }

  get(id: ObjectId): SchemaObject | undefined {
    return this.#objects.get(id);
  }

  /**
   * What was typed to make it, comments and all, where the server keeps that. It is never compared, and a schema read from
   * a snapshot has none.
   */
  textOf(id: ObjectId): string | undefined {
    return this.texts.get(id);
  }

  find<K extends Kind>(kind: K, path: Path): ObjectOf<K> | undefined {
    return this.#objects.get(idOf(kind, path)) as ObjectOf<K> | undefined;
  }

  needs(id: ObjectId): readonly Need[] {
    return this.#needs.get(id) ?? [];
  }

  /** What needs it, directly. */
  dependents(id: ObjectId): readonly { readonly id: ObjectId; readonly strength: Need['strength'] }[] {
    if (this.#dependents === null) {
      this.#dependents = new Map();
      for (const [dependent, needs] of this.#needs) {
        for (const { id: needed, strength } of needs) {
          const list = this.#dependents.get(needed);
          if (list === undefined) this.#dependents.set(needed, [{ id: dependent, strength }]);
          else list.push({ id: dependent, strength });
        }
      }
    }
    return this.#dependents.get(id) ?? [];
  }

  /** The objects that are parts of it, of one kind. */
  parts<K extends Kind>(id: ObjectId, kind: K): ObjectOf<K>[] {
    return this.dependents(id)
      .filter(({ strength }) => strength === 'own')
      .map((dependent) => this.#objects.get(dependent.id)!)
      .filter((object): object is ObjectOf<K> & SchemaObject => object.kind === kind);
  }

  /** Without the objects that `keep` turns down, and without what is a part of them. */
  filter(keep: (object: SchemaObject) => boolean): Schema {
    const dropped = new Set<ObjectId>();
    const queue: ObjectId[] = [];
    for (const [id, object] of this.#objects) if (!keep(object)) queue.push(id);
    if (queue.length === 0) return this;
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (dropped.has(id)) continue;
      dropped.add(id);
      for (const dependent of this.dependents(id)) if (dependent.strength !== 'use') queue.push(dependent.id);
    }
    return new Schema(
      [...this.#objects].filter(([id]) => !dropped.has(id)).map(([, object]) => object),
      this.#needs,
      this.texts,
    );
  }
}
