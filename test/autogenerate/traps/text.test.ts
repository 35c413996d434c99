import { expect, test } from 'vitest';
import { describeOn } from '../../support/databases.ts';
import { takeAcross, takeThereAndBack } from '../../support/schema-change.ts';

/** A setting of the database that is compared, as an administrator may have left it. */
const setting = (name: string, value: string): string =>
  `DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET ${name} = ${value}', current_database()); END$$;`;

describeOn(['postgres'], 'the words of the server', () => {
  test('a default as it was typed and as it is printed are one', async () => {
    const { statements } = await takeAcross(
      `CREATE TABLE t (a varchar(9) DEFAULT 'x', b numeric DEFAULT 1, c timestamptz DEFAULT '2024-01-01 00:00+00', d int DEFAULT '5',
        e bool DEFAULT 'yes')`,
      `CREATE TABLE t (a varchar(9) DEFAULT 'x'::character varying, b numeric DEFAULT 1,
        c timestamptz DEFAULT '2024-01-01 00:00:00+00'::timestamptz, d int DEFAULT 5, e bool DEFAULT true)`,
    );
    expect(statements).toEqual([]);
  });

  test('an expression stored as the server prints it says the same the second time', async () => {
    await takeThereAndBack(
      'CREATE TABLE t (a varchar(9), b int)',
      `CREATE TABLE t (a varchar(9) CHECK (a IN ('x', 'y')), b int, CONSTRAINT c CHECK (b BETWEEN 1 AND 5 OR a LIKE 'z%'));
       CREATE INDEX i ON t ((a || 'x')) WHERE a IN ('x', 'y');
       CREATE VIEW v AS SELECT CASE WHEN a IN ('x', 'y') THEN 1 ELSE 2 END AS n FROM t WHERE a = ANY ('{x,y}')`,
    );
  });

  test('now() and CURRENT_TIMESTAMP are a new default and nothing more', async () => {
    const { statements } = await takeThereAndBack(
      'CREATE TABLE t (a timestamptz DEFAULT now())',
      'CREATE TABLE t (a timestamptz DEFAULT current_timestamp)',
    );
    expect(statements.map(({ sql }) => sql)).toEqual([expect.stringMatching(/SET DEFAULT CURRENT_TIMESTAMP$/)]);
  });

  test('a time that was folded when the table was made is a new default and nothing more', async () => {
    const { statements } = await takeAcross(
      "CREATE TABLE t (a timestamptz DEFAULT 'now')",
      "SELECT pg_sleep(0.01); CREATE TABLE t (a timestamptz DEFAULT 'now')",
    );
    expect(statements.map(({ sql }) => sql)).toEqual([expect.stringMatching(/SET DEFAULT '/)]);
  });

  const searched = `CREATE SCHEMA s; CREATE SEQUENCE s.q; CREATE TABLE s.t (a int DEFAULT nextval('s.q'));
    CREATE VIEW s.v AS SELECT a FROM s.t; CREATE INDEX i ON s.t (a) WHERE a > 0`;

  test('the search path of a database does not matter', async () => {
    const { statements } = await takeAcross(`${setting('search_path', 's')} ${searched}`, searched);
    expect(statements).toEqual([]);
    await takeAcross(setting('search_path', 's'), searched);
  });

  const parted = `CREATE TABLE t (d timestamptz, i interval DEFAULT '1 day 2 hours', f float8 DEFAULT 0.1) PARTITION BY RANGE (d);
    CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2025-01-01 00:00+00')`;

  test('time zone, date style, interval style and digits of a database do not matter', async () => {
    const settings = [
      setting('timezone', "''Asia/Tokyo''"),
      setting('datestyle', "''German''"),
      setting('intervalstyle', "''iso_8601''"),
      setting('extra_float_digits', '-3'),
      setting('quote_all_identifiers', 'on'),
    ].join('\n');
    const seed = "INSERT INTO t VALUES ('2024-05-05 00:00+00')";
    const { statements, query } = await takeAcross(`${settings} ${parted}`, parted, { seed });
    expect(statements).toEqual([]);
    expect(await query('SELECT count(*)::int AS n FROM t1')).toEqual([{ n: 1 }]);
    await takeAcross(settings, parted);
  });

  test('names that the server cuts are compared as it cut them', async () => {
    const long = 'this_is_a_very_long_constraint_name_that_an_orm_has_generated_for_us_yes';
    const { sql } = await takeThereAndBack(
      'CREATE TABLE t (a int)',
      `CREATE TABLE t (a int, CONSTRAINT ${long} CHECK (a > 0)); CREATE INDEX ${long}_i ON t (a)`,
    );
    expect(sql).not.toContain(long);
  });

  test('columns that were dropped leave no trace', async () => {
    const made = (columns: string): string => `CREATE TABLE t (${columns});
      CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';`;
    const rest = `ALTER TABLE t ADD CONSTRAINT k UNIQUE (a, c), ADD CONSTRAINT c CHECK (c > a);
      CREATE INDEX i ON t (c, a); CREATE STATISTICS s ON a, c FROM t; COMMENT ON COLUMN t.c IS 'c';
      CREATE TRIGGER g BEFORE UPDATE OF c ON t FOR EACH ROW EXECUTE FUNCTION f();
      GRANT SELECT (c) ON t TO CURRENT_USER; CREATE VIEW v AS SELECT c FROM t`;
    const holed = `${made('a int, b int, c int')} ALTER TABLE t DROP b; ${rest}`;
    expect((await takeAcross(holed, made('a int, c int') + rest)).statements).toEqual([]);
    await takeAcross(holed, `${made('a int, c bigint')} ${rest.replace('UNIQUE (a, c)', 'UNIQUE (c)')}`);
  });
});
