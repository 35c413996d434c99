import type { Kind, LooseKinds } from './kinds.ts';
import { idOf, objectOf, type ObjectId, type ObjectOf, type Path, type SchemaObject } from './object.ts';
import type { Entry, Need } from './schema.ts';

/**
 * Makes objects in which equal definitions and equal names are one: columns of thousands of tables are mostly alike, and each
 * definition takes up 150 bytes. All are copied: a piece that was cut from a longer text keeps the whole of it.
 *
 * Where several schemas are read with one pool, what says the same in them is one as well: the second of 5,000 tables takes
 * up 4 MiB instead of 50.
 */
export class ObjectPool {
  readonly #definitions = new Map<string, ObjectOf<Kind>['definition']>();
  readonly #names = new Map<string, string>();
  /** As they are in the schema that was read last; for a pool of one schema there are none. */
  readonly #entries: Map<ObjectId, Entry | Made> | null;
  /** What is a part of something, mostly of a table, needs nothing else: by that. */
  readonly #parts = new Map<ObjectId, readonly Need[]>();

  constructor(schemas: 'one' | 'several' = 'one') {
    this.#entries = schemas === 'several' ? new Map() : null;
  }

  /**
   * An object in its canonical form, like {@link objectOf}, with what is known beside it.
   *
   * @param needs may become others until {@link settle}
   */
  make<K extends Kind, N extends readonly Need[]>(
    kind: K,
    path: Path,
    definition: LooseKinds[K],
    needs: N,
    text?: string,
  ): Entry & { readonly needs: N } {
    const names = path.map((name) => this.name(name));
    const object = { kind, path: names, definition: this.definition(kind, definition) } as unknown as SchemaObject;
    const id = idOf(kind, path);
    const known = this.known(id, object);
    return { id: known?.id ?? id, object: known?.object ?? object, needs, text };
  }

  /** The object that another schema has and that says the same; none where this one is the first. */
  known(id: ObjectId, object: SchemaObject): Made | undefined {
    const known = this.#entries?.get(id);
    if (known === undefined) this.#entries?.set(id, { id, object });
    return known?.object.definition === object.definition ? known : undefined;
  }

  /** Takes in a schema that was read: what says the same as in the one before becomes that. */
  settle(entries: Map<ObjectId, Entry>): void {
    if (this.#entries === null) return;
    for (const [id, entry] of entries) {
      const known = this.#entries.get(id);
      if (known !== undefined && isWhole(known) && isSame(known, entry)) entries.set(id, known);
      else {
        const own = { ...entry, needs: this.#needs(entry.needs) };
        entries.set(id, own);
        this.#entries.set(own.id, own);
      }
    }
  }

  /**
   * In its canonical form, and one for all that are equal.
   *
   * @param said what tells it from all others of its kind, where a caller knows that: then nothing is copied
   */
  definition<K extends Kind>(kind: K, definition: LooseKinds[K], said?: string): ObjectOf<K>['definition'] {
    const text = said ?? JSON.stringify(definition);
    const key = `${kind} ${text}`;
    const known = this.#definitions.get(key) as ObjectOf<K>['definition'] | undefined;
    if (known !== undefined) return known;
    const own = said === undefined ? (JSON.parse(text) as LooseKinds[K]) : definition;
    const { definition: made } = objectOf(kind, [], own);
    this.#definitions.set(key, made);
    return made;
  }

  name(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const own = JSON.parse(JSON.stringify(name)) as string;
    this.#names.set(own, own);
    return own;
  }

  #needs(needs: readonly Need[]): readonly Need[] {
    const [first] = needs;
    if (needs.length !== 1 || first!.strength !== 'own') return needs;
    const known = this.#parts.get(first!.id);
    if (known !== undefined) return known;
    const list = [first!];
    this.#parts.set(first!.id, list);
    return list;
  }
}

/** What is not yet part of a whole schema. */
type Made = Pick<Entry, 'id' | 'object'>;

function isWhole(known: Entry | Made): known is Entry {
  return 'needs' in known;
}

function isSame(a: Entry, b: Entry): boolean {
  return (
    a.object === b.object &&
    a.text === b.text &&
    a.needs.length === b.needs.length &&
    a.needs.every(({ id, strength }, at) => id === b.needs[at]!.id && strength === b.needs[at]!.strength)
  );
}
