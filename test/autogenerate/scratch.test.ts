import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { withScratch, type ScratchRequest } from '../../src/autogenerate/scratch.ts';
import { loadDialect } from '../../src/dialects/load.ts';
import { loadScratchDialect } from '../../src/dialects/load-scratch.ts';
import type { DialectName } from '../../src/dialects/names.ts';
import { parseDatabaseUrl } from '../../src/dialects/registry.ts';
import { readScratchName, scratchName } from '../../src/dialects/scratch-dialect.ts';
import type { Row } from '../../src/session/session.ts';
import { adminUrl, describeOn, freshDatabase, query } from '../support/databases.ts';

const CONFIG = { protected: false, connectTimeoutMs: 5000, role: null, searchPath: null, versionTableSchema: null };

function requestFor(url: string | null, overrides: Partial<ScratchRequest> = {}): ScratchRequest {
  const host = url === null ? null : { url: parseDatabaseUrl(url, { base: '.' }), isDedicated: false };
  return {
    dialect: host?.url.dialect ?? 'sqlite',
    host,
    config: CONFIG,
    signal: new AbortController().signal,
    onEvent: () => undefined,
    ...overrides,
  };
}

const LIST = {
  postgres: 'SELECT datname AS name FROM pg_database',
  mysql: 'SELECT schema_name AS name FROM information_schema.schemata',
};

async function databases(dialect: 'postgres' | 'mysql'): Promise<string[]> {
  return (await query(adminUrl(dialect), LIST[dialect])).map((row) => String(row['name']));
}

describeOn(['postgres', 'mysql'], 'a scratch database', (name) => {
  const dialect = name as 'postgres' | 'mysql';
  const current = dialect === 'postgres' ? 'SELECT current_database() AS name' : 'SELECT DATABASE() AS name';

  test('is another database on the same server, and gone afterwards', async () => {
    const { url, name: home } = await freshDatabase(dialect);
    const made = await withScratch(requestFor(url), async ({ session }) => {
      await session.query('CREATE TABLE t (a int)');
      return String((await session.query(current)).rows[0]!['name']);
    });
    expect(readScratchName(made)).not.toBeNull();
    expect(made).not.toBe(home);
    expect(await databases(dialect)).not.toContain(made);
  });

  test('is gone when the work fails', async () => {
    const { url } = await freshDatabase(dialect);
    let made = '';
    const work = withScratch(requestFor(url), async ({ session }) => {
      made = String((await session.query(current)).rows[0]!['name']);
      throw new Error('stop');
    });
    await expect(work).rejects.toThrow('stop');
    expect(await databases(dialect)).not.toContain(made);
  });

  test('is put back to what it was, and nothing is left of that', async () => {
    const { url } = await freshDatabase(dialect);
    const names: string[] = [];
    await withScratch(requestFor(url), async (scratch) => {
      await scratch.session.query('CREATE TABLE t (a int)');
      await scratch.session.query('INSERT INTO t VALUES (1)');
      // MySQL and MariaDB copy no databases.
      expect(await scratch.mark()).toBe(dialect !== 'mysql');
      for (let round = 0; round < (dialect === 'mysql' ? 1 : 2); round++) {
        if (round > 0) await scratch.rewind();
        names.push(String((await scratch.session.query(current)).rows[0]!['name']));
        await scratch.session.query('INSERT INTO t VALUES (2)');
        const { rows } = await scratch.session.query('SELECT sum(a) AS sum FROM t');
        expect(rows.map(({ sum }) => Number(sum))).toEqual([3]);
      }
    });
    expect(new Set(names)).toHaveLength(names.length);
    for (const made of names) expect(await databases(dialect)).not.toContain(made);
  });

  test('a signal while it is copied leaves neither behind', async () => {
    const { url } = await freshDatabase(dialect);
    const before = new Set(await databases(dialect));
    const stop = new AbortController();
    const work = withScratch(requestFor(url, { signal: stop.signal }), async (scratch) => {
      await scratch.session.query('CREATE TABLE t (a int)');
      const copying = scratch.mark();
      stop.abort(new Error('stopped'));
      await copying;
      stop.signal.throwIfAborted();
    });
    await expect(work).rejects.toThrow('stopped');
    const own = (await databases(dialect)).filter((name) => {
      const scratch = readScratchName(name);
      return scratch !== null && !before.has(name) && name.includes(`_${process.pid.toString(36)}_`);
    });
    expect(own).toEqual([]);
  });

  test('is gone on a signal, which cuts off what runs there', async () => {
    const { url } = await freshDatabase(dialect);
    const controller = new AbortController();
    let made = '';
    const work = withScratch(requestFor(url, { signal: controller.signal }), async ({ session }) => {
      made = String((await session.query(current)).rows[0]!['name']);
      setTimeout(() => controller.abort(new Error('stopped')), 100);
      await Promise.race([
        session.query(dialect === 'postgres' ? 'SELECT pg_sleep(30)' : 'SELECT SLEEP(30)'),
        sleep(8000),
      ]);
    });
    await expect(work).rejects.toThrow('stopped');
    expect(await databases(dialect)).not.toContain(made);
  });

  test('is never made on a protected environment', async () => {
    const { url } = await freshDatabase(dialect);
    const isProtected = { ...CONFIG, protected: true };
    await expect(withScratch(requestFor(url, { config: isProtected }), async () => undefined)).rejects.toMatchObject({
      code: 'SCRATCH_REFUSED',
      exitCode: 12,
    });
    const host = { url: parseDatabaseUrl(url, { base: '.' }), isDedicated: true };
    await withScratch(requestFor(url, { config: isProtected, host }), async () => undefined);
  });

  test('needs a server', async () => {
    await expect(withScratch(requestFor(null, { dialect }), async () => undefined)).rejects.toMatchObject({
      code: 'NO_DATABASE',
    });
  });
});

