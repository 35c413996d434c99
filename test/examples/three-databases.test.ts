import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { torale } from '../support/cli.ts';
import { describeOn, flavorOf, freshDatabase, type TestDatabase } from '../support/databases.ts';
import { temporaryFolder } from './folder.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/three-databases', import.meta.url));

/** Each test needs both servers. */
const needed = flavorOf('mysql') === undefined ? 'mysql' : 'postgres';

describeOn([needed], 'examples/three-databases', () => {
  const setUp = async () => {
    const folder = temporaryFolder();
    cpSync(EXAMPLE, folder, { recursive: true });
    const databases = {
      sqlite: await freshDatabase('sqlite'),
      postgres: await freshDatabase('postgres'),
      mysql: await freshDatabase('mysql'),
    };
    const scratch = `${databases.postgres.url} ${databases.mysql.url}`;
    const run = ({ url }: TestDatabase, ...args: string[]) =>
      torale([...args, '--url', url], { cwd: folder, env: { TORALE_SCRATCH_URL: scratch } });
    return { folder, databases, run };
  };

  test('its revisions run on each, and keep what users have', async () => {
    const { databases, run, folder } = await setUp();
    const [first] = readdirSync(join(folder, 'versions')).filter((name) => name.endsWith('_users_and_bookmarks.ts'));
    for (const db of Object.values(databases)) {
      expect(await run(db, 'upgrade', first!.split('_')[0]!)).toMatchObject({ code: 0 });
      await db.query("INSERT INTO users (id, name, email) VALUES (1, 'Ada', 'ada@example.com')");
      await db.query(
        "INSERT INTO bookmarks (id, user_id, url, title, rating) VALUES (7, 1, 'https://a.example', NULL, 5), (8, 1, 'https://b.example', 'B', 1)",
      );
      expect(await run(db, 'upgrade', 'head')).toMatchObject({ code: 0 });
      const kept = await db.query(
        'SELECT url, title, full_name FROM bookmarks JOIN users ON users.id = user_id ORDER BY 1',
      );
      expect(kept).toEqual([
        { url: 'https://a.example', title: 'https://a.example', full_name: 'Ada' },
        { url: 'https://b.example', title: 'B', full_name: 'Ada' },
      ]);
      await expect(db.query("INSERT INTO tags VALUES (7, 'Upper')")).rejects.toThrow(/check/i);
    }
  });

  test('check finds nothing on any of them, and autogenerate nothing to write', async () => {
    const { databases, run } = await setUp();
    // The stored ones may be of another major version of the server.
    expect((await run(databases.sqlite, 'snapshot', '--all')).stdout).toMatch(/^Wrote 3 snapshots\.$/m);
    for (const db of Object.values(databases)) {
      await run(db, 'upgrade', 'head');
      const { code, stdout } = await run(db, 'check', '--drift');
      expect(stdout).toMatch(/sqlite: schema\/sqlite\.sql equals head/);
      expect(stdout).toMatch(/mysql: schema\/mysql\.sql equals head/);
      expect(stdout).toMatch(/postgres: schema\/postgres\.sql equals head/);
      expect(stdout).toMatch(/none: the database is as \w{12} left it/);
      expect(code).toBe(0);
    }
    const { stdout } = await run(databases.mysql, 'revision', '--autogenerate', '-m', 'x');
    expect(stdout).toMatch(
      /^No differences: .* equals head \w{12} on sqlite, postgres, mysql\. Nothing was written\.$/m,
    );
  }, 180_000);

  test('what the README says is in the files', async () => {
    const readme = readFileSync(join(EXAMPLE, 'README.md'), 'utf8');
    const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect(readdirSync(join(EXAMPLE, link, '..'))).toContain(link.split('/').at(-1));
  });
});
