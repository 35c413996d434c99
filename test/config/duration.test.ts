import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/config/duration.ts';

test.each<[string | number, number | undefined]>([
  ['10m', 600_000],
  ['60s', 60_000],
  ['250ms', 250],
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
  ['2d', 172_800_000],
  ['5', 5000],
  [5, 5000],
  [0, 0],
  ['0', 0],
  [0.25, 250],
  [' 1s ', 1000],
  ['', undefined],
  ['m', undefined],
  ['10 m', undefined],
  ['10x', undefined],
  ['10m!', undefined],
  ['-1s', undefined],
  [-1, undefined],
  [Number.NaN, undefined],
  [Infinity, undefined],
  ['30d', undefined],
])('%s is %s ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each([
  [0, '0s'],
  [250, '250ms'],
  [5_400_000, '1h30m'],
  [90_061_001, '25h1m1s1ms'],
])('%s ms is written %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test('property: what is written is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (milliseconds) => {
      expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
    }),
  );
});
