import { describe, expect, test } from 'vitest';
import { fileWith } from './sqlite-change.ts';
import { factsOf } from './sqlite-facts.ts';
import { lostRows, rowsOf } from './sqlite-rows.ts';

describe('the facts of a SQLite schema', () => {
  const tables = [
    'id integer primary key, a text, b int, p int',
    'id integer primary key, a text, b int, P int',
    'id int primary key, a text, b int, p int',
    'id integer primary key desc, a text, b int, p int',
    'id integer primary key autoincrement, a text, b int, p int',
    'id integer primary key on conflict replace, a text, b int, p int',
    'id integer primary key, a varchar, b int, p int',
    'id integer primary key, a text not null, b int, p int',
    'id integer primary key, a text not null on conflict ignore, b int, p int',
    "id integer primary key, a text default 'x', b int, p int",
    'id integer primary key, a text collate nocase, b int, p int',
    'id integer primary key, a text, b int as (1), p int',
    'id integer primary key, a text, b int as (1) stored, p int',
    'id integer primary key, a text, b int check (b > 0), p int',
    'id integer primary key, a text, b int constraint c check (b > 0), p int',
    'id integer primary key, a text unique, b int, p int',
    'id integer primary key, a text constraint u unique, b int, p int',
    'id integer primary key, a text unique on conflict fail, b int, p int',
    'id integer primary key, a text, b int, p int references t',
    'id integer primary key, a text, b int, p int references t (id)',
    'id integer primary key, a text, b int, p int references t on delete set null',
    'id integer primary key, a text, b int, p int references t deferrable initially deferred',
    'id integer primary key, a text, b int, p int, unique (a, b)',
    'id integer primary key, a text, b int, p int, unique (b, a)',
  ];

  test.for(tables)('tell %s from the others', (one) => {
    const facts = JSON.stringify(factsOf(fileWith(`CREATE TABLE t (${one})`)));
    const same = tables.filter((other) => JSON.stringify(factsOf(fileWith(`CREATE TABLE t (${other})`))) === facts);
    expect(same).toEqual([one]);
  });

  test.for([
    ['CREATE TABLE t (a text, b int)', 'create table [t]("b" INT /* x, y) */, `a` TEXT null -- z'.concat('\n)')],
    ['CREATE TABLE t (a int primary key)', 'CREATE TABLE t (a int, primary key (a asc))'],
    ['CREATE TABLE t (a int constraint u unique)', 'CREATE TABLE t (a int, constraint U unique (a))'],
    ['CREATE TABLE t (a int check (a > 0))', 'CREATE TABLE t (a int, check ((a>0)))'],
    [
      'CREATE TABLE t (a int references t on delete cascade)',
      'CREATE TABLE t (a int, foreign key (a) references t on delete cascade)',
    ],
    ['CREATE TABLE t (a int default (1) not null)', 'CREATE TABLE t (a int not null default 1)'],
    ['CREATE TABLE t (a text default "x")', "CREATE TABLE t (a text default 'x')"],
    ['CREATE TABLE t (a int, g int as (a) virtual)', 'CREATE TABLE t (a int, g int generated always as (a))'],
    ['CREATE TABLE t (a int); CREATE INDEX i ON t (a ASC)', 'CREATE TABLE t (a int); create index i on "t"(a)'],
  ])('take %s and another spelling for one', ([one, other]) => {
    expect(factsOf(fileWith(one!))).toEqual(factsOf(fileWith(other!)));
  });

  test('have no shadow tables and no statistics, but virtual tables, views and triggers', () => {
    const db = fileWith(`CREATE VIRTUAL TABLE f USING fts5(a); CREATE TABLE t (a integer primary key autoincrement);
      CREATE VIEW v AS SELECT a FROM t; CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END; ANALYZE`);
    expect(factsOf(db).map((fact) => fact.split(/[ :]/, 2).join(' '))).toEqual([
      'column t.a',
      't ',
      'table t',
      'trigger t.g',
      'view v.v',
      'virtual f',
    ]);
  });
});

test.for([
  ["UPDATE t SET a = 'z' WHERE b = 1", true],
  ['UPDATE t SET b = 1.0 WHERE b = 1', false],
  ['UPDATE u SET b = 1.0', true],
  ['DELETE FROM t', true],
  ['UPDATE t SET rowid = 9 WHERE b = 1', true],
  ['UPDATE c SET id = 3', true],
  ["UPDATE sqlite_sequence SET seq = 1 WHERE name = 'c'", true],
  ['ALTER TABLE t DROP COLUMN b', false],
  ['ALTER TABLE t ADD COLUMN c', false],
  ["INSERT INTO f VALUES ('more')", true],
] as const)('%s loses rows: %s', ([sql, isLoss]) => {
  const db = fileWith(`CREATE TABLE t (a text, b int); CREATE TABLE u (b); CREATE VIRTUAL TABLE f USING fts5(a);
    CREATE TABLE c (id integer primary key autoincrement);
    INSERT INTO t VALUES ('x', 1), ('y', 2); INSERT INTO u VALUES (1); INSERT INTO f VALUES ('words'); INSERT INTO c VALUES (7)`);
  const before = rowsOf(db);
  db.exec(sql);
  expect(lostRows(before, rowsOf(db)).length > 0).toBe(isLoss);
});
