import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeOn, freshDatabase } from '../support/databases.ts';
import { writeVersions } from '../support/revisions.ts';
import { Project } from './project.ts';

const USERS = 'CREATE TABLE users (id bigserial PRIMARY KEY, name text NOT NULL, note text);';

describeOn(['postgres'], 'autogenerate', () => {
  const project = async (): Promise<Project> => new Project(await freshDatabase('postgres'));

  test('drafts, applies, and finds nothing the second time', async () => {
    const { db, ...rest } = { db: await freshDatabase('postgres') };
    expect(rest).toEqual({});
    const one = new Project(db);
    const target = `${USERS}
      CREATE TYPE mood AS ENUM ('sad', 'glad');
      CREATE TABLE posts (id int PRIMARY KEY, author bigint REFERENCES users, mood mood DEFAULT 'sad', CHECK (id > 0));
      CREATE INDEX ON posts (author);
      CREATE VIEW moods AS SELECT id, mood FROM posts;
      COMMENT ON TABLE posts IS 'it''s \\d \`here\`';`;
    const report = await one.draft(target);
    expect(report.residue).toEqual([]);
    expect(report.written).not.toBeNull();
    await one.upgrade();
    expect(await db.query('SELECT count(*)::int AS n FROM moods')).toEqual([{ n: 0 }]);
    const second = await one.draft(target);
    expect(second).toMatchObject({ written: null, statements: [], changes: [] });
    expect(one.files()).toHaveLength(1);
  });

  test('two drafts of one change are the same text', async () => {
    const one = await project();
    const [first, second] = [
      await one.draft(USERS, { revId: 'aaaaaaaaaaaa' }),
      await (await project()).draft(USERS, { revId: 'aaaaaaaaaaaa' }),
    ];
    const plain = (text: string): string => text.replace(/Create Date: .*/, '');
    expect(plain(one.textOf(first))).toBe(plain(one.textOf(second)));
    expect(readFileSync(first.written!.deltaFile, 'utf8').replace(/"checksum":"[^"]*"/, '')).toBe(
      readFileSync(second.written!.deltaFile, 'utf8').replace(/"checksum":"[^"]*"/, ''),
    );
  });

  test('what a revision by hand does counts, and its snapshot is not missed', async () => {
    const one = await project();
    writeVersions(
      [{ id: 'aaaa00000001', body: '  await op.execute(`CREATE TABLE users (id bigserial PRIMARY KEY)`);' }],
      one.versions,
    );
    const { statements } = await one.draft(USERS.replace(', note text', ''));
    expect(statements.map(({ sql }) => sql)).toEqual([
      expect.stringMatching(/^ALTER TABLE public\.users ADD COLUMN name text NOT NULL/),
    ]);
    expect(one.events).toEqual([]);
  });

  test('a dropped column is marked, and its loss is in the file', async () => {
    const one = await project();
    await one.draft(USERS);
    const report = await one.draft(USERS.replace(', note text', ''));
    expect(one.textOf(report)).toContain('// Data loss: every value in public.users.note.');
    expect(report.rows?.lost).toEqual([]);
  });

  test('a rename that would lose data is not guessed', async () => {
    const one = await project();
    await one.draft(USERS);
    const renamed = USERS.replace('name text', 'full_name text');
    await expect(one.draft(renamed)).rejects.toMatchObject({
      code: 'RENAME_UNDECIDED',
      exitCode: 12,
      hint: expect.stringContaining('--rename column:public.users.name:public.users.full_name') as string,
    });
    expect(one.files()).toHaveLength(1);
    const { statements } = await one.draft(renamed, { renames: ['users.name:full_name'] });
    expect(statements.map(({ sql }) => sql)).toEqual(['ALTER TABLE public.users RENAME COLUMN name TO full_name']);
    const taken = await one.draft(USERS, { renames: 'none' });
    expect(taken.statements.map(({ sql }) => sql)).toEqual([
      expect.stringContaining('ADD COLUMN name text NOT NULL'),
      'ALTER TABLE public.users DROP COLUMN full_name',
    ]);
  });

  test('a table renamed keeps its rows, its columns are renamed with it, names swap', async () => {
    const one = await project();
    const before = `${USERS} CREATE TABLE a (id int); CREATE TABLE b (id int, x text); CREATE VIEW v AS SELECT name FROM users;`;
    await one.draft(before);
    await one.upgrade();
    await one.db.query(`INSERT INTO users (name) VALUES ('Ann')`);
    await one.db.query(`INSERT INTO a VALUES (1)`);
    const after = `CREATE TABLE members (id bigserial PRIMARY KEY, full_name text NOT NULL, note text);
      CREATE TABLE b (id int); CREATE TABLE a (id int, x text); CREATE VIEW v AS SELECT full_name AS name FROM members;`;
    await one.draft(after, { renames: ['users:members', 'users.name:members.full_name', 'table:a:b', 'table:b:a'] });
    await one.upgrade();
    expect(await one.db.query('SELECT full_name FROM members')).toEqual([{ full_name: 'Ann' }]);
    expect(await one.db.query('SELECT id FROM b')).toEqual([{ id: 1 }]);
    expect((await one.draft(after)).statements).toEqual([]);
  });

  test('a column that looks renamed within a renamed table is not guessed either', async () => {
    const one = await project();
    await one.draft(USERS);
    const renamed = USERS.replace('users', 'members').replace('name text', 'full_name text');
    await expect(one.draft(renamed, { renames: ['users:members'] })).rejects.toMatchObject({
      code: 'RENAME_UNDECIDED',
      hint: expect.stringContaining('--rename column:public.users.name:public.members.full_name') as string,
    });
    const { statements } = await one.draft(renamed, {
      renames: ['users:members', 'column:public.users.name:public.members.full_name'],
    });
    expect(statements.filter(({ loses }) => loses !== undefined)).toEqual([]);
  });

  test.each([
    ['nothing of that name', 'users.nmae:full_name', /nothing at head is called users\.nmae/],
    ['nothing new of that name', 'users.name:full', /the target has nothing of the same kind called full/],
    ['several meanings', 'id:key', /can mean several things/],
    ['no form', 'users', /is not of the form old:new/],
  ])('--rename with %s is an error', async (_, rename, message) => {
    const one = await project();
    const two = `${USERS} CREATE TABLE posts (id int);`;
    await one.draft(two);
    const changed = two.replaceAll(/\bid\b/g, 'key').replace('name text', 'full_name text');
    await expect(one.draft(changed, { renames: [rename] })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(message) as string,
    });
  });

  test('a new column without a value is filled in three steps', async () => {
    const one = await project();
    await one.draft(USERS);
    await one.upgrade();
    await one.db.query(`INSERT INTO users (name, note) VALUES ('Ann', 'x'), ('Bob', NULL)`);
    const wanted = USERS.replace('note text', 'note text NOT NULL, email text NOT NULL');
    const bare = await one.draft(wanted, { revId: 'bbbbbbbbbbbb' });
    expect(bare.statements.filter(({ hazard }) => hazard !== undefined)).toHaveLength(2);
    await expect(one.draft(wanted, { fills: ['users.nothing=1'], head: 'base', splice: true })).rejects.toMatchObject({
      code: 'USAGE',
    });
    const two = new Project(one.db);
    await two.draft(USERS, { revId: 'aaaaaaaaaaaa' });
    const filled = await two.draft(wanted, { fills: [`users.email=name || '@example.com'`, "users.note='none'"] });
    for (const { sql } of filled.statements) await one.db.query(sql);
    expect(await one.db.query('SELECT name, note, email FROM users ORDER BY name')).toEqual([
      { name: 'Ann', note: 'x', email: 'Ann@example.com' },
      { name: 'Bob', note: 'none', email: 'Bob@example.com' },
    ]);
    await expect(two.draft(wanted, { fills: ['users.name=1'] })).rejects.toThrow(
      /nothing in this change asks for a value/,
    );
  });

  test('an empty target against a head that is not is refused', async () => {
    const one = await project();
    await one.draft(USERS);
    await expect(one.draft('-- nothing yet')).rejects.toMatchObject({ code: 'TARGET_EMPTY', exitCode: 12 });
  });

  test('several heads need a word, and are replayed together', async () => {
    const one = await project();
    writeVersions(
      [
        { id: 'aaaa00000001', body: '  await op.execute(`CREATE TABLE a (id int)`);' },
        { id: 'aaaa00000002', body: '  await op.execute(`CREATE TABLE b (id int)`);' },
        { id: 'aaaa00000003', down: 'aaaa00000001', body: '  await op.execute(`CREATE TABLE c (id int)`);' },
      ],
      one.versions,
    );
    const all = 'CREATE TABLE a (id int); CREATE TABLE b (id int); CREATE TABLE c (id int);';
    await expect(one.draft(`${all} CREATE TABLE d (id int);`)).rejects.toMatchObject({
      code: 'MULTIPLE_HEADS',
      exitCode: 7,
    });
    const { statements, written } = await one.draft(`${all} CREATE TABLE d (id int);`, { head: 'aaaa00000003' });
    expect(statements).toHaveLength(1);
    expect(written!.downRevision).toBe('aaaa00000003');
  });

  test('a schema that the target does not name is left alone, and named', async () => {
    const one = await project();
    const audit = 'CREATE SCHEMA audit; CREATE TABLE audit.log (id int);';
    await one.draft(USERS + audit);
    const report = await one.draft(USERS);
    expect(report).toMatchObject({ written: null, leftAlone: ['audit'] });
    const { statements } = await one.draft(`${USERS} CREATE SCHEMA audit;`);
    expect(statements.map(({ sql }) => sql)).toEqual(['DROP TABLE audit.log']);
  });

  test('include and exclude say what counts', async () => {
    const one = await project();
    const both = `${USERS} CREATE TABLE posts (id int); CREATE VIEW v AS SELECT id FROM posts; COMMENT ON TABLE posts IS 'x';`;
    const only = await one.draft(both, { include: ['table:public.posts'] });
    expect(only.statements.map(({ sql }) => sql.split('\n')[0])).toEqual([
      'CREATE TABLE public.posts (',
      `COMMENT ON TABLE public.posts IS 'x'`,
    ]);
    const rest = await one.draft(both, { exclude: ['view', 'comment'] });
    expect(rest.statements.map(({ sql }) => sql.split('\n')[0])).toEqual(['CREATE TABLE public.users (']);
    await expect(one.draft(both, { exclude: ['veiw'] })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('a new enum value is committed before it is used', async () => {
    const one = await project();
    const mood = "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (x mood DEFAULT 'a');";
    await one.draft(mood);
    await one.upgrade();
    const report = await one.draft(mood.replace("('a')", "('a', 'b')").replace("DEFAULT 'a'", "DEFAULT 'b'"));
    expect(one.textOf(report)).toMatch(
      /await op\.autocommit\(async \(\) => \{\n\s+await op\.execute\(`ALTER TYPE public\.mood ADD VALUE 'b'/,
    );
    await one.upgrade();
    expect(await one.db.query('INSERT INTO t DEFAULT VALUES RETURNING x::text')).toEqual([{ x: 'b' }]);
  });

  test('what the target has wrong is told with its place', async () => {
    const one = await project();
    await expect(one.draft('CREATE TABLE a (id int);\nCREATE TABLE b (id intt);')).rejects.toThrow(/schema\.sql:2/);
    expect(one.files()).toEqual([]);
  });

  test('a revision taken back by naming an earlier one', async () => {
    const one = await project();
    const first = await one.draft(USERS);
    await one.draft(`${USERS} CREATE TABLE posts (id int);`);
    const back = await one.draft('', { target: first.written!.revision, message: 'take posts back' });
    expect(back.statements.map(({ sql }) => sql)).toEqual(['DROP TABLE public.posts']);
  });

  test('a database that is behind is no target', async () => {
    const one = await project();
    await one.draft(USERS);
    await one.upgrade();
    await one.draft(`${USERS} CREATE TABLE posts (id int);`);
    await expect(one.draft('', { target: one.db.url })).rejects.toMatchObject({ code: 'PENDING', exitCode: 8 });
    await one.upgrade();
    expect((await one.draft('', { target: one.db.url })).written).toBeNull();
  });

  test('an edited draft is noticed', async () => {
    const one = await project();
    const { written } = await one.draft(USERS);
    writeFileSync(written!.file, readFileSync(written!.file, 'utf8').replace('note text', 'note varchar(80)'));
    const { statements } = await one.draft(USERS);
    expect(statements).toHaveLength(1);
    expect(one.events).toContainEqual(expect.objectContaining({ type: 'warning', code: 'SNAPSHOT_STALE' }));
  });

  test('Torale leaves its own tables out, under any name', async () => {
    const one = await project();
    await one.draft(USERS);
    await one.upgrade();
    const { written } = await one.draft(USERS, {}, { versionTable: 'alembic_version' });
    expect(written).toBeNull();
  });

  test('nothing differs: no file, unless one is asked for', async () => {
    const one = await project();
    await one.draft(USERS);
    const report = await one.draft(USERS, { allowEmpty: true });
    expect(report.written).not.toBeNull();
    expect(one.textOf(report)).toContain('// Nothing differs.');
  });

  test('a protected server has no scratch database', async () => {
    const one = await project();
    await expect(one.draft(USERS, {}, { protected: true })).rejects.toMatchObject({
      code: 'SCRATCH_REFUSED',
      exitCode: 12,
    });
    expect(join(one.folder, 'versions')).toBe(one.versions);
  });
});
