import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DialectName } from '../../src/dialects/names.ts';
import { DIALECTS } from '../../src/dialects/names.ts';
import * as mysql from '../../src/dialects/mysql/literal.ts';
import { quote as quoteMysql } from '../../src/dialects/mysql/quote.ts';
import { split as splitMysql } from '../../src/dialects/mysql/split.ts';
import * as postgres from '../../src/dialects/postgres/literal.ts';
import { quote as quotePostgres } from '../../src/dialects/postgres/quote.ts';
import { split as splitPostgres } from '../../src/dialects/postgres/split.ts';
import * as sqlite from '../../src/dialects/sqlite/literal.ts';
import { quote as quoteSqlite } from '../../src/dialects/sqlite/quote.ts';
import { split as splitSqlite } from '../../src/dialects/sqlite/split.ts';
import { describeOn, freshWire } from './server-helper.ts';

const LITERALS = { postgres, mysql, sqlite };
const QUOTES = { postgres: quotePostgres, mysql: quoteMysql, sqlite: quoteSqlite };
const SPLITS = { postgres: splitPostgres, mysql: splitMysql, sqlite: splitSqlite };

/** Text as hostile as it gets. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "'",
        "''",
        '"',
        '`',
        '\\',
        "\\'",
        '\\\\',
        '$$',
        '$1',
        '?',
        ';',
        '--',
        '-- ',
        '/*',
        '*/',
        '/*!',
        '#',
      ),
      fc.constantFrom(
        '\n',
        '\r',
        '\r\n',
        '\t',
        '\u001A',
        '\b',
        '%',
        '_',
        '😀',
        'é',
        '\uFEFF',
        '\u2028',
        '\\n',
        '\\0',
        'x',
      ),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
    ),
    { maxLength: 20 },
  )
  .map((pieces) => pieces.join(''));
const withoutNul = nasty.map((text) => text.replaceAll('\0', ''));
const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));

describe('literals', () => {
  const date = new Date('2026-03-01T12:34:56.789Z');
  test.each([
    [null, 'NULL', 'NULL', 'NULL'],
    [true, 'true', 'true', '1'],
    [false, 'false', 'false', '0'],
    [0, '0', '0', '0'],
    [-5, '-5', '-5', '-5'],
    [1.5, '1.5', '1.5', '1.5'],
    [1e21, '1e+21', '1e+21', '1e+21'],
    [-0, "'-0'::float8", '-0.0', '-0.0'],
    [9007199254740993n, '9007199254740993', '9007199254740993', '9007199254740993'],
    ['', "''", "''", "''"],
    ["it's", "'it''s'", "'it''s'", "'it''s'"],
    ['a\\b', "'a\\b'", "'a\\\\b'", "'a\\b'"],
    [Buffer.from([0, 255]), String.raw`'\x00ff'::bytea`, "X'00ff'", "X'00ff'"],
    [new Uint8Array(), String.raw`'\x'::bytea`, "X''", "X''"],
  ])('of value %$', (value, onPostgres, onMysql, onSqlite) => {
    expect(postgres.literal(value)).toBe(onPostgres);
    expect(mysql.literal(value)).toBe(onMysql);
    expect(sqlite.literal(value)).toBe(onSqlite);
  });

  test('dates are moments on PostgreSQL, UTC on MySQL, milliseconds on SQLite', () => {
    expect(new Date(postgres.literal(date).slice(1, -1))).toEqual(date);
    expect(postgres.literal(date)).toMatch(/^'2026-03-0\dT\d\d:\d\d:56\.789[+-]\d\d:\d\d'$/);
    expect(mysql.literal(date)).toBe("'2026-03-01 12:34:56.789'");
    expect(sqlite.literal(date)).toBe('1772368496789');
  });

  test('objects and arrays are what the drivers send', () => {
    expect(postgres.literal({ a: "it's" })).toBe(`'{"a":"it''s"}'`);
    expect(postgres.literal([1, null, 'a"b\\', [true]])).toBe(String.raw`'{"1",NULL,"a\"b\\",{"true"}}'`);
    expect(postgres.literal([{ a: 1 }])).toBe(String.raw`'{"{\"a\":1}"}'`);
    expect(postgres.literal([])).toBe("'{}'");
    expect(mysql.literal({ a: "it's\n" })).toBe(String.raw`'{"a":"it''s\\n"}'`);
    expect(mysql.literal([1, 'x'])).toBe(`'[1,"x"]'`);
  });

  test('sql_mode decides on backslashes', () => {
    expect(mysql.literal("a\\'b", { noBackslashEscapes: true })).toBe("'a\\''b'");
    expect(mysql.literal('a\0', { noBackslashEscapes: true })).toBe("CONVERT(X'6100' USING utf8mb4)");
    expect(mysql.literal('a\0\r\u001A')).toBe(String.raw`'a\0\r\Z'`);
  });

  test('PostgreSQL has NaN and the infinities', () => {
    expect(postgres.literal(Number.NaN)).toBe("'NaN'::float8");
    expect(postgres.literal(-Infinity)).toBe("'-Infinity'::float8");
  });

  test.each([
    [undefined, 'undefined', DIALECTS],
    [() => 1, 'A function', DIALECTS],
    [Symbol('x'), 'A symbol', DIALECTS],
    [new Date(Number.NaN), 'A date', DIALECTS],
    [Number.NaN, 'NaN', ['mysql', 'sqlite'] as const],
    [Infinity, 'Infinity', ['mysql', 'sqlite'] as const],
    ['a\0', 'A text with a NUL', ['postgres'] as const],
    [{}, 'An object', ['sqlite'] as const],
    [[1], 'An array', ['sqlite'] as const],
    [new Date('+012026-01-01'), 'A date', ['mysql'] as const],
    [{ toPostgres: () => 1 }, 'An object', ['postgres'] as const],
  ])('refuses %s', (value, message, dialects) => {
    for (const dialect of dialects) {
      expect(() => LITERALS[dialect].literal(value)).toThrow(message);
      const sql = dialect === 'postgres' ? 'SELECT $1, $2' : 'SELECT ?, ?';
      expect(() => LITERALS[dialect].inline(sql, [1, value])).toThrow(`Binding 2: ${message}`);
    }
  });
});

