import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, mkdirSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';

const LIBRARY = new URL('../../src/revision/load.ts', import.meta.url).href;
const CHILD = fileURLToPath(new URL('load-child.mjs', import.meta.url));
const root = realpathSync(mkdtempSync(join(tmpdir(), 'torale-load-')));

afterAll(() => {
  rmSync(root, { recursive: true });
});

interface Result {
  readonly revision?: string;
  readonly options?: unknown;
  readonly ran?: unknown;
  readonly stack?: string;
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
}

interface Output {
  readonly results: Result[];
  readonly counted: Record<string, number>;
  readonly warningsRestored: boolean;
  readonly stderr: string;
  readonly created: string[];
}

let folders = 0;

/** Writes the files into a new folder and loads those in `versions/` in a process of their own, in order of name. */
async function load(files: Record<string, string>): Promise<Output> {
  const folder = join(root, `case ${++folders} # 100%`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const all = (): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  const before = all();
  const revisions = Object.keys(files).filter((name) => /^versions\/.*[jt]s$/.test(name));
  const temporary = join(root, `tmp${folders}`);
  mkdirSync(temporary);
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [CHILD, LIBRARY, ...revisions.toSorted().map((name) => join(folder, name))],
    { cwd: folder, env: { PATH: process.env['PATH'], TMPDIR: temporary } },
  );
  const output = JSON.parse(stdout) as Output;
  const created = [...all().filter((name) => !before.includes(name)), ...readdirSync(temporary)];
  return { ...output, stderr, created };
}

const COUNT = (name: string): string =>
  `((globalThis as any).counted ??= {})['${name}'] = ((globalThis as any).counted['${name}'] ?? 0) + 1;\n`;

function revision(id: string, { top = '', body = 'return 42;', imports = '' } = {}): string {
  return `/**\n * ${id}\n */
import type { Operations } from 'torale';
${imports}
export const revision = '${id}';
export const downRevision: string | null = null;
${COUNT(id)}${top}
export async function upgrade(op: Operations): Promise<unknown> {
  ${body}
}
`;
}

const GOOD: Record<string, string> = {
  'lib/helper.ts': "export const answer: number = 42;\nexport enum Kind { A = 'a' }\n",
  'lib/plain.ts': `${COUNT('plain')}export const answer: number = 42;\nexport interface Shape { a: 1 }\n`,
  'lib/data.json': '{"answer": 42}',
  'tsconfig.json': '{ // with a comment\n "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } }',
  'versions/plain.ts': revision('plain'),
  'versions/module.mts': revision('module'),
  'versions/enum.ts': revision('enum', { top: 'enum Color { Red = 42 }', body: 'return Color.Red;' }),
  'versions/properties.ts': revision('properties', {
    top: 'class Box { constructor(public readonly value: number) {} }',
    body: 'return new Box(42).value;',
  }),
  'versions/with_extension.ts': revision('with_extension', {
    imports: "import { answer } from '../lib/plain.ts';",
    body: 'return answer;',
  }),
  'versions/without_extension.ts': revision('without_extension', {
    imports: "import { answer, Kind } from '../lib/helper';",
    body: "return Kind.A === 'a' ? answer : 0;",
  }),
  'versions/js_extension.ts': revision('js_extension', {
    imports: "import { answer } from '../lib/helper.js';",
    body: 'return answer;',
  }),
  'versions/type_as_value.ts': revision('type_as_value', {
    imports: "import { Shape, answer } from '../lib/plain.ts';",
    body: 'const shape: Shape | number = answer; return shape;',
  }),
  'versions/json.ts': revision('json', {
    imports: "import data from '../lib/data.json' with { type: 'json' };",
    body: 'return data.answer;',
  }),
  'versions/json_plain.ts': revision('json_plain', {
    imports: "import data from '../lib/data.json';",
    body: 'return data.answer;',
  }),
  'versions/paths.ts': revision('paths', {
    imports: "import { answer } from '@lib/helper';",
    body: 'return answer;',
  }),
  'versions/builtin.ts': revision('builtin', {
    imports: "import { join } from 'node:path';",
    body: "return join('4', '2') === '4/2' ? 42 : 0;",
  }),
  'versions/awaits.ts': revision('awaits', {
    top: 'const late: number = await Promise.resolve(42);',
    body: 'return late;',
  }),
  'versions/commonjs.cts': `${COUNT('commonjs')}module.exports = { revision: 'commonjs', downRevision: null, upgrade: async () => 42 as number };`,
  'versions/commonjs_esm.cts': revision('commonjs_esm'),
  'versions/script.cjs': "module.exports = { revision: 'script', downRevision: null, upgrade: async () => 42 };",
  'versions/tsc.cjs':
    "'use strict';\nObject.defineProperty(exports, '__esModule', { value: true });\nexports.downRevision = exports.revision = void 0;\n" +
    "exports.upgrade = upgrade;\nexports.revision = 'tsc';\nexports.downRevision = null;\nasync function upgrade(op) { return 42; }",
  'versions/native.mjs':
    "export const revision = 'native';\nexport const downRevision = null;\nexport const options = { foreignKeys: true };\nexport const upgrade = async () => 42;",
};

