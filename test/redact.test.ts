import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDatabaseUrl } from '../src/dialects/registry.ts';
import { isPlainJson, redact, redactValue, secretsOf } from '../src/redact.ts';

const secretsIn = (...urls: string[]) =>
  secretsOf(...urls.map((url) => parseDatabaseUrl(url, { base: '/', osUser: 'me' })));

describe('secretsOf', () => {
  test.each<[string[], string[]]>([
    [['postgres://u:s3cretPW@h/d'], ['s3cretPW']],
    [['postgres://h/d?password=one%2Ftwo&sslpassword=three'], ['one/two', 'three']],
    [
      ['mysql://u:pw1@h/d', 'postgres://u:pw2@h/d', 'postgres://u:pw1@i/d'],
      ['pw1', 'pw2'],
    ],
    [['sqlite:./x.db'], []],
    // These words stand in the public part of the same URL.
    [['postgres://postgres:postgres@db/app', 'mysql://root:app@db/app', 'mysql://root:root@db'], []],
  ])('of %j', (urls, secrets) => {
    expect(secretsIn(...urls)).toEqual(secrets);
  });

  test('takes what may be absent', () => {
    expect(secretsOf(null, undefined)).toEqual([]);
  });
});

describe('known secrets', () => {
  test.each([
    ['failed for s3cretPW at', 's3cretPW', 'failed for *** at'],
    ['x=s3cret%2FPW', 's3cret/PW', 'x=***'],
    ['x=s3cret%2fPW', 's3cret/PW', 'x=***'],
    ['x=a%20b+c%21', 'a b+c!', 'x=a%20b+c%21'],
    ['x=a%20b%2Bc%21', 'a b+c!', 'x=***'],
    ['x=a+b%2Bc!', 'a b+c!', 'x=***'],
    [String.raw`{"m":"say \"hi\\"}`, String.raw`say "hi` + '\\', '{"m":"***"}'],
    ["x = 'it''s me'", "it's me", "x = '***'"],
    ['(.*) [a-z] a|b', '.*', '(.*) [a-z] a|b'],
    ['(.*)+ [a-z] a|b', '(.*)+', '*** [a-z] a|b'],
    ['ab cab', 'ab', 'ab cab'],
    ['app in application, app-1', 'app', '*** in application, ***-1'],
    ['%3Aapp%40', 'app', '%3A***%40'],
    ['nothing here', '', 'nothing here'],
  ])('%s without %s', (text, secret, expected) => {
    expect(redact(text, [secret])).toBe(expected);
  });

  test('the longest goes first', () => {
    expect(redact('secret-and-more, secret-', ['secret-', 'secret-and-more'])).toBe('***, ***');
  });

  test('property: no form of a long secret survives', () => {
    const secret = fc.string({ unit: 'grapheme', minLength: 8, maxLength: 20 });
    fc.assert(
      fc.property(secret, (value) => {
        const forms = [
          value,
          encodeURIComponent(value),
          JSON.stringify(value),
          `postgres://u:${encodeURIComponent(value)}@h/d`,
        ];
        for (const form of forms) {
          const redacted = redact(`before ${form} after`, [value]);
          expect(redacted).not.toContain(value);
          expect(redacted).not.toContain(encodeURIComponent(value));
        }
      }),
    );
  });
});

