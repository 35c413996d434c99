import { describe, expect, test } from 'vitest';
import type { Statement } from '../../src/diff/rules.ts';
import { renderBodies } from '../../src/render/render.ts';

const NAMES: ReadonlySet<string> = new Set(['users', 'id', 'by_name', 'name', 'posts', 'old', 'a', 'b', 'c', 'y']);
const comesApart = (): boolean => true;
const render = (bodies: Record<string, readonly (string | Statement)[]>, apart = comesApart): string =>
  renderBodies(
    Object.entries(bodies).map(([dialect, statements]) => ({
      dialect,
      statements: statements.map((one) => (typeof one === 'string' ? { sql: one } : one)),
    })),
    { names: NAMES, comesApart: apart },
  );

interface Ran {
  /** Each statement by itself, those that ran within `op.autocommit` with a mark. */
  readonly all: readonly string[];
  readonly texts: readonly string[];
  /** Those that ran within `op.autocommit`. */
  readonly alone: readonly string[];
}

/** What a body hands to one kind of database; an entry that is missing fails, as it does in a revision. */
async function executedOn(dialect: string, body: string): Promise<Ran> {
  const all: string[] = [];
  const texts: string[] = [];
  const alone: string[] = [];
  let isAlone = false;
  const op = {
    dialect,
    execute(sql: string | Record<string, string | null>) {
      const text = typeof sql === 'string' ? sql : sql[dialect];
      if (text === undefined) throw new Error(`nothing for ${dialect}`);
      if (text === null) return;
      (isAlone ? alone : texts).push(text);
      const single = text.split(/;\s*(?:\n|$)/).filter((sql) => sql.trim() !== '');
      all.push(...single.map((sql) => (isAlone ? '!' : '') + sql.trim()));
    },
    async autocommit(work: () => Promise<void>) {
      isAlone = true;
      await work();
      isAlone = false;
    },
  };
  const source = `export async function upgrade(op) {\n${body}\n}`;
  const module = (await import(`data:text/javascript;base64,${Buffer.from(source).toString('base64')}`)) as {
    upgrade: (operations: object) => Promise<void>;
  };
  await module.upgrade(op);
  return { all, texts, alone };
}

const DROP: Statement = { sql: 'ALTER TABLE posts DROP COLUMN old', hazard: 'Data loss: every value in posts.old.' };