describeOn(['postgres'], 'a scratch database', () => {
  test('has the encoding and collation of its home', async () => {
    const { url } = await freshDatabase('postgres');
    const told = `SELECT pg_encoding_to_char(encoding) || datcollate || datctype AS told FROM pg_database WHERE datname = current_database()`;
    const [home] = await query(url, told);
    const made = await withScratch(requestFor(url), async ({ session }) => (await session.query(told)).rows[0]);
    expect(made).toEqual(home);
  });

  test('its session is put back to how it began', async () => {
    const { url } = await freshDatabase('postgres');
    const request = requestFor(url, { config: { ...CONFIG, searchPath: ['public'] } });
    await withScratch(request, async (scratch) => {
      const { session } = scratch;
      await session.query("SET search_path = ''");
      await session.query('BEGIN');
      await scratch.reset();
      expect(await session.inTransaction()).toBe(false);
      expect((await session.query('SHOW search_path')).rows[0]).toEqual({ search_path: '"public"' });
    });
  });

  test('what a dead run left behind is dropped by the next, what lives is not', async () => {
    const { url } = await freshDatabase('postgres');
    const [row] = await query(url, 'SELECT oid::text AS oid FROM pg_database WHERE datname = current_database()');
    const dead = scratchName(Number(row!['oid']).toString(36));
    await query(url, `CREATE DATABASE ${dead} TEMPLATE template0`);
    await withScratch(requestFor(url), async ({ session }) => {
      const living = String((await session.query('SELECT current_database() AS name')).rows[0]!['name']);
      await withScratch(requestFor(url), async () => undefined);
      expect(await databases('postgres')).toContain(living);
      expect(await databases('postgres')).not.toContain(dead);
    });
  });

  test('a role that may make none is told the ways out', async () => {
    const { url, name } = await freshDatabase('postgres');
    const role = `${name}_r`;
    await query(url, `CREATE ROLE ${role} LOGIN PASSWORD 'pw'`);
    try {
      const other = new URL(url);
      other.username = role;
      other.password = 'pw';
      const made = withScratch(requestFor(other.href), async () => undefined);
      await expect(made).rejects.toMatchObject({ code: 'DENIED', exitCode: 13 });
      await expect(made).rejects.toMatchObject({ hint: expect.stringMatching(/CREATEDB[\s\S]*scratchUrl/) as string });
    } finally {
      await query(url, `DROP ROLE ${role}`);
    }
  });
});

test('on SQLite it is in memory and needs no server', async () => {
  await withScratch(requestFor(null), async ({ session, display }) => {
    await session.query('CREATE TABLE t (a)');
    expect(display).toBe('a scratch database in memory');
  });
});

const LEAVES: Record<DialectName, readonly string[]> = {
  postgres: [
    'CREATE ROLE reader',
    'create user app with password $$x$$',
    'ALTER ROLE reader SET search_path = app',
    'DROP GROUP g',
    'CREATE DATABASE other',
    'ALTER DATABASE app SET timezone = UTC',
    'DROP DATABASE app',
    "CREATE TABLESPACE fast LOCATION '/ssd'",
    "ALTER SYSTEM SET work_mem = '1GB'",
    "CREATE SUBSCRIPTION s CONNECTION 'host=a' PUBLICATION p",
    'DROP SUBSCRIPTION s',
    "COPY t TO PROGRAM 'gzip'",
    "COPY t FROM '/tmp/rows.csv'",
    "COPY (SELECT 1) TO '/tmp/out'",
    'GRANT admin TO app',
    'REVOKE admin, other FROM app',
    'GRANT CONNECT ON DATABASE app TO reader',
    'GRANT SET ON PARAMETER work_mem TO app',
    'REASSIGN OWNED BY a TO b',
    'DROP OWNED BY a',
    "COMMENT ON ROLE a IS 'x'",
    'PREPARE TRANSACTION $$x$$',
    'DO $$ BEGIN IF true THEN CREATE ROLE reader; END IF; END $$',
    "SELECT pg_create_logical_replication_slot('a', 'b')",
  ],
  mysql: [
    'USE other',
    'CREATE DATABASE other',
    'DROP SCHEMA other',
    "CREATE USER 'a'@'%'",
    'DROP ROLE r',
    'GRANT SELECT ON *.* TO a',
    'SET GLOBAL max_connections = 5',
    'SELECT 1 INTO OUTFILE "/tmp/x"',
    "LOAD DATA INFILE '/tmp/x' INTO TABLE t",
    'CREATE TABLE other.t (a int)',
    'INSERT INTO `other`.`t` SELECT 1',
    'CREATE VIEW v AS SELECT * FROM other.t',
    'SELECT * FROM a JOIN other.t x ON x.id = a.id',
    'RENAME TABLE t TO other.t',
  ],
  sqlite: ["ATTACH DATABASE 'x.db' AS x", 'DETACH x', "VACUUM INTO 'copy.db'"],
};

