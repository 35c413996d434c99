import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeIf } from '../support/databases.ts';
import { revisionText, temporaryFolder, writeVersions } from '../support/revisions.ts';
import { BOUND_USER, contentsOf, exists, NEEDS_USER, permissionsCanBeTried, refuses, type Refusal } from './refusal.ts';

interface Case extends Refusal {
  readonly title: string;
  /** Spoils a folder that holds the good revision a1. */
  readonly spoil: (versions: string) => void;
}

const file = (name: string, content: string | Buffer) => (versions: string) =>
  writeFileSync(join(versions, name), content);
const revision =
  (...list: Parameters<typeof revisionText>[0][]) =>
  (versions: string) => {
    for (const one of list) writeFileSync(join(versions, `${one.id}.ts`), revisionText(one));
  };
const good = revisionText({ id: 'b2', down: 'a1' });

/** What is found while the headers are read: nothing has run, no database was touched. */
const UNREAD: readonly Case[] = [
  { title: 'an empty file', spoil: file('b2.ts', ''), exit: 7, code: 'HEADER_INVALID', says: /b2\.ts/ },
  { title: 'a file of white space', spoil: file('b2.ts', '\n\n  \n'), exit: 7, code: 'HEADER_INVALID', says: /b2\.ts/ },
  { title: 'a huge file', spoil: file('b2.ts', `${good}//${'x'.repeat(17 << 20)}`), exit: 7, code: 'VERSIONS_UNREADABLE', says: /b2\.ts.*16 MiB/ },
  { title: 'a binary file', spoil: file('b2.ts', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3])), exit: 7, code: 'VERSIONS_UNREADABLE', says: /b2\.ts.*not text/ },
  { title: 'a file in UTF-16', spoil: file('b2.ts', Buffer.from(`\ufeff${good}`, 'utf16le')), exit: 7, code: 'VERSIONS_UNREADABLE', says: /b2\.ts.*not text in UTF-8/ },
  { title: 'a file in Latin-1', spoil: file('b2.ts', Buffer.from(good.replace('b2\n', 'caf\u00e9\n'), 'latin1')), exit: 7, code: 'VERSIONS_UNREADABLE', says: /b2\.ts.*not text in UTF-8/ },
  { title: 'a stray program', spoil: file('seed.ts', 'console.log("hello");\n'), exit: 7, code: 'HEADER_INVALID', says: /seed\.ts/ },
  { title: 'a mistyped header', spoil: file('b2.ts', good.replace('const revision', 'const revison')), exit: 7, code: 'HEADER_INVALID', says: /b2\.ts[^]*revison/ },
  { title: 'a header that is computed', spoil: file('b2.ts', good.replace("= 'b2'", '= makeId()')), exit: 7, code: 'HEADER_INVALID', says: /b2\.ts/ },
  { title: 'a header without its parent', spoil: file('b2.ts', good.replace(/.*downRevision.*\n/, '')), exit: 7, code: 'HEADER_INVALID', says: /b2\.ts.*down/ },
  { title: 'an id with a forbidden character', spoil: file('b2.ts', good.replace("= 'b2'", "= 'b@2'")), exit: 7, code: 'ID_INVALID', says: /b@2/ },
  { title: 'two files with one id', spoil: file('copy.ts', revisionText({ id: 'a1' })), exit: 7, code: 'DUPLICATE_REVISION', says: /a1\.ts[^]*copy\.ts/ },
  { title: 'a missing parent', spoil: revision({ id: 'b2', down: 'gone' }), exit: 7, code: 'MISSING_REVISION', says: /b2[^]*gone/ },
  { title: 'a missing dependency', spoil: revision({ id: 'b2', down: 'a1', dependsOn: 'gone' }), exit: 7, code: 'MISSING_REVISION', says: /b2[^]*gone/ },
  { title: 'a revision that is its own parent', spoil: revision({ id: 'b2', down: 'b2' }), exit: 7, code: 'SELF_LOOP', says: /b2/ },
  { title: 'a cycle', spoil: revision({ id: 'b2', down: 'c3' }, { id: 'c3', down: 'b2' }), exit: 7, code: 'CYCLE', says: /b2[^]*c3/ },
  { title: 'one label twice', spoil: (versions) => {
      for (const id of ['b2', 'c3']) {
        file(`${id}.ts`, revisionText({ id, down: 'a1' }).replace('branchLabels = null', "branchLabels = 'billing'"))(versions);
      }
    }, exit: 7, code: 'DUPLICATE_LABEL', says: /billing/ },
  { title: 'a link that leads nowhere', spoil: (versions) => symlinkSync('/nowhere/b2.ts', join(versions, 'b2.ts')), exit: 7, code: 'VERSIONS_UNREADABLE', says: /b2\.ts.*leads nowhere/ },
  { title: 'a pipe', spoil: (versions) => void execFileSync('mkfifo', [join(versions, 'b2.ts')]), exit: 7, code: 'VERSIONS_UNREADABLE', says: /b2\.ts.*not a file/ },
  { title: 'several heads', spoil: revision({ id: 'b2', down: 'a1' }, { id: 'c3', down: 'a1' }), exit: 7, code: 'MULTIPLE_HEADS', says: /b2[^]*c3[^]*torale merge/ },
]; // prettier-ignore

