// Histories for the campaigns: what kills land in. Every revision writes one row to `applied_log`, which has no key, so
// that a revision that ran twice is seen.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Step
 * @property {string} id
 * @property {string} body lines of `upgrade(op)`
 */

/** 10 000 numbers without a feature that only one of MySQL and MariaDB has. */
const NUMBERS = `SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n FROM digits a, digits b, digits c, digits e`;

const sql = (/** @type {string[]} */ ...statements) =>
  statements.map((statement) => `  await op.execute(${JSON.stringify(statement)});`).join('\n');
const outside = (/** @type {string[]} */ ...statements) =>
  `  await op.autocommit(async () => {\n${sql(...statements)}\n  });`;

/** @type {Record<'postgres' | 'mysql' | 'sqlite', (hasOutside: boolean) => [string, ...string[]][]>} */
const BODIES = {
  postgres: () => [
    [
      'tables',
      sql(
        'CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL, balance integer NOT NULL)',
        "INSERT INTO accounts SELECT g, 'account ' || g, g % 100 FROM generate_series(1, 5000) g",
        'CREATE TABLE orders (id integer PRIMARY KEY, account integer NOT NULL, total numeric)',
        'INSERT INTO orders SELECT g, 1 + g % 5000, g FROM generate_series(1, 8000) g',
      ),
    ],
    [
      'slow_default',
      sql(
        `CREATE FUNCTION slow(value anyelement) RETURNS anyelement LANGUAGE plpgsql IMMUTABLE AS 'BEGIN IF hashtext(value::text) % 40 = 0 THEN PERFORM pg_sleep(0.001); END IF; RETURN value; END'`,
        'ALTER TABLE accounts ADD COLUMN level integer NOT NULL DEFAULT 0',
        'UPDATE accounts SET level = slow(balance / 10) WHERE id <= 2500',
      ),
    ],
    ['index_concurrently', outside('CREATE INDEX CONCURRENTLY orders_account ON orders (slow(account))')],
    [
      'knex',
      `  await op.knex.schema.createTable('notes', (t) => { t.increments('serial'); t.integer('account').notNullable().references('accounts.id'); t.string('text', 50); });
  await op.knex('notes').insert([1, 2, 3, 4].map((account) => ({ account, text: \`note of \${account}\` })));
  await op.knex('accounts').where('id', '<', 100).increment('balance', 5);`,
    ],
    [
      'type',
      sql(
        "CREATE TYPE state AS ENUM ('new', 'paid')",
        "ALTER TABLE orders ADD COLUMN state state NOT NULL DEFAULT 'new'",
      ),
    ],
    ['retype', sql('ALTER TABLE accounts ALTER COLUMN balance TYPE bigint USING slow(balance)')],
    [
      'mixed',
      `${sql("INSERT INTO accounts VALUES (9001, 'between', 0, 0)")}\n${outside(
        'CREATE UNIQUE INDEX CONCURRENTLY accounts_name ON accounts (name)',
        "ALTER TYPE state ADD VALUE 'void'",
      )}\n${sql(
        'UPDATE accounts SET balance = balance + 1 WHERE id = 9001',
        "UPDATE orders SET state = 'void' WHERE id <= 10",
        'SELECT pg_sleep(0.1)',
      )}\n${outside('CREATE INDEX CONCURRENTLY orders_total ON orders (slow(total))', 'DROP INDEX CONCURRENTLY orders_account')}`,
    ],
    [
      'totals',
      sql(
        'CREATE TABLE totals AS SELECT account, sum(total) AS total FROM orders GROUP BY account',
        'ALTER TABLE totals ADD PRIMARY KEY (account)',
        'SELECT pg_sleep(0.15)',
      ),
    ],
    [
      'check',
      sql(
        'ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID',
        'ALTER TABLE orders VALIDATE CONSTRAINT orders_total_check',
      ),
    ],
    [
      'rebuild',
      outside(
        'REINDEX INDEX CONCURRENTLY orders_total',
        'VACUUM ANALYZE orders',
        'DROP INDEX CONCURRENTLY orders_total',
      ),
    ],
    [
      'split',
      sql(
        'CREATE TABLE archive (LIKE orders)',
        'WITH moved AS (DELETE FROM orders WHERE id % 3 = 0 RETURNING *) INSERT INTO archive SELECT * FROM moved',
        'SELECT pg_sleep(0.1)',
      ),
    ],
    [
      'view',
      sql(
        'CREATE VIEW rich AS SELECT id, name FROM accounts WHERE balance > 50',
        'ALTER TABLE accounts RENAME COLUMN level TO grade',
        'DROP FUNCTION slow(anyelement)',
      ),
    ],
  ],

  mysql: () => [
    [
      'tables',
      sql(
        'CREATE TABLE digits (d integer PRIMARY KEY)',
        'INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)',
        'CREATE TABLE accounts (id integer PRIMARY KEY, name varchar(40) NOT NULL, balance integer NOT NULL)',
        `INSERT INTO accounts SELECT n + 1, concat('account ', n), n % 100 FROM (${NUMBERS}) AS numbers WHERE n < 5000`,
        'CREATE TABLE orders (id integer PRIMARY KEY, account integer NOT NULL, total decimal(10, 2))',
        `INSERT INTO orders SELECT n + 1, 1 + n % 5000, n FROM (${NUMBERS}) AS numbers`,
      ),
    ],
    [
      'columns',
      sql(
        'ALTER TABLE accounts ADD COLUMN level integer NOT NULL DEFAULT 0, ALGORITHM=COPY',
        'UPDATE accounts SET level = balance / 10 WHERE id <= 2500',
        'CREATE TABLE slow AS SELECT SLEEP(0.15) AS s',
        "UPDATE accounts SET name = concat(name, '!') WHERE id <= 100",
        'DROP TABLE slow',
      ),
    ],
    [
      'index',
      sql(
        'CREATE INDEX orders_account ON orders (account)',
        'ALTER TABLE orders ADD CONSTRAINT orders_fk FOREIGN KEY (account) REFERENCES accounts (id)',
      ),
    ],
    [
      'knex',
      `  await op.knex.schema.createTable('notes', (t) => { t.increments('serial'); t.integer('account').notNullable().references('accounts.id'); t.string('text', 50); });
  await op.knex('notes').insert([1, 2, 3, 4].map((account) => ({ account, text: \`note of \${account}\` })));
  await op.knex.schema.alterTable('notes', (t) => { t.index(['text']); });
  const [{ n }] = await op.knex('notes').count({ n: '*' });
  await op.knex('accounts').where('id', '<=', Number(n)).increment('balance', 5);`,
    ],
    [
      'retype',
      sql(
        'ALTER TABLE accounts MODIFY balance bigint NOT NULL',
        'ALTER TABLE orders MODIFY total decimal(12, 2), ADD COLUMN state varchar(10)',
        "UPDATE orders SET state = 'new'",
      ),
    ],
    [
      'rename',
      sql(
        'RENAME TABLE notes TO remarks',
        'ALTER TABLE remarks CHANGE text remark varchar(50)',
        "INSERT INTO remarks (account, remark) SELECT id, 'copied' FROM accounts WHERE id <= 10",
        'ALTER TABLE remarks RENAME TO comments',
        "UPDATE comments SET remark = concat(remark, '.')",
      ),
    ],
    [
      'between',
      sql(
        "INSERT INTO accounts VALUES (9001, 'between', 0, 0)",
        'CREATE TABLE waiting (id integer)',
        'UPDATE accounts SET balance = balance + 1 WHERE id = 9001',
        'SELECT SLEEP(0.1)',
        'INSERT INTO waiting SELECT id FROM accounts WHERE id > 9000',
        'ALTER TABLE waiting ADD COLUMN since datetime',
        'UPDATE accounts SET balance = balance + 1 WHERE id = 9001',
        'UPDATE accounts SET balance = balance + 1 WHERE id = 9001',
        'DROP TABLE waiting',
      ),
    ],
    [
      'totals',
      sql(
        'CREATE TABLE totals AS SELECT account, sum(total) AS total, SLEEP(0.00001) AS s FROM orders GROUP BY account',
        'ALTER TABLE totals DROP COLUMN s, ADD PRIMARY KEY (account)',
      ),
    ],
    [
      'engine',
      sql('ALTER TABLE orders ENGINE=InnoDB', 'OPTIMIZE TABLE accounts', "ALTER TABLE orders COMMENT = 'rebuilt'"),
    ],
    [
      'trigger',
      sql(
        'CREATE TABLE audit (id integer, what varchar(20))',
        "CREATE TRIGGER accounts_audit AFTER UPDATE ON accounts FOR EACH ROW INSERT INTO audit VALUES (NEW.id, 'update')",
        'UPDATE accounts SET balance = balance + 1 WHERE id <= 200',
        'DROP TRIGGER accounts_audit',
        'UPDATE accounts SET balance = balance - 1 WHERE id <= 100',
      ),
    ],
    [
      'split',
      sql(
        'CREATE TABLE archive LIKE orders',
        'INSERT INTO archive SELECT * FROM orders WHERE id % 3 = 0',
        'DELETE FROM orders WHERE id % 3 = 0',
        'ALTER TABLE archive ADD COLUMN at_once integer DEFAULT 1',
      ),
    ],
    [
      'view',
      sql(
        'CREATE VIEW rich AS SELECT id, name FROM accounts WHERE balance > 50',
        'ALTER TABLE accounts CHANGE level grade integer NOT NULL DEFAULT 0',
        'CREATE OR REPLACE VIEW rich AS SELECT id, name, grade FROM accounts WHERE balance > 60',
        'DROP TABLE digits',
      ),
    ],
  ],

  sqlite: (hasOutside) => {
    const numbers = (/** @type {number} */ count) =>
      `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})`;
    return [
      [
        'tables',
        sql(
          'CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL, balance integer NOT NULL)',
          `INSERT INTO accounts ${numbers(60_000)} SELECT n, 'account ' || n, n % 100 FROM numbers`,
          'CREATE TABLE orders (id integer PRIMARY KEY, account integer NOT NULL REFERENCES accounts (id), total numeric)',
          `INSERT INTO orders ${numbers(120_000)} SELECT n, 1 + n % 60000, n FROM numbers`,
        ),
      ],
      [
        'columns',
        sql(
          'ALTER TABLE accounts ADD COLUMN level integer NOT NULL DEFAULT 0',
          'UPDATE accounts SET level = balance / 10',
        ),
      ],
      [
        'index',
        sql('CREATE INDEX orders_account ON orders (account)', 'CREATE INDEX orders_total ON orders (total, account)'),
      ],
      [
        'knex',
        `  await op.knex.schema.createTable('notes', (t) => { t.increments('serial'); t.integer('account').notNullable().references('accounts.id'); t.string('text', 50); });
  await op.knex('notes').insert([1, 2, 3, 4].map((account) => ({ account, text: \`note of \${account}\` })));
  await op.knex('accounts').where('id', '<', 100).increment('balance', 5);`,
      ],
      [
        'rebuild',
        sql(
          'CREATE TABLE new_accounts (id integer PRIMARY KEY, name text NOT NULL UNIQUE, balance bigint NOT NULL DEFAULT 0, level integer, CHECK (balance >= 0))',
          'INSERT INTO new_accounts SELECT id, name, balance, level FROM accounts',
          'DROP TABLE accounts',
          'ALTER TABLE new_accounts RENAME TO accounts',
        ),
      ],
      [
        'sleep',
        `${sql("INSERT INTO accounts VALUES (900001, 'between', 0, 0)")}\n  await new Promise((done) => { setTimeout(done, 150); });\n${sql('UPDATE accounts SET balance = balance + 1 WHERE id = 900001')}`,
      ],
      [
        'totals',
        sql(
          'CREATE TABLE totals AS SELECT account, sum(total) AS total FROM orders GROUP BY account',
          'CREATE UNIQUE INDEX totals_account ON totals (account)',
        ),
      ],
      // Outside a transaction nothing excludes other runs on SQLite: `--outside` shows what comes of it.
      ...(hasOutside ? [/** @type {[string, string]} */ (['vacuum', outside('VACUUM')])] : []),
      [
        'trigger',
        sql(
          'CREATE TABLE audit (id integer, what text)',
          "CREATE TRIGGER accounts_audit AFTER UPDATE ON accounts BEGIN INSERT INTO audit VALUES (NEW.id, 'update'); END",
          'UPDATE accounts SET balance = balance + 1 WHERE id <= 2000',
        ),
      ],
      [
        'drop_column',
        sql(
          'DROP TRIGGER accounts_audit',
          'ALTER TABLE accounts DROP COLUMN level',
          'UPDATE accounts SET balance = balance + 1 WHERE id <= 20000',
        ),
      ],
      [
        'split',
        sql('CREATE TABLE archive AS SELECT * FROM orders WHERE id % 3 = 0', 'DELETE FROM orders WHERE id % 3 = 0'),
      ],
      ['view', sql('CREATE VIEW rich AS SELECT id, name FROM accounts WHERE balance > 50', 'DROP INDEX orders_total')],
    ];
  },
};

