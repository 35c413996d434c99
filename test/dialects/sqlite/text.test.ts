import { describe, expect, test } from 'vitest';
import { schemaOf } from './memory.ts';

describe('an expression in one way of writing', () => {
  // Every one is also what SQLite takes: the table is made with it.
  test.for([
    // Keywords as names.
    ['key > action', '"key" > "action"'],
    ['"KEY" > [Action]', '"key" > "action"'],
    ['CASE WHEN key THEN end ELSE end END', 'CASE WHEN "key" THEN "end" ELSE "end" END'],
    ['like LIKE like', '"like" LIKE "like"'],
    ["key NOT LIKE 'a' ESCAPE 'b'", `"key" NOT LIKE 'a' ESCAPE 'b'`],
    ["LIKE(key, 'a')", `like("key", 'a')`],
    ['REPLACE(a, 1, 2) GLOB Replace', 'replace(a, 1, 2) GLOB "replace"'],
    ['abs ( replace )', 'abs("replace")'],
    // Case.
    ['LENGTH(A)', 'length(a)'],
    ['A COLLATE NoCase = B', 'a COLLATE nocase = b'],
    ['CAST(A AS Unsigned Big INT) = 1', 'CAST(a AS unsigned big int) = 1'],
    ['cast(a as "VARCHAR"(10)) = 1', 'CAST(a AS varchar(10)) = 1'],
    ['RowId > 0 AND "rowid" > 0', 'rowid > 0 AND rowid > 0'],
    ['a IS true AND false', 'a IS TRUE AND FALSE'],
    ["X'aB' = 0XfF + 1E3", "X'AB' = 0xff + 1e3"],
    ["a = 'It''S'", "a = 'It''S'"],
    // Blanks, comments and signs.
    ['a>-1 AND-a<+ 1', 'a > -1 AND -a < +1'],
    ['- -a-(-1)- ~b', '- -a - (-1) - ~b'],
    ["a||b->>'$.x'", "a || b ->> '$.x'"],
    ['a/*x*/==/* ) */1--\n', 'a = 1'],
    ['a<>1 or a!=2', 'a != 1 OR a != 2'],
    ['a in(1,2)and(a,b)<(1,2)', 'a IN (1, 2) AND (a, b) < (1, 2)'],
    ['a between 1 and b', 'a BETWEEN 1 AND b'],
    ['a is not distinct from "b"', 'a IS NOT DISTINCT FROM b'],
    ["a IS DISTINCT FROM 'b'", "a IS DISTINCT FROM 'b'"],
    // Parentheses that say nothing, and those that say something.
    ['((a) > (0))', '(a) > (0)'],
    ['(a) > (0)', '(a) > (0)'],
    ['(a > 0) AND (b > 0)', '(a > 0) AND (b > 0)'],
    // The table before the name.
    ['t.a > T."B" AND main.t.a AND \'t\'.[a]', 'a > b AND a AND a'],
  ] as const)('%s', async ([typed, expected]) => {
    const columns = 'a, b, "key", "action", "end", "like", "replace"';
    const schema = await schemaOf(`CREATE TABLE t (${columns}, CONSTRAINT c CHECK (${typed}))`);
    expect(schema.find('constraint', ['t', 'c'])?.definition.definition).toBe(`CHECK (${expected})`);
    // It is one way of writing: written so, it reads the same.
    const again = await schemaOf(`CREATE TABLE t (${columns}, CONSTRAINT c CHECK (${expected}))`);
    expect(again.find('constraint', ['t', 'c'])?.definition.definition).toBe(`CHECK (${expected})`);
  });

  test.for([
    ['((a))', '(a)'],
    ['a asc, b desc', '(a, b DESC)'],
    ['\'A\', "B" collate RTRIM asc', '(a, b COLLATE rtrim)'],
    ['(a || b) desc, LOWER(a)', '(a || b DESC, lower(a))'],
    ['desc desc, "key" ASC', '("desc" DESC, "key")'],
    ['a) where ((t.a > 0)', '(a) WHERE a > 0'],
  ] as const)('index (%s)', async ([keys, expected]) => {
    const schema = await schemaOf(`CREATE TABLE t (a, b, "desc", "key"); CREATE INDEX i ON t(${keys})`);
    expect(schema.find('index', ['t', 'i'])?.definition.definition).toBe(expected);
  });
});

describe('a query in one way of writing', () => {
  const TABLES = 'CREATE TABLE Users (Id integer PRIMARY KEY, "key", Name); CREATE TABLE posts (ID integer, User)';

  test.for([
    // What the result is called stays as it was typed.
    ['select ID as Id, NAME Nick from users', 'AS SELECT Id AS Id, Name Nick FROM Users'],
    ['select "id" as "User Id" from [users]', 'AS SELECT Id AS "User Id" FROM Users'],
    ['select U.name, u.KEY from users as U', 'AS SELECT u.Name, u."key" FROM Users AS U'],
    ["select name from 'users' where name = 'users'", "AS SELECT Name FROM Users WHERE Name = 'users'"],
    [
      'select count ( * ) , max(Id) from USERS group by name having count(*)>1',
      'AS SELECT count(*), max(Id) FROM Users GROUP BY Name HAVING count(*) > 1',
    ],
    ['select key from users order by key desc nulls last', 'AS SELECT "key" FROM Users ORDER BY "key" DESC NULLS LAST'],
    // Two tables spell it in two ways.
    [
      'select users.Id, posts.id from users join posts on user=NAME',
      'AS SELECT Users.Id, posts.id FROM Users JOIN posts ON User = Name',
    ],
    [
      'with X as not materialized (select 1 a) select * from x',
      'AS WITH X AS NOT MATERIALIZED (SELECT 1 a) SELECT * FROM x',
    ],
    [
      'select case when name then 1 end e, cast(name as TEXT) t from users',
      'AS SELECT CASE WHEN Name THEN 1 END e, CAST(Name AS text) t FROM Users',
    ],
  ] as const)('view as %s', async ([typed, expected]) => {
    const schema = await schemaOf(`${TABLES}; CREATE VIEW v AS ${typed}`);
    expect(schema.find('view', ['v'])?.definition.definition).toBe(expected);
  });

  test.for([
    ['insert on USERS begin select 1; end', 'BEFORE INSERT ON Users BEGIN SELECT 1; END'],
    [
      'after update of NAME, "key" on users for each row begin select NEW.name,old.key; end',
      'AFTER UPDATE OF Name, "key" ON Users BEGIN SELECT new.Name, old."key"; END',
    ],
    [
      "before delete on users when Old.id>1 begin select raise(ABORT,'No'); delete from 'posts' where USER=old.id; end",
      "BEFORE DELETE ON Users WHEN old.id > 1 BEGIN SELECT RAISE(ABORT, 'No'); DELETE FROM posts WHERE User = old.id; END",
    ],
  ] as const)('trigger %s', async ([typed, expected]) => {
    const schema = await schemaOf(`${TABLES}; CREATE TRIGGER g ${typed}`);
    expect(schema.find('trigger', ['Users', 'g'])?.definition.definition).toBe(expected);
  });

  test('the columns of a view are called as they were typed', async () => {
    const schema = await schemaOf(`${TABLES}; CREATE VIEW v ( "ID" , 'user name' ) AS SELECT 1, 2`);
    expect(schema.find('view', ['v'])?.definition.definition).toBe('(ID, "user name") AS SELECT 1, 2');
  });
});
