import type { Links } from './links.ts';

/**
 * The members of one cycle, each followed by one that it names, or undefined where there is none.
 * Revisions that only come after a cycle are not in it.
 */
export function findCycle({ first, to, size }: Links): number[] | undefined {
  const UNSEEN = 0;
  const OPEN = 1;
  const DONE = 2;
  const state = new Uint8Array(size);
  const path = new Int32Array(size);
  let length = 0;
  const next = first.slice();
  for (let start = 0; start < size; start++) {
    if (state[start] !== UNSEEN) continue;
    path[length++] = start;
    state[start] = OPEN;
    while (length > 0) {
      const node = path[length - 1]!;
      const at = next[node]!++;
      if (at === first[node + 1]) {
        state[node] = DONE;
        length--;
        continue;
      }
      const parent = to[at]!;
      if (state[parent] === OPEN) return [...path.subarray(path.indexOf(parent), length)];
      if (state[parent] === UNSEEN) {
        state[parent] = OPEN;
        path[length++] = parent;
      }
    }
  }
  return undefined;
}
