import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RevisionGraph } from '../../src/graph/graph.ts';
import type { RevisionHeader } from '../../src/graph/header.ts';
import { allParents, refusal } from './graphs.ts';
import { linesOf } from './lines.ts';

type Choice = readonly [parents: number[], dependencies: readonly number[], labelled: boolean, date: number];

/** Random graphs of up to forty revisions: branches, merges (also with an ancestor), dependencies by id and by label. */
const someHeaders: fc.Arbitrary<RevisionHeader[]> = fc
  .array(
    fc.tuple(
      fc.array(fc.nat(), { maxLength: 3 }),
      fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(fc.nat(), { maxLength: 3 }) },
      ),
      fc.boolean(),
      fc.nat(5),
    ),
    { minLength: 1, maxLength: 40 },
  )
  .map((choices: Choice[]) => {
    // Ids that do not grow with the order, so that nothing can lean on it.
    const id = (at: number): string =>
      ((at * 7919 + 4242) % 65536).toString(16).padStart(4, '0') + at.toString(16).padStart(2, '0');
    const near = (at: number, back: number): number => Math.max(0, at - 1 - (back % Math.min(at, 8)));
    return choices.map(([parents, dependencies, labelled, date], at) => ({
      revision: id(at),
      downRevision: at === 0 ? null : [...new Set(parents.map((back) => id(near(at, back))))],
      dependsOn:
        at === 0
          ? null
          : dependencies.map((back) => {
              const other = near(at, back);
              return choices[other]![2] ? `label${other}` : id(other);
            }),
      branchLabels: labelled ? `label${at}` : null,
      createDate: `2026-01-0${date + 1}`,
    }));
  });

/** A graph, and some of its revisions. */
const graphAndIds = someHeaders.chain((all) =>
  fc.record({
    all: fc.constant(all),
    ids: fc.subarray(
      all.map((header) => header.revision),
      { minLength: 1 },
    ),
    shuffled: fc.shuffledSubarray(all, { minLength: all.length }),
  }),
);

/** The slow and obvious closure, to hold the fast one against. */
function closure(graph: RevisionGraph, ids: Iterable<string>, parents = allParents): Set<string> {
  const found = new Set(ids);
  for (const id of found) for (const parent of parents(graph, id)) found.add(parent);
  return found;
}

function without(ids: Iterable<string>, others: ReadonlySet<string>): string[] {
  return [...ids].filter((id) => !others.has(id));
}

function maximal(graph: RevisionGraph, ids: ReadonlySet<string>): string[] {
  return [...ids].filter((id) => ![...ids].some((other) => other !== id && closure(graph, [other]).has(id))).sort();
}

const sorted = (ids: Iterable<string>): string[] => [...ids].sort();
const runs = { numRuns: 150 };

