import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { upgrade, type ToraleEvent } from '../../src/index.ts';
import { startTorale } from '../support/cli.ts';
import { describeOn, freshDatabase, type TestDatabase } from '../support/databases.ts';
import { writeVersions } from '../support/revisions.ts';

const ACTIVE = {
  postgres: (text: string) =>
    `SELECT pid AS id FROM pg_stat_activity WHERE state = 'active' AND datname = current_database() AND query LIKE '${text}%'`,
  mysql: (text: string) =>
    `SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = database() AND INFO LIKE '${text}%'`,
};

/** Waits for a session that runs a statement beginning so. */
async function sessionIn(dialect: 'postgres' | 'mysql', { query }: TestDatabase, text: string): Promise<number> {
  for (let tries = 0; tries < 400; tries++) {
    const [row] = await query(ACTIVE[dialect](text));
    if (row !== undefined) return Number(row['id']);
    await sleep(25);
  }
  throw new Error(`no session runs ${text}`);
}

describeOn(['postgres', 'mysql'], 'a working session that the server ends', (dialect) => {
  test('ends its run, and one of those that wait goes on', async () => {
    if (dialect === 'sqlite') return;
    const database = await freshDatabase(dialect);
    const slow = dialect === 'postgres' ? 'SELECT pg_sleep(2)::text AS s' : 'SELECT SLEEP(2) AS s';
    const versions = writeVersions([
      {
        id: 'a1',
        body: "await op.execute('CREATE TABLE log (revision varchar(10))'); await op.execute(\"INSERT INTO log VALUES ('a1')\");",
      },
      {
        id: 'b2',
        body: `await op.execute("INSERT INTO log VALUES ('b2')"); await op.execute('CREATE TABLE slow AS ${slow}');`,
      },
    ]);
    const args = ['upgrade', 'head', '--url', database.url, '--versions', versions];
    const first = startTorale(args);
    const id = await sessionIn(dialect, database, 'CREATE TABLE slow');
    const waiting = [startTorale(args), startTorale(args)];
    await sleep(800);
    await database.query(dialect === 'postgres' ? `SELECT pg_terminate_backend(${id})` : `KILL ${id}`);
    expect((await first.result).code).toBe(3);
    let most = 0;
    let isOver = false;
    const rest = Promise.all(waiting.map(({ result }) => result)).finally(() => (isOver = true));
    while (!isOver) {
      most = Math.max(most, (await database.query(ACTIVE[dialect]('CREATE TABLE slow'))).length);
      await sleep(25);
    }
    expect((await rest).map(({ code }) => code)).toEqual([0, 0]);
    expect(most).toBe(1);
    expect((await database.query('SELECT revision FROM log ORDER BY 1')).map((row) => row['revision'])).toEqual([
      'a1',
      'b2',
    ]);
    expect(await database.query('SELECT * FROM slow')).toHaveLength(1);
  });
});

describeOn(['postgres'], 'a concurrent index build', () => {
  const filled = `
    CREATE TABLE big AS SELECT g AS value FROM generate_series(1, 6000) g;
    CREATE FUNCTION slow(value integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS
      'BEGIN IF value % 10 = 0 THEN PERFORM pg_sleep(0.001); END IF; RETURN value; END'`;
  const revisions = [
    {
      id: 'a1',
      body: "await op.autocommit(async () => { await op.execute('CREATE INDEX CONCURRENTLY big_value ON big (slow(value))'); });",
    },
  ];
  const VALID = "SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('big_value')";

  test('is not in the way of five runs that wait, nor they in its', async () => {
    const { url, query } = await freshDatabase('postgres');
    await query(filled);
    const versions = writeVersions(revisions);
    const args = ['upgrade', 'head', '--url', url, '--versions', versions];
    const results = await Promise.all(Array.from({ length: 6 }, () => startTorale(args).result));
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await query(VALID)).toEqual([{ valid: true }]);
  });

  test('that was cut off is repaired by the next run', async () => {
    const database = await freshDatabase('postgres');
    await database.query(filled);
    const versions = writeVersions(revisions);
    const runner = startTorale(['upgrade', 'head', '--url', database.url, '--versions', versions]);
    const id = await sessionIn('postgres', database, 'CREATE INDEX CONCURRENTLY');
    for (let tries = 0; tries < 200 && (await database.query(VALID)).length === 0; tries++) await sleep(10);
    runner.kill('SIGKILL');
    await database.query(`SELECT pg_terminate_backend(${id})`);
    await runner.result;
    expect(await database.query(VALID)).toEqual([{ valid: false }]);
    await upgrade({ url: database.url, versions });
    expect(await database.query(VALID)).toEqual([{ valid: true }]);
  });
});

describeOn(['postgres'], 'what a concurrent rebuild left', () => {
  test('is taken away before the next', async () => {
    const { url, query } = await freshDatabase('postgres');
    await query('CREATE TABLE t (id integer); CREATE INDEX t_id ON t (id); INSERT INTO t VALUES (1), (1)');
    // Named and invalid as one that was cut off would be.
    await query('CREATE UNIQUE INDEX CONCURRENTLY t_id_ccnew1 ON t (id)').catch(() => undefined);
    const versions = writeVersions([
      { id: 'a1', body: "await op.autocommit(async () => { await op.execute('REINDEX INDEX CONCURRENTLY t_id'); });" },
    ]);
    await upgrade({ url, versions });
    expect(
      await query("SELECT indexrelid::regclass::text AS name, indisvalid FROM pg_index WHERE indrelid = 't'::regclass"),
    ).toEqual([{ name: 't_id', indisvalid: true }]);
  });
});

describeOn(['postgres'], 'the sessions of a run', () => {
  const look = (when: string) => `
    const { rows: ${when} } = await op.execute("SELECT name, setting FROM pg_settings WHERE name ~ '^(tcp_keepalives_idle|client_connection_check_interval|idle_)' ORDER BY 1");
    op.log(JSON.stringify(${when}.map(({ setting }) => setting)));`;

  test('are ended by the server when the network is gone, but for what may take its time', async () => {
    const { url, query } = await freshDatabase('postgres');
    const [{ major }] = (await query("SELECT current_setting('server_version_num')::int / 10000 AS major")) as [
      { major: number },
    ];
    if (major < 14) return;
    const versions = writeVersions([
      { id: 'a1', body: `${look('inside')}\nawait op.autocommit(async () => {${look('outside')}});` },
    ]);
    const events: ToraleEvent[] = [];
    await upgrade({ url, versions, onEvent: (event) => events.push(event) });
    const logged = events.flatMap((event) => (event.type === 'log' ? [JSON.parse(event.message) as string[]] : []));
    expect(logged).toEqual([
      ['5000', '45000', '45000', '15'],
      ['864000000', '45000', '45000', '15'],
    ]);
  });
});
