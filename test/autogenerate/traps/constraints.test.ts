import { expect, test } from 'vitest';
import { describeOn } from '../../support/databases.ts';
import { postgresMajor, takeAcross, takeThereAndBack } from '../../support/schema-change.ts';

describeOn(['postgres'], 'constraints', () => {
  test('one that differs in its name alone is renamed, not built anew', async () => {
    const { sql } = await takeThereAndBack(
      'CREATE TABLE t (a int UNIQUE, b int CHECK (b > 0), CHECK (a > b), c int PRIMARY KEY, d int REFERENCES t)',
      `CREATE TABLE t (a int CONSTRAINT u_a UNIQUE, b int CONSTRAINT c_b CHECK (b > 0), CONSTRAINT c_t CHECK (a > b),
        c int CONSTRAINT p_t PRIMARY KEY, d int CONSTRAINT f_d REFERENCES t)`,
    );
    expect(sql).not.toMatch(/\b(?:DROP|ADD)\b/);
    expect(sql.match(/RENAME CONSTRAINT/g)).toHaveLength(5);
  });

  test('a unique index and a unique constraint are two things', async () => {
    await takeThereAndBack(
      'CREATE TABLE t (a int); CREATE UNIQUE INDEX u ON t (a)',
      'CREATE TABLE t (a int, CONSTRAINT u UNIQUE (a))',
      { seed: 'INSERT INTO t VALUES (1)' },
    );
  });

  test('a primary key changes under what references it', async () => {
    await takeThereAndBack(
      'CREATE TABLE p (id int PRIMARY KEY, b int NOT NULL); CREATE TABLE c (p int REFERENCES p); CREATE VIEW v AS SELECT id, b FROM p GROUP BY id',
      'CREATE TABLE p (id int UNIQUE NOT NULL, b int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p (id)); CREATE VIEW v AS SELECT id, b FROM p GROUP BY b',
      { seed: 'INSERT INTO p VALUES (1, 2); INSERT INTO c VALUES (1)' },
    );
  });

  test('one that was not valid is validated where it is', async () => {
    const made = (valid: string): string => `CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int);
      ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) ${valid}; ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p ${valid}`;
    const { sql } = await takeThereAndBack(made('NOT VALID'), made(''));
    expect(sql.match(/VALIDATE CONSTRAINT/g)).toHaveLength(2);
    expect(sql).not.toMatch(/\b(?:DROP|ADD)\b/);
  });

  test('a foreign key becomes deferrable where it is', async () => {
    const before = 'CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int REFERENCES p)';
    const { sql } = await takeThereAndBack(before, before.replace('ES p', 'ES p DEFERRABLE INITIALLY DEFERRED'));
    expect(sql).toMatch(/ALTER CONSTRAINT/);
  });

  test('what hides in the text of one', async () => {
    const made = (check: string, key: string, unique: string): string =>
      `CREATE TABLE p (a int, b int, PRIMARY KEY (a, b));
       CREATE TABLE t (a int, b int, CONSTRAINT f FOREIGN KEY (a, b) REFERENCES p ${key}, CONSTRAINT c CHECK (a > 0) ${check},
         CONSTRAINT u UNIQUE ${unique} (a))`;
    const is15 = postgresMajor() >= 15;
    await takeThereAndBack(
      made('', 'ON DELETE SET NULL', ''),
      made('NO INHERIT', `ON DELETE SET NULL${is15 ? ' (a)' : ''}`, is15 ? 'NULLS NOT DISTINCT' : ''),
    );
    await takeThereAndBack(made('', '', ''), made('', 'MATCH FULL ON UPDATE CASCADE', ''));
  });

  test('tables that reference each other come and go', async () => {
    await takeThereAndBack(
      'CREATE TABLE keep (id int)',
      `CREATE TABLE keep (id int); CREATE TABLE a (id int PRIMARY KEY, b int, s int REFERENCES a);
       CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b`,
      { seed: 'INSERT INTO keep VALUES (1)' },
    );
  });

  test('tables become unlogged from the end of their references, and logged from their beginning', async () => {
    const made = (word: string): string => `CREATE ${word} TABLE p (id int PRIMARY KEY);
      CREATE ${word} TABLE a (id int PRIMARY KEY, p int REFERENCES p); CREATE ${word} TABLE z (a int REFERENCES a)`;
    const { query } = await takeThereAndBack(made(''), made('UNLOGGED'), {
      seed: 'INSERT INTO p VALUES (1); INSERT INTO a VALUES (1, 1); INSERT INTO z VALUES (1)',
    });
    expect(await query('SELECT * FROM z')).toEqual([{ a: 1 }]);
  });

  test('NOT NULL is no more than a flag where it has no name of its own', async () => {
    const { sql } = await takeThereAndBack('CREATE TABLE t (a int)', 'CREATE TABLE t (a int NOT NULL)');
    expect(sql).toMatch(/ALTER (?:COLUMN )?a SET NOT NULL$/);
  });

  test.skipIf(postgresMajor() < 18)('NOT NULL with a name of its own', async () => {
    const named = 'CREATE TABLE t (a int CONSTRAINT must NOT NULL)';
    await takeThereAndBack('CREATE TABLE t (a int)', named);
    await takeThereAndBack('CREATE TABLE t (a int NOT NULL)', named);
    expect(
      (
        await takeAcross(
          'CREATE TABLE t (a int); ALTER TABLE t ALTER a SET NOT NULL',
          'CREATE TABLE t (a int NOT NULL)',
        )
      ).statements,
    ).toEqual([]);
  });
});
