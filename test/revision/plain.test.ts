import { stripTypeScriptTypes } from 'node:module';
import { describe, expect, test } from 'vitest';
import { renderBodies } from '../../src/render/render.ts';
import { withoutTemplateTypes } from '../../src/revision/plain.ts';
import { renderRevision } from '../../src/revision/template.ts';

const OPTIONS = {
  revision: '1c2d3e4f5a6b',
  downRevision: '0a1b2c3d4e5f',
  message: 'a table',
  createDate: new Date(0),
} as const;
const body = (text: string): string => renderRevision({ ...OPTIONS, body: text });

describe('the types of the template are taken out as Node does it', () => {
  const bodies = renderBodies(
    [
      { dialect: 'sqlite', statements: [{ sql: 'CREATE TABLE a (x)' }, { sql: "C '`\\ ${'" }] },
      { dialect: 'postgres', statements: [{ sql: 'CREATE TABLE a (x int)', hazard: 'a, b' }, { sql: 'D' }] },
    ],
    { header: ['not proved'], names: new Set(['a', 'd']), comesApart: () => true },
  );
  test.each([
    ['an empty one', renderRevision(OPTIONS)],
    ['one without a message', renderRevision({ ...OPTIONS, message: null, downRevision: null })],
    ['a merge', renderRevision({ ...OPTIONS, downRevision: ['a1', 'b2'], branchLabels: ['x', 'y-z'] })],
    ['one statement', body('  await op.execute(`CREATE TABLE a (id int)`);')],
    ['as autogenerate writes it', body(bodies)],
    [
      'other quotes',
      body(`  await op.execute('it\\'s');\n  await op.execute("A");\n  // done`).replaceAll("'torale'", '"torale"'),
    ],
    ['lines that end in CRLF', body('  // a\n  await op.execute(`A\nB`);').replaceAll('\n', '\r\n')],
    ['no comment', body('  await op.execute(String.raw`\\d`);').replace(/^\/\*\*[^]*?\*\/\n/, '')],
    ['a type in a text', body('  await op.execute(`a: Operations): Promise<void> { ${"$"}`);'.replace('${"$"}', '$'))],
  ])('%s', (_, text) => {
    expect(withoutTemplateTypes(text)).toBe(stripTypeScriptTypes(text));
  });

  test('a text of 190,000 characters', () => {
    const text = body(`  await op.execute(\`${'a\\`$ '.repeat(38_000)}\`);`);
    expect(withoutTemplateTypes(text)).toBe(stripTypeScriptTypes(text));
  });
});

test.each([
  ['  await op.knex<User>(`users`);'],
  ['  await op.execute(`A` as string);'],
  ['  await op.execute(`${name satisfies string}`);'],
  ['  await op.execute({ sqlite: text as string });'],
  ['  const rows: string[] = [];'],
  ['  // a comment that ends\u2028const a: number = 1;'],
  ['}\nconst a: number = 1;\nfunction b() {'],
])('any other body is left to Node: %s', (text) => {
  expect(withoutTemplateTypes(body(text))).toBeNull();
});

test.each([
  ['another import', 'import type', "import { type A } from './a.ts';\nimport type"],
  ['options', 'export async', 'export const options: object = {};\nexport async'],
  ['a typed header', 'revision =', 'revision: string ='],
  ['a value between', 'export const branchLabels', 'enum A { B }\nexport const branchLabels'],
  ['a second function', 'export async', 'export async function other(op: Operations): Promise<void> {}\nexport async'],
])('and any other head: %s', (_, from, to) => {
  expect(withoutTemplateTypes(body('  await op.execute(`A`);').replace(from, to))).toBeNull();
});
