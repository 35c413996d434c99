import { describe, expect, test } from 'vitest';
import { upgrade, type ToraleEvent } from '../../src/index.ts';
import { describeHolder as mysqlHolder } from '../../src/dialects/mysql/lock.ts';
import { describeHolder as postgresHolder } from '../../src/dialects/postgres/lock.ts';
import { DIALECTS } from '../../src/dialects/names.ts';
import { version } from '../../src/version.ts';
import { startTorale, torale } from '../support/cli.ts';
import { describeOn, freshDatabase, type TestDatabase } from '../support/databases.ts';
import { writeVersions, type RevisionText } from '../support/revisions.ts';

const SERVERS = ['postgres', 'mysql'] as const;
const SLEEP = { postgres: 'SELECT pg_sleep(30)', mysql: 'SELECT sleep(30)' };

/** Starts a run that holds the lock in a long statement, and comes back once it does. */
async function startHolder(db: TestDatabase, extra: readonly string[] = []) {
  const versions = writeVersions([
    { id: 'a1', body: `await op.execute('CREATE TABLE t (n integer)');` },
    {
      id: 'b2',
      body: `op.log('holding'); await op.execute(op.dialect === 'mysql' ? '${SLEEP.mysql}' : '${SLEEP.postgres}');`,
    },
    { id: 'c3', body: `await op.execute('INSERT INTO t (n) VALUES (1)');` },
  ]);
  const args = ['--url', db.url, '--versions', versions, ...extra];
  const holder = startTorale(['upgrade', 'head', ...args]);
  await new Promise<void>((done, fail) => {
    let text = '';
    holder.stderr.on('data', (chunk: string) => (text += chunk).includes('holding') && done());
    holder.on('close', () => fail(new Error(text)));
  });
  return { holder, versions, args };
}

describeOn(SERVERS, 'a waiter', (dialect) => {
  test('is told within two seconds who holds the lock, and gives up with exit code 4', async () => {
    const db = await freshDatabase(dialect);
    const { holder, versions, args } = await startHolder(db);
    try {
      const events: ToraleEvent[] = [];
      const started = performance.now();
      const waiter = upgrade({ url: db.url, versions, lockTimeout: '2s', onEvent: (event) => events.push(event) });
      const error = await waiter.then(
        () => null,
        (thrown: unknown) => thrown as { message: string },
      );
      expect(error).toMatchObject({ code: 'LOCKED', exitCode: 4 });
      expect(performance.now() - started).toBeLessThan(4000);
      const told = events.find((event) => event.type === 'waiting-for-lock');
      expect(told?.elapsedMs).toBeLessThan(2000);
      // MariaDB has its performance schema off by default: then only the account and the address are known.
      const who =
        dialect === 'postgres'
          ? `torale ${version} on .+ \\(pid ${holder.pid}\\) for \\d`
          : `pid ${holder.pid}|root from .+connection \\d`;
      expect(told?.holder).toMatch(new RegExp(who));
      expect(error!.message).toMatch(new RegExp(who));
      expect((await torale(['upgrade', 'head', ...args, '--lock-timeout', '0'])).code).toBe(4);
    } finally {
      holder.kill('SIGKILL');
      await holder.result;
    }
  });
});

describeOn(SERVERS, 'lock break', (dialect) => {
  test('ends the holder from another process, and never yields a second executor', async () => {
    const db = await freshDatabase(dialect);
    const { holder, versions, args } = await startHolder(db);
    const status = JSON.parse((await torale(['lock', 'status', '--url', db.url, '--json'])).stdout) as {
      locks: { kind: string; connection: number }[];
    };
    expect(status.locks).toMatchObject([{ kind: 'session', connection: expect.any(Number) }]);

    const asked = await torale(['lock', 'break', '--url', db.url]);
    expect(asked).toMatchObject({ code: 12, stderr: expect.stringMatching(/would end the run of .+--yes/s) });
    writeVersions([{ id: 'b2', down: 'a1', body: `await op.execute('INSERT INTO t (n) VALUES (2)');` }], versions);
    const next = torale(['upgrade', 'head', ...args]);
    expect(await torale(['lock', 'break', '--yes', '--url', db.url])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Ended/),
    });
    const broken = await holder.result;
    expect(broken).toMatchObject({ code: 3, stderr: expect.stringMatching(/b2/) });
    expect((await next).code).toBe(0);
    expect((await db.query('SELECT n FROM t ORDER BY n')).map(({ n }) => n)).toEqual([1, 2]);
    expect((await db.query('SELECT revision FROM torale_history ORDER BY id')).map(({ revision }) => revision)).toEqual(
      ['a1', 'b2', 'c3'],
    );
    expect((await torale(['lock', 'status', '--url', db.url])).stdout).toBe('Nobody holds the migration lock.\n');
    expect((await torale(['lock', 'break', '--yes', '--url', db.url])).stdout).toMatch(/^Nobody/);
  });
});