describe('patterns', () => {
  test.each([
    ['at postgres://u:p@h/d now', 'at postgres://u:***@h/d now'],
    ['postgres://u:a@b@h/d?x=1', 'postgres://u:***@h/d?x=1'],
    ['postgres://u:a/b?c@h/d', 'postgres://u:***@h/d'],
    ['{"url":"mysql://u:p@h/d","mail":"a@b"}', '{"url":"mysql://u:***@h/d","mail":"a@b"}'],
    ['postgres://h/d and a@b', 'postgres://h/d and a@b'],
    ["ALTER ROLE x PASSWORD 'a''b' VALID", "ALTER ROLE x PASSWORD '***' VALID"],
    ["alter role x encrypted password E'a\\'b'", "alter role x encrypted password '***'"],
    ['ALTER ROLE x PASSWORD $a$s$a$ LOGIN', "ALTER ROLE x PASSWORD '***' LOGIN"],
    ["CREATE USER x IDENTIFIED BY 'p', y", "CREATE USER x IDENTIFIED BY '***', y"],
    ['CREATE USER x IDENTIFIED WITH sha AS "p"', "CREATE USER x IDENTIFIED WITH sha AS '***'"],
    ["CREATE USER x IDENTIFIED BY PASSWORD '*AB'", "CREATE USER x IDENTIFIED BY PASSWORD '***'"],
    ["SET PASSWORD FOR 'a'@'b' = PASSWORD('p')", "SET PASSWORD FOR 'a'@'b' = PASSWORD('***')"],
    ["SET PASSWORD = 'p'", "SET PASSWORD = '***'"],
    ["CREATE USER x IDENTIFIED BY 'cut off", "CREATE USER x IDENTIFIED BY '***'"],
    ['host=a password=p user=b', 'host=a password=*** user=b'],
    ["host=a password='p q' user=b", 'host=a password=*** user=b'],
    ['?sslpassword=p&x=1', '?sslpassword=***&x=1'],
    ['PGPASSWORD=p psql', 'PGPASSWORD=*** psql'],
    [String.raw`{"password":"p\"q","a":1}`, '{"password":"***","a":1}'],
    ['password authentication failed for user "u"', 'password authentication failed for user "u"'],
    ['the column password "a"', 'the column password "a"'],
  ])('%s', (text, expected) => {
    expect(redact(text, [])).toBe(expected);
  });

  test('a long text takes no time', () => {
    const started = performance.now();
    for (const text of [
      'a'.repeat(500_000),
      "password='".repeat(20_000),
      'x://u:'.repeat(5000),
      ' PASSWORD FOR'.repeat(20_000),
    ]) {
      redact(text, ['s3cretPW']);
    }
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

test('redactValue reaches every text and every key that names a password', () => {
  const date = new Date(0);
  const value = {
    url: 'postgres://u:p@h/d',
    list: ['s3cretPW', 1, null, { deep: 'x s3cretPW' }],
    password: 'p',
    sslPassword: 'q',
    missing: undefined,
    flag: true,
    date,
  };
  expect(redactValue(value, ['s3cretPW'])).toEqual({
    url: 'postgres://u:***@h/d',
    list: ['***', 1, null, { deep: 'x ***' }],
    password: '***',
    sslPassword: '***',
    missing: undefined,
    flag: true,
    date,
  });
  const odd = JSON.parse('{"__proto__":{"a":"s3cretPW"}}') as unknown;
  expect(JSON.stringify(redactValue(odd, ['s3cretPW']))).toBe('{"__proto__":{"a":"***"}}');
});

test('isPlainJson never takes a value for plain in which there is something to redact', () => {
  const secrets = ['s3cretPW', 'app', 'a"b\\c'];
  const parts = [...secrets, '\n', 'x', '"', '\\', '%20', 'PassWord', 'identified by ', '@', '//u:'];
  const text = fc.array(fc.constantFrom(...parts), { maxLength: 5 }).map((some) => some.join(''));
  const value = fc.oneof(text, fc.array(text, { maxLength: 2 }), fc.dictionary(text, text, { maxKeys: 2 }));
  fc.assert(
    fc.property(value, fc.subarray(secrets), (one, known) => {
      for (const json of [JSON.stringify(one), JSON.stringify(one, null, 2)])
        if (isPlainJson(json, known)) expect(redactValue(one, known)).toBe(one);
    }),
    { numRuns: 2000 },
  );
  expect(isPlainJson(JSON.stringify({ path: ['public', 'users'] }), secrets)).toBe(true);
});
