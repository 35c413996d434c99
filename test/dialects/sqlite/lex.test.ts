import { expect, test } from 'vitest';
import { lexer } from '../../../src/dialects/sqlite/lex.ts';
import { memory } from './memory.ts';

function tokensOf(sql: string): string[] {
  const tokens: string[] = [];
  const next = lexer(sql);
  for (let token = next(); token !== undefined; token = next()) {
    tokens.push(`${token.kind} ${sql.slice(token.start, token.end)}`);
  }
  return tokens;
}

test.for([
  [
    '1.5e-3+.5E3-0xFFe+1_000.',
    ['number 1.5e-3', 'symbol +', 'number .5E3', 'symbol -', 'number 0xFFe', 'symbol +', 'number 1_000.'],
  ],
  ["x'ab'X'CD'x", ["string x'ab'", "string X'CD'", 'word x']],
  [
    'a->>b->c||d<=e<>f!=g==h<<i>=j-k',
    [
      'word a',
      'symbol ->>',
      'word b',
      'symbol ->',
      'word c',
      'symbol ||',
      'word d',
      'symbol <=',
      'word e',
      'symbol <>',
      'word f',
      'symbol !=',
      'word g',
      'symbol ==',
      'word h',
      'symbol <<',
      'word i',
      'symbol >=',
      'word j',
      'symbol -',
      'word k',
    ],
  ],
  ['- -1--1', ['symbol -', 'symbol -', 'number 1', 'comment --1']],
  ['t.a.1', ['word t', 'symbol .', 'word a', 'number .1']],
  ['a \uFEFFb', ['word a', 'comment \uFEFF', 'word b']],
] as const)('%s', ([sql, tokens]) => {
  expect(tokensOf(sql)).toEqual(tokens);
});

test('a byte order mark is a blank to SQLite, too', async () => {
  const { db } = await memory('CREATE TABLE t (\uFEFFa int)');
  expect(db.prepare("SELECT name FROM pragma_table_info('t')").pluck().all()).toEqual(['a']);
});
