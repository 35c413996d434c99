import { expect, test } from 'vitest';
import { current, ToraleError, upgrade } from '../../src/index.ts';
import { DIALECTS } from '../../src/dialects/names.ts';
import { describeOn, freshDatabase } from '../support/databases.ts';
import { writeVersions } from '../support/revisions.ts';

/** Code may throw anything. */
const THROWN: Readonly<Record<string, string>> = {
  null: 'null',
  undefined: 'undefined',
  'a number': '42',
  'a text': "'stop'",
  'a symbol': "Symbol('stop')",
  'an object': '{ reason: 1 }',
  'an object without a prototype': 'Object.create(null)',
  'an error with a number for its code': "Object.assign(new Error('stop'), { code: 42, errno: 'x', message: 'stop' })",
  'an error that looks like the database': "Object.assign(new Error('stop'), { code: 'ECONNRESET' })",
  'an error without a stack': "Object.assign(new Error('stop'), { stack: undefined })",
  'an error that is its own cause': "(() => { const e = new Error('stop'); e.cause = e; return e; })()",
  'an error of Torale': "Object.assign(new Error('stop'), { name: 'ToraleError' })",
};

describeOn(DIALECTS, 'a revision that throws', (dialect) => {
  test.for(Object.entries(THROWN))('%s fails as any other', async ([, value]) => {
    const { url } = await freshDatabase(dialect);
    const versions = writeVersions([{ id: 'a1', body: `throw ${value};` }]);
    const error: unknown = await upgrade({ url, versions }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ToraleError);
    expect(error).toMatchObject({
      code: 'REVISION_FAILED',
      exitCode: 5,
      data: { revision: 'a1', state: 'rolledBack' },
    });
    expect((await current({ url, versions })).heads).toEqual([]);
  });
});
