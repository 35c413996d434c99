import { expect, test } from 'vitest';
import { describeOn } from '../../support/databases.ts';
import { takeAcross, takeThereAndBack } from '../../support/schema-change.ts';

const T1 = "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');";
const parted = (columns = 'd date NOT NULL, n int', partition = T1): string =>
  `CREATE TABLE t (${columns}) PARTITION BY RANGE (d); ${partition}`;
const seed = "INSERT INTO t VALUES ('2024-05-05', 1)";
const COUNT = 'SELECT count(*)::int AS n FROM t1';

describeOn(['postgres'], 'partitions and children', () => {
  test('an index on the whole is one on every partition, and valid', async () => {
    const { query } = await takeThereAndBack(parted(), `${parted()} CREATE INDEX i ON t (n)`, { seed });
    expect(
      await query(
        "SELECT bool_and(indisvalid) AS valid, count(*)::int AS n FROM pg_index WHERE indrelid IN ('t'::regclass, 't1'::regclass)",
      ),
    ).toEqual([{ valid: true, n: 2 }]);
  });

  test('an index on the whole alone stays without its partitions', async () => {
    const before = `${parted()} CREATE INDEX own ON t1 (n);`;
    await takeThereAndBack(before, `${before} CREATE INDEX i ON ONLY t (n); ALTER INDEX i ATTACH PARTITION own`, {
      seed,
    });
  });

  test('what a partition has from the whole comes and goes once', async () => {
    const after = `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN null; END';
      ${parted('d date NOT NULL, n int, m int NOT NULL DEFAULT 7, CONSTRAINT ck CHECK (n > 0), CONSTRAINT u UNIQUE (d, n)')}
      CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
      CREATE TABLE p (id int PRIMARY KEY); ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (m) REFERENCES p;`;
    const { sql } = await takeThereAndBack(parted(), after);
    expect(sql).not.toMatch(/\bt1\b/);
  });

  test('another bound moves no row', async () => {
    const after = parted().replace("'2024-01-01'", "'2023-01-01'");
    const { query } = await takeThereAndBack(parted(), after, { seed });
    expect(await query(COUNT)).toEqual([{ n: 1 }]);
  });

  test('a partition that becomes a table of its own keeps its rows, and so does the way back', async () => {
    const apart = `${parted(undefined, '')} CREATE TABLE t1 (d date NOT NULL, n int);`;
    const there = await takeAcross(parted(), apart, { seed });
    expect(await there.query(COUNT)).toEqual([{ n: 1 }]);
    const back = await takeAcross(apart, parted(), { seed: seed.replace('INTO t ', 'INTO t1 ') });
    expect(await back.query(COUNT)).toEqual([{ n: 1 }]);
  });

  test('a partition that moves to another table keeps its rows', async () => {
    const before = `${parted()} CREATE TABLE o (d date NOT NULL, n int) PARTITION BY RANGE (d);`;
    const { query } = await takeThereAndBack(
      before,
      before.replace('PARTITION OF t ', 'PARTITION OF o ').replace(/(CREATE TABLE t1 .*?;)(.*)/s, '$2 $1'),
      { seed },
    );
    expect(await query(COUNT)).toEqual([{ n: 1 }]);
  });

  test('an inherited column comes to the children with their parent', async () => {
    const { sql } = await takeThereAndBack(
      'CREATE TABLE p (a int); CREATE TABLE c () INHERITS (p); CREATE TABLE g (x int) INHERITS (c)',
      'CREATE TABLE p (a int, b int NOT NULL DEFAULT 7 CHECK (b > 0)); CREATE TABLE c () INHERITS (p); CREATE TABLE g (x int) INHERITS (c)',
      { seed: 'INSERT INTO g VALUES (1, 2)' },
    );
    expect(sql).not.toMatch(/TABLE public\.[cg]\b/);
  });

  test('a column that a child has of its own as well stays its own', async () => {
    const before = 'CREATE TABLE p (a int); CREATE TABLE c (a int, b int) INHERITS (p);';
    await takeThereAndBack(before, before.replace('p (a int)', 'p (a int, b int)'), {
      seed: 'INSERT INTO c VALUES (1, 2)',
    });
  });

  test('a foreign key on a partitioned table', async () => {
    const before = `CREATE TABLE o (id int PRIMARY KEY); ${parted()}`;
    await takeThereAndBack(before, before.replace('n int', 'n int REFERENCES o'), {
      seed: `INSERT INTO o VALUES (1); ${seed}`,
    });
  });
});