describe('inlining', () => {
  test.each([
    ['SELECT $1', [5], `SELECT '5'`],
    ['SELECT $2, $1, $2', ['a', true], `SELECT 'true', 'a', 'true'`],
    ['SELECT $1::int[]', [[1, 2]], `SELECT '{"1","2"}'::int[]`],
    ['SELECT \'$1\', $$ $1 $$, "$1", $1 -- $1\n/* $1 */', ['x'], "SELECT '$1', $$ $1 $$, \"$1\", 'x' -- $1\n/* $1 */"],
    ["SELECT a ? 'b', a ?| $1, a ?& $1", [['x']], `SELECT a ? 'b', a ?| '{"x"}', a ?& '{"x"}'`],
    [
      'SELECT $10,$1,$2,$3,$4,$5,$6,$7,$8,$9',
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 'ten'],
      `SELECT 'ten','1','2','3','4','5','6','7','8','9'`,
    ],
    ['SELECT -$1', [-5], `SELECT - '-5'`],
    ['LIMIT $1OFFSET $2', [1, 2], `LIMIT '1' OFFSET '2'`],
    ['SELECT 1', [], 'SELECT 1'],
  ])('on PostgreSQL: %s', (sql, bindings, expected) => {
    expect(postgres.inline(sql, bindings)).toBe(expected);
  });

  test.each([
    ['SELECT ?, ?', [1, "a'?"], "SELECT 1, 'a''?'"],
    ['SELECT \'?\', "?", `?`, ? -- ?\n/* ? */', ['x'], "SELECT '?', \"?\", `?`, 'x' -- ?\n/* ? */"],
    ['SELECT 1-?', [-5], 'SELECT 1- (-5)'],
    ['SELECT a FROM t LIMIT?', [5], 'SELECT a FROM t LIMIT 5'],
    ["SELECT 'a'?'b'", ['x'], "SELECT 'a' 'x' 'b'"],
    ['INSERT INTO t VALUES (?,?)', [null, Buffer.from('a')], "INSERT INTO t VALUES (NULL,X'61')"],
  ])('on MySQL and SQLite: %s', (sql, bindings, expected) => {
    expect(mysql.inline(sql, bindings)).toBe(expected);
    expect(sqlite.inline(sql, bindings)).toBe(expected);
  });

  test('MySQL takes # for a comment, SQLite [ ] for a name', () => {
    expect(mysql.inline('SELECT ? # ?', [1])).toBe('SELECT 1 # ?');
    expect(sqlite.inline('SELECT ?, [?]', [1])).toBe('SELECT 1, [?]');
  });

  test.each([
    [postgres, 'SELECT $1', []],
    [postgres, 'SELECT $2', [1]],
    [postgres, 'SELECT $0', [1]],
    [postgres, 'SELECT $1', [1, 2]],
    [mysql, 'SELECT ?, ?', [1]],
    [mysql, "SELECT '?'", [1]],
    [sqlite, 'SELECT ?', []],
    [sqlite, 'SELECT ?1', [1]],
    [sqlite, 'SELECT :a', [1]],
  ])('refuses what does not match', ({ inline }, sql, bindings) => {
    expect(() => inline(sql, bindings)).toThrow(/binding|not understood/);
  });
});

