import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { DIALECTS } from '../../src/dialects/names.ts';
import { RevisionGraph } from '../../src/graph/graph.ts';
import { readHeader } from '../../src/revision/header.ts';
import { torale } from '../support/cli.ts';
import { describeOn, freshDatabase, type Row, type TestDatabase } from '../support/databases.ts';

const VERSIONS = fileURLToPath(new URL('../../versions', import.meta.url));

const headers = readdirSync(VERSIONS).map((name) =>
  readHeader(readFileSync(join(VERSIONS, name), 'utf8'), join(VERSIONS, name)),
);
const graph = RevisionGraph.from(headers);
const HEAD = '027c2668599a';
const USERS = '3fde12961ff1';
const TEMPLATES = '35019555095d';
const CONNECTORS = 'c26dc792c81d';
const CHANNELS = '6971fe1a4e84';
const THROUGH_CONNECTORS = 'afa3918fd0ed';
const MERGE = 'c56f912c7915';

describe('the history', () => {
  test('is one graph with one head', () => {
    expect(graph.size).toBeGreaterThanOrEqual(12);
    expect(graph.heads).toEqual([HEAD]);
    expect(graph.bases).toEqual([USERS]);
  });

  test('branches after the templates, and merges', () => {
    expect(graph.branchPoints).toEqual([TEMPLATES]);
    expect(graph.mergePoints).toEqual([MERGE]);
    expect(graph.parents(MERGE)).toEqual(['665888109fba', THROUGH_CONNECTORS]);
    expect(graph.resolve('notifications', { applied: [] })).toEqual([CHANNELS]);
  });

  test('has one revision that depends on another branch', () => {
    expect(graph.dependencies(THROUGH_CONNECTORS)).toEqual([CONNECTORS]);
    const { steps } = graph.plan({ applied: [], target: THROUGH_CONNECTORS });
    expect(steps.map(({ revision }) => revision)).toContain(CONNECTORS);
  });

  test('was written in the order in which it stands', () => {
    const dates = new Map(headers.map(({ revision, createDate }) => [revision, String(createDate)]));
    for (const [revision, date] of dates) {
      for (const parent of graph.allParents(revision)) expect(dates.get(parent)! < date, revision).toBe(true);
    }
  });
});

const run = (db: TestDatabase, ...args: string[]) => torale([...args, '--url', db.url, '--versions', VERSIONS]);

async function upgrade(db: TestDatabase, revision = 'head'): Promise<void> {
  expect(await run(db, 'upgrade', revision)).toMatchObject({ code: 0 });
}

async function firstRow(db: TestDatabase, sql: string): Promise<Row> {
  const [row] = await db.query(sql);
  return row ?? {};
}

/** What a query counts; PostgreSQL gives a text. */
async function count(db: TestDatabase, from: string): Promise<number> {
  return Number((await firstRow(db, `SELECT count(*) AS n FROM ${from}`))['n']);
}

async function column(db: TestDatabase, sql: string): Promise<unknown[]> {
  return (await db.query(sql)).map((row) => Object.values(row)[0]);
}

const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const OLD = "'2026-01-31 12:00:00'";

async function insertUser(db: TestDatabase, number: number, email: string): Promise<void> {
  await db.query(
    `INSERT INTO users (id, email, created_at, updated_at) VALUES ('${id(number)}', '${email}', ${OLD}, ${OLD})`,
  );
}

async function insertTask(db: TestDatabase, number: number, user: number, state = 'active'): Promise<void> {
  await db.query(
    `INSERT INTO tasks (id, user_id, name, search_query, state, created_at, updated_at)
     VALUES ('${id(number)}', '${id(user)}', 'task ${number}', 'Is it out?', '${state}', ${OLD}, ${OLD})`,
  );
}

async function insertExecution(db: TestDatabase, number: number, task: number, status: string): Promise<void> {
  // The higher the number the newer.
  await db.query(
    `INSERT INTO task_executions (id, task_id, status, created_at)
     VALUES ('${id(number)}', '${id(task)}', '${status}', '2026-01-31 13:00:${String(number % 60).padStart(2, '0')}')`,
  );
}

