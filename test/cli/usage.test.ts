import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { EXIT_CODES, FAILURES } from '../../src/errors.ts';
import { startTorale } from '../support/cli.ts';
import { BRANCHED, chain, project, revisionText } from './project.ts';

const ESCAPE = '\u001b';

describe('mistakes get an answer', () => {
  test.each([
    ['upgrde', "There is no command 'upgrde'. Did you mean 'upgrade'?"],
    ['up', "There is no command 'up'. In Torale it is torale upgrade."],
    ['migrate', "There is no command 'migrate'. In Torale it is torale upgrade."],
    ['status', "There is no command 'status'. In Torale it is torale current, or for all revisions: torale history."],
    ['goto', "There is no command 'goto'. In Torale it is torale upgrade REVISION."],
    ['force', "There is no command 'force'. In Torale it is torale stamp REVISION."],
    ['create', "There is no command 'create'. In Torale it is torale revision -m TEXT."],
    ['upgrade --jsn', 'Unknown flag --jsn. Did you mean --json?'],
    ['upgrade --dry-rn=verysecret', 'Unknown flag --dry-rn. Did you mean --dry-run?'],
    ['upgrade a b', 'Unexpected argument b. Usage: torale upgrade [REVISION] [--flags]'],
    ['upgrade --url', '--url needs a value. torale upgrade --help lists the flags.'],
    ['upgrade --sql --dry-run', '--sql and --dry-run exclude each other. torale upgrade --help lists the flags.'],
    ['stamp', 'REVISIONS is missing. Usage: torale stamp REVISIONS… [--flags]'],
    ['--json heads', "The command comes first, then '--json'. torale --help lists the commands."],
  ])('torale %s', async (line, answer) => {
    const { run } = project(BRANCHED);
    expect(await run(...line.split(' '))).toEqual(
      line.startsWith('--json') ? expect.objectContaining({ code: 2 }) : { code: 2, stdout: '', stderr: `${answer}\n` },
    );
  });

  test('a mistyped revision and environment variable', async () => {
    const { run, runWith } = project(BRANCHED);
    expect((await run('upgrade', 'haed', '--url', 'sqlite:./x.db')).stderr).toBe(
      "Unknown revision 'haed'. Did you mean 'head'?\n",
    );
    const env = { TORALE_VERSION_TABEL: 'x' };
    expect((await runWith({ env }, 'heads')).stderr).toContain("Did you mean 'TORALE_VERSION_TABLE'?");
  });

  test.each(['down', 'downgrade', 'rollback', 'undo', 'revert'])('%s: there is no way back', async (word) => {
    const { run } = project();
    const { code, stderr, stdout } = await run(word, '-1');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Torale only goes forward\..*\ntorale revision --autogenerate --target REVISION -m /);
  });

  test('a forgotten DATABASE_URL is no new empty file', async () => {
    const { run, folder } = project({ 'versions/aaaa.mjs': revisionText('aaaa') });
    const { code, stderr } = await run('upgrade', 'head');
    expect(code).toBe(2);
    expect(stderr).toContain('No database is named.');
    expect(readdirSync(folder)).toEqual(['versions']);
  });

  test('--debug shows the stack, with its causes and without secrets', async () => {
    const { run } = project(BRANCHED);
    const plain = await run('current', '--url', 'postgres://app:verysecret@127.0.0.1:1/app');
    expect(plain.stderr.trimEnd().split('\n')).toHaveLength(1);
    const { stderr } = await run('current', '--debug', '--url', 'postgres://app:verysecret@127.0.0.1:1/app');
    expect(stderr).toMatch(/\n {4}at /);
    expect(stderr).not.toContain('verysecret');
  });
});

