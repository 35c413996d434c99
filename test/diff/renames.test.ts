import { describe, expect, test } from 'vitest';
import { postgresSchema } from '../../src/dialects/postgres/schema.ts';
import { inOrder, pathAfter, resolveRename } from '../../src/diff/rename-requests.ts';
import { renameCandidates } from '../../src/diff/renames.ts';
import { spellingSuspects } from '../../src/diff/spelling.ts';
import { keyOf, objectOf, type SchemaObject } from '../../src/schema/object.ts';
import { Schema, type Need } from '../../src/schema/schema.ts';

const { kinds } = postgresSchema;

/** `users: id int, name text` */
function tables(...texts: readonly string[]): Schema {
  const objects: SchemaObject[] = [];
  const needs = new Map<string, Need[]>();
  for (const text of texts) {
    const [name, list] = text.split(': ') as [string, string];
    const table = objectOf('table', ['public', name], {}) as unknown as SchemaObject;
    objects.push(table);
    for (const part of list.split(', ')) {
      const [column, ...type] = part.split(' ');
      const made = objectOf('column', ['public', name, column!], { type: type.join(' ') }) as unknown as SchemaObject;
      objects.push(made);
      needs.set(keyOf(made), [{ id: keyOf(table), strength: 'own' }]);
    }
  }
  return new Schema(objects, needs);
}

const candidates = (from: Schema, to: Schema): string[] =>
  renameCandidates(from, to, kinds).map(({ from: old, to: now }) => `${keyOf(old)} → ${keyOf(now)}`);

describe('what looks like a rename', () => {
  test.each([
    [
      'the same type, another name',
      ['users: id int, name text'],
      ['users: id int, full_name text'],
      ['column:public.users.name → column:public.users.full_name'],
    ],
    [
      'a like name, another type',
      ['users: id int, user_name text'],
      ['users: id int, username varchar(80)'],
      ['column:public.users.user_name → column:public.users.username'],
    ],
    ['neither', ['users: id int, born date'], ['users: id int, payload jsonb'], []],
    ['in another table', ['a: x int', 'b: y int, z text'], ['a: x int, z text', 'b: y int'], []],
    [
      'a table with its columns',
      ['users: id int, name text, age int'],
      ['members: id int, name text, age int'],
      ['table:public.users → table:public.members'],
    ],
    [
      'a table that has nothing of the old one',
      ['users: id int, name text'],
      ['invoices: number bigint, total numeric'],
      [],
    ],
    ['names of one letter', ['t: x int'], ['t: y jsonb'], []],
    ['nothing gone', ['users: id int'], ['users: id int, name text'], []],
  ])('%s', (_, before, after, expected) => {
    expect(candidates(tables(...before), tables(...after))).toEqual(expected);
  });

  test('each object is in one pair, the likeliest first', () => {
    const found = candidates(
      tables('t: first_name text, last_name text'),
      tables('t: given_name text, family_name text'),
    );
    expect(found).toHaveLength(2);
    expect(new Set(found.flatMap((pair) => pair.split(' → '))).size).toBe(4);
  });
});

describe('--rename', () => {
  const from = tables('users: id int, name text, "odd name" text', 'posts: id int, name text');
  const to = tables('users: id int, full_name text', 'posts: id int, name text', 'members: id int, name text');
  const resolve = (text: string) => resolveRename(text, from, to, kinds);

  test.each([
    'users.name:full_name',
    'public.users.name:users.full_name',
    'column:users.name:full_name',
    'name:full_name',
  ])('%s', (text) => {
    expect(resolve(text)).toEqual({
      kind: 'column',
      from: ['public', 'users', 'name'],
      to: ['public', 'users', 'full_name'],
    });
  });

  test('the short name of what is gone is meant before that of what stays', () => {
    expect(resolve('table:users:members')).toEqual({
      kind: 'table',
      from: ['public', 'users'],
      to: ['public', 'members'],
    });
  });

  test.each(['a:b:c:d', 'users.name', ':x', 'users.name:', ''])('%j is no rename', (text) => {
    expect(() => resolve(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  test('names with dots and colons stand in quotes', () => {
    const odd = (name: string): Schema => {
      const table = objectOf('table', ['public', name], {}) as unknown as SchemaObject;
      return new Schema([table], new Map());
    };
    expect(resolveRename('"a.b:c":plain', odd('a.b:c'), odd('plain'), kinds)).toEqual({
      kind: 'table',
      from: ['public', 'a.b:c'],
      to: ['public', 'plain'],
    });
  });

  test('wholes are renamed before their parts, which then have another path', () => {
    const requests = inOrder([
      { kind: 'column', from: ['public', 'users', 'name'], to: ['public', 'members', 'full_name'] },
      { kind: 'table', from: ['public', 'users'], to: ['public', 'members'] },
    ]);
    expect(requests.map(({ kind }) => kind)).toEqual(['table', 'column']);
    expect(pathAfter(['public', 'users', 'name'], requests.slice(0, 1))).toEqual(['public', 'members', 'name']);
  });
});

test('a spelling is worth a question only where nothing but casts and parentheses differs', () => {
  const check = (definition: string): Schema => {
    const object = objectOf('constraint', ['public', 't', 'c'], {
      type: 'CHECK',
      definition,
    }) as unknown as SchemaObject;
    return new Schema([object], new Map());
  };
  const written = "CHECK (((a)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[])))";
  const printed = "CHECK (((a)::text = ANY (ARRAY[('x'::character varying)::text, ('y'::character varying)::text])))";
  expect(spellingSuspects(check(written), check(printed))).toEqual(['constraint:public.t.c']);
  expect(spellingSuspects(check(written), check(printed.replace("'y'", "'z'")))).toEqual([]);
  expect(spellingSuspects(check(written), check(written))).toEqual([]);
});
