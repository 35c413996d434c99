import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ToraleError, upgrade, type ToraleEvent, type UpgradeOptions } from '../../src/index.ts';
import { dryRun, upgradeScript } from '../../src/apply/script.ts';
import { dryRunText } from '../../src/cli/listing.ts';
import { createRun } from '../../src/apply/project.ts';
import { libraryConfig } from '../../src/config/library.ts';
import { describeOn, freshDatabase, type TestDatabase } from '../support/databases.ts';
import { temporaryFolder, writeVersions, type RevisionText } from '../support/revisions.ts';

const USERS = `
  CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    first TEXT, last TEXT, age TEXT,
    boss INTEGER REFERENCES users (id) ON DELETE CASCADE
  );
  CREATE INDEX users_age ON users (age DESC) WHERE age IS NOT NULL;
  CREATE UNIQUE INDEX "users by name" ON users (lower(last), first COLLATE NOCASE);
  CREATE TABLE log (what TEXT);
  CREATE TRIGGER users_first AFTER INSERT ON users BEGIN INSERT INTO log (what) VALUES ('first ' || NEW.id); END;
  CREATE TRIGGER users_second AFTER INSERT ON users BEGIN INSERT INTO log (what) VALUES ('second ' || NEW.id); END;
  CREATE TABLE posts (author INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE);
  CREATE VIEW adults AS SELECT id, first FROM users WHERE age >= 18;
  INSERT INTO users (id, first, last, age, boss) VALUES (3, 'Ada', 'L', '36', NULL), (7, 'Bob', 'K', '7', 3), (99, 'x', 'y', NULL, 3);
  DELETE FROM users WHERE id = 99;
  INSERT INTO posts VALUES (3), (7), (7);
  DELETE FROM log;`;

const NEW_USERS = `CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- kept
  first TEXT NOT NULL, last TEXT,
  age INTEGER CHECK (users.age >= 0),
  boss INTEGER REFERENCES users (id) ON DELETE CASCADE,
  full_name TEXT NOT NULL,
  shout TEXT AS (upper(full_name))
)`;

/** A database with a schema, at revision a1. */
async function databaseWith(schema: string): Promise<TestDatabase> {
  const database = await freshDatabase('sqlite');
  const raw = new Database(database.name);
  raw.exec(schema);
  raw.close();
  return database;
}

const call = (table: string, sql: string, options?: object): string =>
  `  await op.rebuildTable(${[table, sql, ...(options === undefined ? [] : [options])].map((one) => JSON.stringify(one)).join(', ')});`;

async function run(database: TestDatabase, body: string, more: Partial<RevisionText & UpgradeOptions> = {}) {
  const versions = writeVersions([{ id: 'b2', body, ...(more.extra === undefined ? {} : { extra: more.extra }) }]);
  return upgrade({ url: database.url, versions, ...(more.singleTransaction ? { singleTransaction: true } : {}) });
}

/** All but what is Torale's. */
async function stateOf({ query }: TestDatabase): Promise<unknown> {
  const schema = await query(
    `SELECT name, type, sql FROM sqlite_schema WHERE tbl_name NOT LIKE 'torale%' AND name NOT LIKE 'sqlite%' ORDER BY 1`,
  );
  const tables = schema.filter(({ type }) => type === 'table').map(({ name }) => String(name));
  return [schema, await Promise.all(tables.map((name) => query(`SELECT rowid AS "the rowid", * FROM "${name}"`)))];
}

async function refusal(database: TestDatabase, body: string, more: Partial<RevisionText> = {}): Promise<ToraleError> {
  const before = await stateOf(database);
  const error: unknown = await run(database, body, more).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ToraleError);
  expect(await stateOf(database)).toEqual(before);
  return error as ToraleError;
}

