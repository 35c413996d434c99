import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { expect, test } from 'vitest';
import { Pace } from '../../src/apply/batch.ts';
import { DIALECTS } from '../../src/dialects/names.ts';
import { current, upgrade, type ToraleEvent } from '../../src/index.ts';
import { torale } from '../support/cli.ts';
import { adminUrl, describeOn, freshDatabase, type TestDatabase } from '../support/databases.ts';
import { writeVersions } from '../support/revisions.ts';

const CAMPAIGN = fileURLToPath(new URL('../campaigns/batch.mjs', import.meta.url));

/** Numbers from 1, on any of the databases. */
const NUMBERS = (count: number): string =>
  `WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})`;

async function fill(database: TestDatabase, count: number): Promise<void> {
  await database.query(`CREATE TABLE t (id bigint PRIMARY KEY, word varchar(40), seen integer NOT NULL DEFAULT 0)`);
  await database.query(`INSERT INTO t (id, word) ${NUMBERS(count)} SELECT n, 'Word' FROM numbers`);
}

/** Counts each visit of a row. */
const MARK = `each: async (rows, { knex }) => {
  for (const { id } of rows) await knex('t').where({ id }).increment('seen', 1);
}`;

async function seen(database: TestDatabase): Promise<unknown[]> {
  const rows = await database.query('SELECT seen, count(*) AS n FROM t GROUP BY seen ORDER BY seen');
  return rows.map((row) => [Number(row['seen']), Number(row['n'])]);
}

test('the size of a batch follows the time that it takes', () => {
  const pace = new Pace(100, 500);
  pace.took(100);
  expect(pace.size).toBe(200);
  for (let times = 0; times < 10; times++) pace.took(1);
  expect(pace.size).toBe(1000);
  pace.took(1000);
  expect(pace.size).toBe(500);
  for (let times = 0; times < 20; times++) pace.took(60_000);
  expect(pace.size).toBe(1);
  pace.shrink();
  expect(pace.size).toBe(1);
});

