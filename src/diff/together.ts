import type { ActionGraph } from './graph.ts';

/**
 * Puts actions of one group next to each other, wherever nothing else has to come in between.
 *
 * @param groups actions in an order that works, each with what was joined to it
 * @returns the same in an order that works, those side by side as one list
 */
export function together(
  graph: ActionGraph,
  groups: readonly (readonly string[])[],
  groupOf: (node: string) => string | undefined,
  compare: (a: string, b: string) => number,
): (readonly string[])[][] {
  const byFirst = new Map(groups.map((group) => [group[0]!, group]));
  const clusters = new Map<string, string[]>();
  for (const node of byFirst.keys()) {
    const name = groupOf(node);
    if (name === undefined) continue;
    const heads = clusters.get(name) ?? [];
    if (!heads.some((head) => graph.merge(head, node))) clusters.set(name, [...heads, node]);
  }
  return graph
    .order(compare)
    .groups.map((nodes) => nodes.flatMap((node) => [byFirst.get(node) ?? []].filter((group) => group.length > 0)));
}
