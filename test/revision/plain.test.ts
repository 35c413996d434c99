import { stripTypeScriptTypes } from 'node:module';
import { describe, expect, test } from 'vitest';
import { renderBodies } from '../../src/render/render.ts';
import { runTemplate } from '../../src/revision/plain.ts';
import { renderRevision } from '../../src/revision/template.ts';

const OPTIONS = {
  revision: '1c2d3e4f5a6b',
  downRevision: '0a1b2c3d4e5f',
  message: 'a table',
  createDate: new Date(0),
} as const;
const body = (text: string): string => renderRevision({ ...OPTIONS, body: text });

interface Plain {
  readonly [name: string]: unknown;
  readonly upgrade: (op?: object) => Promise<void>;
}

/** What a revision exports and gives to `op.execute`, with the line of each call. */
async function told(exported: object): Promise<{ header: object; calls: unknown[] }> {
  const { upgrade, ...header } = exported as Plain;
  const calls: unknown[] = [];
  await upgrade({
    execute(...given: unknown[]): void {
      const [, , caller = ''] = new Error('here').stack!.split('\n');
      calls.push([given, caller.replace(/^.*?:(\d+:\d+)\)?$/, '$1')]);
    },
  });
  return { header, calls };
}

const imported = (text: string): Promise<object> =>
  import(`data:text/javascript,${encodeURIComponent(stripTypeScriptTypes(text)).replaceAll("'", '%27')}`);

describe('a revision of the template is run as Node runs the module', () => {
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
  ])('%s', async (_, text) => {
    const exported = runTemplate(text, '/versions/a.ts');
    expect(await told(exported!)).toEqual(await told(await imported(text)));
  });

  test('a text of 190,000 characters', async () => {
    const text = body(`  await op.execute(\`${'a\\`$ '.repeat(38_000)}\`);`);
    const { calls } = await told(runTemplate(text, '/versions/a.ts')!);
    expect(JSON.stringify(calls) === JSON.stringify([[['a`$ '.repeat(38_000)], '16:12']])).toBe(true);
  });

  test('in strict mode, with its own file in the stack', async () => {
    const { upgrade } = runTemplate(body('  await op.execute(`A`);'), '/versions/a.ts') as Plain;
    await expect(upgrade()).rejects.toMatchObject({
      stack: expect.stringContaining('at upgrade (/versions/a.ts:16:12)') as string,
    });
    expect(runTemplate(body("  await op.execute('\\\\01');"), '/versions/a.ts')).not.toBeNull();
    expect(runTemplate(body("  await op.execute('\\01');"), '/versions/a.ts')).toBeNull();
  });
});

test('what is no JavaScript is left to what can say so', () => {
  expect(runTemplate(body('  await op.execute(`\\u{zz}`);'), '/versions/a.ts')).toBeNull();
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
  expect(runTemplate(body(text), '/versions/a.ts')).toBeNull();
});

test.each([
  ['another import', 'import type', "import { type A } from './a.ts';\nimport type"],
  ['options', 'export async', 'export const options: object = {};\nexport async'],
  ['a typed header', 'revision =', 'revision: string ='],
  ['a value between', 'export const branchLabels', 'enum A { B }\nexport const branchLabels'],
  ['a second function', 'export async', 'export async function other(op: Operations): Promise<void> {}\nexport async'],
])('and any other head: %s', (_, from, to) => {
  expect(runTemplate(body('  await op.execute(`A`);').replace(from, to), '/versions/a.ts')).toBeNull();
});
