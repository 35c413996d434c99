import { describe, expect, test } from 'vitest';
import { split } from '../../src/dialects/sqlite/split.ts';
import { renderBodies } from '../../src/render/render.ts';
import { plainStatements } from '../../src/revision/body.ts';

const read = (body: string, dialect = 'sqlite'): string[] | null =>
  plainStatements(`export async function upgrade(op) {\n${body}\n}\n`, dialect, split);

describe('the statements of a body, without running it', () => {
  test('each op.execute with a literal text', () => {
    const body =
      '  // first\n  await op.execute(`A`);\n  await op.execute("B; C");\n  await op.execute(String.raw`\\d`);';
    expect(read(body)).toEqual(['A', 'B', 'C', '\\d']);
  });

  test('as autogenerate writes them for several dialects', () => {
    const body = renderBodies(
      [
        {
          dialect: 'sqlite',
          statements: [{ sql: 'CREATE TABLE a (x)' }, { sql: 'B' }, { sql: "C '`'" }, { sql: 'D' }],
        },
        { dialect: 'postgres', statements: [{ sql: 'CREATE TABLE a (x int)', hazard: 'a, b' }, { sql: 'D' }] },
      ],
      { header: ['not proved'], names: new Set(['a', 'd']), comesApart: () => true },
    );
    expect(read(body)).toEqual(['CREATE TABLE a (x)', 'B', "C '`'", 'D']);
    expect(read(body, 'postgres')).toEqual(['CREATE TABLE a (x int)', 'D']);
    expect(read(body, 'mysql')).toBeNull();
  });

  test.each([
    'await op.execute(`SELECT ${x}`);',
    'await op.execute(`A`, [1]);',
    'if (op.scratch) await op.execute(`A`);',
    'await op.execute({ mysql: `A`, mariadb: `B`, sqlite: `C` });',
    'await op.execute({ sqlite: text });',
    'await op.execute({ sqlite: `A` ',
    'await op.knex.schema.dropTable("a");',
  ])('only running it would tell: %s', (body) => {
    expect(read(body)).toBeNull();
  });
});
