/** The same numbers each time, so that a proof can be had again: https://en.wikipedia.org/wiki/Xorshift */
export class Repeatable {
  #state = 1;

  /** A whole number from 0. */
  below(limit: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return this.#state % Math.max(limit, 1);
  }

  pick<T>(list: readonly T[]): T | undefined {
    return list[this.below(list.length)];
  }

  /** @param share from 0 to 1 */
  chance(share: number): boolean {
    return this.below(1000) < share * 1000;
  }
}

interface Child {
  readonly foreignKeys: readonly { readonly parent: string }[];
}

/**
 * Tables with what they refer to, parents first where no circle is in the way.
 *
 * @param asked those that are wanted; their parents come along
 */
export function parentsFirst<T extends Child>(asked: Iterable<T>, tables: ReadonlyMap<string, T>): T[] {
  const ordered = new Set<T>();
  const seen = new Set<T>();
  for (const start of asked) {
    // A list of work and no recursion: chains of tables may be longer than the stack.
    const work = [{ table: start, isDone: false }];
    for (let next = work.pop(); next !== undefined; next = work.pop()) {
      const { table, isDone } = next;
      if (isDone) ordered.add(table);
      if (isDone || seen.has(table)) continue;
      seen.add(table);
      work.push({ table, isDone: true });
      for (const { parent } of table.foreignKeys) {
        const above = tables.get(parent);
        if (above !== undefined) work.push({ table: above, isDone: false });
      }
    }
  }
  return [...ordered];
}
