import type { Kind, LooseKinds } from './kinds.ts';
import { objectOf, type ObjectOf, type Path } from './object.ts';

/**
 * Makes objects in which equal definitions and equal names are one: columns of thousands of tables are mostly alike, and each
 * definition takes up 150 bytes. All are copied: a piece that was cut from a longer text keeps the whole of it.
 */
export class ObjectPool {
  readonly #definitions = new Map<string, ObjectOf<Kind>['definition']>();
  readonly #names = new Map<string, string>();

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

  name(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const own = JSON.parse(JSON.stringify(name)) as string;
    this.#names.set(own, own);
    return own;
  }
}
