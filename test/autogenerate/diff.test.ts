import { describe, expect, test } from 'vitest';
import { diff, ToraleError } from '../../src/index.ts';
import { filterSchema } from '../../src/schema/filter.ts';
import { idOf, objectOf, type SchemaObject } from '../../src/schema/object.ts';
import { Schema, type Need } from '../../src/schema/schema.ts';
import { describeOn, freshDatabase } from '../support/databases.ts';

describeOn(['postgres'], 'diff', () => {
  async function databaseWith(sql: string) {
    const database = await freshDatabase('postgres');
    if (sql !== '') await database.query(sql);
    return database;
  }

  test('its statements take one database to the other, and neither is touched', async () => {
    const from = await databaseWith('CREATE SCHEMA gone; CREATE SCHEMA kept');
    const to = await databaseWith('CREATE SCHEMA kept; CREATE SCHEMA fresh');
    const before = [await from.dump(), await to.dump()];
    const { changes, statements } = await diff({ from: from.url, to: to.url, renames: 'none' });
    expect([await from.dump(), await to.dump()]).toEqual(before);
    expect(changes.map((change) => ('object' in change ? [change.type, ...change.object.path] : []))).toEqual([
      ['create', 'fresh'],
      ['drop', 'gone'],
    ]);
    for (const { sql } of statements) await from.query(sql);
    expect(await from.dump()).toBe(before[1]);
    expect(await diff({ from: from.url, to: to.url, renames: 'none' })).toEqual({ changes: [], statements: [] });
  });

  test("Torale's own tables are no part of a schema", async () => {
    const { upgrade } = await import('../../src/index.ts');
    const from = await databaseWith('');
    await upgrade({
      url: from.url,
      revisions: [{ revision: 'a1', downRevision: null, upgrade: async () => undefined }],
    });
    expect(await from.query("SELECT 1 FROM pg_tables WHERE tablename = 'torale_version'")).toHaveLength(1);
    expect((await diff({ from: from.url, to: '' })).changes).toEqual([]);
  });

  test('an explicit empty side is the empty schema', async () => {
    const from = await databaseWith('CREATE SCHEMA app');
    const { statements } = await diff({ from: from.url, to: '' });
    expect(statements.map(({ sql }) => sql)).toEqual(['DROP SCHEMA app']);
  });

  test('include and exclude choose', async () => {
    const from = await databaseWith('CREATE SCHEMA a1; CREATE SCHEMA a2; CREATE SCHEMA b');
    const names = async (filter: object) =>
      (await diff({ from: from.url, to: '', ...filter })).statements.map(({ sql }) => sql.replace('DROP SCHEMA ', ''));
    expect((await names({ include: ['schema:a*'] })).toSorted()).toEqual(['a1', 'a2']);
    expect(await names({ exclude: ['schema:a*'] })).toEqual(['b']);
    await expect(names({ exclude: ['tabel:x'] })).rejects.toMatchObject({ code: 'USAGE', hint: /table/ });
  });

  test('a rename that would lose data must be decided', async () => {
    const from = await databaseWith('CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL)');
    const to = await databaseWith('CREATE TABLE users (id bigint PRIMARY KEY, full_name text NOT NULL)');
    const sides = { from: from.url, to: to.url };
    await expect(diff(sides)).rejects.toMatchObject({ code: 'RENAME_UNDECIDED', exitCode: 12 });
    const renamed = await diff({ ...sides, renames: ['users.name:full_name'] });
    expect(renamed.statements.map(({ sql }) => sql)).toEqual([
      'ALTER TABLE public.users RENAME COLUMN name TO full_name',
    ]);
    expect(renamed.changes).toHaveLength(1);
    const dropped = await diff({ ...sides, renames: 'none' });
    expect(dropped.statements.some(({ hazard }) => hazard?.startsWith('Data loss: ') === true)).toBe(true);
  });

  test('two kinds of database, or none, are refused', async () => {
    const { url } = await databaseWith('');
    await expect(diff({ from: url, to: 'sqlite:./x.db' })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(diff({ from: '', to: '' })).rejects.toMatchObject({ code: 'USAGE', hint: /dialect/ });
    await expect(diff({ from: '', to: '', dialect: 'postgres' })).rejects.toMatchObject({ code: 'NO_DATABASE' });
  });

  test('a password of a side is in no error', async () => {
    const failure = await diff({ from: 'postgres://app:verysecret@127.0.0.1:1/app', to: '' }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(ToraleError);
    expect((failure as ToraleError).code).toBe('UNREACHABLE');
    expect(JSON.stringify(failure) + String((failure as ToraleError).stack)).not.toContain('verysecret');
  });

  test('a signal stops it', async () => {
    const { url } = await databaseWith('');
    await expect(diff({ from: url, to: '', signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
  });
});

describe('filters', () => {
  const make = (kind: 'table' | 'view' | 'column' | 'comment' | 'extension', path: string[]): SchemaObject => {
    const definitions = {
      table: {},
      view: { columns: [], definition: 'SELECT' },
      column: { type: 'int' },
      comment: { text: 'x' },
      extension: {},
    };
    return objectOf(kind, path, definitions[kind] as never) as unknown as SchemaObject;
  };
  const objects = [
    make('table', ['public', 'users']),
    make('column', ['public', 'users', 'id']),
    make('comment', ['column', 'public', 'users', 'id']),
    make('view', ['audit', 'log']),
    make('extension', ['hstore']),
  ];
  const needs = new Map<string, Need[]>([
    [idOf('column', ['public', 'users', 'id']), [{ id: idOf('table', ['public', 'users']), strength: 'own' }]],
    [
      idOf('comment', ['column', 'public', 'users', 'id']),
      [{ id: idOf('column', ['public', 'users', 'id']), strength: 'own' }],
    ],
    [idOf('view', ['audit', 'log']), [{ id: idOf('column', ['public', 'users', 'id']), strength: 'use' }]],
  ]);
  const kinds = (filter: object) =>
    [...filterSchema(new Schema(objects, needs), filter).objects()].map(({ kind }) => kind);

  test.each([
    [{}, ['table', 'column', 'comment', 'view', 'extension']],
    [{ exclude: ['comment'] }, ['table', 'column', 'view', 'extension']],
    [{ exclude: ['table:public.*'] }, ['view', 'extension']],
    [{ exclude: ['schema:public'] }, ['view', 'extension']],
    [{ exclude: ['audit.*'] }, ['table', 'column', 'comment', 'extension']],
    [{ include: ['table'] }, ['table', 'column', 'comment']],
    [{ include: ['table'], exclude: ['comment'] }, ['table', 'column']],
    [{ include: ['schema:audit'] }, ['view']],
    [{ include: ['column:public.users.i*'] }, ['column', 'comment']],
    [{ include: ['none:x'.replace('none', 'view')] }, []],
  ])('%j', (filter, left) => {
    expect(kinds(filter)).toEqual(left);
  });
});
