import { describe, expect, onTestFinished, test } from 'vitest';
import { proveWithRows, withHazards, type RowProof } from '../../src/autogenerate/row-proof.ts';
import { loadDialect } from '../../src/dialects/load.ts';
import { parseDatabaseUrl } from '../../src/dialects/registry.ts';
import type { Filling } from '../../src/dialects/row-rules.ts';
import { postgresSchema } from '../../src/dialects/postgres/schema.ts';
import { planChanges } from '../../src/diff/plan.ts';
import type { Statement } from '../../src/diff/rules.ts';
import type { Schema } from '../../src/schema/schema.ts';
import type { Session } from '../../src/session/session.ts';
import { describeOn, freshDatabase, type TestDatabase } from '../support/databases.ts';

const rules = postgresSchema.rows!;

interface Scratch {
  readonly db: TestDatabase;
  readonly session: Session;
  readonly schema: Schema;
  readonly version: number;
}

async function scratch(sql: string): Promise<Scratch> {
  const db = await freshDatabase('postgres');
  await db.query(sql);
  const dialect = await loadDialect('postgres');
  const url = parseDatabaseUrl(db.url, { cwd: '.', base: '.' });
  const session = await dialect.connect(url, { connectTimeoutMs: 5000, readOnly: false, create: false });
  onTestFinished(() => session.close());
  const { schema, server } = await postgresSchema.inspect(session, () => false);
  return { db, session, schema, version: server.number };
}

async function fill(sql: string): Promise<Filling & Pick<Scratch, 'db' | 'session'>> {
  const { db, session, schema } = await scratch(sql);
  return { db, session, ...(await rules.fill(session, schema)) };
}

/** Runs statements, or what is planned where none are given. */
async function prove(
  before: string,
  after: string,
  given?: readonly Statement[],
): Promise<RowProof & { readonly statements: readonly Statement[] }> {
  const from = await scratch(before);
  const to = await scratch(after);
  const sides = { from: from.schema, to: to.schema, version: from.version, flavor: 'postgres' };
  const statements = given ?? planChanges(sides, postgresSchema).statements;
  const proof = await proveWithRows({ rules, session: from.session, statements, from: from.schema, to: to.schema });
  return { ...proof, statements };
}

const failedSql = ({ failing, statements }: Awaited<ReturnType<typeof prove>>): string[] =>
  failing.map(({ index, code }) => `${code} ${statements[index]!.sql.replaceAll(/\s+/g, ' ')}`);

