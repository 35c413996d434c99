import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { current, upgrade } from '../../src/index.ts';
import { pooledBy } from '../../src/dialects/postgres/pooler.ts';
import { describeIf, describeOn, flavorOf, freshDatabase } from '../support/databases.ts';
import { NEEDS_PGBOUNCER, pgbouncerProgram, startPgbouncer } from '../support/pgbouncer.ts';
import { writeVersions } from '../support/revisions.ts';

describe('a transaction pooler by its address', () => {
  const at = (host: string, port = 5432, pooled?: boolean) =>
    pooledBy({ hosts: [{ host, port }], ...(pooled === undefined ? {} : { pooled }) });

  test.each([
    ['aws-0-eu-central-1.pooler.supabase.com', 6543, /port 5432/],
    ['db.abcdefghijklm.supabase.co', 6543, /port 5432/],
    [
      'ep-cool-darkness-123456-pooler.us-east-2.aws.neon.tech',
      5432,
      /ep-cool-darkness-123456\.us-east-2\.aws\.neon\.tech/,
    ],
  ])('%s:%i', (host, port, wayOut) => {
    expect(at(host, port)?.wayOut).toMatch(wayOut);
  });

  test.each([
    ['aws-0-eu-central-1.pooler.supabase.com', 5432],
    ['ep-cool-darkness-123456.us-east-2.aws.neon.tech', 5432],
    ['localhost', 6543],
    ['my-pooler.example.com', 5432],
  ])('not %s:%i', (host, port) => {
    expect(at(host, port)).toBeNull();
  });

  test('pgbouncer=true says so of itself', () => {
    expect(at('db', 5432, true)).not.toBeNull();
    expect(at('db', 5432, false)).toBeNull();
  });
});

describeIf(pgbouncerProgram() !== undefined && flavorOf('postgres') !== undefined, NEEDS_PGBOUNCER, 'PgBouncer', () => {
  const revisions = [
    { id: 'a1', body: `await op.execute('CREATE TABLE a (id integer)');` },
    {
      id: 'b2',
      body: `await op.autocommit(async () => { await op.execute('CREATE INDEX CONCURRENTLY a_id ON a (id)'); });`,
    },
  ];

  test.each(['transaction', 'statement'] as const)('in %s mode is refused with the way out', async (mode) => {
    const { url, query } = await freshDatabase('postgres');
    const pooled = await startPgbouncer(url, mode);
    await expect(
      upgrade({ url: pooled, versions: writeVersions(revisions), role: 'pg_monitor' }),
    ).rejects.toMatchObject({
      code: 'REFUSED',
      exitCode: 12,
      hint: expect.stringContaining('TORALE_URL'),
    });
    expect(await query("SELECT relname FROM pg_class WHERE relname LIKE 'torale%'")).toEqual([]);
  });

  test('in transaction mode, with every server connection in use by others', async () => {
    const { url } = await freshDatabase('postgres');
    const pooled = await startPgbouncer(url, 'transaction');
    const others = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const client = new pg.Client({ connectionString: pooled });
        await client.connect();
        return client;
      }),
    );
    let isOver = false;
    const traffic = others.map(async (client) => {
      while (!isOver) await client.query('SELECT pg_sleep(0.002)');
    });
    try {
      for (let round = 0; round < 5; round++) {
        await expect(upgrade({ url: pooled, versions: writeVersions(revisions) })).rejects.toMatchObject({
          code: 'REFUSED',
        });
      }
    } finally {
      isOver = true;
      await Promise.all(traffic);
      await Promise.all(others.map((client) => client.end()));
    }
  });

  test('in transaction mode leaves nothing in sessions of others: neither when refused nor when it only looks', async () => {
    const { url } = await freshDatabase('postgres');
    const pooled = await startPgbouncer(url, 'transaction');
    const versions = writeVersions(revisions);
    await upgrade({ url, versions });
    expect((await current({ url: pooled, versions, searchPath: 'public' })).state).toBe('head');
    await expect(upgrade({ url: pooled, versions, searchPath: 'pg_catalog' })).rejects.toMatchObject({
      code: 'REFUSED',
    });
    const app = new pg.Client({ connectionString: pooled });
    await app.connect();
    try {
      const { rows } = await app.query(
        "SELECT current_setting('default_transaction_read_only') AS ro, current_setting('search_path') AS path, current_user = session_user AS own",
      );
      expect(rows).toEqual([{ ro: 'off', path: '"$user", public', own: true }]);
    } finally {
      await app.end();
    }
  });

  test('in session mode it works, and two runs exclude each other', async () => {
    const { url, query } = await freshDatabase('postgres');
    const pooled = await startPgbouncer(url, 'session');
    const versions = writeVersions(revisions);
    const reports = await Promise.all([1, 2, 3].map(() => upgrade({ url: pooled, versions })));
    expect(reports.flatMap(({ applied }) => applied.map(({ revision }) => revision)).sort()).toEqual(['a1', 'b2']);
    expect(await query('SELECT version_num FROM torale_version')).toEqual([{ version_num: 'b2' }]);
  });

  test("a caller's own client through it is found out too", async () => {
    const { url } = await freshDatabase('postgres');
    const client = new pg.Client({ connectionString: await startPgbouncer(url, 'transaction') });
    await client.connect();
    try {
      await expect(upgrade({ connection: client, versions: writeVersions(revisions) })).rejects.toMatchObject({
        code: 'REFUSED',
      });
    } finally {
      await client.end();
    }
  });
});

describeOn(['postgres'], 'a direct connection', () => {
  test('pays nothing for it', async () => {
    const { url } = await freshDatabase('postgres');
    const sent: string[] = [];
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    client.query = ((...args: unknown[]) => {
      const [what] = args;
      sent.push(typeof what === 'string' ? what : (what as { text: string }).text);
      return query(...args);
    }) as typeof client.query;
    try {
      await upgrade({ connection: client, versions: writeVersions(revisionsOf(20)) });
    } finally {
      await client.end();
    }
    expect(sent.filter((sql) => sql.includes('pg_backend_pid') && !sql.includes('pg_locks'))).toHaveLength(2);
    expect(sent.filter((sql) => sql.includes('pg_locks') && !sql.includes('INSERT'))).toEqual([]);
    const ofRevisions = sent.slice(sent.indexOf('SELECT 1'), sent.lastIndexOf('SELECT 1') + 2);
    expect(ofRevisions, 'two round trips for each').toHaveLength(2 * 20);
  });

  const revisionsOf = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: `r${index}`, body: `await op.execute('SELECT 1');` }));
});
