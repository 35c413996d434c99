import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { describeOn } from '../support/databases.ts';
import { hasExtensions, makeRoles, postgresMajor, takeAcross } from '../support/schema-change.ts';

interface SchemaCase {
  readonly name: string;
  /** The first major version of the server that takes its SQL. */
  readonly from: number;
  /** Tables whose rows must outlast the way there. */
  readonly keeps: readonly string[];
  readonly before: string;
  readonly after: string;
  readonly seed: string;
}

const FOLDER = new URL('../fixtures/schema-cases/', import.meta.url);

function readCases(file: string): SchemaCase[] {
  const texts = readFileSync(new URL(file, FOLDER), 'utf8').split(/^-- case: /m);
  return texts.slice(1).map((text) => {
    const [title = ''] = text.split('\n', 1);
    const [before = '', after = '', seed = ''] = text.slice(title.length).split(/^-- (?:after|seed)$/m);
    return {
      name: title.split(',', 1)[0]!,
      from: Number(/, from (\d+)/.exec(title)?.[1] ?? 0),
      keeps: /, keeps (.*)/.exec(title)?.[1]?.split(' ') ?? [],
      before,
      after,
      seed,
    };
  });
}

/** Ways that no server goes: an extension has no script back to an older version of itself. */
const ONE_WAY = new Set(['ext.version']);

describeOn(['postgres'], 'the schema cases', () => {
  beforeAll(makeRoles);

  for (const file of readdirSync(FOLDER)) {
    describe(file.replace('.sql', ''), () => {
      for (const { name, from, keeps, before, after, seed } of readCases(file)) {
        const isTooNew = from > postgresMajor();
        test.skipIf(isTooNew)(name, async ({ skip }) => {
          skip(!(await hasExtensions(before + after)), 'the server lacks the extension');
          const { query } = await takeAcross(before, after, { seed });
          for (const table of keeps) {
            expect(await query(`SELECT count(*) > 0 AS kept FROM ${table}`), table).toEqual([{ kept: true }]);
          }
        });
        test.skipIf(isTooNew || ONE_WAY.has(name))(`${name} backwards`, async ({ skip }) => {
          skip(!(await hasExtensions(before + after)), 'the server lacks the extension');
          await takeAcross(after, before);
        });
      }
    });
  }
});