describe('revisions that cannot be read', () => {
  test.for(UNREAD)('$title', async ({ spoil, ...refusal }) => {
    const folder = temporaryFolder();
    const versions = writeVersions([{ id: 'a1' }], join(folder, 'versions'));
    spoil(versions);
    const before =
      refusal.says.source.includes('not a file') || refusal.says.source.includes('nowhere') ? [] : contentsOf(folder);
    await refuses(['upgrade', 'head', '--url', 'sqlite:./app.db', '--versions', versions], refusal, { cwd: folder });
    expect(exists(join(folder, 'app.db'))).toBe(false);
    if (before.length > 0) expect(contentsOf(folder)).toEqual(before);
  });

  test.for([
    { title: 'missing', make: () => undefined, says: /no version folder[^]*torale init/ },
    { title: 'a file', make: (path: string) => writeFileSync(path, ''), says: /Cannot read .*versions/ },
  ])('a version location that is $title', async ({ make, says }) => {
    const folder = temporaryFolder();
    const versions = join(folder, 'versions');
    make(versions);
    const args = ['--url', 'sqlite:./app.db', '--versions', versions];
    for (const command of [['upgrade'], ['heads'], ['current'], ['stamp', 'head']]) {
      await refuses([...command, ...args], { exit: 7, code: 'VERSIONS_UNREADABLE', says }, { cwd: folder });
    }
    expect(exists(join(folder, 'app.db'))).toBe(false);
  });
});

describeIf(permissionsCanBeTried, NEEDS_USER, 'permissions', () => {
  test.each(['file', 'folder'])('a %s that may not be read', async (what) => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o777);
    const versions = writeVersions([{ id: 'a1' }, { id: 'b2' }], join(folder, 'versions'));
    const forbidden = what === 'file' ? join(versions, 'b2.ts') : versions;
    chmodSync(forbidden, 0);
    await refuses(
      ['upgrade', 'head', '--url', 'sqlite:./app.db', '--versions', versions],
      { exit: 7, code: 'VERSIONS_UNREADABLE', says: what === 'file' ? /b2\.ts.*permission/i : /versions.*permission/i },
      { cwd: folder, user: BOUND_USER },
    );
    expect(exists(join(folder, 'app.db'))).toBe(false);
    chmodSync(forbidden, 0o755);
  });
});

/** What is found when a revision is imported to run: those before it stay applied. */
const UNRUNNABLE: readonly Omit<Case, 'exit' | 'code'>[] = [
  { title: 'that throws when it is imported', spoil: file('b2.ts', `${good}\nthrow new Error('not today');\n`), says: /b2\.ts:\d+: not today/ },
  { title: 'that throws no Error', spoil: file('b2.ts', `${good}\nthrow 'not today';\n`), says: /b2.*not today/ },
  { title: 'without upgrade', spoil: file('b2.ts', good.replace('function upgrade', 'function upgarde')), says: /b2\.ts.*upgrade/ },
  { title: 'whose upgrade is no function', spoil: file('b2.ts', good.replace(/export async function[^]*/, 'export const upgrade = 3;\n')), says: /b2\.ts.*upgrade/ },
  { title: 'with a syntax error', spoil: file('b2.ts', good.replace('Promise<void> {', 'Promise<void> { const = ;')), says: /b2\.ts/ },
  { title: 'that imports what is not there', spoil: file('b2.ts', `import './helpers/nowhere.js';\n${good}`), says: /b2.*nowhere/ },
  { title: 'that rejects at its top level', spoil: file('b2.ts', `${good}\nawait Promise.reject(new TypeError('no such thing'));\n`), says: /b2\.ts:\d+.*no such thing/ },
]; // prettier-ignore

describe('a revision', () => {
  test.for(UNRUNNABLE)('$title', async ({ spoil, says }) => {
    const folder = temporaryFolder();
    const versions = writeVersions(
      [{ id: 'a1', body: `await op.execute('CREATE TABLE t (id integer)');` }],
      join(folder, 'versions'),
    );
    spoil(versions);
    const args = ['--url', 'sqlite:./app.db', '--versions', versions];
    await refuses(['upgrade', 'head', ...args], { exit: 5, code: 'REVISION_INVALID', says }, { cwd: folder });
    // A mended file goes on from there.
    mkdirSync(join(versions, 'helpers'), { recursive: true });
    writeFileSync(join(versions, 'b2.ts'), good);
    const { torale } = await import('../support/cli.ts');
    const { code, stdout } = await torale(['upgrade', 'head', ...args, '--json'], { cwd: folder });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ heads: ['b2'], applied: [{ revision: 'b2' }] });
  });
});
