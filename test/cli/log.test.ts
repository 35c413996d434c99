import { describe, expect, test } from 'vitest';
import { BRANCHED, chain, project, revisionText } from './project.ts';
import { expectValid } from './schemas.ts';

type Line = Record<string, unknown>;

/** Every line of stderr, each of which must be a JSON object as documented. */
function linesOf(stderr: string): Line[] {
  const lines = stderr.trimEnd().split('\n').filter(Boolean);
  return lines.map((line) => {
    const value = JSON.parse(line) as Line;
    expectValid('log', value);
    expect(Object.keys(value).slice(0, 3)).toEqual(['ts', 'level', 'event']);
    return value;
  });
}

const URL_FLAG = ['--url', 'sqlite:./test.db'];

describe('--log-format json', () => {
  test('one object for each event, and stdout as ever', async () => {
    const { run, runWith } = project(chain('sqlite'));
    const { code, stdout, stderr } = await run('upgrade', ...URL_FLAG, '--log-format', 'json');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'At head cccc.\n' });
    const lines = linesOf(stderr);
    expect(lines.map(({ event }) => event)).toEqual([
      'plan',
      ...['aaaa', 'bbbb', 'cccc'].flatMap(() => ['revision-started', 'revision-applied']),
    ]);
    expect(lines[0]).toMatchObject({ level: 'info', revisions: ['aaaa', 'bbbb', 'cccc'], message: expect.any(String) });
    expect(lines[2]).toMatchObject({
      revision: 'aaaa',
      title: 'add aaaa',
      file: 'versions/aaaa_users.mjs',
      durationMs: expect.any(Number),
    });
    const again = await runWith({ env: { TORALE_LOG_FORMAT: 'json' } }, 'upgrade', ...URL_FLAG);
    expect(linesOf(again.stderr).map(({ event }) => event)).toEqual(['plan', 'up-to-date']);
    const flag = await runWith({ env: { TORALE_LOG_FORMAT: 'json' } }, 'nope', '--log-format=text');
    expect(flag.stderr).toMatch(/^There is no command/);
  });

  test('a failure is its last line, beside the document of --json', async () => {
    const { run, json } = project({
      'versions/aaaa.mjs': revisionText('aaaa', {
        body: "op.log('said\\u202e so'); await op.execute('CREATE NONSENSE');",
      }),
    });
    const { code, stdout, stderr } = await run('upgrade', ...URL_FLAG, '--log-format', 'json');
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    const lines = linesOf(stderr);
    expect(lines.find(({ event }) => event === 'log')).toMatchObject({
      revision: 'aaaa',
      message: 'aaaa: said\u202e so',
    });
    expect(stderr).not.toContain('\u202e');
    expect(lines.at(-2)).toMatchObject({ level: 'error', event: 'revision-failed', revision: 'aaaa' });
    expect(lines.at(-1)).toMatchObject({
      level: 'error',
      event: 'error',
      code: 'REVISION_FAILED',
      exitCode: 5,
      revision: 'aaaa',
      statement: 1,
      state: 'rolledBack',
    });
    const both = await json('upgrade', ...URL_FLAG, '--log-format', 'json');
    expect(both.document.error.code).toBe('REVISION_FAILED');
    expect(linesOf(both.stderr).at(-1)).toMatchObject({ event: 'error', code: 'REVISION_FAILED' });
  });

  test.each([
    [['upgrde', '--log-format', 'json'], 'UNKNOWN_COMMAND'],
    [['upgrade', '--jsn', '--log-format=json'], 'USAGE'],
    [['upgrade', 'haed', '--log-format', 'json', ...URL_FLAG], 'UNKNOWN_REVISION'],
  ])('torale %j', async (args, code) => {
    const { run } = project(BRANCHED);
    expect(linesOf((await run(...args)).stderr)).toEqual([expect.objectContaining({ event: 'error', code })]);
  });

  test('holds no secret, and remarks on the configuration are lines too', async () => {
    const { runWith } = project(BRANCHED);
    const env = { TORALE_LOG_FORMAT: 'json', TORALE_VERSION_TABEL: 'x' };
    const url = 'postgres://app:verysecret@127.0.0.1:1/app';
    const { stderr, code } = await runWith({ env }, 'upgrade', '--url', url, '--wait', '600ms', '--debug');
    expect(code).toBe(3);
    const lines = linesOf(stderr);
    expect(lines[0]).toMatchObject({ level: 'warning', event: 'warning', code: 'CONFIG' });
    expect(lines[1]).toMatchObject({ event: 'waiting-for-server', limitMs: 600 });
    expect(lines.at(-1)).toMatchObject({ code: 'UNREACHABLE', stack: expect.stringContaining('at ') });
    expect(stderr).not.toContain('verysecret');
  });

  test('a wrong format in the environment is a mistake', async () => {
    const { runWith } = project(BRANCHED);
    const { code, stderr } = await runWith({ env: { TORALE_LOG_FORMAT: 'xml' } }, 'heads');
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'TORALE_LOG_FORMAT is neither text nor json.\n' });
  });
});