const LOG = {
  postgres: 'CREATE TABLE applied_log (revision text, at_statement integer)',
  mysql: 'CREATE TABLE applied_log (revision varchar(40), at_statement integer)',
  sqlite: 'CREATE TABLE applied_log (revision text, at_statement integer)',
};

/**
 * Some twelve revisions that take a few seconds together.
 *
 * @param {'postgres' | 'mysql' | 'sqlite'} dialect
 * @param {boolean} hasOutside on SQLite too something runs outside a transaction
 * @returns {Step[]}
 */
export function longHistory(dialect, hasOutside) {
  return BODIES[dialect](hasOutside).map(([name, body], index) => {
    const id = `r${String(index + 1).padStart(2, '0')}_${name}`;
    const first = index === 0 ? `${sql(LOG[dialect])}\n` : '';
    // Before and after: what ran twice in part is seen too.
    return {
      id,
      body: `${first}${sql(`INSERT INTO applied_log VALUES ('${id}', 1)`)}\n${body}\n${sql(`INSERT INTO applied_log VALUES ('${id}', 2)`)}`,
    };
  });
}

/**
 * A few revisions that take next to nothing: for who comes first.
 *
 * @param {'postgres' | 'mysql' | 'sqlite'} dialect
 * @returns {Step[]}
 */
export function shortHistory(dialect) {
  return Array.from({ length: 5 }, (_, index) => {
    const id = `s${index + 1}`;
    const first = index === 0 ? `${sql(LOG[dialect])}\n` : '';
    return {
      id,
      body: `${first}${sql(`CREATE TABLE t${index} (id integer PRIMARY KEY)`, `INSERT INTO t${index} VALUES (1), (2)`, `INSERT INTO applied_log VALUES ('${id}', 1)`)}`,
    };
  });
}

/**
 * @param {readonly Step[]} history
 * @param {string} folder
 */
export function writeHistory(history, folder) {
  mkdirSync(folder, { recursive: true });
  let before = null;
  for (const { id, body } of history) {
    writeFileSync(
      join(folder, `${id}.ts`),
      `/**\n * ${id}\n *\n * Revision ID: ${id}\n * Create Date: 2026-11-20T12:00:00.000Z\n */
import type { Operations } from 'torale';

export const revision = '${id}';
export const downRevision = ${JSON.stringify(before)};
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
${body}
}
`,
    );
    before = id;
  }
  return folder;
}