describeOn(DIALECTS, 'op.batch', (dialect) => {
  async function run(body: string, setUp: (database: TestDatabase) => Promise<unknown>, extra = '') {
    const database = await freshDatabase(dialect);
    await setUp(database);
    const versions = writeVersions([{ id: 'a1', body, extra }]);
    const events: ToraleEvent[] = [];
    const go = (options: object = {}) =>
      upgrade({ url: database.url, versions, onEvent: (event) => events.push(event), ...options });
    return { database, versions, go, events };
  }

  test('changes every row once, in batches, each committed by itself', async () => {
    const { database, go, events } = await run(
      `const result = await op.batch({ select: 'SELECT id FROM t', size: 10, budget: 3600, ${MARK} });
       op.log(JSON.stringify(result));`,
      (database) => fill(database, 95),
    );
    await go();
    expect(await seen(database)).toEqual([[1, 95]]);
    // 10, 20, 40, and then what is left: as quick as these are, each next is twice as large.
    expect(events).toContainEqual({ type: 'log', revision: 'a1', message: '{"rows":95,"batches":4}' });
    expect(events).toContainEqual({
      type: 'batch',
      revision: 'a1',
      rows: 95,
      batches: 4,
      ratePerSecond: expect.any(Number),
      done: true,
    });
    expect(await database.query('SELECT * FROM torale_journal')).toEqual([]);
  });

  test('neither skips nor repeats rows that leave the query as they are changed', async () => {
    const { database, go } = await run(
      `await op.batch({
        select: "SELECT id, word FROM t WHERE word = 'Word'",
        size: 7,
        each: async (rows, { execute }) => {
          for (const { id, word } of rows) {
            const place = (n) => op.dialect === 'postgres' ? '$' + n : '?';
            await execute(\`UPDATE t SET word = \${place(1)}, seen = seen + 1 WHERE id = \${place(2)}\`, [String(word).toLowerCase(), id]);
          }
        },
      });`,
      (database) => fill(database, 100),
    );
    await go();
    expect(await seen(database)).toEqual([[1, 100]]);
    expect(Number((await database.query("SELECT count(*) AS n FROM t WHERE word = 'word'"))[0]!['n'])).toBe(100);
  });

  test('of no rows does nothing', async () => {
    const { database, go, events } = await run(
      `await op.execute('CREATE TABLE t (id integer)');
       op.log(JSON.stringify(await op.batch({ select: 'SELECT id FROM t', each: () => { throw new Error('called'); } })));
       op.log(JSON.stringify(await op.batch({ select: { postgres: null, mysql: null, sqlite: null }, each: () => {} })));
       await op.execute('INSERT INTO t VALUES (1)');`,
      async () => undefined,
    );
    await go();
    expect(events.filter(({ type }) => type === 'log')).toMatchObject([
      { message: '{"rows":0,"batches":0}' },
      { message: '{"rows":0,"batches":0}' },
    ]);
    expect(await database.query('SELECT id FROM t')).toHaveLength(1);
  });

  test('goes on behind what is committed after a failure', async () => {
    const failing = (when: string): string =>
      `
      await op.execute('CREATE TABLE first (id integer)');
      await op.batch({
        select: 'SELECT id FROM t', size: 10, budget: '1ms',
        each: async (rows, { knex }) => {
          for (const { id } of rows) {
            await knex('t').where({ id }).increment('seen', 1);
            if (${when}) await knex('t').insert({ id });
          }
        },
      });
      await op.execute('CREATE TABLE after (id integer)');`.replace('after', 'later');
    const { database, versions, go } = await run(failing('Number(id) === 42'), (database) => fill(database, 60));
    const failure = (await go().catch((error: unknown) => error)) as Error & { data: Record<string, unknown> };
    expect(failure).toMatchObject({ code: 'REVISION_FAILED', exitCode: 5, data: { state: 'resumable', statement: 2 } });
    const { rows, after } = failure.data['batch'] as { rows: number; after: string[] };
    expect(rows).toBeGreaterThanOrEqual(10);
    expect(rows).toBeLessThan(42);
    expect(failure.message).toContain(`up to the key (${after.join('')}), are committed`);
    expect(failure.message).toMatch(/insert into .t./);
    expect(await seen(database)).toEqual([
      [0, 60 - rows],
      [1, rows],
    ]);
    expect(await current({ url: database.url, versions })).toMatchObject({
      state: 'unresolved',
      unresolved: { revision: 'a1', resumable: true },
    });
    writeVersions([{ id: 'a1', body: failing('false') }], versions);
    await go();
    expect(await seen(database)).toEqual([[1, 60]]);
    expect(await database.query('SELECT * FROM torale_journal')).toEqual([]);
    await database.query('SELECT * FROM later');
  });

  test('leaves nothing where its first batch fails', async () => {
    const { database, go } = await run(
      `await op.batch({ select: 'SELECT id FROM t', each: async (rows, { knex }) => {
        await knex('t').where({ id: rows[0].id }).increment('seen', 1);
        throw new Error('not now');
      } });`,
      (database) => fill(database, 3),
    );
    await expect(go()).rejects.toMatchObject({ code: 'REVISION_FAILED', data: { state: 'rolledBack' } });
    expect(await seen(database)).toEqual([[0, 3]]);
    expect(await database.query('SELECT * FROM torale_journal')).toEqual([]);
  });

  test('is not run again by a revision that failed after it', async () => {
    const body = (last: string): string =>
      `const result = await op.batch({ select: 'SELECT id FROM t', size: 20, ${MARK} });
       op.log(String(result.rows));
       ${last}`;
    const { database, versions, go, events } = await run(body(`throw new Error('not now');`), (database) =>
      fill(database, 50),
    );
    await expect(go()).rejects.toMatchObject({ data: { state: 'resumable' } });
    expect((await current({ url: database.url, versions })).unresolved).toEqual({ revision: 'a1', resumable: true });
    writeVersions([{ id: 'a1', body: body('') }], versions);
    await go();
    expect(await seen(database)).toEqual([[1, 50]]);
    expect(events.filter(({ type }) => type === 'log')).toMatchObject([{ message: '50' }, { message: '50' }]);
  });

  test('asks a person where another query stands in its place', async () => {
    const body = (select: string): string => `
      await op.batch({ select: '${select}', size: 10, budget: '1ms', each: async (rows, { knex }) => {
        for (const { id } of rows) await knex('t').where({ id }).increment('seen', 1);
        if (Number(rows[0].id) > 1) throw new Error('not now');
      } });`;
    const { versions, go } = await run(body('SELECT id FROM t'), (database) => fill(database, 50));
    await expect(go()).rejects.toMatchObject({ data: { state: 'resumable' } });
    writeVersions([{ id: 'a1', body: body('SELECT id, word FROM t') }], versions);
    await expect(go()).rejects.toMatchObject({ code: 'UNRESOLVED' });
    writeVersions([{ id: 'a1', body: `await op.execute('UPDATE t SET seen = 1');` }], versions);
    await expect(go()).rejects.toMatchObject({ code: 'UNRESOLVED' });
  });

  test('stops between batches, and goes on', async () => {
    const { database, versions, go } = await run(
      `await op.batch({ select: 'SELECT id FROM t', size: 5, budget: '1ms', pause: '5ms', each: async (rows, { knex }) => {
        for (const { id } of rows) await knex('t').where({ id }).increment('seen', 1);
        op.log('a batch');
      } });`,
      (database) => fill(database, 60),
    );
    const controller = new AbortController();
    let batches = 0;
    const onEvent = ({ type }: ToraleEvent): void => {
      if (type === 'log' && ++batches === 3) controller.abort();
    };
    const stopped = upgrade({ url: database.url, versions, signal: controller.signal, onEvent });
    await expect(stopped).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const [[, left], [, done]] = (await seen(database)) as [[number, number], [number, number]];
    expect(left + done).toBe(60);
    await go();
    expect(await seen(database)).toEqual([[1, 60]]);
  });

  const keys: [what: string, type: Partial<Record<typeof dialect, string>>, values: string[]][] = [
    [
      'whole numbers beyond 2^53',
      {},
      ['9007199254740992', '9007199254740993', '9007199254740994', '-9007199254740993'],
    ],
    [
      'texts',
      { postgres: 'text', mysql: 'varchar(60)', sqlite: 'text' },
      [
        "'ä'",
        "'it''s'",
        "'Z'",
        '\'b "q" $1 ?\'',
        "''",
        "'back\\slash'".replace('\\', dialect === 'mysql' ? '\\\\' : '\\'),
      ],
    ],
    [
      'texts in a collation that knows no case',
      { mysql: 'varchar(60) COLLATE utf8mb4_general_ci', sqlite: 'text COLLATE NOCASE' },
      ["'a'", "'B'", "'c'", "'D'"],
    ],
    [
      'times',
      { postgres: 'timestamptz', mysql: 'datetime(6)', sqlite: 'text' },
      ["'2026-01-01 00:00:00.000001'", "'2026-01-01 00:00:00.000002'", "'2026-01-01 00:00:00.000003'"],
    ],
    ['days', { postgres: 'date', mysql: 'date' }, ["'2026-01-01'", "'2026-01-02'", "'0900-01-03'"]],
    [
      'decimals',
      { postgres: 'numeric(30,20)', mysql: 'decimal(30,20)' },
      ['1.00000000000000000001', '1.00000000000000000002', '0.5'],
    ],
    [
      'UUIDs',
      { postgres: 'uuid' },
      [
        "'00000000-0000-0000-0000-000000000001'",
        "'ffffffff-0000-0000-0000-000000000002'",
        "'7fffffff-0000-0000-0000-000000000002'",
      ],
    ],
    [
      'UUIDs of MariaDB',
      { mysql: 'uuid' },
      [
        "'00000000-0000-0000-0000-000000000001'",
        "'ffffffff-0000-0000-0000-000000000002'",
        "'7fffffff-0000-0000-0000-000000000002'",
      ],
    ],
    ['words of an enumeration', { mysql: "enum('zero','one','two','alpha')" }, ["'zero'", "'one'", "'two'", "'alpha'"]],
    [
      'bytes',
      { postgres: 'bytea', mysql: 'varbinary(20)', sqlite: 'blob' },
      dialect === 'postgres' ? ["'\\x00ff'", "'\\xff'", "'\\x7f'"] : ["X'00FF'", "X'FF'", "X'7F'"],
    ],
    [
      'floating point numbers',
      { postgres: 'double precision', mysql: 'double', sqlite: 'real' },
      ['0.1', '0.30000000000000004', '1e300', '-2.5'],
    ],
    ['values of several types', { sqlite: '' }, ['1', "'1'", '1.5', "X'31'", "'z'"]],
    ['times of day', { postgres: 'time', mysql: 'time(6)' }, ["'10:00:00.000001'", "'10:00:00.000002'", "'23:59:59'"]],
  ];
  for (const [what, types, values] of keys) {
    const type = what.startsWith('whole') ? 'bigint' : types[dialect];
    if (type === undefined) continue;
    test(`keeps a place among ${what}`, async () => {
      const { database, go } = await run(
        `await op.batch({ select: 'SELECT k, id FROM t', size: 1, budget: '1ms', each: async (rows, { knex }) => {
          for (const { id } of rows) await knex('t').where({ id }).increment('seen', 1);
        } });`,
        async ({ query }) => {
          await query(
            `CREATE TABLE t (id integer PRIMARY KEY, k ${type} NOT NULL UNIQUE, seen integer NOT NULL DEFAULT 0)`,
          );
          for (const [id, value] of values.entries()) await query(`INSERT INTO t (id, k) VALUES (${id}, ${value})`);
        },
      );
      await go();
      expect(await seen(database)).toEqual([[1, values.length]]);
    });
  }

  test('hands keys beyond 2^53 out exactly', async () => {
    const { database, go } = await run(
      `await op.batch({ select: 'SELECT id FROM t', size: 1, budget: '1ms', ${MARK} });`,
      async ({ query }) => {
        await query('CREATE TABLE t (id bigint PRIMARY KEY, seen integer NOT NULL DEFAULT 0)');
        await query(
          'INSERT INTO t (id) VALUES (9007199254740992), (9007199254740993), (9007199254740994), (9223372036854775807)',
        );
      },
    );
    await go();
    expect(await seen(database)).toEqual([[1, 4]]);
  });

  test('orders by several columns', async () => {
    const { database, go } = await run(
      `await op.batch({ select: 'SELECT seen, b, a FROM t', key: ['a', 'B'], size: 3, budget: '1ms', each: async (rows, { knex }) => {
        for (const { a, b } of rows) await knex('t').where({ a, b }).increment('seen', 1);
      } });`,
      async ({ query }) => {
        await query(
          'CREATE TABLE t (a varchar(10) NOT NULL, b integer NOT NULL, seen integer NOT NULL DEFAULT 0, PRIMARY KEY (a, b))',
        );
        for (const a of ['x', 'y', 'z'])
          for (let b = 0; b < 10; b++) await query(`INSERT INTO t (a, b) VALUES ('${a}', ${b})`);
      },
    );
    await go();
    expect(await seen(database)).toEqual([[1, 30]]);
  });

  const batch = (options: string): string => `await op.batch({ select: 'SELECT id FROM t', ${options} });`;
  test.each([
    ['an unknown option', batch(`sise: 3, each: () => {}`), /no option 'sise'/],
    ['no function', batch('size: 3'), /needs each/],
    ['a size of none', batch('size: 0, each: () => {}'), /size/],
    ['a key that is not there', batch(`key: 'idd', each: () => {}`), /no column 'idd'/],
    ['a pause that is no duration', batch(`pause: 'soon', each: () => {}`), /duration/],
    ['several statements', `await op.batch({ select: 'SELECT 1; SELECT 2', each: () => {} })`, /exactly one query/],
    ['no query', `await op.batch({ select: 'DELETE FROM t', each: () => {} })`, /a query as its select, not DELETE/],
    ['a query that fails', `await op.batch({ select: 'SELECT nothing FROM t', each: () => {} })`, /nothing/],
    [
      'a key that repeats',
      `await op.batch({ select: 'SELECT seen, id FROM t', size: 2, each: () => {} })`,
      /several rows have the key \(seen\)/,
    ],
    ['a key that is NULL', `await op.batch({ select: 'SELECT word FROM t', each: () => {} })`, /\(word\) is NULL/],
    ['DDL', batch(`each: (rows, { execute }) => execute('CREATE TABLE u (id integer)')`), /changes data only/],
    ['COMMIT', batch(`each: (rows, { execute }) => execute('COMMIT')`), /ends a transaction/],
    [
      'another op.batch',
      batch(`each: () => op.batch({ select: 'SELECT id FROM t', each: () => {} })`),
      /another op\.batch/,
    ],
    ['op.autocommit', batch(`each: () => op.autocommit(async () => {})`), /op\.autocommit cannot run in a batch/],
    [
      'being in op.autocommit',
      `await op.autocommit(() => op.batch({ select: 'SELECT id FROM t', each: () => {} }))`,
      /cannot run in op\.autocommit/,
    ],
    [
      'a statement beside it',
      `await Promise.all([op.batch({ select: 'SELECT id FROM t', each: async () => { await new Promise((r) => setTimeout(r, 50)); } }), new Promise((r) => setTimeout(r, 20)).then(() => op.execute('DELETE FROM t'))])`,
      /beside op\.batch/,
    ],
    [
      'a statement that is not awaited',
      batch(`each: (rows, { execute }) => { execute('DELETE FROM t'); }`),
      /not awaited.*each\(\)/,
    ],
  ])('refuses %s', async (_, body, message) => {
    const { database, go } = await run(body, async (database) => {
      await fill(database, 4);
      await database.query('UPDATE t SET word = NULL WHERE id = 4');
    });
    const failure = (await go().catch((error: unknown) => error)) as Error;
    expect(failure).toMatchObject({ code: 'REVISION_FAILED', data: { state: 'rolledBack' } });
    expect(failure.message).toMatch(message);
    expect(await seen(database)).toEqual([[0, 4]]);
  });

  test('that failed is not passed over by a revision that catches it', async () => {
    const { database, go } = await run(
      `await op.batch({ select: 'SELECT id FROM t', size: 2, each: (rows) => { if (Number(rows[0].id) > 1) throw new Error('not now'); } }).catch(() => {});
       await op.execute('DELETE FROM t');`,
      (database) => fill(database, 9),
    );
    await expect(go()).rejects.toMatchObject({ code: 'REVISION_FAILED', data: { state: 'resumable' } });
    expect(await seen(database)).toEqual([[0, 9]]);
  });

  test('is listed by a dry run, and has no script', async () => {
    const { database, versions } = await run(
      `await op.execute('CREATE TABLE u (id integer)');
       await op.batch({ select: 'SELECT id FROM t WHERE seen = 0', ${MARK} });
       await op.execute('DROP TABLE u');`,
      (database) => fill(database, 3),
    );
    const common = ['--url', database.url, '--versions', versions];
    const dry = await torale(['upgrade', '--dry-run', ...common]);
    expect(dry.stdout).toMatch(/CREATE TABLE u[^]*in batches:\s+SELECT id FROM t WHERE seen = 0;[^]*DROP TABLE u/);
    const json = await torale(['upgrade', '--dry-run', '--json', ...common]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      pending: [
        {
          statements: ['CREATE TABLE u (id integer)', 'in batches: SELECT id FROM t WHERE seen = 0', 'DROP TABLE u'],
          complete: true,
        },
      ],
    });
    const script = await torale(['upgrade', '--sql', ...common]);
    expect(script.code).toBe(12);
    expect(script.stderr).toContain('changes rows in batches');
    expect(await seen(database)).toEqual([[0, 3]]);
  });
});

