import { describe, expect, test } from 'vitest';
import { assertion, type OnlineStep } from '../../../src/dialects/mysql/kinds/online.ts';
import type { PlanContext } from '../../../src/diff/rules.ts';
import { objectOf, keyOf } from '../../../src/schema/object.ts';
import { Schema } from '../../../src/schema/schema.ts';
import { describeOn } from '../../support/databases.ts';
import { become, open, planBetween } from './database.ts';

function contextOf(flavor: string, more: Partial<PlanContext> = {}): PlanContext {
  const table = objectOf('table', ['t'], { options: ['ENGINE=InnoDB'] });
  const key = objectOf('index', ['t', 'PRIMARY'], { unique: true, definition: '(`id`)' });
  const schema = new Schema([table, key], new Map([[keyOf(key), [{ id: 'table:t', strength: 'own' }]]]));
  return { from: schema, to: schema, version: 101_119, flavor, fate: () => 'alter', ...more };
}

const held = (flavor: string, ...steps: (OnlineStep | null)[]): string =>
  assertion({ table: 't', steps }, contextOf(flavor));

describe('what a server is held to', () => {
  test('is the least that the parts have in common', () => {
    expect(held('mariadb', 'add column', 'drop column', 'rename index')).toBe('ALGORITHM=NOCOPY, LOCK=NONE');
    expect(held('mariadb', 'add index', 'nullable')).toBe('ALGORITHM=INPLACE, LOCK=NONE');
    expect(held('mariadb', 'add column', 'add index')).toBe('ALGORITHM=INPLACE, LOCK=NONE');
    expect(held('mariadb', 'add fulltext index')).toBe('ALGORITHM=INPLACE, LOCK=SHARED');
    expect(held('mariadb', 'drop primary key', 'add primary key')).toBe('ALGORITHM=INPLACE, LOCK=NONE');
  });

  test('is nothing where a copy is to be expected, or is not wanted', () => {
    expect(held('mariadb', 'add column', null)).toBe('');
    expect(held('mariadb', 'drop primary key')).toBe('');
    expect(held('mariadb', 'add foreign key')).toBe('');
    expect(assertion({ table: 't', steps: ['add index'] }, contextOf('mariadb', { assertions: false }))).toBe('');
    const empty = contextOf('mariadb', { from: Schema.empty });
    expect(assertion({ table: 't', steps: ['add index'] }, empty)).toBe('');
  });

  // Instant changes are refused after 64 of them, and INPLACE forbids them: untested, no server of that kind ran here.
  test('on MySQL is a lock alone where a change may be made at once', () => {
    expect(held('mysql', 'add column')).toBe('LOCK=NONE');
    expect(held('mysql', 'not null')).toBe('ALGORITHM=INPLACE, LOCK=NONE');
  });
});

