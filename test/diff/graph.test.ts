import { describe, expect, test } from 'vitest';
import { ActionGraph } from '../../src/diff/graph.ts';

const alphabetical = (a: string, b: string): number => (a < b ? -1 : 1);

function graphOf(...edges: readonly string[]): ActionGraph {
  const graph = new ActionGraph();
  for (const edge of edges) for (const node of edge.split('>')) graph.add(node);
  for (const edge of edges) {
    const nodes = edge.split('>');
    for (let at = 1; at < nodes.length; at++) graph.edge(nodes[at - 1]!, nodes[at]!);
  }
  return graph;
}

describe('the order of actions', () => {
  test('edges decide, then the comparison', () => {
    expect(graphOf('z>b', 'z>a', 'c').order(alphabetical).groups).toEqual([['c'], ['z'], ['a'], ['b']]);
  });

  test('a circle is named, without what only hangs on it', () => {
    const { groups, circle } = graphOf('start>a>b>c>a', 'c>end').order(alphabetical);
    expect(groups).toEqual([['start']]);
    expect(circle.toSorted()).toEqual(['a', 'b', 'c']);
  });

  test('a wish that would close a circle is left out', () => {
    const graph = graphOf('a>b>c');
    graph.wish('c', 'a');
    graph.wish('a', 'c');
    expect(graph.order(alphabetical)).toEqual({ groups: [['a'], ['b'], ['c']], circle: [] });
  });

  test('a part joins its whole where nothing comes in between', () => {
    const graph = graphOf('table>column', 'type>column', 'column>index');
    expect(graph.join('table', 'column')).toBe(true);
    expect(graph.order(alphabetical).groups).toEqual([['type'], ['table', 'column'], ['index']]);
  });

  test('a part stays apart where a third comes in between', () => {
    // A default that calls a function which reads the table.
    const graph = graphOf('table>function>default', 'table>default');
    expect(graph.join('table', 'default')).toBe(false);
    expect(graph.order(alphabetical).groups).toEqual([['table'], ['function'], ['default']]);
  });

  test('a dropped part joins what it goes with, unless something else must go before', () => {
    const graph = graphOf('index>table', 'key of a>b', 'key of a>a', 'key of b>a', 'key of b>b');
    expect(graph.join('table', 'index')).toBe(true);
    // Two tables that reference each other: the first key can go with its table, the second cannot.
    expect(graph.join('a', 'key of a')).toBe(true);
    expect(graph.join('b', 'key of b')).toBe(false);
    expect(graph.order(alphabetical).circle).toEqual([]);
  });

  test('a part of two wholes joins one of them, and does not tie them together', () => {
    const graph = graphOf('index>a', 'index>b');
    expect(graph.join('a', 'index')).toBe(true);
    expect(graph.join('b', 'index')).toBe(false);
    expect(graph.order(alphabetical).groups).toEqual([['a', 'index'], ['b']]);
  });

  test('nodes without an edge between them are not joined', () => {
    const graph = graphOf('a', 'b');
    expect(graph.join('a', 'b')).toBe(false);
  });

  test('the order does not depend on the order of insertion', () => {
    const edges = ['e>c', 'd>c', 'c>b', 'c>a', 'f'];
    const expected = graphOf(...edges).order(alphabetical).groups;
    expect(graphOf(...edges.toReversed()).order(alphabetical).groups).toEqual(expected);
  });
});
