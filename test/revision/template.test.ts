import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { messageLines } from '../../src/revision/comment.ts';
import { readHeader } from '../../src/revision/header.ts';
import { renderRevision } from '../../src/revision/template.ts';

const createDate = new Date('2026-11-20T12:00:00.000Z');

test('the text is the documented one', () => {
  const text = renderRevision({
    revision: '3f9c1a7be204',
    downRevision: '1c2d3e4f5a6b',
    message: 'add media tags',
    createDate,
    body: '  await op.execute(`CREATE TABLE media_tags (…)`);',
  });
  expect(text).toBe(`/**
 * add media tags
 *
 * Revision ID: 3f9c1a7be204
 * Revises: 1c2d3e4f5a6b
 * Create Date: 2026-11-20T12:00:00.000Z
 */
import type { Operations } from 'torale';

export const revision = '3f9c1a7be204';
export const downRevision = '1c2d3e4f5a6b';
export const branchLabels = null;
export const dependsOn = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(\`CREATE TABLE media_tags (…)\`);
}
`);
});

test('a merge without a message, in JavaScript', () => {
  const text = renderRevision({
    revision: 'c',
    downRevision: ['a', 'b'],
    branchLabels: 'x',
    dependsOn: ['d'],
    createDate,
    format: 'js',
  });
  expect(text).toBe(`/**
 * Revision ID: c
 * Revises: a, b
 * Create Date: 2026-11-20T12:00:00.000Z
 */
export const revision = 'c';
export const downRevision = ['a', 'b'];
export const branchLabels = 'x';
export const dependsOn = ['d'];

export async function upgrade() {
  // A merge: there is nothing to do.
}
`);
});

test.each([
  ['*/ process.exit(); /*', '*/ process.exit(); /*'],
  ['a *\\/ b *\\\\/ c', 'a *\\/ b *\\\\/ c'],
  ['*/', '*/'],
  ['/', '/'],
  ['* a', '* a'],
  ['first\nsecond', 'first'],
  ['\n\n  first  \r\nsecond', 'first'],
  ['first\u2028export const revision = 1', 'first'],
  ['first\u2029second', 'first'],
  ['first\rsecond', 'first'],
  ['`${process.exit()}`', '`${process.exit()}`'],
  ['\u001b]0;title\u0007text', ']0;titletext'],
  ['a\0b\u009bc\u007fd', 'abcd'],
  ['a\tb', 'a b'],
  ['\u202etxet\u202c \u2066a\u2069', 'txet a'],
  ['Revision ID: other', 'Revision ID: other'],
  ['Create Date: 1999', 'Create Date: 1999'],
  ['x\nCreate Date: 1999', 'x'],
  ['\ud800', '\ufffd'],
  ['', undefined],
  ['  \n ', undefined],
])('message %j is read back as %j', (message, expected) => {
  const text = renderRevision({ revision: 'a', downRevision: null, message, createDate });
  const header = readHeader(text, '/x.ts');
  expect(header.message).toBe(expected);
  expect(header.createDate).toBe(createDate.toISOString());
  expect(text.match(/\*\//g)?.length).toBe(1);
});

const text = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.string({
    unit: fc.constantFrom('*', '/', '\\', "'", '"', '`', '${', '\n', '\r', '\u2028', ' ', 'a', '\ufeff', '\0', '😀'),
    minLength: 1,
  }),
);
const value = text.filter((candidate) => candidate.trim() !== '');
const values = fc.oneof(fc.constant(null), value, fc.array(value, { maxLength: 3 }));

describe('whatever is put in', () => {
  test('comes back, by reading and by running', async () => {
    await fc.assert(
      fc.asyncProperty(
        value,
        values,
        values,
        values,
        text,
        fc.constantFrom('ts' as const, 'js' as const),
        async (revision, downRevision, branchLabels, dependsOn, message, format) => {
          const given = { revision, downRevision, branchLabels, dependsOn };
          const rendered = renderRevision({ ...given, message, createDate, format });
          const { message: read, createDate: date, file: _, ...header } = readHeader(rendered, '/x.ts');
          expect(header).toEqual(given);
          expect(date).toBe(createDate.toISOString());
          expect(read).toBe(messageLines(message)[0]);
          if (format === 'ts') return;
          const { upgrade, ...exported } = (await import(
            /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(rendered)}`
          )) as Record<string, unknown>;
          expect({ ...exported }).toEqual(given);
          expect(typeof upgrade).toBe('function');
        },
      ),
      { numRuns: 1000 },
    );
  });
});