describe('any graph', () => {
  test('a plan is what the target needs without what is applied, each step after its parents, with the right rows', () => {
    fc.assert(
      fc.property(graphAndIds, fc.nat(), ({ all, ids }, pick) => {
        const graph = RevisionGraph.from(all);
        const applied = maximal(graph, closure(graph, ids));
        const target = all[pick % all.length]!.revision;
        const done = closure(graph, applied);
        const wanted = closure(graph, [target]);
        const plan = graph.plan({ applied, target });
        expect(sorted(plan.steps.map((step) => step.revision))).toEqual(sorted(without(wanted, done)));
        for (const step of plan.steps) {
          for (const parent of allParents(graph, step.revision)) expect(done).toContain(parent);
          done.add(step.revision);
          expect(sorted(step.headsAfter)).toEqual(maximal(graph, done));
        }
        expect(sorted(plan.headsAfter)).toEqual(maximal(graph, done));
        expect(graph.plan({ applied: plan.headsAfter, target }).steps).toEqual([]);
      }),
      runs,
    );
  });

  test('an upgrade to heads from anywhere ends at the real heads, and a plan in two parts is the plan in one', () => {
    fc.assert(
      fc.property(graphAndIds, ({ all, ids }) => {
        const graph = RevisionGraph.from(all);
        const whole = graph.plan({ applied: [], target: 'heads' });
        expect(whole.headsAfter).toEqual(graph.realHeads);
        expect(whole.steps.map((step) => step.revision)).toEqual(graph.revisions.map((header) => header.revision));
        const applied = maximal(graph, closure(graph, ids));
        const rest = graph.plan({ applied, target: 'heads' });
        expect(rest.headsAfter).toEqual(graph.realHeads);
        expect(rest.steps.map((step) => step.revision)).toEqual(graph.pending(applied));
        const place = new Map(whole.steps.map((step, at) => [step.revision, at]));
        const places = rest.steps.map((step) => place.get(step.revision)!);
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }),
      runs,
    );
  });

  test('a stamp from nothing leaves the rows that an upgrade leaves, and covers what it runs', () => {
    fc.assert(
      fc.property(graphAndIds, ({ all, ids }) => {
        const graph = RevisionGraph.from(all);
        for (const target of [...ids.slice(0, 3), 'heads']) {
          const plan = graph.plan({ applied: [], target });
          const stamp = graph.stamp({ applied: [], targets: target });
          expect(stamp.headsAfter).toEqual(plan.headsAfter);
          expect(stamp.covered).toEqual(plan.steps.map((step) => step.revision));
          expect(stamp.uncovered).toEqual([]);
        }
      }),
      runs,
    );
  });

  test('after a stamp from anywhere every target is applied, and base takes all away', () => {
    fc.assert(
      fc.property(graphAndIds, fc.nat(), fc.nat(), ({ all, ids }, first, second) => {
        const graph = RevisionGraph.from(all);
        const applied = maximal(graph, closure(graph, ids));
        const targets = [all[first % all.length]!.revision, all[second % all.length]!.revision];
        const { headsAfter, covered, uncovered } = graph.stamp({ applied, targets });
        const before = closure(graph, applied);
        const after = closure(graph, headsAfter);
        for (const target of targets) expect(after).toContain(target);
        expect(sorted(covered)).toEqual(sorted(without(after, before)));
        expect(sorted(uncovered)).toEqual(sorted(without(before, after)));
        expect(graph.stamp({ applied, targets: 'heads' }).headsAfter).toEqual(graph.realHeads);
        expect(graph.stamp({ applied, targets: 'base' }).headsAfter).toEqual([]);
      }),
      runs,
    );
  });

  test('the order of the headers changes no answer', () => {
    fc.assert(
      fc.property(graphAndIds, ({ all, shuffled, ids }) => {
        const answers = [all, shuffled].map((some) => {
          const graph = RevisionGraph.from(some);
          const applied = maximal(graph, closure(graph, ids));
          return {
            heads: graph.heads,
            realHeads: graph.realHeads,
            bases: graph.bases,
            branchPoints: graph.branchPoints,
            mergePoints: graph.mergePoints,
            history: graph.history(),
            plan: graph.plan({ applied, target: 'heads' }),
            current: graph.current(applied),
            labels: ids.map((id) => graph.labels(id).sort()),
            lineage: graph.lineage(ids[0]!, { dependencies: true }),
            drawing: graph.draw(),
          };
        });
        expect(answers[1]).toEqual(answers[0]);
      }),
      runs,
    );
  });

  test('history is every revision once, children before parents; a range holds both ends and nothing beside its way', () => {
    fc.assert(
      fc.property(graphAndIds, ({ all, ids }) => {
        const graph = RevisionGraph.from(all);
        expect(graph.history()).toEqual(graph.revisions.map((header) => header.revision).reverse());
        const to = ids[0]!;
        const needed = closure(graph, [to]);
        for (const from of all.map((header) => header.revision)) {
          if (!needed.has(from)) {
            expect(refusal(() => graph.history({ from, to })).code).toBe('RANGE_INVALID');
            continue;
          }
          const range = graph.history({ from, to });
          expect(range.at(0)).toBe(to);
          expect(range.at(-1)).toBe(from);
          for (const id of range) expect(needed).toContain(id);
          for (const id of range) expect(closure(graph, [id])).toContain(from);
        }
      }),
      runs,
    );
  });

  test('current is what the rows cover, without what has a child there', () => {
    fc.assert(
      fc.property(graphAndIds, ({ all, ids }) => {
        const graph = RevisionGraph.from(all);
        const applied = closure(graph, ids);
        const heads = [...applied].filter((id) => !graph.children(id).some((child) => applied.has(child)));
        expect(sorted(graph.current(ids))).toEqual(sorted(heads));
        expect(sorted(graph.appliedSet(ids))).toEqual(sorted(applied));
      }),
      runs,
    );
  });

  test('labels name their revision and all that follows it', () => {
    fc.assert(
      fc.property(graphAndIds, ({ all, ids }) => {
        const graph = RevisionGraph.from(all);
        for (const id of ids) {
          const before = closure(graph, [id], (on, of) => on.parents(of));
          const expected = [...graph.branchLabels].filter(([, owner]) => before.has(owner)).map(([label]) => label);
          expect(graph.labels(id).sort()).toEqual(expected.sort());
        }
      }),
      runs,
    );
  });

  test('the drawing draws every link as a line of its kind, and no other', () => {
    fc.assert(
      fc.property(graphAndIds, fc.integer({ min: 1, max: 50 }), ({ all }, columns) => {
        const graph = RevisionGraph.from(all);
        const drawing = graph.draw(graph.history(), { columns });
        expect(drawing.width).toBeLessThanOrEqual(columns * 2 + 1);
        expect(drawing.rows.flatMap((row) => row.revision ?? [])).toEqual(graph.history());
        const expected = all.flatMap(({ revision }) => [
          ...graph.parents(revision).map((parent) => `${revision} | ${parent}`),
          ...graph.dependencies(revision).map((parent) => `${revision} : ${parent}`),
        ]);
        const told = drawing.rows.flatMap((row) =>
          (row.elsewhere ?? []).map((parent) => [row.revision!, parent] as const),
        );
        const kinds = new Map(expected.map((link) => [link.replace(/ [|:] /, ' '), link]));
        const elsewhere = told.map(([child, parent]) => kinds.get(`${child} ${parent}`)!);
        if (columns === 50) expect(elsewhere).toEqual([]);
        expect([...linesOf(drawing), ...elsewhere].sort()).toEqual(expected.sort());
      }),
      { numRuns: 300 },
    );
  });
});
