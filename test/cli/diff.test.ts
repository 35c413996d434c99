import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diffText } from '../../src/cli/diff-text.ts';
import { idOf, objectOf, type SchemaObject } from '../../src/schema/object.ts';
import { Schema } from '../../src/schema/schema.ts';
import type { Kind, LooseKinds } from '../../src/schema/kinds.ts';
import { describeOn, freshDatabase } from '../support/databases.ts';
import { project, revisionText } from './project.ts';
import { expectValid } from './schemas.ts';

const plain = (_: unknown, text: string): string => text;

describe('the text of a diff', () => {
  const make = <K extends Kind>(kind: K, path: string[], definition: LooseKinds[K]): SchemaObject =>
    objectOf(kind, path, definition) as unknown as SchemaObject;
  const schemaOf = (...objects: SchemaObject[]): Schema => new Schema(objects, new Map());

  test('is grouped by table: what comes, what changes, what goes', () => {
    const media = make('table', ['public', 'media'], {});
    const column = (name: string, type: string, rest: Partial<LooseKinds['column']> = {}): SchemaObject =>
      make('column', ['public', 'media', name], { type, ...rest });
    const [title, longer] = [column('title', 'character varying(80)'), column('title', 'character varying(200)')];
    const legacy = column('legacy_path', 'text');
    const caption = column('caption', 'text', { notNull: true });
    const none = make('default', ['public', 'media', 'caption'], { expression: "''::text" });
    const index = make('index', ['public', 'media', 'media_key'], {
      unique: true,
      definition: 'USING btree (lower(a))',
    });
    const tags = make('table', ['public', 'media_tags'], {});
    const tag = make('column', ['public', 'media_tags', 'tag'], { type: 'bigint' });
    const key = make('constraint', ['public', 'media_tags', 'pk'], {
      type: 'PRIMARY KEY',
      definition: 'PRIMARY KEY (tag)',
    });
    const old = make('view', ['audit', 'old'], { columns: [['a', 'int', '']], definition: 'SELECT' });
    const mood = (...values: string[]): SchemaObject => make('enum', ['public', 'mood'], { values });
    const text = diffText(
      {
        changes: [
          { type: 'create', object: caption },
          { type: 'create', object: none },
          { type: 'drop', object: legacy },
          { type: 'alter', from: title, to: longer },
          { type: 'create', object: index },
          { type: 'create', object: tags },
          { type: 'create', object: tag },
          { type: 'create', object: key },
          { type: 'drop', object: old },
          { type: 'alter', from: mood('sad'), to: mood('sad', 'happy') },
        ],
        statements: [
          { sql: 'ALTER …', hazard: 'Data loss: …', loses: [idOf('column', legacy.path)] },
          { sql: 'CREATE …', hazard: 'Fails where two rows are alike.' },
        ],
        from: schemaOf(media, title, legacy, old),
        to: schemaOf(media, longer, caption, none, index, tags, tag, key),
      },
      plain,
    );
    expect(text).toBe(`  media_tags  + table: 1 column, primary key
  mood        ~ enum: + 'happy'
  media
    + caption          text NOT NULL DEFAULT ''::text
    + index media_key  UNIQUE (lower(a))
    ~ title            varchar(80) → varchar(200)
    - legacy_path      text                                     its data is lost
  audit.old   - view
  ! Fails where two rows are alike.`);
  });

  test('nothing, renames, and what is on an object', () => {
    const view = { statements: [], from: Schema.empty, to: Schema.empty };
    expect(diffText({ ...view, changes: [] }, plain)).toBe('');
    const [was, is] = [make('table', ['public', 'users'], {}), make('table', ['public', 'people'], {})];
    const to = schemaOf(is);
    expect(diffText({ ...view, to, changes: [{ type: 'rename', from: was, to: is }] }, plain)).toBe(
      '  people  ~ table: renamed, was users',
    );
    const comment = make('comment', ['table', 'public', 'people'], { text: 'all of them' });
    expect(diffText({ ...view, to, changes: [{ type: 'create', object: comment }] }, plain)).toBe(
      "  people\n    + comment  'all of them'",
    );
  });
});

