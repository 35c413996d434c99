import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { torale } from '../support/cli.ts';
import { describeOn, freshDatabase, type TestDatabase } from '../support/databases.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/torale-app', import.meta.url));
/** What pg_dump tells of the application's database, which Alembic made; without its comments. */
const SCHEMA = readFileSync(new URL('../fixtures/torale-app-schema.sql', import.meta.url), 'utf8');

const OURS = `(
  SELECT oid FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relname !~ '^(torale_(version|history|journal|layout)|alembic_version)'
)`;

const FACTS = `
  SELECT format('column %s.%s %s: %s %s%s', attrelid::regclass, attname,
      row_number() OVER (PARTITION BY attrelid ORDER BY attnum), format_type(atttypid, atttypmod),
      CASE WHEN attnotnull THEN 'not null' END, ' default ' || pg_get_expr(adbin, adrelid)) AS fact
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE attrelid IN ${OURS} AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
  UNION ALL SELECT format('constraint %s on %s: %s', conname, conrelid::regclass, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE conrelid IN ${OURS}
  UNION ALL SELECT format('index %s', pg_get_indexdef(indexrelid)) FROM pg_index WHERE indrelid IN ${OURS}
  UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid IN ${OURS} AND NOT tgisinternal
  UNION ALL SELECT pg_get_functiondef(p.oid) FROM pg_proc p
    WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  UNION ALL SELECT format('extension %s in %s', extname, extnamespace::regnamespace) FROM pg_extension
  UNION ALL SELECT format('%s %s', relkind, relname) FROM pg_class WHERE oid IN ${OURS}
  ORDER BY 1`;

const facts = async (db: TestDatabase) => (await db.query(FACTS)).map(({ fact }) => fact);

describeOn(['postgres'], 'examples/torale-app', () => {
  const run = (db: TestDatabase, ...args: string[]) => torale(args, { cwd: EXAMPLE, env: { DATABASE_URL: db.url } });

  test('makes the schema that the application has', async () => {
    const [is, should] = [await freshDatabase('postgres'), await freshDatabase('postgres')];
    await should.query(SCHEMA);
    expect(await run(is, 'upgrade', 'head')).toMatchObject({ code: 0 });
    const made = await facts(is);
    expect(made).toEqual(await facts(should));
    // The comparison looks at something: the counts of the original.
    const kinds = ['column', 'constraint', 'index', 'CREATE TRIGGER', 'CREATE OR REPLACE FUNCTION', 'extension'];
    expect(kinds.map((kind) => made.filter((fact) => String(fact).startsWith(kind)).length)).toEqual([
      116, 33, 43, 2, 1, 2,
    ]);
  });

  test('keeps what users had at each step', async () => {
    const db = await freshDatabase('postgres');
    await run(db, 'upgrade', 'c69ce6bb47e1');
    await db.query(`
      INSERT INTO users (clerk_user_id, email) VALUES ('clerk_1', 'ada@example.com');
      INSERT INTO tasks (user_id, name, is_active, updated_at)
        SELECT id, 'news', active, '2026-01-20' FROM users, (VALUES (true), (false)) AS states (active);
      INSERT INTO task_executions (task_id, status, started_at, error_message)
        SELECT id, 'failed', day::date, 'HTTP 500 from ' || day
        FROM tasks, (VALUES ('2026-01-18'), ('2026-01-19')) AS days (day) WHERE is_active
    `);
    expect(await run(db, 'upgrade', 'head')).toMatchObject({ code: 0 });
    expect(await db.query('SELECT verified_notification_emails FROM users')).toEqual([
      { verified_notification_emails: ['ada@example.com'] },
    ]);
    expect(
      await db.query(`
        SELECT state, internal_error, error_message, state_changed_at::date::text AS since
        FROM tasks LEFT JOIN task_executions e ON e.id = last_execution_id ORDER BY state
      `),
    ).toEqual([
      {
        state: 'active',
        internal_error: 'HTTP 500 from 2026-01-19',
        error_message: 'The search failed.',
        since: '2026-01-20',
      },
      { state: 'paused', internal_error: null, error_message: null, since: '2026-01-20' },
    ]);
    expect((await db.query('SELECT name FROM tasks ORDER BY name')).map(({ name }) => name)).toEqual([
      'news',
      'news (2)',
    ]);
  });

  test('takes over the database that Alembic made', async () => {
    const db = await freshDatabase('postgres');
    await db.query(SCHEMA);
    expect(await run(db, 'stamp', 'head')).toMatchObject({ code: 0 });
    expect((await run(db, 'upgrade', 'head')).stdout).toMatch(/^Database is up to date\./);
  });
});
