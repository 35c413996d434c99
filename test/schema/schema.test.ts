import { describe, expect, test } from 'vitest';
import { differences } from '../../src/diff/diff.ts';
import { filterSchema } from '../../src/schema/filter.ts';
import { idOf, idWithin, nameIn, objectOf, type ObjectId, type SchemaObject } from '../../src/schema/object.ts';
import { ObjectPool } from '../../src/schema/pool.ts';
import { Schema, type Entry, type Need } from '../../src/schema/schema.ts';
import { inOrder } from '../../src/schema/snapshot.ts';

const table = idOf('table', ['t']);
const column = (name: string, type = 'int'): SchemaObject =>
  objectOf('column', ['t', name], { type }) as unknown as SchemaObject;

/** A table with these columns. */
function schemaOf(columns: readonly SchemaObject[], more: readonly (readonly [ObjectId, Need[]])[] = []): Schema {
  const own: Need[] = [{ id: table, strength: 'own' }];
  const needs = columns.map(({ path }) => [idOf('column', path), own] as const);
  return new Schema([objectOf('table', ['t'], {}), ...columns], new Map<ObjectId, Need[]>([...needs, ...more]));
}

describe('a schema', () => {
  test('leaves out needs of what it does not hold, and of a thing itself', () => {
    const id = idOf('column', ['t', 'a']);
    const schema = schemaOf(
      [column('a')],
      [
        [
          id,
          [
            { id, strength: 'use' },
            { id: table, strength: 'own' },
            { id: 'type:x', strength: 'use' },
          ],
        ],
      ],
    );
    expect(schema.needs(id)).toEqual([{ id: table, strength: 'own' }]);
    expect(schema.dependents(table)).toEqual([{ id, strength: 'own' }]);
    expect(schema.needs('table:none')).toEqual([]);
  });

  test('tells each way in which one thing needs another', () => {
    const [a, b] = ['a', 'b'].map((name) => idOf('column', ['t', name])) as [string, string];
    const needs: Need[] = [
      { id: a, strength: 'own' },
      { id: table, strength: 'own' },
      { id: a, strength: 'use' },
    ];
    const schema = schemaOf([column('a'), column('b')], [[b, needs]]);
    expect(schema.dependents(a)).toEqual([
      { id: b, strength: 'own' },
      { id: b, strength: 'use' },
    ]);
  });

  test('keeps columns in the order of their table through a filter', () => {
    const names = ['c', 'a', 'b', 'd'];
    const schema = schemaOf(names.map((name) => column(name)));
    for (const filter of [{ include: ['table:t'] }, { exclude: ['view'] }]) {
      const parts = filterSchema(schema, filter).parts(table, 'column');
      expect(parts.map(({ path }) => path[1])).toEqual(names);
    }
  });

  test('goes without what is left out, and without its parts', () => {
    const left = schemaOf([column('a'), column('b')]).filter(({ path }) => path[1] !== 'a');
    expect([...left.ids()]).toEqual([table, idOf('column', ['t', 'b'])]);
    expect([...left.filter(({ kind }) => kind !== 'table').ids()]).toEqual([]);
  });

  test('is written by kind and place, columns as they stand', () => {
    const schema = schemaOf([column('b'), column('a')]);
    const ids = [idOf('column', ['t', 'b']), idOf('column', ['t', 'a'])];
    expect(inOrder(schema)).toEqual([...ids, table]);
    expect(inOrder(schema, [table, ids[1]!])).toEqual([ids[1], table]);
  });
});

test.each([['a'], ['a b'], ['"'], ['x.y:z'], [' ']])('an id within another is that of the path: %j', (name) => {
  for (const path of [
    ['public', 't'],
    [name, name],
  ]) {
    const whole = nameIn(idOf('table', path), 'table');
    expect(idWithin('column', whole, name)).toBe(idOf('column', [...path, name]));
    expect(`owner:${whole}`).toBe(idOf('owner', path));
  }
});

describe('differences', () => {
  test('are told in the order of each schema', () => {
    const from = schemaOf([column('z'), column('a'), column('m')]);
    const to = schemaOf([column('y'), column('m', 'text'), column('b')]);
    const { created, dropped, altered } = differences(from, to);
    expect(created.map(({ path }) => path[1])).toEqual(['y', 'b']);
    expect(dropped.map(({ path }) => path[1])).toEqual(['z', 'a']);
    expect(altered.map(([, { path }]) => path[1])).toEqual(['m']);
    expect(differences(to, from).created).toEqual(dropped);
  });
});

describe('a pool of objects', () => {
  test('has one definition for all that are alike, in canonical form', () => {
    const pool = new ObjectPool('several');
    const one = pool.make('column', ['t', 'a'], { notNull: false, type: 'int', collation: null });
    const other = pool.make('column', ['u', 'a'], { notNull: false, type: 'int', collation: null });
    expect(one).toEqual(objectOf('column', ['t', 'a'], { type: 'int' }));
    expect(other.definition).toBe(one.definition);
    expect(pool.make('column', ['u', 'b'], { type: 'text' }).definition).toEqual({ type: 'text' });
    expect(pool.make('domain', ['u', 'b'], { type: 'int' }).definition).not.toBe(one.definition);
  });

  test('has one entry for what says the same in several schemas', () => {
    const pool = new ObjectPool('several');
    const read = (type: string, needed: string, text?: string): Entry => {
      const object = pool.make('column', ['t', 'a'], { type }) as unknown as SchemaObject;
      const id = idOf('column', object.path);
      const entry: Entry = { id, object, needs: [{ id: needed, strength: 'own' }], text };
      const settled = pool.settle(new Map([[id, entry]])).get(id)!;
      expect(settled).toEqual(entry);
      return settled;
    };
    const first = read('int', 'table:t');
    expect(read('int', 'table:t')).toBe(first);
    expect(read('bigint', 'table:t')).not.toBe(first);
    expect(read('int', 'table:u')).not.toBe(first);
    expect(read('int', 'table:t', 'a int')).not.toBe(first);
  });
});