describeOn(DIALECTS, 'the worked history', (dialect) => {
  test('takes an empty database to head, once', async () => {
    const db = await freshDatabase(dialect);
    const first = await run(db, 'upgrade', 'head', '--json');
    const report = JSON.parse(first.stdout) as { applied: { revision: string }[]; heads: string[] };
    expect({ code: first.code, heads: report.heads }).toEqual({ code: 0, heads: [HEAD] });
    expect(new Set(report.applied.map(({ revision }) => revision))).toEqual(
      new Set(headers.map(({ revision }) => revision)),
    );

    const second = await run(db, 'upgrade', 'head');
    expect(second).toMatchObject({ code: 0, stdout: `Database is up to date. At head ${HEAD}.\n` });
    expect(await count(db, 'torale_history')).toBe(graph.size);
  });

  test('comes to the same schema one revision at a time', async () => {
    const [stepwise, atOnce] = [await freshDatabase(dialect), await freshDatabase(dialect)];
    const { pending } = JSON.parse((await run(stepwise, 'current', '--json')).stdout) as { pending: string[] };
    expect(pending).toHaveLength(graph.size);
    for (const revision of pending) {
      const { stdout } = await run(stepwise, 'upgrade', revision, '--json');
      expect(JSON.parse(stdout)).toMatchObject({ applied: [{ revision }] });
    }
    await upgrade(atOnce);
    // MySQL prints the database's name in a view.
    const schema = async (db: TestDatabase) => (await db.dump()).replaceAll(db.name, 'DATABASE');
    expect(await schema(stepwise)).toBe(await schema(atOnce));
  });

  test('brings templates and connectors, signs of four bytes included', async () => {
    const db = await freshDatabase(dialect);
    await upgrade(db);
    expect(await column(db, 'SELECT icon FROM task_templates ORDER BY slug')).toEqual(['📦', '🎟', '💸', null, '🚀']);
    expect(await column(db, 'SELECT icon FROM connectors ORDER BY slug')).toEqual(['🐙', '📧', '📐', '🗒', '💬']);
    expect(await column(db, 'SELECT slug FROM connectors WHERE is_enabled = false')).toEqual(['linear']);
  });

  test('keeps and completes the rows of a service that is in use', async () => {
    const db = await freshDatabase(dialect);
    await upgrade(db, TEMPLATES);
    await insertUser(db, 1, 'ada@example.com');
    await insertUser(db, 2, 'grace@example.com');
    await insertTask(db, 10, 1);
    await insertTask(db, 11, 2, 'paused');
    const failures = ['request timed out', 'HTTP 429', 'HTTP 401', 'no idea'];
    for (const [at, error] of failures.entries()) {
      await insertExecution(db, 20 + at, 10, 'failed');
      await db.query(`UPDATE task_executions SET error_message = '${error}' WHERE id = '${id(20 + at)}'`);
    }
    await insertExecution(db, 24, 10, 'failed');
    await insertExecution(db, 30, 10, 'pending');
    await insertExecution(db, 31, 10, 'running');
    await insertExecution(db, 32, 11, 'running');
    await db.query(
      `UPDATE tasks SET last_execution_id = '${id(20)}', next_run_at = '2026-02-01 00:00:00', updated_at = '2026-01-31 14:00:00'`,
    );

    await upgrade(db);

    expect(
      await db.query('SELECT user_id, kind, address FROM notification_channels WHERE is_default ORDER BY 3'),
    ).toEqual([
      { user_id: id(1), kind: 'email', address: 'ada@example.com' },
      { user_id: id(2), kind: 'email', address: 'grace@example.com' },
    ]);
    expect(await db.query('SELECT id, status, error_category FROM task_executions ORDER BY id')).toEqual([
      { id: id(20), status: 'failed', error_category: 'timeout' },
      { id: id(21), status: 'failed', error_category: 'rate_limit' },
      { id: id(22), status: 'failed', error_category: 'authentication' },
      { id: id(23), status: 'failed', error_category: 'other' },
      { id: id(24), status: 'failed', error_category: 'other' },
      { id: id(30), status: 'failed', error_category: 'other' },
      { id: id(31), status: 'running', error_category: null },
      { id: id(32), status: 'running', error_category: null },
    ]);
    expect(await column(db, 'SELECT id FROM tasks WHERE next_run_at IS NOT NULL')).toEqual([id(10)]);
    expect(await column(db, 'SELECT DISTINCT last_execution_id FROM tasks')).toEqual([id(20)]);
    expect(await count(db, 'tasks WHERE state_changed_at = updated_at')).toBe(2);
    // The backfill was no update of the task.
    expect(await column(db, "SELECT id FROM tasks WHERE updated_at = '2026-01-31 14:00:00'")).toEqual([id(10)]);
    expect(await db.query('SELECT name, last_status, last_error_category FROM task_overview ORDER BY name')).toEqual([
      { name: 'task 10', last_status: 'failed', last_error_category: 'timeout' },
      { name: 'task 11', last_status: 'failed', last_error_category: 'timeout' },
    ]);
  });

  test('refuses what its constraints forbid, and nothing else', async () => {
    const db = await freshDatabase(dialect);
    await upgrade(db);
    await insertUser(db, 1, 'ada@example.com');
    await insertTask(db, 10, 1);
    await insertExecution(db, 20, 10, 'running');
    const channel = (address: string, isDefault: boolean) =>
      `INSERT INTO notification_channels (user_id, kind, address, is_default) VALUES ('${id(1)}', 'email', '${address}', ${isDefault})`;
    await db.query(channel('a@example.com', true));
    const forbidden: [sql: string, reason: RegExp][] = [
      [`INSERT INTO users (email) VALUES ('ADA@example.com')`, /users_email_key/],
      [`INSERT INTO users (email) VALUES ('nobody')`, /users_email_check/],
      [`UPDATE tasks SET state = 'lost'`, /tasks_state_check/],
      [`UPDATE tasks SET state = 'paused', next_run_at = '2026-12-01 00:00:00'`, /tasks_next_run_at_check/],
      [
        `UPDATE task_executions SET started_at = '2026-02-02 00:00:00', completed_at = '2026-02-01 00:00:00'`,
        /task_executions_times_check/,
      ],
      [
        `INSERT INTO task_executions (task_id, status) VALUES ('${id(10)}', 'pending')`,
        /task_executions_open_key|UNIQUE constraint failed: task_executions\.task_id/,
      ],
      [`INSERT INTO task_executions (task_id) VALUES ('${id(99)}')`, /task_executions_task_id_fkey|FOREIGN KEY/],
      [
        channel('b@example.com', true),
        /notification_channels_default_key|UNIQUE constraint failed: notification_channels\.user_id/,
      ],
      [
        `INSERT INTO notification_channels (user_id, kind, address) VALUES ('${id(1)}', 'connector', '#news')`,
        /notification_channels_connector_check/,
      ],
      [
        `INSERT INTO user_connectors (user_id, connector_slug) VALUES ('${id(1)}', 'fax')`,
        /user_connectors_connector_slug_fkey|FOREIGN KEY/,
      ],
      [
        `INSERT INTO user_connectors (user_id, connector_slug, status) VALUES ('${id(1)}', 'slack', 'perhaps')`,
        /user_connectors_status_check|truncated/,
      ],
      [
        `INSERT INTO task_templates (slug, name, category, search_query, condition_description) VALUES ('back-in-stock', '', '', '', '')`,
        /slug/,
      ],
    ];
    for (const [sql, reason] of forbidden) await expect(db.query(sql), sql).rejects.toThrow(reason);

    await db.query(channel('c@example.com', false));
    await db.query(channel('d@example.com', false));
    await db.query(`UPDATE task_executions SET status = 'success' WHERE id = '${id(20)}'`);
    await insertExecution(db, 21, 10, 'running');
    await db.query(
      `INSERT INTO user_connectors (id, user_id, connector_slug) VALUES ('${id(40)}', '${id(1)}', 'slack')`,
    );
    await db.query(
      `INSERT INTO notification_channels (user_id, kind, address, user_connector_id) VALUES ('${id(1)}', 'connector', '#news', '${id(40)}')`,
    );
    expect(await count(db, 'notification_channels')).toBe(4);
  });

  test('moves updated_at and state_changed_at', async () => {
    const db = await freshDatabase(dialect);
    await upgrade(db);
    await insertUser(db, 1, 'ada@example.com');
    await db.query(
      `INSERT INTO tasks (user_id, name, search_query, created_at, updated_at, state_changed_at)
       VALUES ('${id(1)}', 'news', 'Is it out?', ${OLD}, ${OLD}, ${OLD})`,
    );
    const moved = async () => ({
      user: (await count(db, 'users WHERE updated_at > created_at')) === 1,
      task: (await count(db, 'tasks WHERE updated_at > created_at')) === 1,
      state: (await count(db, 'tasks WHERE state_changed_at > created_at')) === 1,
    });
    expect(await moved()).toEqual({ user: false, task: false, state: false });
    await db.query("UPDATE users SET display_name = 'Ada'");
    await db.query('UPDATE tasks SET view_count = 1');
    expect(await moved()).toEqual({ user: true, task: true, state: false });
    await db.query("UPDATE tasks SET state = 'completed'");
    expect(await moved()).toEqual({ user: true, task: true, state: true });
  });

  test('follows its foreign keys round the cycle', async () => {
    const db = await freshDatabase(dialect);
    await upgrade(db);
    await insertUser(db, 1, 'ada@example.com');
    await insertTask(db, 10, 1);
    await insertTask(db, 11, 1);
    await insertExecution(db, 20, 10, 'success');
    await insertExecution(db, 21, 10, 'success');
    await db.query(`UPDATE tasks SET last_execution_id = '${id(20)}' WHERE id = '${id(10)}'`);
    await db.query(`UPDATE tasks SET forked_from_task_id = '${id(10)}' WHERE id = '${id(11)}'`);

    await db.query(`DELETE FROM task_executions WHERE id = '${id(20)}'`);
    expect(await column(db, `SELECT last_execution_id FROM tasks WHERE id = '${id(10)}'`)).toEqual([null]);

    await db.query(`UPDATE tasks SET last_execution_id = '${id(21)}' WHERE id = '${id(10)}'`);
    await db.query(`DELETE FROM tasks WHERE id = '${id(10)}'`);
    expect(await count(db, 'task_executions')).toBe(0);
    expect(await column(db, 'SELECT forked_from_task_id FROM tasks')).toEqual([null]);

    await db.query('DELETE FROM users');
    expect(await count(db, 'tasks')).toBe(0);
  });
});

describeOn(['sqlite'], 'the worked history', () => {
  test('is a script as well', async () => {
    const [scripted, upgraded] = [await freshDatabase('sqlite'), await freshDatabase('sqlite')];
    const script = await run(scripted, 'upgrade', 'base:head', '--sql');
    expect(script.code).toBe(0);
    await scripted.query(script.stdout);
    await upgrade(upgraded);
    expect(await scripted.dump()).toBe(await upgraded.dump());
    expect(await column(scripted, 'SELECT icon FROM connectors WHERE is_enabled = 0')).toEqual(['📐']);
    expect((await run(scripted, 'upgrade', 'head')).stdout).toMatch(/^Database is up to date\./);
  });
});

describeOn(['postgres'], 'the worked history', () => {
  test('leaves indexes that are valid', async () => {
    const db = await freshDatabase('postgres');
    await upgrade(db);
    expect(await count(db, 'pg_index WHERE NOT indisvalid')).toBe(0);
    const [feed] = await column(db, "SELECT indexdef FROM pg_indexes WHERE indexname = 'task_executions_feed_idx'");
    expect(feed).toMatch(/\(completed_at DESC\) WHERE .*notification IS NOT NULL/);
  });
});