describe('a body for several dialects', () => {
  test('puts like beside like, and says once what all of them run', () => {
    const body = render({
      postgres: ['CREATE TABLE users (\n  id bigint\n)', 'CREATE INDEX by_name ON users (name)'],
      sqlite: ['CREATE TABLE users (\n  id integer\n)', 'CREATE INDEX by_name ON users (name)'],
    });
    expect(body).toBe(`  await op.execute({
    postgres: \`
      CREATE TABLE users (
        id bigint
      )
    \`,
    sqlite: \`
      CREATE TABLE users (
        id integer
      )
    \`,
  });
  await op.execute(\`CREATE INDEX by_name ON users (name)\`);`);
  });

  test('a rebuild on one of them stands beside what the other does instead, its remarks above it', () => {
    const rebuild = [
      { sql: 'CREATE TABLE new_posts (id integer)', note: 'posts is rebuilt.' },
      { sql: 'INSERT INTO new_posts SELECT id FROM posts', hazard: DROP.hazard! },
      'DROP TABLE posts',
      'ALTER TABLE new_posts RENAME TO posts',
    ];
    expect(render({ postgres: [DROP], sqlite: rebuild })).toBe(`  await op.execute({
    // Data loss: every value in posts.old.
    postgres: \`ALTER TABLE posts DROP COLUMN old\`,
    // posts is rebuilt.
    // Data loss: every value in posts.old.
    sqlite: \`
      CREATE TABLE new_posts (id integer);
      INSERT INTO new_posts SELECT id FROM posts;
      DROP TABLE posts;
      ALTER TABLE new_posts RENAME TO posts;
    \`,
  });`);
  });

  test('several statements that would not come apart as they are stand alone', () => {
    const body = render({ postgres: [], sqlite: ['SELECT 1 -- one', 'SELECT 2'] }, () => false);
    expect(body.match(/op\.execute/g)).toHaveLength(2);
    expect(body.match(/postgres: null,/g)).toHaveLength(2);
  });

  test('a comment that all of them have stands above a statement that all of them run', () => {
    expect(render({ postgres: [DROP], sqlite: [DROP] })).toBe(
      `  // Data loss: every value in posts.old.\n  await op.execute(\`${DROP.sql}\`);`,
    );
  });

  test('what stands outside the transaction does so on its own dialect alone', async () => {
    const body = render({
      postgres: [
        'CREATE TABLE a (x int)',
        { sql: "ALTER TYPE mood ADD VALUE 'ok'", transactional: false },
        { sql: "ALTER TYPE mood ADD VALUE 'so'", transactional: false },
        'CREATE TABLE b (x mood)',
      ],
      sqlite: ['CREATE TABLE a (x integer)', 'CREATE TABLE b (x text)'],
    });
    expect(body).toContain(`  if (op.dialect === 'postgres') {
    await op.autocommit(async () => {
      await op.execute(\`ALTER TYPE mood ADD VALUE 'ok'\`);
      await op.execute(\`ALTER TYPE mood ADD VALUE 'so'\`);
    });
  }`);
    expect((await executedOn('sqlite', body)).alone).toEqual([]);
    expect(await executedOn('postgres', body)).toMatchObject({
      texts: ['CREATE TABLE a (x int)', 'CREATE TABLE b (x mood)'],
      alone: ["ALTER TYPE mood ADD VALUE 'ok'", "ALTER TYPE mood ADD VALUE 'so'"],
    });
  });

  test('a database that is not named is not passed over', async () => {
    const body = render({ postgres: ['SELECT 1'], sqlite: [] });
    expect((await executedOn('sqlite', body)).texts).toEqual([]);
    await expect(executedOn('mysql', body)).rejects.toThrow('nothing for mysql');
  });

  test.each([
    String.raw`SELECT '\d', '${'${x}'}'`,
    "CREATE VIEW v AS SELECT 'two\n  lines', `a`",
    'CREATE FUNCTION f() AS $$\n  begin -- `tick` \\d\n  end\n$$',
  ])('a text arrives byte for byte: %j', async (sql) => {
    const body = render({ postgres: ['CREATE TABLE a (x int)', sql], sqlite: ['CREATE TABLE a (x integer)'] });
    expect((await executedOn('postgres', body)).texts.at(-1)).toBe(sql);
    expect((await executedOn('sqlite', body)).texts).toEqual(['CREATE TABLE a (x integer)']);
  });

  test('each runs its own statements in its own order, whatever stands beside what', async () => {
    const random = (seed: number) => () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let seed = 1; seed <= 300; seed += 1) {
      const next = random(seed);
      const some = (): Statement[] =>
        Array.from({ length: Math.floor(next() * 8) }, () => {
          const table = 'abc'[Math.floor(next() * 3)]!;
          const sql = [`CREATE TABLE ${table} (x)`, `ALTER TABLE ${table} ADD COLUMN y text`, `SELECT ${table}`];
          const isAlone = next() < 0.2;
          return { sql: sql[Math.floor(next() * 3)]!, ...(isAlone ? { transactional: false as const } : {}) };
        });
      const bodies = { postgres: some(), sqlite: some(), mysql: some() };
      const body = render(bodies);
      for (const [dialect, statements] of Object.entries(bodies)) {
        const { all } = await executedOn(dialect, body);
        expect(all, body).toEqual(
          statements.map(({ sql, transactional }) => (transactional === false ? `!${sql}` : sql)),
        );
      }
    }
  });
});
