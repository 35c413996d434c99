import { expect, test } from 'vitest';
import { jsonText } from '../../src/cli/json-text.ts';
import { redactValue } from '../../src/redact.ts';

function* counted(count: number, item: (at: number) => unknown): Generator {
  for (let at = 0; at < count; at++) yield item(at);
}

const item = (at: number): unknown => ({
  path: ['public', `t_${at}`],
  text: at % 400 === 7 ? '\nverysecret, objects: []\n  "objects": []' : 'plain',
  password: at === 1200 ? 'x' : undefined,
});

test.each([0, 1, 499, 500, 501, 1600])('a list of %j is printed as if it were all there', (count) => {
  const head = { format: 1, at: 'verysecret', none: undefined, deep: { objects: [] } };
  const known = ['verysecret'];
  for (const [before, after] of [
    [head, {}],
    [{}, head],
  ]) {
    const whole = redactValue({ ...before, objects: [...counted(count, item)], ...after }, known);
    const pieces = [...jsonText({ ...before, objects: counted(count, item), ...after }, known)];
    expect(pieces.join('')).toBe(`${JSON.stringify(whole, null, 2)}\n`);
    expect(pieces.length).toBe(2 + Math.ceil(count / 500));
  }
});

test('what is no iterator is printed whole', () => {
  const value = { heads: ['a', 'b'], text: 'verysecret', own: 'postgres://u:pw@h/d' };
  expect([...jsonText(value, ['verysecret'])]).toEqual([
    `${JSON.stringify({ ...value, text: '***', own: 'postgres://u:***@h/d' }, null, 2)}\n`,
  ]);
});
