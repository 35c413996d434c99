import { describe, expect, test } from 'vitest';
import { RevisionGraph } from '../../src/graph/graph.ts';
import { graph, refusal } from './graphs.ts';

const forked = RevisionGraph.from([
  { revision: '1c2d3e4f5a6b', downRevision: null, message: 'first tables', createDate: '2026-11-01' },
  {
    revision: '77aa01bc23de',
    downRevision: '1c2d3e4f5a6b',
    branchLabels: 'billing',
    message: 'invoices',
    createDate: '2026-11-02',
  },
  { revision: '3f9c1a7be204', downRevision: '1c2d3e4f5a6b', message: 'captions and tags', createDate: '2026-11-03' },
]);

describe('resolve', () => {
  test('a mistyped word', () => {
    const { code, message, hint } = refusal(() => forked.resolve('haed'));
    expect([code, message, hint]).toEqual(['UNKNOWN_REVISION', "Unknown revision 'haed'.", "Did you mean 'head'?"]);
    expect(refusal(() => forked.resolve('biling')).hint).toBe("Did you mean 'billing'?");
    expect(refusal(() => forked.resolve('biling@head')).message).toBe("Unknown branch 'biling'.");
  });

  test('several heads', () => {
    const { code, message, hint, data } = refusal(() => forked.plan({ applied: [], target: 'head' }));
    expect(code).toBe('MULTIPLE_HEADS');
    expect(message).toBe('The history has 2 heads: 77aa01bc23de (invoices), 3f9c1a7be204 (captions and tags).');
    expect(hint).toBe(
      'Merge them:  torale merge -m "merge" 77aa01bc23de 3f9c1a7be204      or apply both:  torale upgrade heads',
    );
    expect(data).toEqual({ revisions: ['77aa01bc23de', '3f9c1a7be204'] });
    expect(forked.resolve('billing@head')).toEqual(['77aa01bc23de']);
    expect(refusal(() => forked.resolve('1c2d@head')).message).toMatch(/^The branch '1c2d' has 2 heads/);
    expect(refusal(() => forked.resolveOne('heads')).code).toBe('MULTIPLE_HEADS');
  });

  test('beginnings of ids and labels', () => {
    const on = graph('abcd1 abcd2<abcd1 xyz<abcd2 long[abcdef] q<long');
    expect(on.resolve('abcd1')).toEqual(['abcd1']);
    expect(on.resolve('abcde')).toEqual(['long']);
    const { code, message, data } = refusal(() => on.resolve('abcd'));
    expect([code, message]).toEqual(['AMBIGUOUS_REVISION', "'abcd' could be 3 revisions: abcd1, abcd2, abcdef."]);
    expect(data).toEqual({ revisions: ['abcd1', 'abcd2', 'abcdef'] });
    expect(on.resolve('q@abcd')).toEqual(['long']);
    // Only ids longer than three characters are found by their beginning.
    expect(refusal(() => on.resolve('xy')).code).toBe('UNKNOWN_REVISION');
    expect(refusal(() => on.resolve('')).code).toBe('UNKNOWN_REVISION');
  });

  test('outside its branch', () => {
    const { code, message } = refusal(() => forked.resolve('billing@3f9c'));
    expect(code).toBe('UNKNOWN_REVISION');
    expect(message).toBe("Unknown revision 'billing@3f9c'.");
    expect(refusal(() => forked.resolve('billing@3f9c1a7be204')).code).toBe('NOT_IN_BRANCH');
  });

  test('counted from the heads', () => {
    const on = graph('a b<a c<b[lab] x y<x');
    expect(on.resolve('-1')).toEqual(['b', 'x']);
    expect(on.resolve('lab@-1')).toEqual(['b']);
    expect(on.resolve('-9')).toEqual([]);
    expect(refusal(() => graph('a b<a c<a m<b,c').resolve('-1')).code).toBe('RELATIVE_REVISION');
  });

  test('relative forms belong to plan', () => {
    for (const identifier of ['+1', 'a+1', 'head-1', 'lab@+1']) {
      expect(refusal(() => graph('a[lab] b<a').resolve(identifier)).code).toBe('RELATIVE_REVISION');
    }
  });

  test('current, where the rows are given', () => {
    expect(forked.resolve('current', { applied: ['3f9c1a7be204', 'deadbeef'] })).toEqual(['3f9c1a7be204']);
    expect(refusal(() => forked.resolve('current')).code).toBe('UNKNOWN_REVISION');
    expect(forked.history({ from: 'current', applied: ['1c2d3e4f5a6b'] })).toHaveLength(3);
  });

  test('a label that looks like a relative form is the label', () => {
    const on = graph('a b<a[feature-1] c<b');
    expect(on.resolve('feature-1')).toEqual(['b']);
    expect(on.plan({ applied: [], target: 'feature-1' }).headsAfter).toEqual(['b']);
    expect(on.plan({ applied: [], target: 'feature-1+1' }).headsAfter).toEqual(['c']);
  });

  test('something that is no text', () => {
    expect(refusal(() => forked.resolve([7 as unknown as string])).code).toBe('UNKNOWN_REVISION');
  });
});

describe('relative targets', () => {
  const on = graph('a b<a c<b[left] d<c e<b[right] f<e x');
  const target = (identifier: string, applied: string[] = []): string[] =>
    on.plan({ applied, target: identifier }).headsAfter;

  test.for([
    ['+1', ['b', 'c'], undefined],
    ['left@+1', ['a'], ['b']],
    ['left@+2', ['b'], ['d']],
    ['right@+1', ['c'], ['c', 'e']],
    ['right@+2', [], ['b']],
    ['base+1', [], undefined],
    ['left@base+3', [], ['c']],
    ['c+1', [], ['d']],
    ['left+1', [], ['d']],
    ['d-2', [], ['b']],
    ['left@head-1', [], ['c']],
    ['x+0', [], ['x']],
  ] as [string, string[], string[] | undefined][])('%s from %j', ([identifier, applied, expected]) => {
    if (expected === undefined)
      expect(refusal(() => target(identifier, applied)).code).toMatch(/RELATIVE_REVISION|OVERLAPPING/);
    else expect(target(identifier, applied)).toEqual(expected);
  });

  test.for([
    'd+1',
    'c+5',
    'left@head+1',
    'a-1',
    'd-4',
    'd-9',
    'base-1',
    '-1',
    'left@-1',
    'b+1',
    '+1x',
    'c-1zzz',
    '+',
    'c+',
  ])('%s is refused', (identifier) => {
    expect(refusal(() => target(identifier, ['a'])).code).toMatch(/^(RELATIVE_REVISION|UNKNOWN_REVISION)$/);
  });

  test('the refusals say why', () => {
    expect(refusal(() => target('d+1')).message).toBe("'d+1' passes the top: only 0 of 1 revisions follow d.");
    expect(refusal(() => target('d-4')).message).toBe("'d-4' leads down to the base, where there is no revision.");
    expect(refusal(() => target('b+1')).message).toBe("'b+1' has no single way: from b it could go to c, e.");
    expect(refusal(() => target('+1', ['d', 'x'])).message).toBe("'+1' has no single start: d, x are applied.");
    expect(refusal(() => target('-1')).message).toBe("'-1' goes down: Torale only goes forward.");
  });
});
