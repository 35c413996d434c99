import { describe, expect, test } from 'vitest';
import { allParents, graph, refusal } from './graphs.ts';

/** Graphs on which Alembic 1.19 crashes, answers by chance or corrupts its table. */
describe('where Alembic fails', () => {
  test.for([
    ['a dependency on two revisions of one chain', 'a1 a2<a1 b1 c1<b1~a1,a2', ['a2', 'b1'], ['c1']],
    ['a dependency on what a parent includes', 'a b<a c d<c,b~a', ['b', 'c'], ['d']],
    ['a merge that lists an ancestor', 'a b<a c<a d<c,b,a', ['b', 'c'], ['d']],
  ] as [string, string, string[], string[]][])('%s: upgrade heads', ([, text, rowsBeforeLast, headsAfter]) => {
    const on = graph(text);
    const { steps, headsAfter: rows } = on.plan({ applied: [], target: 'heads' });
    expect(rows).toEqual(headsAfter);
    expect(steps.at(-2)!.headsAfter).toEqual(rowsBeforeLast);
    expect(steps).toHaveLength(on.size);
    const done = new Set<string>();
    for (const { revision } of steps) {
      for (const parent of allParents(on, revision)) expect(done).toContain(parent);
      done.add(revision);
    }
    expect(on.plan({ applied: rows, target: 'heads' })).toEqual({ steps: [], headsAfter });
  });

  test('a range whose ends are linked by dependsOn only', () => {
    const on = graph('a b~a');
    expect(on.history({ from: 'a', to: null })).toEqual(['b', 'a']);
    expect(on.history({ from: 'a', to: 'b' })).toEqual(['b', 'a']);
    expect(graph('a c<a b~c').history({ from: 'a' })).toEqual(['b', 'c', 'a']);
    // Where parents lead to a head, Alembic's answer stands: the line along parents.
    expect(graph('a b~a c<a').history({ from: 'a' })).toEqual(['c', 'a']);
  });

  test('a head that another revision depends on leaves no row, and nothing is pending', () => {
    const on = graph('a b~a');
    expect(on.plan({ applied: [], target: 'heads' }).headsAfter).toEqual(['b']);
    expect([on.heads, on.realHeads, on.current(['b']), on.pending(['b'])]).toEqual([['a', 'b'], ['b'], ['a', 'b'], []]);
  });

  test('several dependencies: one order, whatever the order of the files', () => {
    for (const text of ['a b c~a,b', 'c~b,a b a']) {
      expect(
        graph(text)
          .plan({ applied: [], target: 'heads' })
          .steps.map((step) => step.revision),
      ).toEqual(['a', 'b', 'c']);
    }
  });

  test.for(['a+5', 'head+1', 'a-1', 'b-7'])('%s leads past an end', (target) => {
    expect(refusal(() => graph('a b<a').plan({ applied: [], target })).code).toBe('RELATIVE_REVISION');
  });

  test('a stamp with two targets below the row', () => {
    const on = graph('a b<a c<b');
    expect(on.stamp({ applied: ['c'], targets: ['a', 'b'] })).toEqual({
      headsAfter: ['a', 'b'],
      covered: [],
      uncovered: ['c'],
    });
    expect(on.stamp({ applied: ['c'], targets: ['b', 'a'] }).headsAfter).toEqual(['a', 'b']);
  });

  test('a stamp never loses a target that is a row already', () => {
    const on = graph('a b<a x y<x');
    expect(on.stamp({ applied: ['a', 'y'], targets: 'heads' }).headsAfter).toEqual(['b', 'y']);
    expect(on.stamp({ applied: ['a', 'y'], targets: ['y', 'b'] }).headsAfter).toEqual(['b', 'y']);
    expect(on.stamp({ applied: ['a'], targets: ['a', 'b'] }).headsAfter).toEqual(['b']);
    expect(on.stamp({ applied: ['b', 'y'], targets: ['base', 'x'] }).headsAfter).toEqual(['x']);
  });

  test('a row that no file knows', () => {
    const on = graph('a b<a');
    for (const call of [
      () => on.plan({ applied: ['a', 'deadbeef'], target: 'head' }),
      () => on.current(['deadbeef', 'a']),
      () => on.stamp({ applied: ['deadbeef'], targets: 'head' }),
      () => on.pending(['deadbeef']),
      () => on.appliedSet(['deadbeef']),
    ]) {
      const { code, exitCode, message, data } = refusal(call);
      expect([code, exitCode]).toEqual(['DATABASE_AHEAD', 7]);
      expect(message).toBe('The database holds deadbeef, which no revision file here knows.');
      expect(data).toEqual({ revisions: ['deadbeef'] });
    }
    expect(on.splitRows(['deadbeef', 'a', 'base', 'a'])).toEqual({ known: ['a'], unknown: ['deadbeef'] });
  });
});
