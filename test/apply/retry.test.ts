import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { attemptLimits, limitsOf } from '../../src/apply/limits.ts';
import { upgrade, type ToraleEvent } from '../../src/index.ts';
import { startTorale } from '../support/cli.ts';
import { describeOn, freshDatabase, query as queryUrl } from '../support/databases.ts';
import { writeVersions } from '../support/revisions.ts';

const CONFIGURED = { lockTimeoutMs: 2000, lockBudgetMs: 900_000, statementTimeoutMs: 1_800_000 };

describe('the limits of a try', () => {
  test('grow from what nobody notices to the limit, and never end without one', () => {
    const limits = limitsOf(undefined, CONFIGURED, 'a1');
    const tries = Array.from({ length: 40 }, (_, index) => attemptLimits(index + 1, limits, 0.5).lockTimeoutMs);
    expect(tries.slice(0, 7)).toEqual([100, 200, 300, 400, 500, 1000, 1000]);
    expect(tries.slice(20)).toEqual(Array.from({ length: 20 }, () => 2000));
    expect(Math.min(...tries)).toBeGreaterThan(0);
  });

  test('are overridden by the options of a revision', () => {
    const limits = limitsOf({ statementLockTimeout: '250ms', statementTimeout: 0, retry: false }, CONFIGURED, 'a1');
    expect(limits).toEqual({ lockTimeoutMs: 250, lockBudgetMs: 900_000, statementTimeoutMs: 0, retry: false });
    expect(attemptLimits(1, limits, 0).lockTimeoutMs).toBe(250);
    expect(() => limitsOf({ statementTimeout: 'soon' }, CONFIGURED, 'a1')).toThrow(
      /options\.statementTimeout is no duration/,
    );
  });
});

describeOn(['postgres', 'mysql'], 'a statement that cannot get its lock', (dialect) => {
  const hold = dialect === 'postgres' ? 'SELECT pg_sleep(2.5)' : 'SELECT SLEEP(2.5)';
  const altering = [
    {
      id: 'a1',
      body: `await op.execute('CREATE TABLE t (id integer)'); await op.execute('INSERT INTO t VALUES (1)');`,
    },
    {
      id: 'b2',
      body: `await op.execute('INSERT INTO t VALUES (2)'); await op.execute('ALTER TABLE t ADD COLUMN extra integer');`,
    },
  ];

  test('is tried again, with everything before it taken back, and its blockers are named', async () => {
    const { url, query } = await freshDatabase(dialect);
    const versions = writeVersions(altering);
    await upgrade({ url, versions, revision: 'a1' });
    // One connection reads and keeps its transaction open.
    const reader = queryUrl(url, `BEGIN; SELECT * FROM t; ${hold}; COMMIT`);
    await sleep(300);
    const events: ToraleEvent[] = [];
    await upgrade({ url, versions, onEvent: (event) => events.push(event) });
    await reader;
    const retries = events.filter((event) => event.type === 'lock-retry');
    expect(retries.length).toBeGreaterThan(0);
    expect(retries[0]).toMatchObject({ revision: 'b2', statement: 2, attempt: 1, lockTimeoutMs: 100 });
    expect(events.some((event) => event.type === 'blocked' && event.blockers.length > 0)).toBe(true);
    expect((await query('SELECT id FROM t')).length).toBe(2);
  });

  test('ends as busy when the budget is spent, rolled back', async () => {
    const { url, query } = await freshDatabase(dialect);
    const versions = writeVersions(altering);
    await upgrade({ url, versions, revision: 'a1' });
    const reader = queryUrl(url, `BEGIN; SELECT * FROM t; ${hold.replace('2.5', '4')}; COMMIT`);
    await sleep(300);
    await expect(upgrade({ url, versions, statementLockBudget: '500ms' })).rejects.toMatchObject({
      code: 'BUSY',
      exitCode: 10,
    });
    await reader;
    expect((await query('SELECT version_num FROM torale_version'))[0]).toEqual({ version_num: 'a1' });
    if (dialect === 'postgres') expect((await query('SELECT id FROM t')).length).toBe(1);
    expect((await upgrade({ url, versions })).heads).toEqual(['b2']);
    expect((await query('SELECT id FROM t')).length).toBe(2);
  });

  test('that runs too long is given up where the revision says so', async () => {
    const { url } = await freshDatabase(dialect);
    const versions = writeVersions([
      {
        id: 'a1',
        extra: "export const options = { statementTimeout: '300ms' };",
        body: `await op.execute("${hold}");`,
      },
    ]);
    await expect(upgrade({ url, versions })).rejects.toMatchObject({ code: 'REVISION_FAILED' });
  });
});

describeOn(['postgres', 'mysql'], 'a signal', (dialect) => {
  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('%s cancels the statement on the server, releases the lock and exits %d', async (signal, code) => {
    const { url, query } = await freshDatabase(dialect);
    const sleeping = dialect === 'postgres' ? 'SELECT pg_sleep(30)' : 'SELECT SLEEP(30)';
    const versions = writeVersions([
      {
        id: 'a1',
        body: `await op.execute('CREATE TABLE t (id integer)'); await op.execute('INSERT INTO t SELECT 1 FROM (${sleeping}) AS s');`,
      },
    ]);
    const runner = startTorale(['upgrade', 'head', '--url', url, '--versions', versions]);
    await sleep(1500);
    const started = performance.now();
    runner.kill(signal);
    const result = await runner.result;
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(`Stopped by ${signal}`);
    expect(performance.now() - started).toBeLessThan(10_000);
    const running =
      dialect === 'postgres'
        ? await query(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'INSERT%' AND state = 'active'",
          )
        : await query("SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND INFO LIKE 'INSERT%'");
    expect(running).toEqual([]);
    // The lock is free: the next run gets it at once and goes on.
    writeVersions(
      [{ id: 'a1', body: `await op.execute('CREATE TABLE ${dialect === 'postgres' ? '' : ''}t (id integer)');` }],
      versions,
    );
    expect((await upgrade({ url, versions, lockTimeout: '5s' })).heads).toEqual(['a1']);
  });
});
