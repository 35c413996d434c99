import { describe, expect, test } from 'vitest';
import { RevisionGraph } from '../../src/graph/graph.ts';
import { graph, refusal } from './graphs.ts';
import { linesOf } from './lines.ts';

function drawn(on: RevisionGraph, columns?: number): string[] {
  return on
    .draw(on.history(), { columns })
    .rows.map(({ text, revision }) => (revision === undefined ? text : `${text}  ${revision}`));
}

describe('plan', () => {
  test('refuses overlapping targets and rows', () => {
    const on = graph('a b<a c<b');
    expect(refusal(() => on.plan({ applied: [], target: ['c', 'a'] })).message).toBe(
      'The revisions asked for overlap: a is an ancestor of c.',
    );
    const { code, hint, data } = refusal(() => on.plan({ applied: ['a', 'b'], target: 'c' }));
    expect([code, data]).toEqual(['OVERLAPPING_REVISIONS', { revisions: ['a', 'b'] }]);
    expect(hint).toContain('torale stamp');
    expect(on.plan({ applied: ['c'], target: ['c', 'c'] }).steps).toEqual([]);
  });

  test('orders by create date, then id', () => {
    const on = RevisionGraph.from([
      { revision: 'z', downRevision: null, createDate: '2026-01-01' },
      { revision: 'y', downRevision: null, createDate: '2026-01-02' },
      { revision: 'b', downRevision: 'y', createDate: '2026-01-03' },
      { revision: 'a', downRevision: 'z', createDate: '2026-01-03' },
    ]);
    const { steps, headsAfter } = on.plan({ applied: [], target: 'heads' });
    expect(steps.map((step) => step.revision)).toEqual(['z', 'y', 'a', 'b']);
    expect(steps.map((step) => step.headsAfter)).toEqual([['z'], ['z', 'y'], ['y', 'a'], ['a', 'b']]);
    expect(headsAfter).toEqual(['a', 'b']);
  });

  test('an older target, or base, is nothing to do', () => {
    const on = graph('a b<a');
    for (const target of ['a', 'base', 'head'])
      expect(on.plan({ applied: ['b'], target })).toEqual({ steps: [], headsAfter: ['b'] });
  });
});

describe('stamp', () => {
  const on = graph('a b<a[left] c<b d<a[right] e<d');

  test.for([
    [['c', 'e'], 'left@base', ['e']],
    [['c', 'e'], 'base', []],
    [['c', 'e'], 'a', ['a']],
    [['c', 'd'], 'right@head', ['c', 'e']],
    [['a'], 'heads', ['c', 'e']],
    [['c'], ['c'], ['c']],
  ] as [string[], string | string[], string[]][])('%j stamped %j', ([applied, targets, headsAfter]) => {
    expect(on.stamp({ applied, targets }).headsAfter).toEqual(headsAfter);
  });

  test('head with several heads, and relative targets, are refused', () => {
    expect(refusal(() => on.stamp({ applied: [], targets: 'head' })).code).toBe('MULTIPLE_HEADS');
    expect(refusal(() => on.stamp({ applied: ['a'], targets: '+1' })).code).toBe('RELATIVE_REVISION');
    expect(refusal(() => on.stamp({ applied: ['c'], targets: 'left@-1' })).code).toBe('RELATIVE_REVISION');
    expect(on.stamp({ applied: [], targets: '-1' }).headsAfter).toEqual(['b', 'd']);
  });
});

describe('history', () => {
  const on = graph('a b<a c<a m<b,c d<m x');

  test('a range holds both ends', () => {
    expect(on.history({ from: 'b', to: 'd' })).toEqual(['d', 'm', 'b']);
    expect(on.history({ from: null, to: 'b' })).toEqual(['b', 'a']);
    expect(on.history({ from: 'b', to: '+1' })).toEqual(['m', 'b']);
    expect(on.history({ from: 'm', to: '+9' })).toEqual(['d', 'm']);
    expect(on.history({ from: 'x', to: 'x' })).toEqual(['x']);
  });

  test('the ends must be ancestor and descendant', () => {
    for (const [from, to] of [
      ['b', 'c'],
      ['d', 'a'],
      ['a', 'x'],
    ] as const) {
      const { code, message } = refusal(() => on.history({ from, to }));
      expect([code, message]).toEqual(['RANGE_INVALID', `${from} is not an ancestor of ${to}.`]);
    }
  });
});

