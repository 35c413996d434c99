import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { upgrade, type ToraleEvent } from '../../src/index.ts';
import { takeLease, type LeaseTimes } from '../../src/apply/lock-lease.ts';
import { createRun } from '../../src/apply/project.ts';
import { libraryConfig } from '../../src/config/library.ts';
import type { Lock } from '../../src/dialects/dialect.ts';
import { tableNames } from '../../src/journal/tables.ts';
import { torale } from '../support/cli.ts';
import { describeOn, freshDatabase, type TestDatabase } from '../support/databases.ts';
import { writeVersions } from '../support/revisions.ts';

const SERVERS = ['postgres', 'mysql'] as const;
const TIMES: LeaseTimes = { leaseMs: 1500, beatMs: 300, graceMs: 600, giveUpMs: 1000 };

/** A run of its own that wants the lease. */
async function contender({ url, name, dialect: dialectName }: TestDatabase, timeoutMs = 0, times = TIMES) {
  const { session, dialect } = await createRun(libraryConfig({ url })).open({ readOnly: false, create: true });
  onTestFinished(() => session.close().catch(() => undefined));
  const schema = dialectName === 'postgres' ? 'public' : name;
  const options = { schema, table: 'torale_version', timeoutMs, onWait: () => undefined };
  const take = (): Promise<Lock> =>
    takeLease({ session, dialect, names: tableNames('torale_version', schema), options, also: null, times });
  return { session, take };
}

const PAST = { postgres: "now() - interval '1 minute'", mysql: 'UTC_TIMESTAMP(3) - INTERVAL 60 SECOND' };

describeOn(SERVERS, 'a lease', (dialect) => {
  test('has one holder of many that want it, and goes on to the next when it is released', async () => {
    const db = await freshDatabase(dialect);
    const contenders = await Promise.all(Array.from({ length: 8 }, () => contender(db)));
    const results = await Promise.allSettled(contenders.map(({ take }) => take()));
    const winners = results.filter((result) => result.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: 'LOCKED', message: expect.stringMatching(/pid \d+/) });
    }
    await winners[0]!.value.release();
    await (await (await contender(db)).take()).release();
  });

  test('is kept alive far beyond its time', async () => {
    const db = await freshDatabase(dialect);
    const lock = await (await contender(db)).take();
    await pause(3500);
    await expect((await contender(db, 1000)).take()).rejects.toMatchObject({ code: 'LOCKED' });
    await lock.confirm(true);
    expect(lock.lost?.aborted).toBe(false);
    await lock.release();
  });

  test('of a holder that died is taken over, but not before it has stood still for a while', async () => {
    const db = await freshDatabase(dialect);
    await (await (await contender(db)).take()).release();
    await db.query(
      `UPDATE torale_lock SET token = 'dead', holder = 'somebody', expires_at = ${PAST[dialect as 'postgres']}`,
    );
    await expect((await contender(db, 300)).take()).rejects.toMatchObject({ code: 'LOCKED' });
    const started = performance.now();
    await (await (await contender(db, 10_000)).take()).release();
    expect(performance.now() - started).toBeGreaterThan(TIMES.graceMs);
  });

  test('of a holder whose clock is behind, or whose renewals come late, is not taken over', async () => {
    const db = await freshDatabase(dialect);
    await (await (await contender(db)).take()).release();
    const renew = `UPDATE torale_lock SET token = 'alive', holder = 'somebody', beats = beats + 1, expires_at = ${PAST[dialect as 'postgres']}`;
    await db.query(renew);
    const waiter = (await contender(db, 3000)).take().then(
      () => 'taken',
      (error: unknown) => (error as { code: string }).code,
    );
    for (let round = 0; round < 10; round++) {
      await db.query(renew);
      await pause(300);
    }
    expect(await waiter).toBe('LOCKED');
  });

  test('that was taken away tells its holder', async () => {
    const db = await freshDatabase(dialect);
    const lock = await (await contender(db)).take();
    await db.query("UPDATE torale_lock SET token = 'another'");
    await pause(900);
    expect(lock.lost?.reason).toMatchObject({
      code: 'LOCKED',
      message: expect.stringMatching(/^The migration lock was lost/),
    });
    await expect(lock.verify()).rejects.toMatchObject({ code: 'LOCKED' });
    await expect(lock.confirm(false)).rejects.toMatchObject({ code: 'LOCKED' });
    await lock.release();
    expect(await db.query('SELECT token FROM torale_lock')).toEqual([{ token: 'another' }]);
  });

  test('that cannot be renewed tells its holder before it runs out', async () => {
    const db = await freshDatabase(dialect);
    const lock = await (await contender(db)).take();
    await db.query('ALTER TABLE torale_lock RENAME TO torale_lock_away');
    await pause(1800);
    expect(lock.lost?.reason).toMatchObject({ code: 'LOCKED', message: expect.stringMatching(/could not be renewed/) });
    await lock.release();
  });

  test('a table of that name which would run code of somebody else is not used', async () => {
    const { url, query } = await freshDatabase(dialect);
    await query('CREATE TABLE torale_lock (id varchar(255) PRIMARY KEY, token varchar(100))');
    const versions = writeVersions([{ id: 'a1' }]);
    await expect(upgrade({ url, versions, lock: 'lease' })).rejects.toMatchObject({ code: 'FOREIGN_VERSION_TABLE' });
  });
});