describeOn(DIALECTS, 'round trips', (dialect) => {
  const { literal, inline } = LITERALS[dialect];
  const quote = QUOTES[dialect];
  const text = dialect === 'postgres' ? withoutNul : nasty;
  const hexOf = { postgres: "encode(%, 'hex')", mysql: 'lower(hex(%))', sqlite: 'lower(hex(%))' }[dialect];

  test('strings arrive as they are', async () => {
    const { run } = await freshWire(dialect);
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        const sql = `SELECT ${literal(value)}`;
        expect(await run(sql)).toEqual([[value]]);
        expect(SPLITS[dialect](sql).map((piece) => piece.text)).toEqual([sql]);
      }),
      { numRuns: 500 },
    );
  });

  test('bytes arrive as they are', async () => {
    const { run } = await freshWire(dialect);
    await fc.assert(
      fc.asyncProperty(bytes, async (value) => {
        expect(await run(`SELECT ${hexOf.replace('%', literal(value))}`)).toEqual([[value.toString('hex')]]);
      }),
      { numRuns: 100 },
    );
  });

  test('a statement with literals does what it does with bindings', async () => {
    const { run } = await freshWire(dialect);
    const [moment, number, json] = {
      postgres: ['timestamptz', 'float8', 'jsonb'],
      mysql: ['datetime(3)', 'double', 'longtext'],
      sqlite: ['int', 'real', 'text'],
    }[dialect] as [string, string, string];
    await run(
      `CREATE TABLE t (id ${dialect === 'mysql' ? 'int' : 'integer'}, a text, n ${number}, m ${moment}, j ${json})`,
    );
    const mark = (position: number): string => (dialect === 'postgres' ? `$${position}` : '?');
    const insert = `INSERT INTO t VALUES (${[1, 2, 3, 4, 5].map(mark).join(', ')})`;
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.date({ min: new Date('1971-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
        fc.dictionary(withoutNul, fc.oneof(withoutNul, fc.integer(), fc.boolean(), fc.constant(null)), {
          noNullPrototype: true,
        }),
        async (a, n, m, object) => {
          // better-sqlite3 binds neither dates nor objects.
          const bindings = dialect === 'sqlite' ? [a, n, m.getTime(), JSON.stringify(object)] : [a, n, m, object];
          await run('DELETE FROM t');
          await run(insert, [1, ...bindings]);
          await run(inline(insert, [2, ...bindings]));
          const [bound, inlined] = await run('SELECT a, n, m, j FROM t ORDER BY id');
          expect(inlined).toEqual(bound);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('hostile names come back from the catalogue as they are', async () => {
    const { run } = await freshWire(dialect);
    const names = 'a.b|x as y|we"ird|`|*| lead|q?m|$$|$1|--|/*|it\'s|back\\slash|select|Select|😀'
      .split('|')
      .concat('a;b', 'é'.repeat(30), '__proto__', '%_', '[x]', 'a\nb');
    const catalog = {
      postgres: `SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
      mysql: 'SELECT table_name FROM information_schema.tables WHERE table_schema = database()',
      sqlite: `SELECT name FROM sqlite_schema WHERE type = 'table'`,
    }[dialect];
    // MySQL's utf8mb3 identifiers have no emoji; SQLite's names are equal whatever their case.
    const possible = names.filter(
      (name) => !(dialect === 'mysql' && name === '😀') && !(dialect === 'sqlite' && name === 'Select'),
    );
    for (const name of possible) {
      const statement = `CREATE TABLE ${quote(name)} (${quote(name)} int)`;
      expect(SPLITS[dialect](statement).map((piece) => piece.text)).toEqual([statement]);
      await run(statement);
      // mysql2 refuses a result column called __proto__.
      await run(`SELECT ${quote(name)} AS x FROM ${quote(name)}`);
    }
    const found = (await run(catalog)).map(([name]) => name as string);
    expect(found.toSorted()).toEqual(possible.toSorted());
    for (const name of possible) await run(`DROP TABLE ${quote(name)}`);
    expect(await run(catalog)).toEqual([]);
  });
});

test.each(DIALECTS)('a name with NUL, or none at all, is refused on %s', (dialect: DialectName) => {
  expect(() => QUOTES[dialect]('a\0b')).toThrow('cannot be a name');
  expect(() => QUOTES[dialect]('')).toThrow('cannot be a name');
});