describe('where and how things are told', () => {
  test('flags decide before TORALE_*, these before DATABASE_URL, that before the file', async () => {
    const { runWith, run } = project({
      ...chain('sqlite'),
      'torale.config.mjs': "export default { url: 'sqlite:./file.db' };",
    });
    const urlOf = async (env: Record<string, string>, ...args: string[]) =>
      /^url +(\S+) +(.*)$/m.exec((await runWith({ env }, 'config', ...args)).stdout)!.slice(1);
    expect(await urlOf({})).toEqual(['sqlite:./file.db', 'torale.config.mjs']);
    const both = { DATABASE_URL: 'sqlite:./two.db', TORALE_URL: 'sqlite:./one.db' };
    expect(await urlOf({ DATABASE_URL: both.DATABASE_URL })).toEqual(['sqlite:./two.db', 'DATABASE_URL']);
    expect(await urlOf(both)).toEqual(['sqlite:./one.db', 'TORALE_URL']);
    expect(await urlOf(both, '--url', 'sqlite:./flag.db')).toEqual(['sqlite:./flag.db', 'flag --url']);
    const { stdout } = await run('config');
    expect(stdout).not.toContain('undefined');
    expect(stdout).toMatch(/^config +torale\.config\.mjs +found$/m);
  });

  test('no escape codes in a pipe, whatever the environment says of colours', async () => {
    const { runWith } = project(BRANCHED);
    for (const env of [{}, { NO_COLOR: '1' }, { TERM: 'xterm-256color', COLORTERM: 'truecolor' }]) {
      for (const args of [
        ['history'],
        ['heads', '-v'],
        ['upgrade', 'heads', '--url', 'sqlite:./x.db'],
        ['check'],
        ['nope'],
      ]) {
        const { stdout, stderr } = await runWith({ env }, ...args);
        expect(stdout + stderr).not.toContain(ESCAPE);
      }
    }
  });

  test('help names every command and ends with 0', async () => {
    const { run } = project();
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    for (const word of ['init', 'upgrade', 'ensure-version', 'reset'])
      expect(stdout).toMatch(new RegExp(`^ {2}${word} `, 'm'));
    expect((await run('upgrade', '--help')).stdout).toContain('$ torale upgrade [REVISION] [--flags]');
    expect((await run('ensure_version', '--help')).stdout).toContain('torale ensure-version');
  });

  test('the exit codes are a page of the help', async () => {
    const { run } = project();
    const { code, stdout } = await run('help', 'exit-codes');
    expect(code).toBe(0);
    for (const [name, exit] of Object.entries(EXIT_CODES))
      expect(stdout).toMatch(new RegExp(`^ {2}${exit} +${name} +\\S`, 'm'));
    for (const name of Object.keys(FAILURES)) expect(stdout).toContain(name);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThan(100);
    expect((await run('--help')).stdout).toContain('torale help exit-codes');
  });

  test('resolve --help tells each way in one line', async () => {
    const { stdout } = await project().run('resolve', '--help');
    for (const way of ['retry', 'skip-statement', 'mark-applied', 'abandon'])
      expect(stdout).toMatch(new RegExp(`^ {2}--${way} +the |^ {2}--${way} +what `, 'm'));
  });

  test('colour may be forced on and off', async () => {
    const { runWith } = project(BRANCHED);
    const coloured = { FORCE_COLOR: '1', NO_COLOR: undefined };
    expect((await runWith({ env: coloured }, 'history')).stdout).toContain(ESCAPE);
    expect((await runWith({ env: coloured }, 'nope')).stderr).toContain(ESCAPE);
    expect((await runWith({ env: { NO_COLOR: '1' } }, 'history')).stdout).not.toContain(ESCAPE);
  });

  test('stdin is never waited for', async () => {
    const { folder } = project(chain('sqlite'));
    const child = startTorale(['upgrade', '--url', 'sqlite:./x.db'], { cwd: folder });
    // Left open on purpose: a container's stdin may be.
    expect((await child.result).code).toBe(0);
    child.stdin.end();
  });
});

const SCRIPT = '/usr/bin/script';

describe.skipIf(process.platform !== 'linux' || !existsSync(SCRIPT))('on a terminal', () => {
  /** What a terminal gets, both streams. */
  function onTerminal(folder: string, env: Record<string, string>, ...args: string[]): string {
    const bin = fileURLToPath(new URL('../../dist/bin.cjs', import.meta.url));
    const command = [process.execPath, bin, ...args].map((word) => `'${word}'`).join(' ');
    const { stdout } = spawnSync(SCRIPT, ['-qec', command, '/dev/null'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], TERM: 'xterm-256color', ...env },
      encoding: 'utf8',
      input: '',
    });
    return stdout.replaceAll('\r\n', '\n');
  }

  test('the running line is rewritten, and there is colour unless NO_COLOR is set', () => {
    const { folder } = project(chain('sqlite'));
    const text = onTerminal(folder, {}, 'upgrade', 'aaaa');
    expect(text).toContain('sqlite:./torale.db: 1 revision to apply\n');
    expect(text).toContain(`\r${ESCAPE}[2K  ${ESCAPE}[32m✓${ESCAPE}[39m aaaa  add aaaa`);
    expect(onTerminal(folder, {}, 'history')).toContain(`${ESCAPE}[33mcccc`);
    expect(onTerminal(folder, { NO_COLOR: '1' }, 'history')).not.toContain(ESCAPE);
  });

  test('the built-in database stands in for one that nobody named', () => {
    const { folder } = project({ 'versions/aaaa.mjs': revisionText('aaaa') });
    expect(onTerminal(folder, { NO_COLOR: '1' }, 'current')).toContain('No revision is applied. 1 revision pending');
    expect(readdirSync(folder)).toEqual(['versions']);
  });
});
