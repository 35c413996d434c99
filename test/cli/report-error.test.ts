import { expect, test, vi } from 'vitest';
import { reportError, toToraleError } from '../../src/cli/report-error.ts';
import { ToraleError } from '../../src/errors.ts';

/** What a failure looks like to a person, line by line. */
function shown(error: ToraleError, debug = false): string[] {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    reportError(error, { json: false, debug });
    return write.mock.calls
      .map(([text]) => String(text))
      .join('')
      .trimEnd()
      .split('\n');
  } finally {
    write.mockRestore();
  }
}

test('message and hint share a line where they are short', () => {
  expect(shown(new ToraleError('NO_DATABASE', 'No database is named.', { hint: 'Give --url.' }))).toEqual([
    'No database is named. Give --url.',
  ]);
  const long = 'x'.repeat(110);
  expect(shown(new ToraleError('NO_DATABASE', long, { hint: 'Give --url.' }))).toEqual([long, 'Give --url.']);
  expect(shown(new ToraleError('NO_DATABASE', 'No.', { hint: 'one\ntwo' }))).toEqual(['No.', 'one', 'two']);
});

test('at most 6 lines, a failed statement 14, the last among them', () => {
  const lines = Array.from({ length: 40 }, (_, line) => `line ${line}`);
  const usual = shown(new ToraleError('CYCLE', lines.join('\n'), { hint: 'the way out' }));
  expect(usual).toHaveLength(6);
  expect(usual.slice(-2)).toEqual(['line 39', 'the way out']);
  expect(shown(new ToraleError('REVISION_FAILED', lines.join('\n')))).toHaveLength(14);
});

test('anything else that is thrown is a defect, to be reported', () => {
  const error = toToraleError(new TypeError('x is not a function'));
  expect(error).toMatchObject({ code: 'UNEXPECTED', exitCode: 1 });
  expect(shown(error)).toEqual([
    'This is a defect in Torale. TypeError: x is not a function',
    'Please report it, with what the same command prints with --debug.',
  ]);
});

test('passwords are taken out whatever the way here', () => {
  const error = toToraleError(new Error('cannot open postgres://app:verysecret@db/app'));
  expect(shown(error, true).join('\n')).not.toContain('verysecret');
});
