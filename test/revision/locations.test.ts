import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { checksumOf, sameChecksum } from '../../src/revision/checksum.ts';
import { readVersions, twinHint } from '../../src/revision/locations.ts';
import { writeRevision } from '../../src/revision/write.ts';
import { failure } from './failure.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'torale-locations-')));
let folder = '';
let count = 0;

beforeEach(() => {
  folder = join(root, `${++count}`);
  mkdirSync(folder);
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

const revision = (id: string): string => `export const revision = '${id}';\nexport const downRevision = null;\n`;

function put(files: Record<string, string | Buffer>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

const names = (folders = [folder], options = {}): string[] =>
  readVersions(folders, options).map(({ file }) => file.slice(root.length + 1).replace(/^\d+\//, ''));

describe('readVersions', () => {
  test('reads every kind of code file, in order of name', () => {
    put({
      'f.cjs': revision('f'),
      'e.mjs': revision('e'),
      'd.js': revision('d'),
      'c.cts': revision('c'),
      'b.mts': revision('b'),
      'a.ts': revision('a'),
    });
    expect(readVersions([folder])).toEqual(
      ['a.ts', 'b.mts', 'c.cts', 'd.js', 'e.mjs', 'f.cjs'].map((name) => ({
        revision: name[0],
        downRevision: null,
        branchLabels: null,
        dependsOn: null,
        file: join(folder, name),
      })),
    );
  });

  test('leaves alone what is no revision', () => {
    put({
      'a.ts': revision('a'),
      'a.d.ts': 'export declare const revision = "a";',
      'a.d.mts': '',
      'a.test.ts': 'test()',
      '_helpers.ts': 'export const version = 1;',
      '.hidden.ts': 'x',
      '.#a.ts': 'x',
      'a.ts~': 'x',
      '#a.ts#': 'x',
      'a.ts.bak': 'x',
      'a.ts.orig': 'x',
      'a.js.map': '{}',
      'README.md': 'x',
      'schema.sql': 'x',
      'snapshots/a.json': '{}',
      'snapshots/b.ts': 'x',
      'sub/b.ts': 'x',
      'folder.ts/b.ts': 'x',
    });
    expect(names()).toEqual(['a.ts']);
  });

  test('the content decides of a name with an underscore', async () => {
    put({ '_a.ts': revision('a'), '_b.ts': "// revision\nexport const x = 'revision';" });
    expect(names()).toEqual(['_a.ts']);
    put({ '_c.ts': 'export const revision = make();\nexport const downRevision = null;' });
    expect((await failure(() => names())).message).toMatch(/_c\.ts:1: 'revision' must be a literal/);
  });

  test('a code file without a header is an error', async () => {
    put({ 'a.ts': revision('a'), 'helper.ts': 'export const x = 1;' });
    const error = await failure(() => names());
    expect(error).toMatchObject({ code: 'HEADER_INVALID', data: { files: [join(folder, 'helper.ts')] } });
    expect(error.hint).toContain("'_'");
  });

  test('sub-folders are read where asked for', () => {
    put({
      'a.ts': revision('a'),
      '2026/11/b.ts': revision('b'),
      '2025/c.ts': revision('c'),
      'snapshots/x.ts': 'x',
      'node_modules/x.ts': 'x',
      '.git/x.ts': 'x',
      'd.ts/e.ts': revision('e'),
    });
    symlinkSync(folder, join(folder, '2026', 'circle'));
    expect(names([folder], { recursive: true })).toEqual(['a.ts', '2025/c.ts', '2026/11/b.ts', 'd.ts/e.ts']);
  });

  test('what is reached twice counts once', () => {
    put({ 'one/a.ts': revision('a'), 'two/b.ts': revision('b') });
    symlinkSync(join(folder, 'one'), join(folder, 'again'));
    symlinkSync(join(folder, 'one', 'a.ts'), join(folder, 'two', 'a.ts'));
    symlinkSync('b.ts', join(folder, 'two', 'c.ts'));
    const folders = ['one', 'again', 'two', 'one/../two/'].map((name) => join(folder, name));
    expect(names(folders)).toEqual(['one/a.ts', 'two/b.ts']);
  });

  test("Kubernetes' ConfigMaps, which are symbolic links", () => {
    put({ '..2026_11_20/a.ts': revision('a') });
    symlinkSync('..2026_11_20', join(folder, '..data'));
    symlinkSync('..data/a.ts', join(folder, 'a.ts'));
    expect(names()).toEqual(['a.ts']);
    expect(names([folder], { recursive: true })).toEqual(['a.ts']);
  });

  test('a missing folder', async () => {
    const missing = join(folder, 'none');
    expect(await failure(() => names([missing]))).toMatchObject({
      code: 'VERSIONS_UNREADABLE',
      message: `There is no version folder ${missing}.`,
      hint: expect.stringContaining('torale init') as string,
      data: { files: [missing] },
    });
  });

  test.each([
    ['binary', Buffer.from([0x65, 0, 0x66]), /it is not text in UTF-8/],
    ['UTF-16', Buffer.from(`\ufeff${revision('a')}`, 'utf16le'), /it is not text in UTF-8/],
    ['Latin-1', Buffer.from(`// é\n${revision('a')}`, 'latin1'), /it is not text in UTF-8/],
    ['huge', Buffer.alloc(17 * 1024 * 1024, ' '), /it has more than 16 MiB/],
  ])('a %s file', async (_, content, message) => {
    put({ 'a.ts': content });
    const error = await failure(() => names());
    expect(error).toMatchObject({ code: 'VERSIONS_UNREADABLE', data: { files: [join(folder, 'a.ts')] } });
    expect(error.message).toMatch(message);
  });

  test('a replacement character that is really there is read', () => {
    put({ 'a.ts': `// \ufffd\n${revision('a')}` });
    expect(names()).toEqual(['a.ts']);
  });

  test('a file in place of a folder, a link to nowhere, a pipe', async () => {
    put({ 'a.ts': revision('a') });
    expect((await failure(() => names([join(folder, 'a.ts')]))).message).toMatch(/it is not a folder/);
    symlinkSync('nowhere', join(folder, 'b.ts'));
    expect((await failure(() => names())).message).toMatch(/b\.ts: the symbolic link leads nowhere/);
    rmSync(join(folder, 'b.ts'));
    execFileSync('mkfifo', [join(folder, 'c.ts')]);
    expect((await failure(() => names())).message).toMatch(/c\.ts: it is not a file/);
  });

  // Root may read everything.
  test.skipIf(process.getuid?.() === 0)('a file without permission', async () => {
    put({ 'a.ts': revision('a') });
    chmodSync(join(folder, 'a.ts'), 0);
    expect((await failure(() => names())).message).toMatch(/a\.ts: permission denied/);
  });

  test('checksums where asked for', () => {
    put({ 'a.ts': revision('a') });
    expect(readVersions([folder], { checksums: true })[0]?.checksum).toBe(checksumOf(revision('a'), 'a.ts'));
    expect(readVersions([folder])[0]).not.toHaveProperty('checksum');
  });
});

test('a compiled copy beside its source is pointed out', () => {
  expect(twinHint(['/v/a.ts', '/v/a.js'])).toMatch(/a\.js looks compiled from \/v\/a\.ts/);
  expect(twinHint(['/dist/a.mjs', '/v/a.mts'])).toMatch(/a\.mjs looks compiled/);
  expect(twinHint(['/v/a.ts', '/v/b.js'])).toBeUndefined();
  expect(twinHint(['/v/a.ts', '/w/a.ts'])).toBeUndefined();
});

describe('checksums', () => {
  test('do not depend on line ends or a byte order mark', () => {
    const checksum = checksumOf('a\nb\n', 'x.ts');
    expect(checksum).toMatch(/^sha256:ts:[0-9a-f]{64}$/);
    expect(checksumOf('\ufeffa\r\nb\r', '/v/x.ts')).toBe(checksum);
  });
  test.each([
    ['x.ts', 'a', 'y.ts', 'a', 'same'],
    ['x.ts', 'a', 'x.ts', 'b', 'edited'],
    ['x.ts', 'a', 'x.js', 'a', 'incomparable'],
    ['x.ts', 'a', 'x.mts', 'b', 'incomparable'],
  ] as const)('%s %j and %s %j: %s', (file, content, otherFile, otherContent, expected) => {
    expect(sameChecksum(checksumOf(content, file), checksumOf(otherContent, otherFile))).toBe(expected);
  });
  test('of another kind are not compared', () => {
    expect(sameChecksum('sha512:ts:00', checksumOf('a', 'a.ts'))).toBe('incomparable');
    expect(sameChecksum('', '')).toBe('incomparable');
  });
});

describe('writeRevision', () => {
  test('writes, in a folder that it makes', () => {
    const file = writeRevision(join(folder, 'new'), '2026/11/a.ts', 'text');
    expect(file).toBe(join(folder, 'new', '2026', '11', 'a.ts'));
    expect(readFileSync(file, 'utf8')).toBe('text');
  });

  test('overwrites nothing', async () => {
    put({ 'a.ts': 'old' });
    symlinkSync(join(root, 'outside.ts'), join(folder, 'b.ts'));
    for (const name of ['a.ts', 'b.ts']) {
      expect(await failure(() => writeRevision(folder, name, 'new'))).toMatchObject({
        code: 'WRITE_FAILED',
        message: expect.stringContaining('exists already') as string,
      });
    }
    expect(readFileSync(join(folder, 'a.ts'), 'utf8')).toBe('old');
    expect(readdirSync(root)).not.toContain('outside.ts');
  });

  test('stays in the folder', async () => {
    const outside = join(root, 'outside');
    mkdirSync(outside);
    symlinkSync(outside, join(folder, 'link'));
    for (const name of ['../a.ts', '/tmp/a.ts', 'b/../../a.ts', '', '.', 'link/a.ts', 'link/c/a.ts', 'a\0.ts']) {
      expect(await failure(() => writeRevision(folder, name, 'x')), name).toMatchObject({ code: 'USAGE' });
    }
    expect(readdirSync(outside)).toEqual([]);
  });

  test('a name that only begins with two dots is inside', () => {
    expect(basename(writeRevision(folder, '..a.ts', 'x'))).toBe('..a.ts');
  });

  test('says why it cannot', async () => {
    put({ file: 'x' });
    expect((await failure(() => writeRevision(join(folder, 'file'), 'a.ts', 'x'))).message).toMatch(
      /exists already|not a folder/,
    );
    expect((await failure(() => writeRevision('/proc', 'a.ts', 'x'))).message).toMatch(
      /^Cannot write \/proc\/a\.ts: \w/,
    );
    expect((await failure(() => writeRevision(folder, `${'x'.repeat(300)}.ts`, 'x'))).message).toMatch(/too long/);
  });
});