describe.each([
  ['no package.json', undefined],
  ['a package.json without a type', '{}'],
  ['type: commonjs', '{"type": "commonjs"}'],
  ['type: module', '{"type": "module"}'],
])('a folder with %s', (_, manifest) => {
  test('loads every form, once, silently, writing nothing', async () => {
    const output = await load({ ...GOOD, ...(manifest === undefined ? {} : { 'package.json': manifest }) });
    const files = Object.keys(GOOD)
      .filter((name) => name.startsWith('versions/'))
      .toSorted();
    const ids = files.map((name) => name.slice('versions/'.length).replace(/\.\w+$/, ''));
    expect(output.results.map((result, at) => ({ file: files[at], ...result }))).toEqual(
      ids.map((id, at) => ({
        file: files[at],
        revision: id,
        ran: 42,
        ...(id === 'native' ? { options: { foreignKeys: true } } : {}),
      })),
    );
    const { plain: plainCount, ...counted } = output.counted;
    expect(Object.values(counted).filter((count) => count !== 1)).toEqual([]);
    // The revision of that name and the helper, which Node and jiti each hold once.
    expect(plainCount).toBeLessThanOrEqual(3);
    expect(output.stderr).toBe('');
    expect(output.created).toEqual([]);
    expect(output.warningsRestored).toBe(true);
  });
});

const BAD: [name: string, text: string, code: string, message: RegExp, hint?: RegExp][] = [
  [
    'throws.ts',
    revision('throws', { top: "throw new TypeError('not today');" }),
    'REVISION_INVALID',
    /^Revision throws cannot be imported: versions\/throws\.ts:9: not today$/,
  ],
  [
    'throws_text.ts',
    revision('throws_text', { top: "throw 'a text';" }),
    'REVISION_INVALID',
    /throws_text\.ts: a text$/,
  ],
  ['throws_null.ts', revision('throws_null', { top: 'throw null;' }), 'REVISION_INVALID', /throws_null\.ts: null$/],
  [
    'throws_enum.ts',
    revision('throws_enum', { top: "enum A { B }\nthrow new Error('late');" }),
    'REVISION_INVALID',
    /versions\/throws_enum\.ts:10: late$/,
  ],
  [
    'json_parse.ts',
    revision('json_parse', { top: "JSON.parse('{');" }),
    'REVISION_INVALID',
    /versions\/json_parse\.ts:9: Expected property name/,
  ],
  [
    'dynamic.ts',
    revision('dynamic', { top: "await import('./nowhere');" }),
    'REVISION_INVALID',
    /dynamic\.ts.*: Cannot find module/,
    /extension/,
  ],
  [
    'dynamic_extension.ts',
    revision('dynamic_extension', { top: "await import('../lib/plain');" }),
    'REVISION_INVALID',
    /Cannot find module/,
  ],
  [
    'own_code.ts',
    revision('own_code', {
      top: "throw Object.assign(new SyntaxError('own'), { code: 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX' });",
    }),
    'REVISION_INVALID',
    /own_code\.ts:9: own$/,
  ],
  [
    'helper_throws.ts',
    revision('helper_throws', { imports: "import '../lib/throws.ts';" }),
    'REVISION_INVALID',
    /lib\/throws\.ts:2: helper/,
  ],
  [
    'gone.ts',
    revision('gone', {
      imports: "import { rmSync } from 'node:fs';",
      top: "rmSync(import.meta.filename);\nthrow new Error('and gone');",
    }),
    'REVISION_INVALID',
    /versions\/gone\.ts:10: and gone$/,
  ],
  ['syntax.ts', revision('syntax', { top: 'const = 1;' }), 'REVISION_INVALID', /versions\/syntax\.ts/],
  [
    'dirname.ts',
    revision('dirname', { top: 'console.error(__dirname);' }),
    'REVISION_INVALID',
    /__dirname is not defined/,
    /import\.meta\.dirname/,
  ],
  [
    'value_import.ts',
    revision('value_import', { imports: "import { ToraleError } from 'torale';", body: 'return ToraleError;' }),
    'REVISION_INVALID',
    /Cannot find (?:package|module) 'torale'/,
    /import type/,
  ],
  ['no_upgrade.ts', "export const revision = 'a', downRevision = null;", 'REVISION_INVALID', /exports no 'upgrade'/],
  [
    'upgrade_text.ts',
    "export const revision = 'a', downRevision = null, upgrade = 'x';",
    'REVISION_INVALID',
    /'upgrade' is not a function/,
  ],
  [
    'options_text.ts',
    revision('b', { top: "export const options = 'x';" }),
    'REVISION_INVALID',
    /'options' is not an object/,
  ],
  [
    'other_id.cjs',
    "exports.revision = 'a'; exports.downRevision = null; exports.upgrade = () => {}; Object.assign(exports, { revision: 'b' });",
    'REVISION_INVALID',
    /reads "a", but is "b"/,
  ],
  ['no_header.ts', 'export const upgrade = () => {};', 'HEADER_INVALID', /exports no 'revision'/],
];