describeOn(['postgres'], 'made-up rows', () => {
  test('every built-in type has values', async () => {
    const { db, filled, unfilled } = await fill(`
      DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT typname FROM pg_type
          WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'r', 'm')
            AND typname !~ '^_?pg_(?!lsn|snapshot)' AND typname NOT IN ('_cstring', '_record', 'gtsvector', '_gtsvector')
        LOOP
          EXECUTE format('CREATE TABLE %I (v pg_catalog.%I NOT NULL)', 'of_' || name, name);
        END LOOP;
      END $$`);
    expect(unfilled).toEqual([]);
    expect(filled.size).toBeGreaterThan(120);
    expect([...filled.values()].every((count) => count >= 2)).toBe(true);
    expect(await db.query('SELECT * FROM of_int2vector LIMIT 1')).toHaveLength(1);
  });

  test('lengths and precisions are kept to', async () => {
    const { unfilled } = await fill(`
      CREATE TABLE narrow (a varchar(1) UNIQUE, b char(3), c numeric(2, 2), d numeric(1), e bit(4), f varbit(3), g timestamp(0),
        h interval day to second, i varchar(7)[], j numeric(5, 2)[], k "char", l name)`);
    expect(unfilled).toEqual([]);
  });

  test('enums, domains, composites and ranges of one’s own', async () => {
    const { db, unfilled } = await fill(`
      CREATE TYPE mood AS ENUM ('sad', 'glad');
      CREATE DOMAIN code AS text CHECK (VALUE ~ '^[A-Z]{2}-\\d{4}$') NOT NULL;
      CREATE DOMAIN strict_code AS code CHECK (VALUE <> 'AA-1111');
      CREATE DOMAIN port AS int CHECK (VALUE BETWEEN 1024 AND 65535);
      CREATE TYPE place AS (street text, port port, mood mood);
      CREATE TYPE float_range AS RANGE (subtype = float8);
      CREATE TABLE t (m mood UNIQUE, c code, p port, at place, r float_range, many mood[], ports port[])`);
    expect(unfilled).toEqual([]);
    const [row] = await db.query('SELECT m, c, p > 1023 AS high FROM t ORDER BY m');
    expect(row).toEqual({ m: 'sad', c: expect.stringMatching(/^[A-Z]{2}-\d{4}$/), high: true });
  });

  test('checks are satisfied, and one that cannot be is named with the reason', async () => {
    const { filled, unfilled } = await fill(`
      CREATE TABLE good (
        state text CHECK (state IN ('draft', 'live')), price numeric(8, 2) CHECK (price > 0 AND price < 5),
        title text NOT NULL CHECK (length(title) = 3), slug text CHECK (slug LIKE 'x-%'), a int, b int, c int,
        starts date NOT NULL, ends date NOT NULL, data jsonb CHECK (jsonb_typeof(data) = 'array'), number text CHECK (number::int > 3),
        CHECK (num_nonnulls(a, b, c) = 1), CHECK (ends > starts), CHECK (starts >= '2031-05-01'));
      CREATE TABLE bad (x int NOT NULL CHECK (x > 5 AND x < 3))`);
    expect(filled.get('table:public.good')).toBeGreaterThanOrEqual(2);
    expect(unfilled).toEqual([
      { table: 'table:public.bad', why: '23514: new row for relation "bad" violates check constraint "bad_x_check"' },
    ]);
  });

  test('foreign keys hold: chains, circles, to itself, several over one column', async () => {
    const { db, filled, unfilled } = await fill(`
      CREATE TABLE child (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent int NOT NULL);
      CREATE TABLE parent (id serial PRIMARY KEY);
      ALTER TABLE child ADD FOREIGN KEY (parent) REFERENCES parent;
      CREATE TABLE one (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, two int NOT NULL);
      CREATE TABLE two (id int PRIMARY KEY, one int NOT NULL REFERENCES one);
      ALTER TABLE one ADD FOREIGN KEY (two) REFERENCES two;
      CREATE TABLE tree (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, up int NOT NULL REFERENCES tree);
      CREATE TABLE tenant (id uuid PRIMARY KEY);
      CREATE TABLE thing (tenant uuid REFERENCES tenant, id int, PRIMARY KEY (tenant, id));
      CREATE TABLE link (tenant uuid NOT NULL REFERENCES tenant, a int NOT NULL, b int NOT NULL, CHECK (a <> b),
        FOREIGN KEY (tenant, a) REFERENCES thing, FOREIGN KEY (tenant, b) REFERENCES thing)`);
    expect(unfilled).toEqual([]);
    expect([...filled.values()].every((count) => count >= 2)).toBe(true);
    // Each key holds as if it were new.
    await db.query(`
      ALTER TABLE child ADD FOREIGN KEY (parent) REFERENCES parent;
      ALTER TABLE one ADD FOREIGN KEY (two) REFERENCES two;
      ALTER TABLE two ADD FOREIGN KEY (one) REFERENCES one;
      ALTER TABLE tree ADD FOREIGN KEY (up) REFERENCES tree;
      ALTER TABLE link ADD FOREIGN KEY (tenant, b) REFERENCES thing`);
  });

  test('partitions of every sort, heirs, and what triggers and rules would keep out', async () => {
    const { session, filled, unfilled } = await fill(`
      CREATE TABLE ev (id int, at timestamptz, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
      CREATE TABLE ev_20 PARTITION OF ev FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY LIST (id);
      CREATE TABLE ev_20_a PARTITION OF ev_20 FOR VALUES IN (500, 600);
      CREATE TABLE ev_rest PARTITION OF ev DEFAULT;
      CREATE TABLE h (id int) PARTITION BY HASH (id);
      CREATE TABLE h_0 PARTITION OF h FOR VALUES WITH (MODULUS 3, REMAINDER 0);
      CREATE TABLE h_2 PARTITION OF h FOR VALUES WITH (MODULUS 3, REMAINDER 2);
      CREATE TABLE base (id int); CREATE TABLE heir (extra text) INHERITS (base);
      CREATE TABLE ruled (id int); CREATE RULE r AS ON INSERT TO ruled DO INSTEAD NOTHING;
      CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
      CREATE TABLE guarded (id int); CREATE TRIGGER t BEFORE INSERT ON guarded FOR EACH ROW EXECUTE FUNCTION no();
      CREATE TABLE leafless (id int) PARTITION BY LIST (id)`);
    expect(unfilled).toEqual([{ table: 'table:public.leafless', why: 'it has no partitions' }]);
    expect(filled.size).toBe(11);
    for (const table of ['ev_20_a', 'ev_rest', 'h_0', 'h_2', 'heir', 'ruled', 'guarded']) {
      expect(filled.get(`table:public.${table}`), table).toBeGreaterThanOrEqual(2);
    }
    const { rows } = await session.query(`SELECT current_setting('session_replication_role') AS role`);
    expect(rows).toEqual([{ role: 'origin' }]);
  });
});

