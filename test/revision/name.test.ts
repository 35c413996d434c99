import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { newRevisionId, validateNewId } from '../../src/revision/id.ts';
import { fileNameOf, slugOf } from '../../src/revision/name.ts';
import { failure } from './failure.ts';

interface NamingCase {
  readonly fileTemplate: string;
  readonly truncateSlugLength: number;
  readonly revId: string;
  readonly message: string | null;
  readonly createDate: string;
  readonly result: string;
}

/** File names that Alembic made; see the README of the fixtures' source. */
const cases = JSON.parse(
  readFileSync(new URL('../fixtures/naming-cases.json', import.meta.url), 'utf8'),
) as NamingCase[];

const createDate = new Date('2012-07-25T15:08:05.555Z');
const name = (template: string, message = 'add users', revision = '27c6a30d7c24'): string =>
  fileNameOf({ template, message, revision, createDate });

describe("Alembic's names", () => {
  test('there are 115', () => {
    expect(cases.length).toBe(115);
  });
  test.each(cases.map((each, at) => [at, each.fileTemplate, each.message, each] as const))('%i %s %j', (...row) => {
    const [, , , { fileTemplate, truncateSlugLength, revId, message, createDate: date, result }] = row;
    const given = fileNameOf({
      template: fileTemplate,
      truncateSlugLength,
      revision: revId,
      message,
      createDate: new Date(`${date.replace(' ', 'T').replace(/\+.*/, '')}Z`),
    });
    expect(given).toBe(result.replace(/\.py$/, '.ts'));
  });
});

test.each([
  ['../../etc/passwd', 'etc_passwd'],
  ['a\0b\u0001c', 'a_b_c'],
  ['\u202eevil\u202c', 'evil'],
  ['CON', 'con'],
  ['.hidden', 'hidden'],
  ["'; rm -rf / #", 'rm_rf'],
  ['हिन्दी भाषा', 'हिन्दी_भाषा'],
  ['nai\u0308ve', 'naïve'],
  ['😀', ''],
])('slug of %j', (message, slug) => {
  expect(slugOf(message)).toBe(slug);
});

test('a slug is cut by characters, not in the middle of one', () => {
  expect(slugOf('𝒜'.repeat(50), 3)).toBe('𝒜𝒜𝒜_');
  expect(slugOf('x'.repeat(1_000_000)).length).toBe(41);
});

test.each([
  ['%(month)02d-%(day)-4d|%%'.replace('|', ''), '07-25  %.ts'],
  ['%(rev).4s', '27c6.ts'],
  ['%(month).2d', '07.ts'],
  ['v_%(hour)d', 'v_15.ts'],
])('template %s gives %s', (template, expected) => {
  expect(name(template)).toBe(expected);
});

test.each([
  ['%(revision)s', /names 'revision'/],
  ['%(slg)s', /names 'slg'/],
  ['%(constructor)s', /names 'constructor'/],
  ['%(slug)d', /'%\(slug\)d'/],
  ['%(rev)x', /'%\(rev\)x'/],
  ['%(rev)', /cannot be filled/],
  ['%s', /'%' without a name/],
  ['100%', /'%' without a name/],
  ['../%(rev)s', /inside the version folder/],
  ['/tmp/%(rev)s', /inside the version folder/],
  ['a//%(rev)s', /inside the version folder/],
  ['a/../../%(rev)s', /inside the version folder/],
  ['.%(rev)s', /leading '\.'/],
  ['.git/%(rev)s', /leading '\.'/],
  ['C:%(rev)s', /":" cannot stand/],
  ['a\\%(rev)s', /cannot stand/],
  ['a\0%(rev)s', /cannot stand/],
  ['a\u202e%(rev)s', /cannot stand/],
  ['con', /reserved/],
  ['LPT1/%(rev)s', /reserved/],
  ['a /%(rev)s', /space/],
  ['a./%(rev)s', /end with '\.'/],
  ['snapshots/%(rev)s', /not read for revisions/],
  ['%(rev)s.d', /not read as a revision/],
  ['%(rev)s.test', /not read as a revision/],
  ['x'.repeat(253), /at most 255 bytes/],
])('template %j is refused', async (template, message) => {
  expect(await failure(() => name(template))).toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(message) as string,
  });
});

test('a misspelt key is answered with the right one', async () => {
  expect((await failure(() => name('%(slgu)s'))).hint).toBe("Did you mean 'slug'?");
});

test.each(['a', 'A1_b', '27c6a30d7c24', '1.0', 'x'.repeat(32), 'header'])('id %s can be used', (id) => {
  expect(validateNewId(id)).toBe(id);
});

test.each([
  ['', /is empty/],
  ['a@b', /forbidden character: "@"/],
  ['a-b+c:d', /forbidden character: "-", "\+", ":"/],
  ['a b', /forbidden character: " "/],
  ['../x', /forbidden character: "\/"/],
  ['é', /forbidden/],
  ['a\n', /forbidden character: "\\n"/],
  ['.a', /'\.'/],
  ['a..b', /'\.'/],
  ['a.', /'\.'/],
  ['x'.repeat(33), /has 33 characters/],
  ['head', /meaning/],
  ['HEADS', /meaning/],
  ['base', /meaning/],
  ['current', /meaning/],
])('id %j is refused', async (id, message) => {
  expect(await failure(() => validateNewId(id))).toMatchObject({
    code: 'ID_INVALID',
    message: expect.stringMatching(message) as string,
    data: { revisions: [id] },
  });
});

test('a new id is twelve hexadecimal digits, and never one that exists', async () => {
  expect(await newRevisionId(() => false)).toMatch(/^[0-9a-f]{12}$/);
  const candidates = ['a', 'b', 'c'];
  const exists = (id: string): boolean => id !== 'c';
  expect(await newRevisionId(exists, () => candidates.shift()!)).toBe('c');
  expect(
    await failure(() =>
      newRevisionId(
        () => true,
        () => 'a',
      ),
    ),
  ).toMatchObject({ code: 'UNEXPECTED' });
});