test('what cannot be loaded is said in one line, and ran at most once', async () => {
  const output = await load({
    'package.json': '{"type": "module"}',
    'lib/plain.ts': GOOD['lib/plain.ts']!,
    'lib/throws.ts': `${COUNT('helper')}throw new Error('helper');\n`,
    ...Object.fromEntries(BAD.map(([name, text]) => [`versions/${name}`, text])),
  });
  const sorted = BAD.toSorted(([one], [other]) => (one < other ? -1 : 1));
  for (const [at, [name, , code, message, hint]] of sorted.entries()) {
    const result = output.results[at]!;
    expect({ name, code: result.code }).toEqual({ name, code });
    expect(result.message).toMatch(message);
    expect(result.message).not.toContain('\n');
    if (hint !== undefined) expect(result.hint).toMatch(hint);
  }
  expect(Object.entries(output.counted).filter(([, count]) => count !== 1)).toEqual([]);
  expect(output.counted).toMatchObject({
    throws: 1,
    throws_enum: 1,
    json_parse: 1,
    dynamic: 1,
    own_code: 1,
    helper: 1,
  });
  expect(output.stderr).toBe('');
  expect(output.created).toEqual([]);
});

test('a CommonJS revision that fails half way is not run again', async () => {
  const output = await load({
    'versions/half.cts': `${COUNT('half')}require('./nowhere');\nmodule.exports = { revision: 'half', downRevision: null, upgrade: () => {} };`,
  });
  expect(output.results[0]).toMatchObject({ code: 'REVISION_INVALID' });
  expect(output.counted).toEqual({ half: 1 });
});

test('stack lines point into the TypeScript file', async () => {
  const body = 'const x: number = 1;\n\n  throw new Error(`at ${x}`);';
  const output = await load({
    'package.json': '{"type": "module"}',
    'versions/a_native.ts': revision('a_native', { body }),
    'versions/b_jiti.ts': revision('b_jiti', { top: 'enum A { B }', body }),
  });
  expect(output.results[0]?.stack).toMatch(/versions\/a_native\.ts:13:9/);
  expect(output.results[1]?.stack).toMatch(/versions\/b_jiti\.ts:13/);
});

test('other warnings still come through', async () => {
  const output = await load({
    'versions/a.ts': revision('a', {
      top: "process.emitWarning('own', 'ExperimentalWarning');\nprocess.emitWarning('two', { code: 'X' });",
    }),
  });
  expect(output.stderr).toContain('ExperimentalWarning: own');
  expect(output.stderr).toContain('[X] Warning: two');
});

test('loads inside the test runner too', async () => {
  const { loadRevision } = await import('../../src/revision/load.ts');
  const file = join(root, 'inside.ts');
  writeFileSync(
    file,
    "export const revision = 'inside';\nexport const downRevision = null;\nexport const upgrade = () => 42;\n",
  );
  expect(existsSync(file)).toBe(true);
  expect((await loadRevision(file)).upgrade({})).toBe(42);
});