describeOn(['postgres', 'mysql'], 'a batch that cannot get its locks', (dialect) => {
  test('is tried again by itself, and no other with it', async () => {
    const database = await freshDatabase(dialect);
    await fill(database, 30);
    const versions = writeVersions([
      { id: 'a1', body: `await op.batch({ select: 'SELECT id FROM t', size: 10, budget: '1ms', ${MARK} });` },
    ]);
    const holding = holdRow(database, 25, 1500);
    await holding.isHeld;
    const events: ToraleEvent[] = [];
    const onEvent = (event: ToraleEvent): void => void events.push(event);
    await upgrade({ url: database.url, versions, statementLockTimeout: '100ms', onEvent });
    await holding.released;
    expect(await seen(database)).toEqual([[1, 30]]);
    expect(events.filter(({ type }) => type === 'lock-retry')).toEqual([]);
  });
});

/** Locks a row on another connection for a while. */
function holdRow({ url, dialect }: TestDatabase, id: number, milliseconds: number) {
  let held: () => void;
  const isHeld = new Promise<void>((done) => (held = done));
  const statement = `UPDATE t SET word = 'held' WHERE id = ${id}`;
  const hold = async (run: (sql: string) => Promise<unknown>, end: () => Promise<unknown>): Promise<void> => {
    await run('BEGIN');
    await run(statement);
    held();
    await sleep(milliseconds);
    await run('COMMIT');
    await end();
  };
  const connect = async (): Promise<void> => {
    if (dialect === 'postgres') {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return hold(
        (sql) => client.query(sql),
        () => client.end(),
      );
    }
    const connection = await mysql.createConnection({ uri: url });
    return hold(
      (sql) => connection.query(sql),
      () => connection.end(),
    );
  };
  return { isHeld, released: connect() };
}