const STAYS: Record<DialectName, readonly string[]> = {
  postgres: [
    'CREATE EXTENSION hstore',
    'CREATE USER MAPPING FOR app SERVER s',
    'CREATE PUBLICATION p FOR ALL TABLES',
    'CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()',
    'GRANT SELECT ON t TO app',
    'GRANT USAGE ON SCHEMA app TO app',
    'ALTER DEFAULT PRIVILEGES FOR ROLE a GRANT SELECT ON TABLES TO b',
    'SET ROLE app',
    'ALTER TABLE t OWNER TO app',
    'CREATE TABLE role (user_id int)',
    'ALTER TABLE "user" RENAME TO role',
    "INSERT INTO t VALUES ('CREATE ROLE x')",
    'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE ROLE x; END $$',
    'DO $$ BEGIN PERFORM 1; END $$',
    'CREATE POLICY p ON t TO app USING (true)',
  ],
  mysql: [
    'CREATE TABLE t (a int)',
    'CREATE TABLE scratch.t (a int)',
    'SELECT a.id, b.name FROM a JOIN b ON a.id = b.id WHERE a.id = b.id ORDER BY a.id',
    'UPDATE a SET a.x = 1',
    'START TRANSACTION',
    'ALTER DATABASE CHARACTER SET utf8mb4',
    'SET SESSION sql_mode = ""',
    'SELECT * FROM information_schema.tables',
    'CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = OLD.a',
  ],
  sqlite: ['CREATE TABLE attach (a)', 'VACUUM', "INSERT INTO t VALUES ('ATTACH')"],
};

describe('a scratch database of SQLite', () => {
  const copies = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('torale-scratch-'));

  afterEach(() => vi.unstubAllEnvs());

  test.each([
    ['in memory', 10, null],
    ['a large one, which has no file afterwards', 9_000_000, null],
    ['a large one where nothing can be written', 9_000_000, '/nowhere'],
  ])('is put back to what it was: %s', async (_, size, folder) => {
    const before = copies();
    if (folder !== null) vi.stubEnv('TMPDIR', folder);
    await withScratch(requestFor(null), async (scratch) => {
      const run = async (sql: string): Promise<readonly Row[]> => (await scratch.session.query(sql)).rows;
      await run('CREATE TABLE t (a blob)');
      await run(`INSERT INTO t VALUES (zeroblob(${size}))`);
      expect(await scratch.mark()).toBe(true);
      const first = scratch.session;
      await run('INSERT INTO t VALUES (2)');
      await run('CREATE TABLE u (a int)');
      await scratch.rewind();
      expect(scratch.session).not.toBe(first);
      expect(await run('SELECT length(a) AS size FROM t')).toEqual([{ size }]);
      expect(await run('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }]);
      await run('CREATE TABLE u (a int)');
      expect((await scratch.session.query('UPDATE t SET a = 3')).rowCount).toBe(1);
    });
    vi.unstubAllEnvs();
    expect(copies()).toEqual(before);
  });
});

describe.each(['postgres', 'mysql', 'sqlite'] as const)('the guard of %s', (name) => {
  test.each(LEAVES[name])('refuses %s', async (sql) => {
    const [dialect, scratches] = await Promise.all([loadDialect(name), loadScratchDialect(name)]);
    expect(dialect.split(sql).map((statement) => scratches.leaves(statement, 'scratch'))).not.toContain(null);
  });

  test.each(STAYS[name])('lets pass %s', async (sql) => {
    const [dialect, scratches] = await Promise.all([loadDialect(name), loadScratchDialect(name)]);
    expect(dialect.split(sql).map((statement) => scratches.leaves(statement, 'scratch'))).toEqual([null]);
  });
});

test('on a server of its own everything may run', async () => {
  const { scratchGuard } = await import('../../src/autogenerate/scratch-guard.ts');
  const [dialect, scratches] = await Promise.all([loadDialect('postgres'), loadScratchDialect('postgres')]);
  expect(() => scratchGuard(dialect, scratches, 'scratch', true)('CREATE ROLE a')).not.toThrow();
  expect(() => scratchGuard(dialect, scratches, 'scratch', false)('CREATE ROLE a')).toThrow(/CREATE ROLE/);
});
