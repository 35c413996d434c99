import type { Kind, LooseKinds } from './kinds.ts';
import { objectOf, type ObjectId, type ObjectOf, type Path } from './object.ts';
import type { Entry } from './schema.ts';

/**
 * Makes objects in which equal definitions and equal names are one: columns of thousands of tables are mostly alike, and each
 * definition takes up 150 bytes. All are copied: a piece that was cut from a longer text keeps the whole of it.
 *
 * Where several schemas are read with one pool, what says the same in them is one as well: the second of 5,000 tables takes
 * up 4 MiB.
 */
export class ObjectPool {
  readonly #definitions = new Map<string, ObjectOf<Kind>['definition']>();
  readonly #names = new Map<string, string>();
  /** As they are in the schema that was read last; none where there is but one. */
  readonly #entries = new Map<ObjectId, Entry>();
  readonly #isShared: boolean;

  /** @param schemas that are read with it */
  constructor(schemas: 'one' | 'several' = 'one') {
    this.#isShared = schemas === 'several';
  }

  /** Like {@link objectOf}. */
  make<K extends Kind>(kind: K, path: Path, definition: LooseKinds[K]): ObjectOf<K> {
    return { kind, path: path.map((name) => this.name(name)), definition: this.definition(kind, definition) };
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

  /** What an object was in the schema that was read last, where it says the same. */
  known<K extends Kind>(id: ObjectId, { definition }: ObjectOf<K>): Entry | undefined {
    const known = this.#entries.get(id);
    return known?.object.definition === definition ? known : undefined;
  }

  /** A schema that was read, with what says the same as in the one before in the place of its own. */
  settle(entries: Map<ObjectId, Entry>): Map<ObjectId, Entry> {
    if (!this.#isShared) return entries;
    // Made anew: the ids of the entries are shared as well.
    const settled = new Map<ObjectId, Entry>();
    for (const entry of entries.values()) {
      const known = this.#entries.get(entry.id);
      const kept = known !== undefined && isSame(known, entry) ? known : entry;
      settled.set(kept.id, kept);
      if (kept !== known) this.#entries.set(kept.id, kept);
    }
    return settled;
  }

  name(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const own = JSON.parse(JSON.stringify(name)) as string;
    this.#names.set(own, own);
    return own;
  }
}

/** Of two that have one id. */
function isSame(a: Entry, b: Entry): boolean {
  return (
    a.object.definition === b.object.definition &&
    a.text === b.text &&
    a.needs.length === b.needs.length &&
    a.needs.every(({ id, strength }, at) => id === b.needs[at]!.id && strength === b.needs[at]!.strength)
  );
}