describe('newRevision', () => {
  const on = graph('aaaa1111 bbbb2222<aaaa1111[left] cccc3333<aaaa1111');

  test('refusals', () => {
    expect(refusal(() => on.newRevision()).hint).toContain('--head bbbb2222');
    expect(refusal(() => on.newRevision({ head: 'aaaa' })).code).toBe('NOT_A_HEAD');
    expect(refusal(() => on.newRevision({ head: ['left', 'bbbb2222'] })).code).toBe('OVERLAPPING_REVISIONS');
    expect(refusal(() => on.newRevision({ head: 'base', dependsOn: 'zzzz' })).code).toBe('UNKNOWN_REVISION');
    expect(refusal(() => on.newRevision({ head: 'base', dependsOn: 'base' })).code).toBe('UNKNOWN_REVISION');
    expect(refusal(() => on.newRevision({ head: 'base', branchLabels: 'left' })).code).toBe('DUPLICATE_LABEL');
    expect(refusal(() => on.newRevision({ head: 'base', branchLabels: 'a@b' })).code).toBe('ID_INVALID');
    expect(refusal(() => on.newRevision({ head: 'base', revision: 'x', branchLabels: 'x' })).code).toBe(
      'DUPLICATE_LABEL',
    );
    expect(refusal(() => on.newRevision({ head: 'base', revision: 'aaaa1111' })).code).toBe('DUPLICATE_REVISION');
    expect(refusal(() => on.newRevision({ head: 'base', revision: 'left' })).code).toBe('DUPLICATE_REVISION');
    expect(refusal(() => on.newRevision({ head: 'base', revision: 'bad-id' })).code).toBe('ID_INVALID');
    expect(refusal(() => on.newRevision({ head: 'base', revision: 'x'.repeat(33) })).code).toBe('ID_INVALID');
  });

  test('links as a file declares them', () => {
    expect(on.newRevision({ head: 'left', dependsOn: ['cccc'], branchLabels: ['new', 'new'] })).toEqual({
      downRevision: 'bbbb2222',
      dependsOn: 'cccc3333',
      branchLabels: 'new',
    });
    expect(on.newRevision({ head: 'heads', dependsOn: 'left' })).toEqual({
      downRevision: ['bbbb2222', 'cccc3333'],
      dependsOn: 'left',
      branchLabels: null,
    });
    expect(on.newRevision({ head: 'aaaa1111', splice: true }).downRevision).toBe('aaaa1111');
    expect(RevisionGraph.from([]).newRevision().downRevision).toBeNull();
  });
});

describe('draw', () => {
  test('a branch and a merge', () => {
    const on = RevisionGraph.from([
      { revision: '1c2d', downRevision: null, createDate: '1' },
      { revision: '3f9c', downRevision: '1c2d', createDate: '2' },
      { revision: '77aa', downRevision: '1c2d', createDate: '3' },
      { revision: '9d0e', downRevision: ['3f9c', '77aa'], createDate: '4' },
    ]);
    expect(drawn(on)).toEqual(['*  9d0e', '|\\', '| *  77aa', '* |  3f9c', '|/', '*  1c2d']);
  });

  test('a dependency is dotted, and what is not linked stands apart', () => {
    expect(drawn(graph('a b~a'))).toEqual(['*  b', ':', '*  a']);
    expect(drawn(graph('a b'))).toEqual(['*  b', '', '*  a']);
    expect(drawn(graph('a b<a c<b~a'))).toEqual(['*  c', '|\\', '| :', '* :  b', '|/', '*  a']);
  });

  test('a line over others', () => {
    expect(drawn(graph('a b<a c<a d<a m<b,c,d'))).toEqual([
      '*  m',
      '|\\-\\',
      '| | *  d',
      '| * |  c',
      '| |/',
      '* |  b',
      '|/',
      '*  a',
    ]);
  });

  test('what finds no column is told', () => {
    const on = graph('a b<a c<a d<a m<b,c,d');
    const drawing = on.draw(on.history(), { columns: 2 });
    expect(drawing.rows[0]).toEqual({ text: '*', revision: 'm', column: 0, elsewhere: ['d'] });
    expect(drawing.width).toBeLessThanOrEqual(5);
    expect(linesOf(drawing)).not.toContain('m | d');
  });

  test('a part of the history', () => {
    const on = graph('a b<a c<b');
    expect(on.draw(['c', 'b']).rows.map((row) => row.text)).toEqual(['*', '*']);
  });
});
