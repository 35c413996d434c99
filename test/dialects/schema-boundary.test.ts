import { expect, onTestFinished, test } from 'vitest';
import { loadSchemaDialect } from '../../src/dialects/load-schema.ts';
import { loadDialect } from '../../src/dialects/load.ts';
import { parseDatabaseUrl } from '../../src/dialects/registry.ts';
import { planChanges, type SchemaPlan } from '../../src/diff/plan.ts';
import { keyOf, type SchemaObject } from '../../src/schema/object.ts';
import type { Session } from '../../src/session/session.ts';
import { describeOn, freshDatabase } from '../support/databases.ts';

type Small = 'mysql' | 'sqlite';

async function open(dialect: Small, statements: readonly string[]): Promise<Session> {
  const url = dialect === 'sqlite' ? 'sqlite::memory:' : (await freshDatabase(dialect)).url;
  const options = { connectTimeoutMs: 5000, readOnly: false, create: true };
  const session = await (await loadDialect(dialect)).connect(parseDatabaseUrl(url, { cwd: '.', base: '.' }), options);
  onTestFinished(() => session.close());
  for (const sql of statements) await session.query(sql);
  return session;
}

const nothing = (): boolean => false;

async function planBetween(from: Session, to: Session): Promise<SchemaPlan> {
  const rules = await loadSchemaDialect(from.dialect);
  const [before, after] = [await rules.inspect(from, nothing), await rules.inspect(to, nothing)];
  expect(before.unread).toEqual([]);
  const { number: version, flavor } = before.server;
  return planChanges({ from: before.schema, to: after.schema, version, flavor }, rules);
}

/** The statements that made one into the other, after which nothing is left to do. */
async function become(session: Session, target: Session): Promise<string[]> {
  const { statements } = await planBetween(session, target);
  for (const { sql } of statements) await session.query(sql);
  expect(await planBetween(session, target)).toEqual({ changes: [], statements: [] });
  return statements.map(({ sql }) => sql).filter((sql) => !sql.startsWith('SET '));
}

const SHOP: Record<Small, readonly (readonly string[])[]> = {
  sqlite: [
    [],
    [
      'CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT COLLATE nocase) STRICT',
      'CREATE UNIQUE INDEX customer_email ON customer (email)',
    ],
    [
      "CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT COLLATE nocase, credit INTEGER NOT NULL DEFAULT -1, name_length INTEGER AS (length(name)), note TEXT CHECK (note <> '')) STRICT",
      'CREATE INDEX customer_email ON customer (email) WHERE email IS NOT NULL',
      'CREATE INDEX by_length ON customer (length(name) DESC, credit)',
      `CREATE TABLE "order" (id integer primary key autoincrement, "group" varchar(10), customer integer /* who */ REFERENCES customer(id) ON DELETE CASCADE)`,
    ],
    [
      'CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT COLLATE nocase, credit INTEGER NOT NULL DEFAULT -1) STRICT',
      'CREATE TABLE keep (k text PRIMARY KEY, v blob) WITHOUT ROWID, STRICT',
      'CREATE INDEX keep_v ON keep (v)',
    ],
  ],
  mysql: [
    [],
    [
      'CREATE TABLE customer (id int AUTO_INCREMENT PRIMARY KEY, name varchar(20) NOT NULL, email varchar(99), UNIQUE KEY email (email))',
    ],
    [
      `CREATE TABLE customer (zone char(4) NOT NULL DEFAULT 'x''\\\\', id bigint unsigned AUTO_INCREMENT, country char(2), name varchar(40) COLLATE utf8mb4_bin, attic text,
         email varchar(99) COMMENT 'a, (b', PRIMARY KEY (id, zone), KEY email (email(10), name), KEY by_name (name)) COMMENT = 'who; buys'`,
      'CREATE TABLE `or``der` (id int, twice int AS (id * 2) STORED, `gro up` int, KEY (twice), FULLTEXT KEY words (w), w text) ROW_FORMAT = COMPRESSED',
    ],
    [
      'CREATE TABLE customer (email varchar(99), name varchar(20), id int AUTO_INCREMENT PRIMARY KEY, KEY by_the_name (name)) DEFAULT CHARSET latin1',
      'CREATE TABLE `or``der` (id int, twice int AS (id * 3) STORED, KEY (twice))',
    ],
  ],
};

describeOn(['mysql', 'sqlite'], 'the diff engine', (name) => {
  const dialect = name as Small;
  const schemas = SHOP[dialect];
  const steps = schemas
    .flatMap((_, from) => schemas.map((_, to) => [from, to] as const))
    .filter(([from, to]) => from !== to);

  test.each(steps)('takes schema %i to schema %i and back', async (from, to) => {
    const [database, before, after] = [
      await open(dialect, schemas[from]!),
      await open(dialect, schemas[from]!),
      await open(dialect, schemas[to]!),
    ];
    await become(database, after);
    await become(database, before);
  });

  test('leaves out what is its own, with all that is on it', async () => {
    const session = await open(dialect, [
      'CREATE TABLE torale_version (version_num varchar(32))',
      'CREATE INDEX i ON torale_version (version_num)',
      'CREATE TABLE other (id int)',
    ]);
    const rules = await loadSchemaDialect(dialect);
    const isOwn = ({ kind, path }: SchemaObject): boolean => kind === 'table' && path[0] === 'torale_version';
    const { schema } = await rules.inspect(session, isOwn);
    const own = dialect === 'mysql' ? ['database:'] : [];
    expect([...schema.objects()].map(keyOf)).toEqual([...own, 'table:other', 'column:other.id']);
  });
});

describeOn(['mysql'], 'one table', () => {
  test('is altered by one statement, though two would be refused', async () => {
    const before = await open('mysql', [
      'CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, a int, b int, KEY k (a, b))',
    ]);
    const after = await open('mysql', [
      "CREATE TABLE t (a int, new1 int, z int, id bigint AUTO_INCREMENT, PRIMARY KEY (a, id), UNIQUE KEY (id), KEY k (a)) COMMENT 'c'",
    ]);
    const statements = await become(before, after);
    expect(statements).toHaveLength(1);
  });

  test('keeps rows where only the order of columns changes', async () => {
    const before = await open('mysql', [
      'CREATE TABLE t (a int, b int, c int, d int)',
      'INSERT INTO t VALUES (1, 2, 3, 4)',
    ]);
    const after = await open('mysql', ['CREATE TABLE t (d int, a int, x int, b int, c int)']);
    const [sql] = await become(before, after);
    expect(sql).not.toContain('`a` int');
    expect((await before.query('SELECT * FROM t')).rows).toEqual([{ d: 4, a: 1, x: null, b: 2, c: 3 }]);
  });
});