/** Table t as it is and as it becomes, with the rest of its columns, and what the server is held to: it has to agree. */
const CHANGES: readonly (readonly [string, string, string])[] = [
  ['z int', "n varchar(9) NOT NULL DEFAULT 'x', z int", 'ALGORITHM=NOCOPY, LOCK=NONE'],
  ['a int, z int', 'z int', 'ALGORITHM=NOCOPY, LOCK=NONE'],
  ['a int, b int, z int', 'z int, a int, b int', 'ALGORITHM=NOCOPY, LOCK=NONE'],
  ["a int DEFAULT 1 COMMENT 'x'", "a int DEFAULT 5 INVISIBLE COMMENT 'y', z int", 'ALGORITHM=NOCOPY, LOCK=NONE'],
  ['a varchar(20), KEY (a)', 'a varchar(30), KEY (a)', 'ALGORITHM=NOCOPY, LOCK=NONE'],
  ['a varchar(100)', 'a varchar(300)', 'ALGORITHM=NOCOPY, LOCK=NONE'],
  ['a varchar(20)', 'a varchar(300)', ''],
  ["a enum('a')", "a enum('a', 'b')", 'ALGORITHM=NOCOPY, LOCK=NONE'],
  ['a int NOT NULL', 'a int', 'ALGORITHM=INPLACE, LOCK=NONE'],
  ['a int', 'a int NOT NULL', 'ALGORITHM=INPLACE, LOCK=NONE'],
  ['a int', 'a bigint', ''],
  ['a int', 'a int, KEY k (a), UNIQUE KEY u (a)', 'ALGORITHM=NOCOPY, LOCK=NONE'],
  ['a int, KEY k (a)', 'a int, b int, KEY k (a, b)', 'ALGORITHM=INPLACE, LOCK=NONE'],
  ['a int, KEY k (a)', 'a int, KEY k (a) IGNORED', 'ALGORITHM=NOCOPY, LOCK=NONE'],
  ['a int, KEY k (a)', 'a int, KEY j (a)', 'ALGORITHM=NOCOPY, LOCK=NONE'],
  ['a text, FULLTEXT KEY (a)', 'a text, b int, FULLTEXT KEY (a)', ''],
  ['a text', 'a text, FULLTEXT KEY (a)', 'ALGORITHM=INPLACE, LOCK=SHARED'],
  ['a point NOT NULL', 'a point NOT NULL, SPATIAL KEY (a)', 'ALGORITHM=NOCOPY, LOCK=SHARED'],
  ['a int', 'a int, CHECK (a > 0)', ''],
  ['a int, CHECK (a > 0)', 'a int', 'ALGORITHM=NOCOPY, LOCK=NONE'],
  ['a int, v int AS (a + 1) VIRTUAL', 'a int, v int AS (a + 1) VIRTUAL, KEY (a)', 'ALGORITHM=NOCOPY, LOCK=NONE'],
  ['a int, v int AS (a + 1) VIRTUAL', 'b int, a int, v int AS (a + 1) VIRTUAL', ''],
  ['a longtext', 'a json', ''],
  ['a json', "a json DEFAULT '[]'", ''],
  ['a int', 'a int, u varchar(36) DEFAULT uuid()', ''],
  ['a text', 'a text, UNIQUE KEY (a)', ''],
];

describeOn(['mysql'], 'ALTER TABLE', () => {
  test.each(CHANGES)('from %s to %s: %s', async (from, to, expected) => {
    const table = (columns: string): string => `CREATE TABLE t (id int PRIMARY KEY, ${columns}) ENGINE=InnoDB`;
    const [session, target] = [await open(table(from)), await open(table(to))];
    await session.query('INSERT INTO t (id) VALUES (1)').catch(() => undefined);
    await session.query('UPDATE t SET a = 1').catch(() => undefined);
    const statements = await become(session, target);
    const said = statements.map((sql) => /(?:ALGORITHM|LOCK)=.*$/.exec(sql)?.[0] ?? '').join();
    expect(said).toBe(expected);
  });

  test('without a primary key, in another engine, or new: nothing is asserted', async () => {
    const [session, target] = [
      await open('CREATE TABLE a (x int NOT NULL)', 'CREATE TABLE b (id int PRIMARY KEY, x int) ENGINE=MyISAM'),
      await open(
        'CREATE TABLE a (x int NOT NULL, UNIQUE KEY (x))',
        'CREATE TABLE b (id int PRIMARY KEY, x int, KEY (x)) ENGINE=MyISAM',
        'CREATE TABLE c (id int PRIMARY KEY)',
      ),
    ];
    expect((await become(session, target)).join()).not.toMatch(/ALGORITHM|LOCK/);
  });

  test('a plan without assertions has none', async () => {
    const [session, target] = [
      await open('CREATE TABLE t (id int PRIMARY KEY)'),
      await open('CREATE TABLE t (id int PRIMARY KEY, a int)'),
    ];
    const { statements } = await planBetween(session, target, { assertions: false });
    expect(statements.map(({ sql }) => sql)).toEqual([
      'ALTER TABLE `t` ADD COLUMN `a` int(11) DEFAULT NULL AFTER `id`',
    ]);
  });
});
