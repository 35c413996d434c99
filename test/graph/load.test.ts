import { describe, expect, test } from 'vitest';
import { RevisionGraph } from '../../src/graph/graph.ts';
import type { RevisionHeader } from '../../src/graph/header.ts';
import { graph, headers, refusal } from './graphs.ts';

/** Headers in the one-line notation, each from a file of its own. */
function filed(text: string): RevisionHeader[] {
  return headers(text).map((header, at) => ({ ...header, file: `versions/${at + 1}_${header.revision}.ts` }));
}

function broken(text: string): Pick<ReturnType<typeof refusal>, 'code' | 'exitCode' | 'message' | 'hint' | 'data'> {
  const { code, exitCode, message, hint, data } = refusal(() => RevisionGraph.from(filed(text)));
  return { code, exitCode, message, hint, data };
}

describe('a graph that does not load names ids and files', () => {
  test('two files with one id', () => {
    expect(broken('a b<a b<a')).toEqual({
      code: 'DUPLICATE_REVISION',
      exitCode: 7,
      message: 'Revision b is there twice: versions/2_b.ts and versions/3_b.ts.',
      hint: 'Give one of the two another id, or delete the copy.',
      data: { revisions: ['b'], files: ['versions/2_b.ts', 'versions/3_b.ts'] },
    });
  });

  test('a parent that does not exist', () => {
    expect(broken('alpha beta<alhpa')).toEqual({
      code: 'MISSING_REVISION',
      exitCode: 7,
      message: "Revision beta in versions/2_beta.ts names 'alhpa' in downRevision, which is not there.",
      hint: "Did you mean 'alpha'?",
      data: { revisions: ['alhpa', 'beta'], files: ['versions/2_beta.ts'] },
    });
  });

  test('a dependency that does not exist; a part of an id is not enough', () => {
    expect(broken('a1b2c3d4 b~a1b2').message).toBe(
      "Revision b in versions/2_b.ts names 'a1b2' in dependsOn, which is not there.",
    );
  });

  test('a revision that names itself', () => {
    expect(broken('a b<a,b')).toMatchObject({
      code: 'SELF_LOOP',
      data: { revisions: ['b'], files: ['versions/2_b.ts'] },
    });
    expect(broken('a b<a~b').message).toBe('Revision b in versions/2_b.ts names itself in dependsOn.');
    expect(broken('a b<a~mine[mine]').code).toBe('SELF_LOOP');
  });

  test('a cycle, without those that only follow it', () => {
    const found = broken('a<c b<a c<b d<c e<d z');
    expect(found).toMatchObject({
      code: 'CYCLE',
      message: 'Revisions form a cycle: a → c → b → a, in versions/1_a.ts, versions/3_c.ts, versions/2_b.ts.',
    });
    expect(found.data).toEqual({
      revisions: ['a', 'c', 'b'],
      files: ['versions/1_a.ts', 'versions/3_c.ts', 'versions/2_b.ts'],
    });
  });

  test('a cycle in the middle, through dependsOn', () => {
    const found = broken('a b<a c<b~e d<c e<d f<e');
    expect(found.message).toMatch(/^Revisions form a cycle \(through dependsOn\): /);
    expect((found.data['revisions'] as string[]).toSorted()).toEqual(['c', 'd', 'e']);
  });

  test('a label twice, or equal to an id', () => {
    expect(broken('a[x] b<a c<b[x]')).toEqual({
      code: 'DUPLICATE_LABEL',
      exitCode: 7,
      message: "The branch label 'x' of revision c in versions/3_c.ts is taken by revision a in versions/1_a.ts.",
      hint: 'Give one of the two another label.',
      data: { revisions: ['c', 'a'], files: ['versions/3_c.ts', 'versions/1_a.ts'] },
    });
    expect(broken('a b<a[a]').message).toBe(
      "The branch label 'a' of revision b in versions/2_b.ts is the id of revision a in versions/1_a.ts.",
    );
    expect(graph('a[x,x]').labels('a')).toEqual(['x']);
  });

  test.for(['a@b', 'a-b', 'a+b', 'a:b', 'head', 'heads', 'base', ''])("the id '%s'", (revision) => {
    const { code, message, data } = refusal(() =>
      RevisionGraph.from([{ revision, downRevision: null, file: 'versions/x.ts' }]),
    );
    expect(code).toBe('ID_INVALID');
    expect(message).toContain('versions/x.ts');
    expect(data).toEqual({ revisions: [revision], files: ['versions/x.ts'] });
  });

  test('without files the message does without them', () => {
    const { message, data } = refusal(() => graph('a b<zz'));
    expect(message).toBe("Revision b names 'zz' in downRevision, which is not there.");
    expect(data).toEqual({ revisions: ['zz', 'b'], files: [] });
  });
});

describe('what loads', () => {
  test('nothing at all', () => {
    const empty = RevisionGraph.from([]);
    expect([empty.size, empty.heads, empty.bases, empty.history(), empty.draw().rows]).toEqual([0, [], [], [], []]);
    expect(empty.resolve(['head', 'heads', 'base'])).toEqual([]);
    expect(empty.plan({ applied: [], target: 'head' })).toEqual({ steps: [], headsAfter: [] });
  });

  test('long ids, as Alembic projects have them', () => {
    expect(graph('x'.repeat(80)).heads).toEqual(['x'.repeat(80)]);
  });

  test('a parent named twice is one parent', () => {
    expect(graph('a b<a,a~a').parents('b')).toEqual(['a']);
    expect(graph('a b<a,a~a').dependencies('b')).toEqual([]);
  });

  test('links in both directions, branch and merge points, labels', () => {
    const on = graph('a[one] b<a[two] c<a m<b,c d<m~x x[three]');
    expect([on.parents('m'), on.children('a'), on.dependencies('d'), on.dependants('x')]).toEqual([
      ['b', 'c'],
      ['b', 'c'],
      ['x'],
      ['d'],
    ]);
    expect([on.branchPoints, on.mergePoints]).toEqual([['a'], ['m']]);
    expect([on.labels('m').sort(), on.labels('c'), on.labels('d').sort()]).toEqual([
      ['one', 'two'],
      ['one'],
      ['one', 'two'],
    ]);
    expect([on.heads, on.realHeads, on.bases]).toEqual([['d', 'x'], ['d'], ['a', 'x']]);
    expect([on.has('a'), on.has('one'), on.get('m')?.downRevision, on.get('zz')]).toEqual([
      true,
      false,
      ['b', 'c'],
      undefined,
    ]);
    expect(refusal(() => on.parents('zz')).code).toBe('UNKNOWN_REVISION');
  });

  test('a chain of ten thousand and a ladder of diamonds do not overflow', () => {
    const chain = RevisionGraph.from(
      Array.from({ length: 10_000 }, (_, at) => ({ revision: `r${at}`, downRevision: at === 0 ? null : `r${at - 1}` })),
    );
    expect(chain.plan({ applied: [], target: 'head' }).steps).toHaveLength(10_000);
    expect(chain.history({ from: 'r5000', to: 'r5002' })).toEqual(['r5002', 'r5001', 'r5000']);
    expect(chain.draw().width).toBe(1);
    const ladder = RevisionGraph.from(
      Array.from({ length: 9_999 }, (_, at) => ({
        revision: `r${at}`,
        downRevision: at === 0 ? null : at % 3 === 0 ? [`r${at - 2}`, `r${at - 1}`] : `r${at - (at % 3)}`,
      })),
    );
    expect(ladder.plan({ applied: ['r3'], target: 'heads' }).steps).toHaveLength(9_995);
    expect(ladder.draw().width).toBe(3);
  });
});