describe('a table that is rebuilt', () => {
  test('has its rows, its counter, its indexes and triggers, and what refers to it', async () => {
    const database = await databaseWith(USERS);
    const parts = `SELECT name, sql FROM sqlite_schema WHERE sql NOT LIKE 'CREATE TABLE%' AND name NOT LIKE 'torale%' ORDER BY type, rowid`;
    const before = await database.query(parts);
    await run(
      database,
      call('users', NEW_USERS, { copy: { full_name: "first || ' ' || last -- both", Age: 'CAST(age AS INTEGER)' } }),
    );
    expect(await database.query('SELECT * FROM users ORDER BY id')).toEqual([
      { id: 3, first: 'Ada', last: 'L', age: 36, boss: null, full_name: 'Ada L', shout: 'ADA L' },
      { id: 7, first: 'Bob', last: 'K', age: 7, boss: 3, full_name: 'Bob K', shout: 'BOB K' },
    ]);
    expect(await database.query('SELECT typeof(age) AS type FROM users GROUP BY 1')).toEqual([{ type: 'integer' }]);
    expect(await database.query(parts)).toEqual(before);
    expect(await database.query('SELECT author FROM posts ORDER BY 1')).toHaveLength(3);
    expect(await database.query('SELECT first FROM adults')).toEqual([{ first: 'Ada' }]);
    await database.query(`INSERT INTO users (first, full_name) VALUES ('new', 'new')`);
    expect(await database.query('SELECT max(id) AS id FROM users')).toEqual([{ id: 100 }]);
    expect(await database.query('SELECT what FROM log ORDER BY 1')).toEqual([
      { what: 'first 100' },
      { what: 'second 100' },
    ]);
    const [{ sql }] = (await database.query(`SELECT sql FROM sqlite_schema WHERE name = 'users'`)) as [{ sql: string }];
    expect(sql).toContain('-- kept');
    expect(sql).toContain('REFERENCES users (id) ON DELETE CASCADE');
    expect(await database.query(`SELECT name FROM sqlite_schema WHERE name LIKE 'torale_new%'`)).toEqual([]);
    expect(await database.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  test('keeps rowids without a key of that kind, and lends them to one that is new', async () => {
    const database = await databaseWith(`
      CREATE TABLE notes (rowid TEXT, body TEXT);
      INSERT INTO notes (_rowid_, rowid, body) VALUES (10, 'a', 'x'), (30, 'b', 'y')`);
    await run(database, call('NOTES', 'CREATE TABLE IF NOT EXISTS main.Notes (rowid TEXT, body TEXT NOT NULL)'));
    expect(await database.query('SELECT _rowid_ AS id, rowid AS text FROM notes')).toEqual([
      { id: 10, text: 'a' },
      { id: 30, text: 'b' },
    ]);
    const versions = writeVersions([
      { id: 'b2' },
      { id: 'c3', body: call('notes', 'CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT);', { drop: ['rowid'] }) },
    ]);
    await upgrade({ url: database.url, versions });
    expect(await database.query('SELECT id FROM notes')).toEqual([{ id: 10 }, { id: 30 }]);
    expect(await database.query(`SELECT sql FROM sqlite_schema WHERE name = 'notes'`)).toEqual([
      { sql: 'CREATE TABLE "notes" (id INTEGER PRIMARY KEY, body TEXT)' },
    ]);
  });

  test('is read as SQLite reads it, whatever its key looks like', async () => {
    const keys = [
      'id INTEGER PRIMARY KEY, a',
      'id INT PRIMARY KEY, a',
      'id INTEGER PRIMARY KEY DESC, a',
      'id INTEGER, a, PRIMARY KEY (id DESC)',
      'a, [id] "integer", CONSTRAINT k PRIMARY KEY ("ID" COLLATE nocase)',
      'id INTEGER, a, PRIMARY KEY (id, a)',
      'id INTEGER NOT NULL, a, g AS (id + 1) STORED, PRIMARY KEY (id AUTOINCREMENT)',
      'a, "i d" INTEGER CONSTRAINT p PRIMARY KEY ON CONFLICT ROLLBACK AUTOINCREMENT, id INT UNIQUE',
      'id BIGINTEGER PRIMARY KEY, a',
      'id INTEGER (5) PRIMARY KEY, a',
    ];
    for (const [body, options] of [
      ...keys.map((key) => [key, ''] as const),
      ['id INTEGER PRIMARY KEY, a', ' WITHOUT ROWID'] as const,
      ['id INTEGER NOT NULL, a TEXT, PRIMARY KEY (id)', ' STRICT, WITHOUT ROWID'] as const,
    ]) {
      const database = await databaseWith(
        `CREATE TABLE t (id, a); INSERT INTO t (rowid, id, a) VALUES (5, 1, 'x'), (9, 2, 'y')`,
      );
      await run(database, call('t', `CREATE TABLE t (${body})${options}`));
      expect(await database.query('SELECT id, a FROM t ORDER BY id'), body).toEqual([
        { id: 1, a: 'x' },
        { id: 2, a: 'y' },
      ]);
    }
  });

  test('is rebuilt twice, with statements between, in one transaction with other revisions', async () => {
    const database = await databaseWith(USERS);
    const body = [
      call('users', USERS.slice(0, USERS.indexOf(';')).trim().replace('age TEXT', 'age INTEGER')),
      `  await op.execute("UPDATE users SET age = age + 1 WHERE id = 3");`,
      `  await op.knex('users').where({ id: 7 }).update({ last: 'Q' });`,
      // The last steps of the first would undo what the second needs.
      `  const log = op.rebuildTable('log', 'CREATE TABLE log (what TEXT, at)');`,
      call('users', NEW_USERS, { copy: { full_name: 'last' } }),
      `  await log;`,
    ].join('\n');
    await run(database, body, { singleTransaction: true });
    expect(await database.query('SELECT age, full_name FROM users ORDER BY id')).toEqual([
      { age: 37, full_name: 'L' },
      { age: 7, full_name: 'Q' },
    ]);
  });

  test('leaves alone what was broken before', async () => {
    const database = await databaseWith(`${USERS};
      CREATE VIEW nowhere AS SELECT * FROM no_such_table;
      CREATE VIEW foreign_function AS SELECT app_function(age) FROM users;
      CREATE TRIGGER dead AFTER DELETE ON users BEGIN INSERT INTO no_such_table VALUES (OLD.id); END`);
    await run(database, call('users', NEW_USERS, { copy: { full_name: 'first' } }));
    expect(
      await database.query(
        `SELECT count(*) AS n FROM sqlite_schema WHERE name IN ('nowhere', 'foreign_function', 'dead')`,
      ),
    ).toEqual([{ n: 3 }]);
  });

  test('loses no row to a conflict clause', async () => {
    const database = await databaseWith(`CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (1, 'y')`);
    const error = await refusal(database, call('t', 'CREATE TABLE t (a UNIQUE ON CONFLICT IGNORE, b)'));
    expect(error.message).toContain('UNIQUE constraint failed');
  });
});

describe('a rebuild is refused, and nothing of it stays', () => {
  const without = (column: string): string =>
    `CREATE TABLE users (id INTEGER PRIMARY KEY${['first', 'last', 'age', 'boss'].map((name) => (name === column ? '' : `, ${name}`)).join('')})`;

  test.each<[string, string, string, object | undefined, RegExp, RegExp?]>([
    [
      'that would lose values nobody named',
      'CREATE TABLE users (id INTEGER PRIMARY KEY, age, boss)',
      'users',
      undefined,
      /would lose the values of first, last: the new users does not keep them/,
      /drop: \['first', 'last'\].*copy: \{ new_name: 'first' \}/,
    ],
    [
      'that computes what was stored',
      'CREATE TABLE users (id INTEGER PRIMARY KEY, first, last, boss, age AS (7))',
      'users',
      undefined,
      /would lose the values of age/,
    ],
    [
      'that drops what is kept',
      NEW_USERS,
      'users',
      { copy: { full_name: 'last' }, drop: ['age'] },
      /drop names age, which the new users keeps/,
    ],
    [
      'that drops what is not there',
      NEW_USERS,
      'users',
      { drop: ['agee'] },
      /drop names agee, which is no column of users/,
      /age/,
    ],
    [
      'that copies into no column',
      NEW_USERS,
      'users',
      { copy: { fullname: 'last' } },
      /copy names fullname, which is no column/,
      /full_name/,
    ],
    [
      'that copies into a computed column',
      NEW_USERS,
      'users',
      { copy: { shout: 'last' } },
      /copy names shout, which is no column/,
    ],
    [
      'that copies a list',
      NEW_USERS,
      'users',
      { copy: { full_name: 'first, last' } },
      /copy\.full_name is no expression/,
    ],
    [
      'that copies a comment',
      NEW_USERS,
      'users',
      { copy: { full_name: '-- nothing' } },
      /copy\.full_name is no expression/,
    ],
    [
      'that copies more than an expression',
      NEW_USERS,
      'users',
      { copy: { full_name: '1) FROM log; --' } },
      /copy\.full_name is no expression/,
    ],
    [
      'that makes one row of all',
      NEW_USERS,
      'users',
      { copy: { full_name: 'max(first)' } },
      /would make 1 rows of the 2 in users/,
    ],
    ['of a table that is not there', 'CREATE TABLE user (id)', 'user', undefined, /there is no table user/],
    ['of a view', 'CREATE TABLE adults (id)', 'adults', undefined, /adults is a view/],
    ['of a table of SQLite', 'CREATE TABLE sqlite_sequence (name, seq)', 'sqlite_sequence', undefined, /SQLite's own/],
    [
      'under another name',
      'CREATE TABLE people (id)',
      'users',
      undefined,
      /its CREATE TABLE makes people/,
      /RENAME TO/,
    ],
    ['as a temporary table', 'CREATE TEMP TABLE users (id)', 'users', undefined, /makes no temporary table/],
    ['in another database', 'CREATE TABLE temp.users (id)', 'users', undefined, /not in temp/],
    [
      'from a query',
      'CREATE TABLE users AS SELECT 1',
      'users',
      undefined,
      /SQL, line 1, column 20: AS where \( should be/,
    ],
    ['with an option that is none', NEW_USERS, 'users', { copied: {} }, /has no option 'copied'/, /copy/],
    [
      'with SQL that SQLite refuses',
      'CREATE TABLE users (id INTEGER PRIMARY KEY, first, last, age, boss, CHECK (nosuch > 1))',
      'users',
      undefined,
      /no such column: nosuch/,
    ],
    [
      'with rows that the new table refuses',
      NEW_USERS,
      'users',
      { copy: { full_name: 'NULL' } },
      /NOT NULL constraint failed/,
    ],
  ])('%s', async (_, sql, table, options, message, hint) => {
    const error = await refusal(await databaseWith(USERS), call(table, sql, options));
    expect(error).toMatchObject({ code: 'REVISION_FAILED', data: { state: 'rolledBack' } });
    expect(error.message).toMatch(message);
    if (hint !== undefined) expect(error.hint).toMatch(hint);
  });

  test('that takes a column from an index, a trigger or a view', async () => {
    const database = await databaseWith(`${USERS};
      CREATE TRIGGER users_old BEFORE DELETE ON users WHEN old."boss" IS NOT NULL BEGIN SELECT 1; END;
      CREATE TRIGGER elsewhere AFTER INSERT ON log BEGIN UPDATE users SET last = NEW.what; END;
      CREATE VIEW bosses AS SELECT * FROM (SELECT boss AS id FROM users)`);
    const drop = (column: string): string => call('users', without(column), { drop: [column] });
    const told = async (column: string): Promise<string> => (await refusal(database, drop(column))).message;
    expect(await told('age')).toContain('would break index users_age: it names age, which the new users does not have');
    expect(await told('last')).toContain('would break index users by name: it names last');
    expect(await told('boss')).toContain('would break trigger users_old: it names boss');
    await database.query('DROP TRIGGER users_old');
    expect(await told('boss')).toContain('would break view bosses, which needs users: no such column: boss');
    await database.query('DROP INDEX "users by name"');
    expect(await told('last')).toContain('would break trigger elsewhere, which needs users: no such column: last');
  });

  test('that is told by its file and line where a statement fails', async () => {
    const error = await refusal(await databaseWith(USERS), `  op.log('');\n${call('users', NEW_USERS)}`);
    expect(error.message).toMatch(/^Revision b2 failed at statement \d+, .*b2\.ts:16\n/);
    expect(error.message).toContain('INSERT INTO torale_new_users');
  });

  test('with foreign keys on, since DROP TABLE would delete rows that refer to it', async () => {
    const error = await refusal(await databaseWith(USERS), call('users', NEW_USERS, { copy: { full_name: 'last' } }), {
      extra: 'export const options = { foreignKeys: true };',
    });
    expect(error.message).toContain('cannot run with foreign keys on');
  });

  test('that leaves rows without what they refer to', async () => {
    const schema = `${USERS}; CREATE TABLE codes (code TEXT PRIMARY KEY); CREATE TABLE uses (code REFERENCES codes (code)); INSERT INTO codes VALUES ('a'); INSERT INTO uses VALUES ('a')`;
    const error = await refusal(
      await databaseWith(schema),
      call('codes', 'CREATE TABLE codes (code TEXT PRIMARY KEY)', { copy: { code: 'upper(code)' } }),
    );
    expect(error.message).toContain('would break a foreign key');
  });

  test('that nobody waits for', async () => {
    const error = await refusal(
      await databaseWith(USERS),
      call('log', 'CREATE TABLE log (what TEXT, at)').replace('await ', ''),
    );
    expect(error.message).toMatch(/op\.rebuildTable at .*b2\.ts:15 was not awaited/);
  });

  test('within what commits by itself, and before it', async () => {
    const rebuild = call('log', 'CREATE TABLE log (what TEXT, at)');
    const outside = `  await op.autocommit(async () => {\n${rebuild}\n  });`;
    expect((await refusal(await databaseWith(USERS), outside)).message).toContain('cannot run in op.autocommit');
    const batch = `  await op.batch({ select: 'SELECT id FROM users', each: async () => {\n${rebuild}\n  } });`;
    expect((await refusal(await databaseWith(USERS), batch)).message).toContain('cannot run in op.batch');
    for (const [name, after] of [
      ['op.autocommit', `  await op.autocommit(async () => {});`],
      ['op.batch', `  await op.batch({ select: 'SELECT id FROM users', each: async () => {} });`],
    ] as const) {
      const error = await refusal(await databaseWith(USERS), `${rebuild}\n${after}`);
      expect(error.message).toContain(`${name} cannot follow op.rebuildTable`);
    }
  });

  test('but behind it all is well, also when the first run was cut off there', async () => {
    const database = await databaseWith(USERS);
    const body = [
      `  await op.batch({ select: 'SELECT id FROM users', each: async (rows, { knex }) => { await knex('log').insert({ what: 'batch' }); } });`,
      call('log', 'CREATE TABLE log (what TEXT NOT NULL, at)'),
      `  if (!(globalThis as Record<string, unknown>)['mended']) throw new Error('cut off');`,
    ].join('\n');
    const versions = writeVersions([{ id: 'b2', body }]);
    await expect(upgrade({ url: database.url, versions })).rejects.toMatchObject({ data: { state: 'resumable' } });
    (globalThis as Record<string, unknown>)['mended'] = true;
    onTestFinished(() => void delete (globalThis as Record<string, unknown>)['mended']);
    await upgrade({ url: database.url, versions });
    expect(await database.query('SELECT * FROM log')).toEqual([{ what: 'batch', at: null }]);
  });
});

describeOn(['postgres', 'mysql'], 'elsewhere', (dialect) => {
  test('it is refused with how to guard it', async () => {
    const { url } = await freshDatabase(dialect);
    const versions = writeVersions([{ id: 'a1', body: call('t', 'CREATE TABLE t (a int)') }]);
    const error = await upgrade({ url, versions }).catch((thrown: unknown) => thrown as ToraleError);
    expect(error).toMatchObject({
      code: 'REVISION_FAILED',
      hint: expect.stringContaining(`op.dialect === 'sqlite'`) as unknown,
    });
  });
});

describe('without running it', () => {
  const rebuild = call('users', NEW_USERS, { copy: { full_name: 'last' } });
  const request = { target: 'head', from: null, dialect: null };
  const runOn = (database: TestDatabase, versions: string) => {
    return createRun(libraryConfig({ url: database.url, versions }));
  };

  test('a dry run lists the statements, and --sql writes a script that does the same', async () => {
    const database = await databaseWith(USERS);
    const versions = writeVersions([
      { id: 'a1', body: `await op.execute('INSERT INTO log VALUES (1)');` },
      { id: 'b2', body: rebuild },
    ]);
    const before = await database.dump();
    const text = dryRunText(await dryRun(runOn(database, versions), request), 'head');
    for (const part of [
      'CREATE TABLE torale_new_users (',
      'INSERT INTO sqlite_sequence',
      'age, boss, last AS full_name',
      'DROP TABLE users',
      'ALTER TABLE torale_new_users RENAME TO users',
      'CREATE UNIQUE INDEX "users by name"',
      'CREATE TRIGGER users_second',
    ]) {
      expect(text).toContain(part);
    }
    const script = await upgradeScript(runOn(database, versions), request);
    expect(await database.dump()).toBe(before);

    const copy = join(temporaryFolder(), 'copy.db');
    writeFileSync(copy, readFileSync(database.name));
    const raw = new Database(copy);
    raw.exec(script);
    const state = (of: Database.Database): unknown => [
      of.prepare('SELECT * FROM users').all(),
      of.prepare(`SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'torale%' ORDER BY 1`).all(),
      of.prepare('SELECT version_num FROM torale_version').all(),
    ];
    await upgrade({ url: database.url, versions });
    const real = new Database(database.name);
    expect(state(raw)).toEqual(state(real));
    raw.close();
    real.close();
  });

  test('where the table is not yet what it will be, a dry run says so and goes on', async () => {
    const database = await freshDatabase('sqlite');
    const versions = writeVersions([
      { id: 'a1', body: `await op.execute(${JSON.stringify(USERS)});` },
      { id: 'b2', body: rebuild },
      { id: 'c3', body: `await op.execute('SELECT 1');` },
    ]);
    const text = dryRunText(await dryRun(runOn(database, versions), request), 'head');
    expect(text).toMatch(
      /b2 {2}b2\n {6}\(rebuilds a table as what comes before will have left it, .*b2\.ts:15: a dry run cannot go further/,
    );
    expect(text).toContain('SELECT 1;');
    await expect(upgradeScript(runOn(database, versions), request)).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringMatching(
        /^Revision b2 rebuilds a table .* at .*b2\.ts:15, so its script cannot be written/,
      ) as unknown,
    });
  });

  test('without a database there is no script', async () => {
    const database = await databaseWith(USERS);
    const versions = writeVersions([{ id: 'b2', body: rebuild }]);
    await expect(upgradeScript(runOn(database, versions), { ...request, from: [] })).rejects.toMatchObject({
      code: 'REFUSED',
      hint: expect.stringContaining('--autogenerate') as unknown,
    });
  });
});

test('what ran is told as its own statements', async () => {
  const database = await databaseWith(USERS);
  const events: ToraleEvent[] = [];
  const versions = writeVersions([{ id: 'b2', body: call('log', 'CREATE TABLE log (what TEXT, at)') }]);
  await upgrade({ url: database.url, versions, onEvent: (event) => events.push(event) });
  expect(events.some(({ type }) => type === 'revision-applied')).toBe(true);
  expect(await database.query('SELECT * FROM torale_journal')).toEqual([]);
});