describeOn(['sqlite'], 'two runs of one op.batch', (dialect) => {
  test('change every row once between them', async () => {
    const database = await freshDatabase(dialect);
    await fill(database, 300);
    const versions = writeVersions([
      {
        id: 'a1',
        body: `await op.batch({ select: 'SELECT id FROM t', size: 10, budget: '1ms', pause: '2ms', ${MARK} });`,
      },
    ]);
    const args = ['upgrade', '--url', database.url, '--versions', versions];
    const runs = await Promise.all([torale(args), torale(args), torale(args)]);
    const codes = runs.map(({ code }) => code);
    // A run that finds that another went on with the revision leaves it to that one.
    expect(codes).toContain(0);
    expect(codes.filter((code) => code !== 0 && code !== 4)).toEqual([]);
    expect(await seen(database)).toEqual([[1, 300]]);
  });
});

describeOn(DIALECTS, 'op.batch of many rows', (dialect) => {
  test('changes each once, however often its run is killed', async () => {
    const server = dialect === 'sqlite' ? [] : ['--url', adminUrl(dialect)];
    const args = [CAMPAIGN, '--dialect', dialect, '--rows', '20000', '--kills', '3', '--size', '20', ...server];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(JSON.parse(stdout)).toMatchObject({ right: true, changedTimes: { '1': 20000 } });
  });
});
