import { expect, test } from 'vitest';
import { inspect } from '../../src/autogenerate/library.ts';
import { exampleSchema, isExampleSchema } from '../../src/config/example-schema.ts';
import { DIALECTS } from '../../src/dialects/names.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeOn, freshDatabase } from '../support/databases.ts';
import { temporaryFolder } from '../support/revisions.ts';

describeOn(DIALECTS, 'the schema that init writes', (dialect) => {
  test('is one that its kind of database takes, and that autogenerate can read', async () => {
    const file = join(temporaryFolder(), 'schema.sql');
    writeFileSync(file, exampleSchema(dialect));
    const { objects } = await inspect({ url: (await freshDatabase(dialect)).url, side: file });
    const named = (kind: string) => objects.filter((one) => one.kind === kind).map(({ path }) => path.at(-1));
    expect(named('table')).toEqual(['posts', 'users']);
    expect(named('column')).toHaveLength(7);
    expect(named('index')).toContain('posts_author_id');
  });
});

test('is known again until it is touched', () => {
  for (const dialect of DIALECTS) {
    const text = exampleSchema(dialect);
    expect([text, text.replaceAll('\n', '\r\n'), `${text}-- mine\n`].map(isExampleSchema)).toEqual([true, true, false]);
  }
});