const psql = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/lib/postgresql/15/bin']
  .map((folder) => join(folder, 'psql'))
  .find((file) => existsSync(file));

describeOn(['postgres'], 'torale diff', () => {
  const files = {
    'schema.sql': 'CREATE SCHEMA app;\nCREATE SCHEMA other;\n',
    'versions/aaaa.mjs': revisionText('aaaa', { body: "await op.execute('CREATE SCHEMA app');" }),
  };

  test('head against a file, for people', async () => {
    const { url } = await freshDatabase('postgres');
    const { run } = project(files);
    const { code, stdout, stderr } = await run('diff', 'head', 'schema.sql', '--url', url);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '  other  + schema\n', stderr: '' });
  });

  test('--json, --check and nothing that differs', async () => {
    const { url } = await freshDatabase('postgres');
    const { run, json } = project(files);
    const differing = await json('diff', 'head', 'schema.sql', '--check', '--url', url);
    expectValid('diff', differing.document);
    expect(differing.code).toBe(9);
    expect(differing.document.statements).toEqual([{ sql: 'CREATE SCHEMA other' }]);
    const same = await run('diff', 'schema.sql', 'schema.sql', '--check', '--url', url);
    expect(same).toEqual({ code: 0, stdout: 'No differences.\n', stderr: '' });
  });

  test.skipIf(psql === undefined)("--sql is a script for the server's own client", async () => {
    const database = await freshDatabase('postgres');
    await database.query('CREATE TABLE t (a int); CREATE SCHEMA gone');
    const wanted = 'CREATE TABLE t (a bigint, b text);\nCREATE SCHEMA app;\nCOMMENT ON TABLE t IS $$it\'s; "t"$$;\n';
    const { run } = project({ 'schema.sql': wanted });
    const { stdout, code } = await run('diff', database.url, 'schema.sql', '--sql');
    expect(code).toBe(0);
    execFileSync(psql!, ['-qX', '-v', 'ON_ERROR_STOP=1', database.url], { input: stdout });
    expect((await run('diff', database.url, 'schema.sql')).stdout).toBe('No differences.\n');
  });

  test('target is the configured one', async () => {
    const { url } = await freshDatabase('postgres');
    const { run, write } = project(files);
    write('torale.config.mjs', `export default { url: '${url}', target: { print: 'cat schema.sql' } };\n`);
    expect((await run('diff', 'head', 'target')).stdout).toBe('  other  + schema\n');
    write('torale.config.mjs', `export default { url: '${url}' };\n`);
    expect((await run('diff', 'head', 'target')).code).toBe(2);
  });

  test('what fails is one document, without the password of a side', async () => {
    const { json } = project(files);
    const { document, stderr } = await json('diff', 'postgres://app:verysecret@127.0.0.1:1/app', '');
    expect(document.error).toMatchObject({ code: 'UNREACHABLE' });
    expect(JSON.stringify(document) + stderr).not.toContain('verysecret');
  });

  test('inspect lists a schema, and its script makes it', async () => {
    const database = await freshDatabase('postgres');
    await database.query('CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL); CREATE SCHEMA app');
    const { run, json } = project();
    const { stdout } = await run('inspect', '--url', database.url);
    expect(stdout).toContain('1 table');
    expect(stdout).toMatch(/ {2}table users {3}2 columns, primary key\n {4}id +bigint NOT NULL\n/);
    expectValid('inspect', (await json('inspect', '--url', database.url)).document);
    const again = await freshDatabase('postgres');
    const script = (await run('inspect', '--url', database.url, '--sql')).stdout;
    await again.query(script);
    expect((await run('diff', database.url, again.url)).stdout).toBe('No differences.\n');
  });
});
