import { describe, expect, test } from 'vitest';
import { planChanges } from '../../src/diff/plan.ts';
import type { KindRules, KindTable, PlanRules, Unsupported } from '../../src/diff/rules.ts';
import { KINDS, type Kind } from '../../src/schema/kinds.ts';
import { idOf, keyOf, objectOf, type SchemaObject } from '../../src/schema/object.ts';
import { Schema, type Need } from '../../src/schema/schema.ts';

/** Rules that say what they are asked to do: the engine knows no SQL. */
const told = <K extends Kind>(kind: K, more: Partial<KindRules<K>> = {}): KindRules<K> => ({
  noun: () => kind,
  create: ({ path }, { parts }) => [
    { sql: ['create', path.at(-1), ...parts.map((part) => `+${part.path.at(-1)}`)].join(' ') },
  ],
  drop: ({ path }) => [{ sql: `drop ${path.at(-1)}` }],
  occupies: ({ path }) => [path.at(-1)!],
  ...more,
});

const unsupported: Unsupported = { unsupported: 'not in this test' };
const kinds = {
  ...(Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, unsupported])) as Record<Kind, Unsupported>),
  table: told('table', {
    absorbs: (whole, part) => part.path[1] === whole.path[1] && ['column', 'constraint'].includes(part.kind),
  }),
  column: told('column', {
    alter: (from, to) => (from.definition.type === to.definition.type ? [] : [{ sql: `alter ${to.path.at(-1)}` }]),
    disturbs: (_from, _to, dependent) => dependent.kind === 'view',
    follow: ({ path }) => [{ sql: `retype ${path.at(-1)}` }],
  }),
  constraint: told('constraint', {
    renamedUnasked: true,
    rename: (from, to) => [{ sql: `rename ${from.path.at(-1)} to ${to.path.at(-1)}` }],
  }),
  view: told('view'),
  comment: told('comment', { occupies: () => [] }),
  routine: told('routine', { mentions: ({ definition }) => definition.definition }),
  enum: told('enum', {
    aside: {
      move: (object) => ({
        statements: [{ sql: `move ${object.path.at(-1)}` }],
        moved: { ...object, path: ['s', 'old'] },
      }),
    },
  }),
} as unknown as KindTable;
const rules: PlanRules = { kinds };

type Entry = readonly [SchemaObject, ...(readonly [Need['strength'], SchemaObject])[]];

function schemaOf(...entries: readonly Entry[]): Schema {
  const needs = new Map(
    entries.map(([object, ...list]) => [
      keyOf(object),
      list.map(([strength, needed]) => ({ id: keyOf(needed), strength })),
    ]),
  );
  return new Schema(
    entries.map(([object]) => object),
    needs,
  );
}

const plan = (from: Schema, to: Schema): string[] =>
  planChanges({ from, to, version: 1, flavor: 'test' }, rules).statements.map(({ sql }) => sql);

const table = (name: string) => objectOf('table', ['s', name], {}) as unknown as SchemaObject;
const column = (owner: string, name: string, type = 'int') =>
  objectOf('column', ['s', owner, name], { type }) as unknown as SchemaObject;
const key = (owner: string, name: string, definition = name) =>
  objectOf('constraint', ['s', owner, name], { type: 'FOREIGN KEY', definition }) as unknown as SchemaObject;
const view = (name: string, definition = name) =>
  objectOf('view', ['s', name], { columns: [], definition }) as unknown as SchemaObject;
const comment = (subject: SchemaObject, text = 'x') =>
  objectOf('comment', [subject.kind, ...subject.path], { text }) as unknown as SchemaObject;
const routine = (name: string, definition: string) =>
  objectOf('routine', ['s', name, ''], { type: 'FUNCTION', definition }) as unknown as SchemaObject;

