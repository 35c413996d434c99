import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readHeader, readHeaderAndSyntax } from '../../src/revision/header.ts';
import { failure } from './failure.ts';

const FILE = resolve('versions/x.ts');

const TEMPLATE = `/**
 * add media tags
 *
 * Revision ID: 3f9c1a7be204
 * Revises: 1c2d3e4f5a6b
 * Create Date: 2026-11-20T12:00:00.000Z
 */
import type { Operations } from 'torale';

export const revision = '3f9c1a7be204';
export const downRevision = '1c2d3e4f5a6b';      // string, string[] (a merge) or null (a base)
export const branchLabels = null;                 // null, string or string[]
export const dependsOn = null;                    // null, string or string[]

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(\`CREATE TABLE media_tags (…)\`);
}
`;

const PLAIN = {
  revision: '3f9c1a7be204',
  downRevision: '1c2d3e4f5a6b',
  branchLabels: null,
  dependsOn: null,
  file: FILE,
};
const TEMPLATED = { ...PLAIN, message: 'add media tags', createDate: '2026-11-20T12:00:00.000Z' };

describe('the template', () => {
  test.each([
    ['as it is', TEMPLATE],
    ['CRLF', TEMPLATE.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${TEMPLATE}`],
    ['a shebang', `#!/usr/bin/env node\n${TEMPLATE}`],
    ["'use strict'", `'use strict';\n${TEMPLATE}`],
    ['double quotes', TEMPLATE.replaceAll("'", '"')],
    ['no semicolons', TEMPLATE.replaceAll(';', '')],
    ['templates', TEMPLATE.replaceAll(/'(\w{12})'/g, '`$1`')],
    ['as const', TEMPLATE.replaceAll(/'(\w{12})'/g, "'$1' as const")],
    ['satisfies', TEMPLATE.replaceAll(/'(\w{12})';/g, "'$1' satisfies string | null;")],
    [
      'annotations',
      TEMPLATE.replaceAll(
        /(revision|Revision|Labels|On) =/g,
        '$1: string | readonly Array<string>[] | (() => void) | null =',
      ),
    ],
    ['let', TEMPLATE.replaceAll('export const', 'export let')],
    ['var', TEMPLATE.replaceAll('export const', 'export var')],
    [
      "Alembic's spelling",
      TEMPLATE.replace('downRevision', 'down_revision')
        .replace('branchLabels', 'branch_labels')
        .replace('dependsOn', 'depends_on'),
    ],
    [
      'a list of exports',
      `${TEMPLATE.replaceAll('export const', 'const')}\nexport { revision, downRevision, branchLabels, dependsOn };`,
    ],
    [
      'a list of exports before',
      TEMPLATE.replaceAll('export const', 'const').replace(
        '\nconst',
        '\nexport { revision, downRevision, branchLabels, type Operations, dependsOn };\nconst',
      ),
    ],
    [
      'other local names',
      TEMPLATE.replace('export const revision', 'const id').replace('export const downRevision', 'const down') +
        '\nexport { id as revision, down as "downRevision" };',
    ],
    ['one statement', TEMPLATE.replaceAll(/;.*\nexport const (?!revision)/g, ',\n  ')],
    ['undefined labels', TEMPLATE.replaceAll(/(branchLabels|dependsOn) = null/g, '$1 = undefined')],
    ['no labels', TEMPLATE.replaceAll(/.*(branchLabels|dependsOn) = null.*/g, '')],
    [
      'escapes',
      TEMPLATE.replace(
        "'3f9",
        String.raw`'\x33\u0066\u{39}\
`,
      ),
    ],
    [
      'a reference',
      TEMPLATE.replace(
        "export const revision = '3f9c1a7be204'",
        "const id = '3f9c1a7be204';\nexport const revision = id",
      ),
    ],
    ['comments everywhere', TEMPLATE.replaceAll(' = ', " /* = 'no' */ = // 'no'\n /** no */ ")],
    [
      'a condition with a regular expression before',
      TEMPLATE.replace('\nexport', "\nconst quoted = /['\"`({]/.test('x') ? 1 / 2 : 3 / 4;\n\nexport"),
    ],
    [
      'a template with code before',
      TEMPLATE.replace(
        '\nexport',
        "\nconst t = `a ${`b ${{ a: '}`' }.a}`} export const revision = 'no'; ${1}`;\n\nexport",
      ),
    ],
    [
      'a class before',
      TEMPLATE.replace(
        '\nexport',
        "\nexport class A { revision = 'no'; #b = /}/; static { const revision = 'no'; } }\n\nexport",
      ),
    ],
    [
      'types before',
      TEMPLATE.replace(
        '\nexport',
        "\nexport type revision = 'no';\nexport interface B { revision: 'no' }\ndeclare const c: string;\n\nexport",
      ),
    ],
  ])('%s', (_, text) => {
    expect(readHeader(text, FILE)).toEqual(TEMPLATED);
  });

  test.each([
    ['in a line comment', "// export const revision = 'no';\n"],
    ['in a comment', "/*\nexport const revision = 'no';\n*/\n"],
    ['in a string', `const a = "export const revision = 'no'";\n`],
    ['in a template', "const a = `\nexport const revision = 'no';\n`;\n"],
    ['in a regular expression', "const a = /export const revision = 'no'/;\n"],
    ['in a function', "function f() {\n const revision = 'no'; exports.revision = 'no';\n}\n"],
    ['in a namespace', "namespace n { export const revision = 'no'; }\n"],
    ['as a property', "a.exports.revision = 'no'; b.export;\n"],
  ])('words that look like a header %s', (_, before) => {
    const at = TEMPLATE.indexOf('import');
    expect(readHeader(TEMPLATE.slice(0, at) + before + TEMPLATE.slice(at), FILE)).toEqual(TEMPLATED);
    const after = TEMPLATE.replace('  await', `  ${before}await`);
    expect(readHeader(after, FILE)).toEqual(TEMPLATED);
    expect(readHeader(after.replace(/.*dependsOn.*/, ''), FILE)).toEqual(TEMPLATED);
  });

  test('a comment ends where JavaScript ends it', () => {
    const text = "// a\u2028export const revision = 'a';\r// b\rexport const downRevision = null;";
    expect(readHeader(text, FILE)).toMatchObject({ revision: 'a', downRevision: null });
  });
});

describe('what compilers make of it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'torale-header-'));
  const source = TEMPLATE.replace("'1c2d3e4f5a6b'", "['1c2d3e4f5a6b', 'b'] as const");
  const expected = { ...PLAIN, downRevision: ['1c2d3e4f5a6b', 'b'] };
  const bin = (name: string): string => resolve('node_modules/.bin', name);

  test.each(['commonjs', 'esnext'])('tsc, %s', (module) => {
    writeFileSync(join(folder, 'a.ts'), source.replace('import', "import './b';\nimport"));
    writeFileSync(join(folder, 'b.ts'), '');
    try {
      execFileSync(
        bin('tsc'),
        ['a.ts', '--module', module, '--target', 'es2022', '--outDir', module, '--ignoreConfig', '--noCheck'],
        { cwd: folder, stdio: 'pipe' },
      );
      const { message, createDate, ...header } = readHeader(readFileSync(join(folder, module, 'a.js'), 'utf8'), FILE);
      expect(header).toEqual(expected);
      expect(message === undefined || createDate === TEMPLATED.createDate).toBe(true);
    } finally {
      rmSync(join(folder, 'a.ts'));
    }
  });

  test.each([
    ['--format=cjs'],
    ['--format=cjs --platform=node'],
    ['--format=esm'],
    ['--format=esm --minify-whitespace'],
  ])('esbuild %s', (flags) => {
    const output = execFileSync(bin('esbuild'), ['--loader=ts', ...flags.split(' ')], {
      input: source,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    expect(readHeader(output, FILE)).toEqual(expected);
  });

  test('swc', () => {
    const output = `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
0 && (module.exports = { branchLabels: null, dependsOn: null, downRevision: null, revision: null, upgrade: null });
function _export(target, all) {
    for(var name in all)Object.defineProperty(target, name, { enumerable: true, get: all[name] });
}
_export(exports, {
    get branchLabels () { return branchLabels; },
    downRevision: function() { return downRevision; },
    get revision () {
        return revision;
    },
    get upgrade () { return upgrade; }
});
const revision = '3f9c1a7be204';
const downRevision = ['1c2d3e4f5a6b', 'b'];
const branchLabels = null;
async function upgrade(op) {}`;
    expect(readHeaderAndSyntax(output, FILE)).toEqual({ header: expected, syntax: 'cjs' });
  });

  test.each([
    "module.exports = { revision: '3f9c1a7be204', 'downRevision': ['1c2d3e4f5a6b', 'b'], async upgrade(op) { return { revision: 'no' }; } };",
    "const revision = '3f9c1a7be204', downRevision = ['1c2d3e4f5a6b', 'b'];\nmodule.exports = { revision, downRevision, upgrade: (a, b) => [a, b], }",
    "module.exports.revision = '3f9c1a7be204'\nexports['downRevision'] = ['1c2d3e4f5a6b', 'b',]\nexports.upgrade = async () => {}",
  ])('CommonJS by hand: %s', (text) => {
    expect(readHeaderAndSyntax(text, FILE)).toEqual({ header: expected, syntax: 'cjs' });
  });
});

describe('the comment', () => {
  const read = (comment: string): object => {
    const { message, createDate } = readHeader(
      `${comment}\nexport const revision = 'a';\nexport const downRevision = null;`,
      FILE,
    );
    return { message, createDate };
  };
  test.each([
    ['/** one line */', { message: 'one line' }],
    ['/**\n * first\n * second\n */', { message: 'first' }],
    ['/**\n\n   first\n */', { message: 'first' }],
    ['/**\n * Revision ID: a\n * Create Date: today\n */', { createDate: 'today' }],
    ['/**\n * Revision ID: b\n */', { message: 'Revision ID: b' }],
    ['/**\n * the Create Date: is nothing\n */', { message: 'the Create Date: is nothing' }],
    ['/**\n * a *\\/ b\n */', { message: 'a */ b' }],
    ['/* eslint-disable */\n// text\n/** message */', { message: 'message' }],
    ['/**/', {}],
    ['/** */', {}],
    ['// text', {}],
    ['const a = 1; /** late */', {}],
  ])('%j', (comment, expected) => {
    expect(read(comment)).toEqual({ message: undefined, createDate: undefined, ...expected });
  });
});

describe('values', () => {
  const down = (value: string): unknown =>
    readHeader(`export const revision = 'a';\nexport const downRevision = ${value};\n`, FILE).downRevision;
  test.each([
    ['null', null],
    ["'b'", 'b'],
    ["['b']", ['b']],
    ['[\'b\', "c", `d`,]', ['b', 'c', 'd']],
    ['[]', []],
    ["[\n  'b', // one\n  'c', /* two */\n] as const", ['b', 'c']],
    ["['b', 'c'] satisfies readonly string[]", ['b', 'c']],
    ["'b' as unknown as string", 'b'],
    [String.raw`'\'\\\n\u00e9\u{1F600}'`, "'\\\n\u00e9😀"],
  ])('%s', (value, expected) => {
    expect(down(value)).toEqual(expected);
  });

  test.each([
    '1',
    '-1',
    "'a' + 'b'",
    "'a'\n  + 'b'",
    "'a'.trim()",
    "'a'\n  .trim()",
    '`${x}`',
    'ids.a',
    'other',
    'make()',
    "['a', b]",
    "['a', ...b]",
    "[['a']]",
    "x ? 'a' : null",
    "'a' ?? null",
    'true',
    '{ a: 1 }',
    '/a/',
    "new String('a')",
    "('a')",
  ])('%s is no literal', async (value) => {
    expect(await failure(() => down(value))).toMatchObject({
      code: 'HEADER_INVALID',
      message: "versions/x.ts:2: 'downRevision' must be a literal: a string, an array of strings or null.",
      data: { files: [FILE], line: 2 },
    });
  });
});

test.each([
  [
    "export const revison = 'a';\nexport const downRevision = null;",
    "versions/x.ts:1: there is no 'revison' in a header.",
    "Did you mean 'revision'?",
  ],
  [
    "export const revision = 'a';\nexport const downrevision = null;",
    "versions/x.ts:2: there is no 'downrevision' in a header.",
    "Did you mean 'downRevision'?",
  ],
  [
    "export const revision = 'a', downRevision = null;\nexport const dependson = 'b';",
    "versions/x.ts:2: there is no 'dependson' in a header.",
    "Did you mean 'dependsOn'?",
  ],
  ["export const revision = 'a';", "versions/x.ts: the file exports no 'downRevision'.", /downRevision = null/],
  [
    "export const revision = 'a';\nconst downRevision = null;",
    "versions/x.ts:2: 'downRevision' is not exported.",
    undefined,
  ],
  [
    "export const revision = 'a';\nexport const downRevision = undefined;",
    "versions/x.ts:2: 'downRevision' is undefined.",
    /null/,
  ],
  [
    "export const revision = 'a';\nexport let downRevision: string;",
    "versions/x.ts:2: 'downRevision' is undefined.",
    /null/,
  ],
  ['export const downRevision = null;', "versions/x.ts: the file exports no 'revision'.", /'_'/],
  ['', "versions/x.ts: the file exports no 'revision'.", /'_'/],
  [
    "export const revision = '';\nexport const downRevision = null;",
    "versions/x.ts:1: 'revision' is an empty string.",
    undefined,
  ],
  [
    "export const revision = 'a';\nexport const downRevision = ['b', ' '];",
    "versions/x.ts:2: 'downRevision' is an empty string.",
    undefined,
  ],
  [
    "export const revision = ['a'];\nexport const downRevision = null;",
    "versions/x.ts:1: 'revision' must be one string.",
    undefined,
  ],
  [
    'export const revision = null;\nexport const downRevision = null;',
    "versions/x.ts:1: 'revision' must be one string.",
    undefined,
  ],
  [
    'export const revision = 12;\nexport const downRevision = null;',
    "versions/x.ts:1: 'revision' must be a literal: a string.",
    /without running/,
  ],
  [
    "export const revision = 'a', downRevision = null, down_revision = 'b';",
    "versions/x.ts:1: 'downRevision' and 'down_revision' are both given: keep one.",
    undefined,
  ],
  [
    "exports.revision = 'a';\nexports.revision = 'b';\nexports.downRevision = null;",
    "versions/x.ts:2: 'revision' is given twice.",
    undefined,
  ],
  [
    "export { revision } from './other.ts';\nexport const downRevision = null;",
    "versions/x.ts:1: 'revision' must be a literal: a string.",
    undefined,
  ],
  [
    'export function revision() {}\nexport const downRevision = null;',
    "versions/x.ts:1: 'revision' must be a literal: a string.",
    undefined,
  ],
])('%j is refused', async (text, message, hint) => {
  const error = await failure(() => readHeader(text, FILE));
  expect({ code: error.code, message: error.message }).toEqual({ code: 'HEADER_INVALID', message });
  if (typeof hint === 'string') expect(error.hint).toBe(hint);
  else if (hint !== undefined) expect(error.hint).toMatch(hint);
});

test('unknown exports are ignored', () => {
  const text =
    "export const options = { timeout: 1 };\nexport const revision = 'a', downRevision = null;\nexport const helper = 'x';\nexport const tables = ['x'];";
  expect(readHeader(text, FILE)).toMatchObject({ revision: 'a' });
});

describe('a large file of', () => {
  const head = "export const revision = 'a';\nexport const downRevision = null;\n";
  test.each([
    'a',
    ' ',
    '\n',
    '(',
    '{',
    '[',
    '/',
    '/[',
    '*/',
    "'",
    "'\n",
    '`',
    '`${',
    '\\',
    '//\n',
    '/* ',
    '/**\n * ',
    'export ',
    'export const a = ',
    'export const a: ',
    'exports.a = ',
    'const x = 1, ',
    '<',
    '=/(',
    '"a" as ',
    'export { ',
    '__export(a, { ',
    'module.exports = { ',
    'import type { ',
    'Create Date: ',
    '* Create Date:\n',
  ])('%j is read in linear time', (piece) => {
    const filler = piece.repeat(2_000_000 / piece.length);
    const started = performance.now();
    for (const text of [filler, head + filler, `/**\n * ${filler}`, `export const revision = 'a'; // ${filler}`]) {
      try {
        readHeader(text, FILE);
      } catch {}
    }
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

test('10 MB of ordinary code are read in a second or two', () => {
  const text = `${TEMPLATE.replace(/.*dependsOn.*/, '')}\n${"const a = b('c', `d ${e / f}`); // g\n".repeat(300_000)}`;
  expect(text.length).toBeGreaterThan(10_000_000);
  expect(readHeader(text, FILE)).toEqual(TEMPLATED);
});