describeOn(SERVERS, 'upgrade --lock lease', (dialect) => {
  const steal = `await op.execute("UPDATE torale_lock SET token = 'another', beats = beats + 1");`;

  test('six runners apply each revision once; one that takes the session lock waits for them', async () => {
    const { url, query } = await freshDatabase(dialect);
    const versions = writeVersions([
      {
        id: 'a1',
        body: `await op.execute('CREATE TABLE t (n integer)'); await new Promise((done) => setTimeout(done, 1500));`,
      },
      { id: 'b2', body: `await op.execute('INSERT INTO t (n) VALUES (1)');` },
    ]);
    const args = ['upgrade', 'head', '--url', url, '--versions', versions];
    const modes = ['lease', 'lease', 'lease', 'session', 'auto', 'lease'];
    const results = await Promise.all(modes.map((mode) => torale([...args, '--lock', mode])));
    expect(results.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual(modes.map(() => 0));
    expect(await query('SELECT n FROM t')).toEqual([{ n: 1 }]);
    expect(await query('SELECT revision FROM torale_history')).toHaveLength(2);
    expect(await query('SELECT token, holder FROM torale_lock')).toEqual([{ token: null, holder: null }]);
  });

  test('a revision whose lease somebody else has taken is not recorded, and nothing runs after it', async () => {
    const { url, query } = await freshDatabase(dialect);
    const versions = writeVersions([
      { id: 'a1', body: `await op.execute('CREATE TABLE t (n integer)');` },
      { id: 'b2', body: `await op.execute('INSERT INTO t (n) VALUES (1)'); ${steal}` },
      { id: 'c3' },
    ]);
    await expect(upgrade({ url, versions, lock: 'lease' })).rejects.toMatchObject({ code: 'LOCKED', exitCode: 4 });
    expect(await query('SELECT version_num FROM torale_version')).toEqual([{ version_num: 'a1' }]);
    expect(await query('SELECT n FROM t')).toEqual([]);
  });

  test('a statement that commits by itself does not begin without the lease', async () => {
    const { url, query } = await freshDatabase(dialect);
    const body = `await op.autocommit(async () => { ${steal} await op.execute('CREATE TABLE t (n integer)'); });`;
    await expect(upgrade({ url, versions: writeVersions([{ id: 'a1', body }]), lock: 'lease' })).rejects.toMatchObject({
      code: 'LOCKED',
    });
    await expect(query('SELECT n FROM t')).rejects.toThrow();
  });

  test('status and break tell of it; after a break nobody gets it at once', async () => {
    const { url, query } = await freshDatabase(dialect);
    const versions = writeVersions([
      {
        id: 'a1',
        body: `op.log('holding'); await new Promise((done) => setTimeout(done, 6000)); await op.execute('CREATE TABLE t (n integer)');`,
      },
    ]);
    let isHeld: () => void = () => undefined;
    const held = new Promise<void>((done) => (isHeld = done));
    const onEvent = (event: ToraleEvent): void => void (event.type === 'log' && isHeld());
    // Without the session lock besides, as on a server whose locks are no good.
    const running = upgrade({ url, versions, lock: 'lease', onEvent }).catch((error: unknown) => error);
    await held;
    const { locks } = JSON.parse((await torale(['lock', 'status', '--url', url, '--json'])).stdout) as {
      locks: object[];
    };
    expect(locks).toMatchObject([
      { kind: 'session' },
      { kind: 'lease', holder: expect.stringContaining(`pid ${process.pid}`), connection: null },
    ]);
    await query("UPDATE torale_lock SET token = 'x', holder = 'somebody'");
    const broken = await torale(['lock', 'break', '--yes', '--url', url]);
    expect(broken).toMatchObject({ code: 0, stdout: expect.stringContaining('Took the lease from somebody') });
    expect(await running).toMatchObject({ exitCode: expect.any(Number) });
    await expect(upgrade({ url, versions, lock: 'lease', lockTimeout: 1 })).rejects.toMatchObject({ code: 'LOCKED' });
    await expect(query('SELECT n FROM t')).rejects.toThrow();
  });
});
