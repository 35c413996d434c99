import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/commands/index.ts';
import { FAILURES } from '../../src/errors.ts';
import { BRANCHED, chain, project, revisionText } from './project.ts';
import { expectValid, schemas } from './schemas.ts';

const URL_FLAG = ['--url', 'sqlite:./test.db'];

test('each command has its schema, and each schema its command', () => {
  const commands = Object.keys(COMMANDS).filter((name) => name !== 'downgrade');
  expect([...schemas.keys()].sort()).toEqual([...commands, 'error', 'log'].sort());
});

describe('what succeeds answers as its schema says', () => {
  const untouched: [string, string[]][] = [
    ['heads', ['heads']],
    ['heads', ['heads', '--resolve-dependencies']],
    ['branches', ['branches']],
    ['history', ['history']],
    ['history', ['history', '-r', 'aaaa:bbbb', '-v']],
    ['history', ['history', '-i', ...URL_FLAG]],
    ['show', ['show', 'heads']],
    ['show', ['show', 'base']],
    ['current', ['current', ...URL_FLAG]],
    ['check', ['check', ...URL_FLAG]],
    ['check', ['check', '--offline']],
    ['wait', ['wait', ...URL_FLAG]],
    ['resolve', ['resolve', ...URL_FLAG]],
    ['config', ['config', '--url', 'postgres://app:verysecret@db/app']],
    ['upgrade', ['upgrade', 'heads', '--dry-run', ...URL_FLAG]],
    ['upgrade', ['upgrade', 'heads', '--sql', '--dialect', 'postgres']],
    ['upgrade', ['upgrade', 'heads', ...URL_FLAG]],
    ['stamp', ['stamp', 'heads', '--sql', '--dialect', 'mysql']],
    ['stamp', ['stamp', 'billing', 'cccc', ...URL_FLAG]],
    ['ensure-version', ['ensure-version', '--sql', '--dialect', 'sqlite']],
    ['ensure-version', ['ensure-version', ...URL_FLAG]],
    ['merge', ['merge', '-m', 'join them']],
    [
      'revision',
      ['revision', '-m', 'x', '--head', 'aaaa', '--splice', '--branch-label', 'one', '--branch-label', 'two'],
    ],
    ['revision', ['revision', '--head', 'base', '--depends-on', 'billing', '--rev-id', 'abc']],
    ['init', ['init', '--versions', 'elsewhere']],
  ];
  test.each(untouched)('%s: torale %j', async (schema, args) => {
    const { json } = project(BRANCHED);
    const { document, stderr } = await json(...args);
    expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('torale: '))).toEqual([]);
    expectValid(schema, document);
  });

  test('reset', async () => {
    const { json, run, write } = project(chain('sqlite'));
    write('torale.config.mjs', "export default { url: 'sqlite:./test.db', development: true };\n");
    await run('upgrade');
    expectValid('current', (await json('current')).document);
    expectValid('history', (await json('history')).document);
    expectValid('reset', (await json('reset', '--yes')).document);
  });

  test('current and check where the files have gone', async () => {
    const { json, run, write } = project({ 'versions/aaaa.mjs': revisionText('aaaa') });
    await run('upgrade', ...URL_FLAG);
    write('versions/aaaa.mjs', revisionText('bbbb'));
    const current = await json('current', ...URL_FLAG);
    expectValid('current', current.document);
    expect(current.document).toMatchObject({ state: 'diverged', unknown: ['aaaa'] });
    const check = await json('check', ...URL_FLAG);
    expectValid('check', check.document);
    expect(check.code).toBe(7);
  });

  test('check of a broken graph', async () => {
    const { json } = project({ 'versions/aaaa.mjs': revisionText('aaaa', { down: 'zzzz' }) });
    const { code, document } = await json('check', ...URL_FLAG);
    expectValid('check', document);
    expect({ code, found: document.findings[0].code }).toEqual({ code: 7, found: 'MISSING_REVISION' });
  });
});

describe('what fails answers with one document too', () => {
  const failures: [string, string[]][] = [
    ['UNKNOWN_COMMAND', ['upgrde']],
    ['UNKNOWN_COMMAND', ['status']],
    ['FORWARD_ONLY', ['rollback']],
    ['FORWARD_ONLY', ['downgrade', '-1', '--whatever']],
    ['FORWARD_ONLY', ['down']],
    ['USAGE', ['upgrade', '--jsn']],
    ['USAGE', ['upgrade', 'aaaa', 'bbbb']],
    ['USAGE', ['upgrade', 'aaaa:bbbb', ...URL_FLAG]],
    ['USAGE', ['show']],
    ['USAGE', ['init', '--url', 'postgres://app:verysecret@db/app']],
    ['USAGE', ['revision', '--autogenerat', '-m', 'x']],
    ['USAGE', ['resolve', '--retry', '--abandon', ...URL_FLAG]],
    ['USAGE', ['upgrade', '--log-format', 'xml', ...URL_FLAG]],
    ['URL_INVALID', ['current', '--url', './app.db']],
    ['URL_UNSUPPORTED', ['current', '--url', 'mongodb://app:verysecret@db/app']],
    ['NO_DATABASE', ['upgrade', 'heads']],
    ['NO_DATABASE', ['current']],
    ['NO_DATABASE', ['reset', '--yes']],
    ['CONFIG_UNREADABLE', ['current', '--config', 'nowhere.json']],
    ['VERSIONS_UNREADABLE', ['heads', '--versions', 'nowhere']],
    ['UNKNOWN_REVISION', ['upgrade', 'haed', ...URL_FLAG]],
    ['UNKNOWN_REVISION', ['show', 'zzzz']],
    ['MULTIPLE_HEADS', ['upgrade', ...URL_FLAG]],
    ['MULTIPLE_HEADS', ['revision', '-m', 'x']],
    ['NOT_A_HEAD', ['revision', '-m', 'x', '--head', 'aaaa']],
    ['ID_INVALID', ['revision', '-m', 'x', '--head', 'bbbb', '--rev-id', 'a-b']],
    ['DUPLICATE_LABEL', ['revision', '-m', 'x', '--head', 'bbbb', '--branch-label', 'billing']],
    ['RELATIVE_REVISION', ['upgrade', 'base+9', ...URL_FLAG]],
    ['RANGE_INVALID', ['history', '-r', 'bbbb:aaaa']],
    ['REFUSED', ['reset', '--yes', ...URL_FLAG]],
    ['PENDING', ['wait', '--for-head', '--wait', '0', ...URL_FLAG]],
    ['UNREACHABLE', ['current', '--url', 'postgres://app:verysecret@127.0.0.1:1/app']],
    ['UNREACHABLE', ['upgrade', '--url', 'mysql://app:verysecret@127.0.0.1:1/app', '--wait', '1s']],
  ];
  test.each(failures)('%s: torale %j', async (code, args) => {
    const { json } = project(BRANCHED);
    const { code: exitCode, document, stdout, stderr } = await json(...args);
    expectValid('error', document);
    expect(document.error).toMatchObject({ code, exitCode });
    expect(FAILURES).toHaveProperty(code);
    expect(stdout + stderr).not.toContain('verysecret');
  });
});
