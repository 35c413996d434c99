import { describe, expect, test } from 'vitest';
import { inspect } from '../../../src/index.ts';
import { fileWith, takeAcross, takeThereAndBack, urlOf } from '../../support/sqlite-change.ts';

describe('what is not a plain table on SQLite', () => {
  test.for([
    "CREATE VIRTUAL TABLE f USING fts5(body, tokenize = 'porter')",
    'CREATE VIRTUAL TABLE f USING fts4(body)',
    'CREATE VIRTUAL TABLE f USING rtree(id, x0, x1, +name text)',
  ])('the shadow tables of %s are the virtual table’s own', async (sql) => {
    const { statements } = await takeThereAndBack('', sql);
    expect(statements.map((statement) => statement.sql)).toEqual([expect.stringMatching(/^CREATE VIRTUAL TABLE f /)]);
    const { objects } = await inspect({ url: urlOf(fileWith(sql)) });
    expect(new Set(objects.map(({ path }) => path[0]))).toEqual(new Set(['f']));
  });

  test('a virtual table cannot be altered, so that it is made again with the rows it keeps', async () => {
    const { query } = await takeThereAndBack(
      'CREATE VIRTUAL TABLE f USING fts5(body)',
      "CREATE VIRTUAL TABLE f USING fts5(body, title, tokenize = 'porter')",
      { seed: "INSERT INTO f (rowid, body) VALUES (7, 'running words')" },
    );
    expect(query("SELECT rowid, body, title FROM f WHERE f MATCH 'run'")).toEqual([
      { rowid: 7, body: 'running words', title: null },
    ]);
  });

  test('what it gives up then is said', async () => {
    const { statements } = await takeAcross(
      'CREATE VIRTUAL TABLE f USING fts5(body, title)',
      'CREATE VIRTUAL TABLE f USING fts5(body)',
      { seed: "INSERT INTO f VALUES ('words', 'one')" },
    );
    const losses = statements.filter(({ hazard }) => hazard?.startsWith('Data loss') === true);
    expect(losses.map(({ hazard }) => hazard)).toEqual(['Data loss: every value in f.title.']);
  });

  test('one R-tree becomes another with its boxes', async () => {
    const { query } = await takeThereAndBack(
      'CREATE VIRTUAL TABLE r USING rtree(id, x0, x1)',
      'CREATE VIRTUAL TABLE r USING rtree(id, x0, x1, +name text)',
      { seed: 'INSERT INTO r VALUES (3, 1.5, 2.5)' },
    );
    expect(query('SELECT id, x0, x1 FROM r WHERE x0 < 2')).toEqual([{ id: 3, x0: 1.5, x1: 2.5 }]);
  });

  test('polygons keep their rowids', async () => {
    const { query } = await takeThereAndBack(
      'CREATE VIRTUAL TABLE g USING geopoly(name)',
      'CREATE VIRTUAL TABLE g USING geopoly(name, size)',
      { seed: "INSERT INTO g (rowid, _shape, name) VALUES (9, '[[0,0],[1,0],[0,1],[0,0]]', 'x')" },
    );
    expect(query('SELECT rowid, name, geopoly_area(_shape) AS area FROM g')).toEqual([
      { rowid: 9, name: 'x', area: 0.5 },
    ]);
  });

  test('a full-text index that gives its own rows up for another table’s says so', async () => {
    const table = 'CREATE TABLE t (id integer PRIMARY KEY, body text);';
    const { statements } = await takeAcross(
      `${table} CREATE VIRTUAL TABLE f USING fts5(body)`,
      `${table} CREATE VIRTUAL TABLE f USING fts5(body, content = 't', content_rowid = 'id')`,
      { seed: "INSERT INTO f VALUES ('words')", loses: ['f'] },
    );
    expect(statements.map(({ hazard }) => hazard)).toContain('Data loss: every row of f.');
  });

  test('a full-text index over another table is filled from it', async () => {
    const table = 'CREATE TABLE t (id integer PRIMARY KEY, body text);';
    const { query } = await takeThereAndBack(
      `${table} CREATE VIRTUAL TABLE f USING fts5(body, content = 't', content_rowid = 'id')`,
      `${table} CREATE VIRTUAL TABLE f USING fts5(body, content = 't', content_rowid = 'id', tokenize = 'porter')`,
      { seed: "INSERT INTO t VALUES (3, 'running words'); INSERT INTO f (f) VALUES ('rebuild')" },
    );
    expect(query("SELECT rowid FROM f WHERE f MATCH 'run'")).toEqual([{ rowid: 3 }]);
    query("INSERT INTO f (f) VALUES ('integrity-check')");
  });

  test('a table becomes a virtual one with its triggers and views, and back', async () => {
    const rest = 'CREATE VIEW v AS SELECT body FROM f';
    const { query } = await takeThereAndBack(
      `CREATE TABLE f (body text); ${rest}`,
      `CREATE VIRTUAL TABLE f USING fts5(body); ${rest}`,
      { seed: "INSERT INTO f VALUES ('words')", loses: ['f'] },
    );
    expect(query('SELECT * FROM v').length).toBeLessThan(2);
  });

  test('statistics and counters are no part of a schema', async () => {
    const before = `CREATE TABLE t (id integer PRIMARY KEY AUTOINCREMENT, a text); CREATE INDEX i ON t (a);
      INSERT INTO t VALUES (7, 'x'); ANALYZE`;
    const after = 'CREATE TABLE t (id integer PRIMARY KEY AUTOINCREMENT, a text); CREATE INDEX i ON t (a)';
    expect((await takeAcross(before, after)).statements).toEqual([]);
    const { objects } = await inspect({ url: urlOf(fileWith(before)) });
    expect(objects.filter(({ path }) => path.some((name) => name.startsWith('sqlite_')))).toEqual([]);
    const { query } = await takeThereAndBack(before, after.replace('a text', 'a text NOT NULL UNIQUE'));
    expect(query("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'sqlite_stat1'")).toEqual([{ n: 1 }]);
  });
});
