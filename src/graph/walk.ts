import type { Dag, Edges } from './dag.ts';
import type { Links } from './links.ts';

/** A set of revisions: 1 at each member's place. */
export type Marks = Uint8Array;

function mark(marks: Marks, starts: Iterable<number>, { first, to }: Links): Marks {
  // A stack of our own: a chain of ten thousand revisions is deeper than the call stack.
  const stack: number[] = [];
  for (const start of starts) {
    if (marks[start] === 1) continue;
    marks[start] = 1;
    stack.push(start);
  }
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    for (let at = first[node]!; at < first[node + 1]!; at++) {
      const neighbour = to[at]!;
      if (marks[neighbour] === 1) continue;
      marks[neighbour] = 1;
      stack.push(neighbour);
    }
  }
  return marks;
}

/** These revisions and everything before them. */
export function ancestors(dag: Dag, starts: Iterable<number>, edges: Edges): Marks {
  return mark(new Uint8Array(dag.size), starts, dag.before(edges));
}

/** These revisions and everything after them. */
export function descendants(dag: Dag, starts: Iterable<number>, edges: Edges): Marks {
  return mark(new Uint8Array(dag.size), starts, dag.after(edges));
}

/** These revisions, everything before them and everything after them. */
export function lineage(dag: Dag, starts: readonly number[], edges: Edges): Marks {
  const found = ancestors(dag, starts, edges);
  const after = descendants(dag, starts, edges);
  for (let node = 0; node < found.length; node++) if (after[node] === 1) found[node] = 1;
  return found;
}

/** The members in plan order. */
export function inOrder(dag: Dag, marks: Marks): number[] {
  const found: number[] = [];
  for (const node of dag.order) if (marks[node] === 1) found.push(node);
  return found;
}
