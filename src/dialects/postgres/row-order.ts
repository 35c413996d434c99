/**
 * Nodes in an order in which what is pointed at comes first; those of a circle stand together in one group (Tarjan's strongly
 * connected components, without recursion: chains of foreign keys can be long).
 */
export function groupsInOrder(nodes: readonly number[], edges: ReadonlyMap<number, Iterable<number>>): number[][] {
  const known = new Set(nodes);
  const index = new Map<number, number>();
  const low = new Map<number, number>();
  const stack: number[] = [];
  const onStack = new Set<number>();
  const groups: number[][] = [];
  for (const start of nodes) {
    if (index.has(start)) continue;
    const work: { node: number; rest: Iterator<number> }[] = [];
    const open = (node: number): void => {
      index.set(node, index.size);
      low.set(node, index.get(node)!);
      stack.push(node);
      onStack.add(node);
      work.push({ node, rest: (edges.get(node) ?? [])[Symbol.iterator]() });
    };
    open(start);
    while (work.length > 0) {
      const { node, rest } = work.at(-1)!;
      const next = rest.next();
      if (next.done !== true) {
        if (!known.has(next.value)) continue;
        if (!index.has(next.value)) open(next.value);
        else if (onStack.has(next.value)) low.set(node, Math.min(low.get(node)!, index.get(next.value)!));
        continue;
      }
      work.pop();
      const above = work.at(-1);
      if (above !== undefined) low.set(above.node, Math.min(low.get(above.node)!, low.get(node)!));
      if (low.get(node) !== index.get(node)) continue;
      const group = stack.splice(stack.indexOf(node));
      for (const member of group) onStack.delete(member);
      groups.push(group);
    }
  }
  return groups;
}