describeOn(SERVERS, 'lock break by somebody who may not', (dialect) => {
  test('is denied with what it takes', async () => {
    const db = await freshDatabase(dialect);
    const { holder } = await startHolder(db);
    const user = `u_${db.name.slice(-12)}`;
    const host = dialect === 'mysql' ? "@'%'" : '';
    const make = {
      postgres: `CREATE ROLE ${user} LOGIN`,
      mysql: `CREATE USER ${user}${host}; GRANT SELECT ON ${db.name}.* TO ${user}${host}`,
    };
    await db.query(make[dialect as 'postgres']);
    try {
      if (dialect === 'postgres') await db.query(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${user}`);
      const url = new URL(db.url);
      url.username = user;
      const denied = await torale(['lock', 'break', '--yes', '--url', url.href]);
      expect(denied).toMatchObject({ code: 13, stderr: expect.stringMatching(/Connect as the same/) });
      expect(holder.exitCode).toBeNull();
    } finally {
      holder.kill('SIGKILL');
      await holder.result;
      await db.query(dialect === 'postgres' ? `DROP OWNED BY ${user}; DROP ROLE ${user}` : `DROP USER ${user}${host}`);
    }
  });
});

describeOn(SERVERS, 'a revision that releases the lock', (dialect) => {
  const release = dialect === 'postgres' ? 'SELECT pg_advisory_unlock_all()' : 'SELECT RELEASE_ALL_LOCKS()';

  test('is not recorded, and nothing runs after it', async () => {
    const { url, query } = await freshDatabase(dialect);
    const versions = writeVersions([
      { id: 'a1', body: `await op.execute('CREATE TABLE t (n integer)');` },
      { id: 'b2', body: `await op.execute('${release}'); await op.execute('INSERT INTO t (n) VALUES (1)');` },
      { id: 'c3', body: `await op.execute('INSERT INTO t (n) VALUES (2)');` },
    ]);
    await expect(upgrade({ url, versions })).rejects.toMatchObject({
      code: 'LOCKED',
      exitCode: 4,
      message: expect.stringMatching(/^The migration lock was lost/),
    });
    expect(await query('SELECT version_num FROM torale_version')).toEqual([{ version_num: 'a1' }]);
    expect(await query('SELECT n FROM t')).toEqual([]);
  });

  test('also where it ends in a statement that commits by itself', async () => {
    const { url, query } = await freshDatabase(dialect);
    const body =
      dialect === 'postgres'
        ? `await op.autocommit(async () => { await op.execute('${release}'); });`
        : `await op.execute('${release}'); await op.execute('CREATE TABLE t (n integer)');`;
    await expect(upgrade({ url, versions: writeVersions([{ id: 'a1', body }]) })).rejects.toMatchObject({
      code: 'LOCKED',
    });
    expect(await query('SELECT version_num FROM torale_version')).toEqual([]);
  });
});

describeOn(['postgres'], 'ten runners that build indexes concurrently', () => {
  test('do not deadlock', async () => {
    const { url, query } = await freshDatabase('postgres');
    const indexes: RevisionText[] = ['b2', 'c3', 'd4'].map((id) => ({
      id,
      body: `await op.autocommit(async () => { await op.execute('CREATE INDEX CONCURRENTLY t_${id} ON t (n)'); });`,
    }));
    const versions = writeVersions([
      { id: 'a1', body: `await op.execute('CREATE TABLE t AS SELECT g AS n FROM generate_series(1, 50000) g');` },
      ...indexes,
    ]);
    const results = await Promise.all(
      Array.from({ length: 10 }, () => torale(['upgrade', 'head', '--url', url, '--versions', versions])),
    );
    expect(results.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual(Array.from({ length: 10 }, () => 0));
    const valid = await query("SELECT count(*)::int AS n FROM pg_index WHERE indrelid = 't'::regclass AND indisvalid");
    expect(valid).toEqual([{ n: 3 }]);
    expect(await query('SELECT revision FROM torale_history')).toHaveLength(4);
  }, 120_000);
});

describeOn(DIALECTS, 'the lock', (dialect) => {
  test('of a run that was killed is free for the next', async () => {
    const { url } = await freshDatabase(dialect);
    const versions = writeVersions([
      { id: 'a1', body: `op.log('holding'); await new Promise((done) => setTimeout(done, 60_000));` },
    ]);
    const args = ['upgrade', 'head', '--url', url, '--versions', versions];
    const holder = startTorale(args);
    await new Promise<void>((done) => {
      holder.stderr.on('data', (chunk: string) => chunk.includes('holding') && done());
    });
    const held = await torale(['lock', 'status', '--url', url]);
    expect(held.stdout).not.toMatch(/^Nobody/);
    holder.kill('SIGKILL');
    await holder.result;
    writeVersions([{ id: 'a1' }], versions);
    expect((await torale([...args, '--lock-timeout', '10s'])).code).toBe(0);
  });
});

describe('a holder in words', () => {
  test('on PostgreSQL', () => {
    const row = { pid: 812, name: 'torale/0.1.0 api-7f9:7 @1000', address: '10.0.0.7', role: 'app', now: '1012.4' };
    expect(postgresHolder(row)).toEqual({
      description: 'torale 0.1.0 on api-7f9 (pid 7)',
      sinceMs: 12_400,
      connection: 812,
    });
    expect(postgresHolder({ ...row, name: 'my app @1000' }).description).toBe(
      'my app from 10.0.0.7 (server process 812)',
    );
    expect(postgresHolder({ ...row, name: '', address: null })).toEqual({
      description: 'app (server process 812)',
      sinceMs: null,
      connection: 812,
    });
  });

  test('on MySQL and MariaDB', () => {
    const row = { id: 9, user: 'app', host: '10.0.0.7:5123', command: 'Query', seconds: 12 };
    const attributes = new Map([
      ['program_name', 'torale/0.1.0'],
      ['client_host', 'api-7f9'],
      ['_pid', '7'],
    ]);
    expect(mysqlHolder(row, attributes).description).toBe('torale 0.1.0 on api-7f9 (pid 7), 12 s in its statement');
    expect(mysqlHolder({ ...row, command: 'Sleep' }, new Map()).description).toBe(
      'app from 10.0.0.7:5123 (connection 9)',
    );
    expect(mysqlHolder({ id: 9, user: null, host: null }, new Map()).description).toBe('another user (connection 9)');
  });
});
