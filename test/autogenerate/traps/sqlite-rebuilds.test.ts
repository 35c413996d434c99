import { describe, expect, test } from 'vitest';
import { freshDatabase } from '../../support/databases.ts';
import { takeAcross, takeThereAndBack } from '../../support/sqlite-change.ts';
import { Project } from '../project.ts';

/** A change for which SQLite has no ALTER TABLE. */
const [TEXT, INTEGER] = ['a text', 'a integer'] as const;

describe('tables that are rebuilt on SQLite', () => {
  test('keep their indexes and triggers, as they were typed', async () => {
    const rest = `CREATE INDEX i ON t (lower(a) DESC) WHERE a IS NOT NULL; CREATE UNIQUE INDEX /* u */ u ON t (a COLLATE nocase, id);
      CREATE TABLE log (what text);
      CREATE TRIGGER g AFTER INSERT ON t WHEN new.a <> 'x;y' BEGIN -- said
        INSERT INTO log VALUES (new.a); INSERT INTO log VALUES ('end'); END;
      CREATE TRIGGER h BEFORE DELETE ON t BEGIN SELECT raise(ABORT, 'no'); END`;
    const { query } = await takeThereAndBack(
      `CREATE TABLE t (id integer PRIMARY KEY, ${TEXT}); ${rest}`,
      `CREATE TABLE t (id integer PRIMARY KEY, ${INTEGER}); ${rest}`,
      { seed: "INSERT INTO t VALUES (1, 'x'), (2, '7'); DELETE FROM log" },
    );
    // They were not there while the rows were copied.
    expect(query('SELECT what FROM log')).toEqual([]);
    query("INSERT INTO t VALUES (3, 'z')");
    expect(query('SELECT what FROM log')).toEqual([{ what: 'z' }, { what: 'end' }]);
    expect(() => query('DELETE FROM t')).toThrow('no');
    const [typed] = query("SELECT sql FROM sqlite_schema WHERE name = 'g'");
    expect(typed!['sql']).toContain('-- said');
  });

  test('leave views, and triggers of other tables, that name them', async () => {
    const rest = `CREATE VIEW v AS SELECT id, a FROM t; CREATE VIEW w AS SELECT v.id FROM v JOIN t USING (id);
      CREATE TRIGGER g INSTEAD OF INSERT ON v BEGIN INSERT INTO t VALUES (new.id, new.a); END;
      CREATE TABLE o (x); CREATE TRIGGER h AFTER INSERT ON o BEGIN INSERT INTO t (a) SELECT x FROM o; END`;
    const { query, sql } = await takeThereAndBack(
      `CREATE TABLE t (id integer PRIMARY KEY, ${TEXT}); ${rest}`,
      `CREATE TABLE t (id integer PRIMARY KEY, ${INTEGER}); ${rest}`,
      { seed: "INSERT INTO t VALUES (1, 'x')" },
    );
    expect(sql).not.toMatch(/DROP (?:VIEW|TRIGGER)/);
    query("INSERT INTO v VALUES (2, 'y')");
    query("INSERT INTO o VALUES ('z')");
    expect(query('SELECT a FROM v ORDER BY id')).toEqual([{ a: 'x' }, { a: 'y' }, { a: 'z' }]);
    expect(query('SELECT count(*) AS n FROM w')).toEqual([{ n: 3 }]);
  });

  test('do so even where a view is broken already', async () => {
    const rest = 'CREATE VIEW v AS SELECT gone FROM nowhere; CREATE VIEW w AS SELECT missing FROM t';
    const { query } = await takeThereAndBack(
      `CREATE TABLE t (${TEXT}); ${rest}`,
      `CREATE TABLE t (${INTEGER}); ${rest}`,
      {
        seed: "INSERT INTO t VALUES ('x')",
      },
    );
    expect(query('SELECT a FROM t')).toEqual([{ a: 'x' }]);
  });

  test('and what SQLite only does where every view is whole stops, in its words', async () => {
    const view = 'CREATE VIEW v AS SELECT gone FROM nowhere';
    const [before, after] = [`CREATE TABLE t (a int, b int); ${view}`, `CREATE TABLE t (a int, c int); ${view}`];
    const options = { seed: 'INSERT INTO t VALUES (1, 2)' };
    await expect(takeAcross(before, after, options)).rejects.toThrow(/error in view v: no such table: main\.nowhere/);
    await expect(takeAcross(before, after, { ...options, renames: ['t.b:c'] })).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringMatching(/^A rename cannot be carried out: error in view v: no such table/),
    });
  });

  test('are still what keys, views and triggers of others refer to', async () => {
    const rest = `CREATE TABLE c (t int REFERENCES t (id)); CREATE VIEW v AS SELECT id FROM t;
      CREATE TABLE o (x); CREATE TRIGGER g AFTER INSERT ON o BEGIN DELETE FROM t WHERE id = new.x; END`;
    const { query } = await takeAcross(
      `CREATE TABLE t (id integer PRIMARY KEY, ${TEXT}); ${rest}`,
      `CREATE TABLE t (id integer PRIMARY KEY, ${INTEGER}); ${rest}`,
      { seed: "INSERT INTO t VALUES (1, 'x'); INSERT INTO c VALUES (1)" },
    );
    expect(query("SELECT count(*) AS n FROM sqlite_schema WHERE sql LIKE '%torale%' OR sql LIKE '%old%'")).toEqual([
      { n: 0 },
    ]);
    expect(() => query('INSERT INTO c VALUES (2)')).toThrow(/FOREIGN KEY/);
  });

  test('keep the rows of tables that refer to them, whatever their keys do on delete', async () => {
    const rest = `CREATE TABLE c (t int REFERENCES t (id) ON DELETE CASCADE); CREATE TABLE n (t int REFERENCES t (id) ON DELETE SET NULL);
      CREATE TABLE d (t int DEFAULT 9 REFERENCES t (id) ON DELETE SET DEFAULT); CREATE TABLE r (t int REFERENCES t (id) ON DELETE RESTRICT)`;
    const seed = `INSERT INTO t VALUES (1, 'x', NULL), (2, 'y', 1);
      INSERT INTO c VALUES (1); INSERT INTO n VALUES (1); INSERT INTO d VALUES (2); INSERT INTO r VALUES (2)`;
    const self = 'up int REFERENCES t (id) ON DELETE CASCADE';
    const { query } = await takeThereAndBack(
      `CREATE TABLE t (id integer PRIMARY KEY, ${TEXT}, ${self}); ${rest}`,
      `CREATE TABLE t (id integer PRIMARY KEY, ${INTEGER}, ${self}); ${rest}`,
      { seed },
    );
    expect(query('SELECT * FROM t, c, n ORDER BY id').length).toBe(2);
    query('DELETE FROM d');
    query('DELETE FROM r');
    query('DELETE FROM t WHERE id = 1');
    expect(query('SELECT (SELECT count(*) FROM t) AS t, (SELECT count(*) FROM c) AS c, n.t AS n FROM n')).toEqual([
      { t: 0, c: 0, n: null },
    ]);
  });

  test('and a revision that rebuilds one keeps them too, though its transaction is already open', async () => {
    const project = new Project(await freshDatabase('sqlite'));
    const rest = 'CREATE TABLE c (t int REFERENCES t (id) ON DELETE CASCADE)';
    await project.draft(`CREATE TABLE t (id integer PRIMARY KEY, ${TEXT}); ${rest}`);
    await project.upgrade();
    await project.db.query("INSERT INTO t VALUES (1, 'x'); INSERT INTO c VALUES (1)");
    await project.draft(`CREATE TABLE t (id integer PRIMARY KEY, ${INTEGER}); ${rest}`);
    await project.upgrade();
    expect(await project.db.query('SELECT id, a, t FROM t JOIN c ON t = id')).toEqual([{ id: 1, a: 'x', t: 1 }]);
  });

  test('and what a rebuild leaves without its parent stops it', async () => {
    const before = 'CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (p int)';
    const after = 'CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (p int REFERENCES p (id))';
    await expect(takeAcross(before, after, { seed: 'INSERT INTO c VALUES (1)' })).rejects.toThrow();
    const project = new Project(await freshDatabase('sqlite'));
    await project.draft(before);
    await project.upgrade();
    await project.db.query('INSERT INTO c VALUES (1)');
    await project.draft(after);
    await expect(project.upgrade()).rejects.toMatchObject({ code: 'REVISION_FAILED' });
    expect(await project.db.query('SELECT p FROM c')).toEqual([{ p: 1 }]);
    expect(await project.db.query("SELECT * FROM pragma_foreign_key_list('c')")).toEqual([]);
  });

  test.for([
    ['with rows', "INSERT INTO t VALUES (7, '5'), (99, 'x'); DELETE FROM t WHERE id = 99", 100],
    ['without any', "INSERT INTO t VALUES (99, 'x'); DELETE FROM t", 100],
    ['that never had one', '', 1],
  ] as const)('go on counting where AUTOINCREMENT was, %s', async ([, seed, next]) => {
    const { query } = await takeThereAndBack(
      `CREATE TABLE t (id integer PRIMARY KEY AUTOINCREMENT, ${TEXT})`,
      `CREATE TABLE t (id integer PRIMARY KEY AUTOINCREMENT, ${INTEGER})`,
      { seed },
    );
    expect(query("INSERT INTO t (a) VALUES ('y') RETURNING id")).toEqual([{ id: next }]);
    expect(query('SELECT name FROM sqlite_sequence')).toEqual([{ name: 't' }]);
  });

  test('begin to count where their rows end when AUTOINCREMENT comes', async () => {
    const { query } = await takeThereAndBack(
      'CREATE TABLE t (id integer PRIMARY KEY, a text)',
      'CREATE TABLE t (id integer PRIMARY KEY AUTOINCREMENT, a text)',
      { seed: "INSERT INTO t VALUES (41, 'x')" },
    );
    query('DELETE FROM t');
    expect(query("INSERT INTO t (a) VALUES ('y') RETURNING id")).toEqual([{ id: 42 }]);
  });

  test('keep the rowids that others have stored', async () => {
    const fts = "CREATE VIRTUAL TABLE f USING fts5(a, content = 't')";
    const { query } = await takeThereAndBack(
      `CREATE TABLE t (${TEXT}); ${fts}`,
      `CREATE TABLE t (a varchar, b int); ${fts}`,
      {
        seed: "INSERT INTO t (rowid, a) VALUES (10, 'one'), (20, 'two'); INSERT INTO f (rowid, a) SELECT rowid, a FROM t",
      },
    );
    expect(query("SELECT rowid, a FROM f WHERE f MATCH 'two'")).toEqual([{ rowid: 20, a: 'two' }]);
  });

  test('keep them under another name where a column is called rowid', async () => {
    const { query } = await takeThereAndBack(
      `CREATE TABLE t (rowid text, ${TEXT})`,
      `CREATE TABLE t (rowid text, ${INTEGER})`,
      {
        seed: "INSERT INTO t (_rowid_, rowid, a) VALUES (10, 'r', 'x')",
      },
    );
    expect(query('SELECT _rowid_ AS id, rowid AS r FROM t')).toEqual([{ id: 10, r: 'r' }]);
  });

  test('are never made by writing into sqlite_schema, so that rows which do not fit are found', async () => {
    const before = 'CREATE TABLE t (a int, b int)';
    for (const after of [
      'CREATE TABLE t (a int CHECK (a > 0), b int)',
      'CREATE TABLE t (a int NOT NULL, b int)',
      'CREATE TABLE t (a int, b int UNIQUE)',
      'CREATE TABLE t (a int, b int PRIMARY KEY)',
      'CREATE TABLE t (a int, b int) STRICT',
    ]) {
      const { sql, statements } = await takeThereAndBack(before, after, { seed: 'INSERT INTO t VALUES (1, 1)' });
      expect(sql).not.toMatch(/writable_schema/i);
      expect(
        statements.some(({ hazard }) => hazard?.startsWith('Fails') === true),
        `a hazard of ${sql}`,
      ).toBe(true);
      const seed = "INSERT INTO t VALUES (-1, 'x'), (NULL, 'x')";
      await expect(takeAcross(before, after, { seed }), after).rejects.toThrow(/constraint failed|cannot store/);
    }
  });

  test('stop where ON CONFLICT would swallow rows', async () => {
    const before = 'CREATE TABLE t (id integer PRIMARY KEY, a int, b int)';
    const seed = 'INSERT INTO t VALUES (1, 5, 6), (2, 5, NULL)';
    for (const after of [
      'CREATE TABLE t (id integer PRIMARY KEY, a int UNIQUE ON CONFLICT REPLACE, b int)',
      'CREATE TABLE t (id integer PRIMARY KEY, a int, b int NOT NULL ON CONFLICT IGNORE)',
    ]) {
      await expect(takeAcross(before, after, { seed }), after).rejects.toThrow(/constraint failed/);
    }
  });
});