describeOn(['postgres'], 'the proof with rows', () => {
  test.each([
    ['a column without a default', 'CREATE TABLE t (id int)', 'CREATE TABLE t (id int, n text NOT NULL)', '23502'],
    ['NOT NULL', 'CREATE TABLE t (id int, n text)', 'CREATE TABLE t (id int, n text NOT NULL)', '23502'],
    ['a new unique', 'CREATE TABLE t (id int, n text)', 'CREATE TABLE t (id int, n text UNIQUE)', '23505'],
    ['a new check', 'CREATE TABLE t (n int)', 'CREATE TABLE t (n int CHECK (n > 0))', '23514'],
    ['a type that is too narrow', 'CREATE TABLE t (n bigint)', 'CREATE TABLE t (n int)', '22003'],
    ['a type that reads other texts', 'CREATE TABLE t (n text)', 'CREATE TABLE t (n int)', '22P02'],
    [
      'a new foreign key',
      'CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (p int)',
      'CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (p int REFERENCES p)',
      '23503',
    ],
  ])('%s fails on rows, and passes once they are gone', async (_, before, after, code) => {
    const proof = await prove(before, after);
    expect(failedSql(proof)).toEqual([expect.stringMatching(new RegExp(`^${code} ALTER TABLE`))]);
    expect(proof).toMatchObject({ lost: [], unfilled: [], emptied: ['table:public.t'] });
    expect(proof.stoppedAt).toBeUndefined();
  });

  test('an index that is built outside a transaction fails as well', async () => {
    const index = 'CREATE UNIQUE INDEX CONCURRENTLY t_n ON public.t (n)';
    const before = 'CREATE TABLE t (n int)';
    const after = 'CREATE TABLE t (n int); CREATE UNIQUE INDEX t_n ON t (n)';
    const proof = await prove(before, after, [{ sql: index, transactional: false }]);
    expect(proof).toMatchObject({ failing: [{ index: 0, code: '23505' }], lost: [] });
    expect(proof.stoppedAt).toBeUndefined();
  });

  test('partitions that are detached and attached keep their rows', async () => {
    const before = `CREATE TABLE p (id int, k text) PARTITION BY LIST (k);
      CREATE TABLE a PARTITION OF p FOR VALUES IN ('a'); CREATE TABLE b (id int, k text NOT NULL CHECK (k = 'b'))`;
    const after = `CREATE TABLE p (id int, k text) PARTITION BY LIST (k);
      CREATE TABLE a (id int, k text); CREATE TABLE b PARTITION OF p (k NOT NULL CHECK (k = 'b')) FOR VALUES IN ('b')`;
    expect(await prove(before, after)).toMatchObject({ failing: [], lost: [], unfilled: [] });
  });

  test('rows that move within a tree are no loss, those that are left behind are', async () => {
    const before = `CREATE TABLE p (id int, k int) PARTITION BY LIST (k); CREATE TABLE a PARTITION OF p FOR VALUES IN (1)`;
    const after = `CREATE TABLE p (id int, k int) PARTITION BY LIST (k); CREATE TABLE b PARTITION OF p FOR VALUES IN (1)`;
    const moving = [
      'ALTER TABLE public.p DETACH PARTITION public.a',
      'CREATE TABLE public.b PARTITION OF public.p FOR VALUES IN (1)',
      'INSERT INTO public.p SELECT * FROM public.a',
      'DROP TABLE public.a',
    ].map((sql) => ({ sql }));
    expect((await prove(before, after, moving)).lost).toEqual([]);
    const leaving = moving.filter(({ sql }) => !sql.startsWith('INSERT'));
    expect((await prove(before, after, leaving)).lost).toEqual([{ table: 'table:public.a', before: 4, after: 0 }]);
  });

  test('what is marked may go, and only that', async () => {
    const before = 'CREATE TABLE t (id int, a text, b text); CREATE TABLE gone (id int)';
    const after = 'CREATE TABLE t (id int, b text)';
    const planned = await prove(before, after);
    expect(planned).toMatchObject({ failing: [], lost: [] });
    const unmarked = await prove(
      before,
      after,
      planned.statements.map(({ sql }) => ({ sql })),
    );
    expect(unmarked.lost).toEqual([
      { table: 'table:public.gone', before: 4, after: 0 },
      { table: 'table:public.t', column: 'column:public.t.a', before: 3, after: 0 },
    ]);
  });

  test('rows that are deleted or changed on the way are found', async () => {
    const sql = 'CREATE TABLE t (id int, b text)';
    const deleting = await prove(sql, sql, [{ sql: `DELETE FROM public.t WHERE id IS NULL` }]);
    expect(deleting.lost).toEqual([{ table: 'table:public.t', before: 4, after: 3 }]);
    const changing = await prove(sql, sql, [{ sql: `UPDATE public.t SET b = 'x' WHERE id IS NULL` }]);
    expect(changing.lost).toEqual([{ table: 'table:public.t', before: 4, after: 3 }]);
  });

  test('a renamed table is followed', async () => {
    const from = await scratch('CREATE TABLE old (id int, a text)');
    const to = await scratch('CREATE TABLE new (id int, b text)');
    const statements = ['ALTER TABLE old RENAME TO new', 'ALTER TABLE new RENAME a TO b'].map((sql) => ({ sql }));
    const renames = [
      { kind: 'table', from: ['public', 'old'], to: ['public', 'new'] },
      { kind: 'column', from: ['public', 'new', 'a'], to: ['public', 'new', 'b'] },
    ] as const;
    const sides = { from: from.schema, to: to.schema };
    expect(await proveWithRows({ rules, session: from.session, statements, renames, ...sides })).toMatchObject({
      lost: [],
      failing: [],
    });
  });

  test('a statement that fails without rows too ends the proof', async () => {
    const sql = 'CREATE TABLE t (n int)';
    const proof = await prove(sql, sql, [{ sql: 'ALTER TABLE public.nowhere ADD COLUMN x int' }]);
    expect(proof).toMatchObject({ stoppedAt: 0, failing: [{ index: 0, code: '42P01' }], lost: [] });
  });
});

describe('withHazards', () => {
  test('warns where nothing warns yet', () => {
    const statements: Statement[] = [{ sql: 'a' }, { sql: 'b', hazard: 'Data loss: all.' }, { sql: 'c' }];
    const failing = [0, 1].map((index) => ({ index, message: 'column "n" contains null values' }));
    expect(withHazards(statements, failing)).toEqual([
      { sql: 'a', hazard: 'Fails with rows: column "n" contains null values.' },
      { sql: 'b', hazard: 'Data loss: all.' },
      { sql: 'c' },
    ]);
  });
});
