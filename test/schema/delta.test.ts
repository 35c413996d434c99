import { describe, expect, test } from 'vitest';
import { deltaOf, fold, parseDelta, renderDelta, type DialectDelta } from '../../src/schema/delta.ts';
import { objectOf, type SchemaObject } from '../../src/schema/object.ts';
import { Schema, type Need } from '../../src/schema/schema.ts';
import { schemaOf, snapshotOf, withNeeds } from '../../src/schema/snapshot.ts';

const server = { flavor: 'postgres', version: '15.20' };
const table = (name: string): SchemaObject => objectOf('table', ['public', name], {});
const column = (owner: string, name: string, type: string): SchemaObject =>
  objectOf('column', ['public', owner, name], { type });

function schema(...objects: SchemaObject[]): Schema {
  const needs = new Map<string, Need[]>();
  for (const { kind, path } of objects) {
    if (kind === 'column')
      needs.set(`column:${path.join('.')}`, [{ id: `table:${path.slice(0, 2).join('.')}`, strength: 'own' }]);
  }
  return new Schema(objects, needs);
}

const users = schema(table('users'), column('users', 'id', 'integer'));
const wider = schema(table('users'), column('users', 'id', 'bigint'), column('users', 'name', 'text'));
const posts = schema(table('users'), column('users', 'id', 'integer'), table('posts'));

describe('a delta', () => {
  test('has what is new or changed, and what is gone', () => {
    const { put, drop } = deltaOf(wider, users, server);
    expect(put.map(({ kind, path }) => [kind, ...path])).toEqual([['column', 'public', 'users', 'id']]);
    expect(drop).toEqual(['column:public.users.name']);
  });

  test('is read as it was written, one object a line', () => {
    const dialects = {
      postgres: deltaOf(users, wider, server, [['column:public.users.a', 'column:public.users.name']]),
    };
    const text = renderDelta({ revision: 'abc', checksum: 'sha256:ts:00', dialects });
    expect(text.split('\n').filter((line) => /^\{"(?:put|drop|rename)"/.test(line))).toHaveLength(3);
    expect(parseDelta(text, 'x.json')).toEqual({ revision: 'abc', checksum: 'sha256:ts:00', dialects });
  });

  test.each([
    ['no JSON', '{'],
    ['a newer format', '{"format":2,"revision":"a","checksum":"b","dialects":{}}'],
    ['an unknown kind', section('{"put":"tabel","path":["a"],"definition":{}}')],
    ['an unknown field', section('{"put":"table","path":["a"],"definition":{"colour":"red"}}')],
    ['a missing field', section('{"put":"column","path":["a"],"definition":{}}')],
    ['a wrong type', section('{"put":"column","path":["a"],"definition":{"type":7}}')],
    ['a false flag', section('{"put":"column","path":["a"],"definition":{"type":"x","notNull":false}}')],
    ['a drop of nothing', section('{"drop":"users"}')],
    ['a strange need', section('{"put":"table","path":["a"],"definition":{},"needs":["own"]}')],
    ['a foreign key', section('{"put":"table","path":["a"],"definition":{},"size":1}')],
  ])('%s is refused', (_, text) => {
    expect(() => parseDelta(text, 'x.json')).toThrow(expect.objectContaining({ code: 'SNAPSHOT_INVALID' }));
  });
});

function section(entry: string): string {
  return `{"format":1,"revision":"a","checksum":"b","dialects":{"postgres":{"server":{"flavor":"postgres","version":"15"},"objects":[${entry}]}}}`;
}

describe('a fold', () => {
  const step = (revision: string, before: Schema, after: Schema): { revision: string; delta: DialectDelta } => ({
    revision,
    delta: deltaOf(before, after, server),
  });
  const inLine = (): boolean => true;
  const asBranches = (ancestor: string, revision: string): boolean => ancestor === 'base' || ancestor === revision;

  test('gives the schema back that the deltas were made of', () => {
    const folded = fold([step('a', Schema.empty, users), step('b', users, wider), step('c', wider, users)], inLine);
    expect(snapshotOf(schemaOf(folded.values()), 'postgres', server)).toEqual(snapshotOf(users, 'postgres', server));
  });

  test('takes two branches that do not meet, and the same thing done twice', () => {
    const folded = fold(
      [step('base', Schema.empty, users), step('l', users, posts), step('r', users, posts)],
      asBranches,
    );
    expect([...folded.keys()].toSorted()).toEqual([
      'column:public.users.id',
      'table:public.posts',
      'table:public.users',
    ]);
  });

  test('names what two branches leave in different states', () => {
    const other = schema(table('users'), column('users', 'id', 'text'));
    const steps = [step('base', Schema.empty, users), step('l', users, wider), step('r', users, other)];
    expect(() => fold(steps, asBranches)).toThrow(
      expect.objectContaining({
        code: 'FOLD_CONFLICT',
        data: { object: 'column:public.users.id', revisions: ['l', 'r'] },
      }),
    );
  });

  test('names a drop of what is not there', () => {
    expect(() => fold([step('a', wider, users)], inLine)).toThrow(expect.objectContaining({ code: 'FOLD_CONFLICT' }));
  });

  test('names a part that has lost its whole', () => {
    const orphan = {
      revision: 'r',
      delta: { server, drop: [], rename: [], put: [withNeeds(users, 'column:public.users.id')] },
    };
    expect(() => fold([orphan], inLine)).toThrow(/has lost table:public\.users/);
  });
});
