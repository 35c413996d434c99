/**
 * The members of one cycle, each followed by one that it names, or undefined where there is none.
 * Revisions that only come after a cycle are not in it.
 */
export function findCycle(parents: readonly (readonly number[])[]): number[] | undefined {
  const UNSEEN = 0;
  const OPEN = 1;
  const DONE = 2;
  const state = new Uint8Array(parents.length);
  const path = new Int32Array(parents.length);
  let length = 0;
  const nextParent = new Int32Array(parents.length);
  for (let start = 0; start < parents.length; start++) {
    if (state[start] !== UNSEEN) continue;
    path[length++] = start;
    state[start] = OPEN;
    while (length > 0) {
      const node = path[length - 1]!;
      const parent = parents[node]![nextParent[node]!++];
      if (parent === undefined) {
        state[node] = DONE;
        length--;
      } else if (state[parent] === OPEN) {
        return [...path.subarray(path.indexOf(parent), length)];
      } else if (state[parent] === UNSEEN) {
        state[parent] = OPEN;
        path[length++] = parent;
      }
    }
  }
  return undefined;
}
