import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { DIALECTS } from '../../src/dialects/names.ts';
import { upgrade } from '../../src/index.ts';
import { torale } from '../support/cli.ts';
import { describeOn, freshDatabase } from '../support/databases.ts';
import { writeVersions } from '../support/revisions.ts';

const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(new URL('../../docs/json/lock.schema.json', import.meta.url), 'utf8')) as object,
);

describeOn(DIALECTS, 'torale lock', (dialect) => {
  test('answers as its schema says, also while a lock is held', async () => {
    const { url } = await freshDatabase(dialect);
    await upgrade({ url, versions: writeVersions([{ id: 'a1' }]) });
    for (const args of [['status'], ['break'], ['break', '--yes']]) {
      const { code, stdout } = await torale(['lock', ...args, '--url', url, '--json']);
      const document: unknown = JSON.parse(stdout);
      expect({ code, errors: validate(document) ? [] : validate.errors, document }).toEqual({
        code: 0,
        errors: [],
        document: args[0] === 'status' ? { locks: [] } : { broken: [] },
      });
    }
  });

  test('wants to know what to do', async () => {
    expect(await torale(['lock'])).toMatchObject({ code: 2 });
    expect(await torale(['lock', 'unlock'])).toMatchObject({ code: 2, stderr: expect.stringMatching(/status.*break/) });
  });
});

describeOn(['sqlite'], 'torale lock', () => {
  test('tells that a file is locked, and breaks nothing', async () => {
    const { url, name } = await freshDatabase('sqlite');
    await upgrade({ url, versions: writeVersions([{ id: 'a1' }]) });
    const other = new BetterSqlite3(name);
    try {
      other.exec('BEGIN IMMEDIATE');
      const status = JSON.parse((await torale(['lock', 'status', '--url', url, '--json'])).stdout) as object;
      expect(status).toEqual({ locks: [{ kind: 'file', holder: null, since: null, connection: null, expires: null }] });
      expect(validate(status)).toBe(true);
      const refused = await torale(['lock', 'break', '--yes', '--url', url]);
      expect(refused).toMatchObject({ code: 12, stderr: expect.stringContaining('fuser') });
    } finally {
      other.close();
    }
  });

  test('--lock is read everywhere and means nothing there', async () => {
    const { url } = await freshDatabase('sqlite');
    const versions = writeVersions([{ id: 'a1' }]);
    expect(await torale(['upgrade', '--url', url, '--versions', versions, '--lock', 'lease'])).toMatchObject({
      code: 0,
    });
    const wrong = await torale(['upgrade', '--url', url, '--versions', versions, '--lock', 'advisory']);
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--lock must be one of auto, session, lease/),
    });
  });
});