describe('a plan', () => {
  const [a, b] = [table('a'), table('b')];
  const [x, y] = [column('a', 'x'), column('b', 'y')];
  const [toB, toA] = [key('a', 'to_b'), key('b', 'to_a')];
  const cyclic = schemaOf(
    [a],
    [b],
    [x, ['own', a]],
    [y, ['own', b]],
    [toB, ['own', x], ['own', a], ['use', y]],
    [toA, ['own', y], ['own', b], ['use', x]],
  );

  test('makes tables whole, and only the key that closes a circle apart', () => {
    expect(plan(Schema.empty, cyclic)).toEqual(['create b +y', 'create a +x +to_b', 'create to_a']);
  });

  test('takes a circle of keys apart before it drops', () => {
    expect(plan(cyclic, Schema.empty)).toEqual(['drop to_a', 'drop a', 'drop b']);
  });

  test('takes what depends on a change out of the way, with all that is on it, and brings it back', () => {
    const wide = column('a', 'x', 'bigint');
    const [first, second] = [view('first'), view('second')];
    const onSecond = comment(second);
    const before = schemaOf(
      [a],
      [x, ['own', a]],
      [first, ['use', x]],
      [second, ['use', first]],
      [onSecond, ['own', second]],
    );
    const after = schemaOf(
      [a],
      [wide, ['own', a]],
      [first, ['use', wide]],
      [second, ['use', first]],
      [onSecond, ['own', second]],
    );
    expect(plan(before, after)).toEqual([
      'drop second',
      'drop first',
      'alter x',
      'create first',
      'create second',
      'create second',
    ]);
  });

  test('moves what cannot be altered aside while others hold on to it', () => {
    const mood = (...values: string[]) => objectOf('enum', ['s', 'mood'], { values }) as unknown as SchemaObject;
    const before = schemaOf([mood('a', 'b')], [a], [x, ['own', a], ['use', mood()]]);
    const after = schemaOf([mood('a')], [a], [x, ['own', a], ['use', mood()]]);
    expect(plan(before, after)).toEqual(['move mood', 'create mood', 'retype x', 'drop old']);
  });

  test('remakes a whole in one go where a part of it cannot change, and what hangs on it comes back behind', () => {
    const remade: PlanRules = {
      kinds: {
        ...kinds,
        table: told('table', {
          absorbs: (_whole, part) => part.kind === 'column',
          remake: (from, _to, { parts }) => [{ sql: ['remake', from.path[1], ...parts.map(keyOf)].join(' ') }],
        }),
        view: told('view', { outlives: () => true }),
      } as unknown as KindTable,
      rebuilt: (changes) => changes.filter(({ type }) => type === 'alter').map(() => keyOf(a)),
    };
    const [hook, looker] = [key('a', 'hook'), view('looker')];
    const built = (type: string): Schema => {
      const part = column('a', 'x', type);
      return schemaOf([a], [part, ['own', a]], [hook, ['own', a], ['use', part]], [looker, ['use', part], ['use', a]]);
    };
    const sides = { from: built('int'), to: built('bigint'), version: 1, flavor: 'test' };
    expect(planChanges(sides, remade).statements.map(({ sql }) => sql)).toEqual([
      'remake a column:s.a.x',
      'create hook',
    ]);
  });

  test('frees a name before it is taken', () => {
    expect(plan(schemaOf([table('thing')]), schemaOf([view('thing')]))).toEqual(['drop thing', 'create thing']);
  });

  test('renames what differs in its name alone, unless the name is taken', () => {
    const old = key('a', 'old', 'same');
    const now = key('a', 'new', 'same');
    const before = schemaOf([a], [old, ['own', a]], [comment(old), ['own', old]]);
    const after = schemaOf([a], [now, ['own', a]], [comment(now), ['own', now]]);
    expect(plan(before, after)).toEqual(['rename old to new']);
  });

  test('puts first what a body only mentions, but never by force', () => {
    const one = routine('one', 'select two()');
    const two = routine('two', 'select one()');
    const reader = routine('reader', 'select * from late');
    expect(plan(Schema.empty, schemaOf([reader], [table('late')]))).toEqual(['create late', 'create ']);
    expect(plan(Schema.empty, schemaOf([one], [two]))).toHaveLength(2);
  });

  test('names a circle that no order can break', () => {
    const [one, two] = [view('one'), view('two')];
    const circular = schemaOf([one, ['use', two]], [two, ['use', one]]);
    expect(() => plan(Schema.empty, circular)).toThrow(expect.objectContaining({ code: 'REFUSED' }));
    expect(() => plan(Schema.empty, circular)).toThrow(
      /create view s\.one.*create view s\.two|create view s\.two.*create view s\.one/,
    );
  });

  test('refuses a kind without rules with the reason', () => {
    const domain = objectOf('domain', ['s', 'd'], { type: 'int' }) as unknown as SchemaObject;
    expect(() => plan(Schema.empty, schemaOf([domain]))).toThrow(/domain s\.d: not in this test/);
  });

  test('of equal schemas is empty', () => {
    expect(plan(cyclic, cyclic)).toEqual([]);
    expect(idOf('table', ['s', 'a.b'])).toBe('table:s."a.b"');
  });
});
