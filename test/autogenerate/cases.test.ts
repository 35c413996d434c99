import { beforeAll, expect, test } from 'vitest';
import { describeOn } from '../support/databases.ts';
import { readCases, type SchemaCase } from '../support/schema-cases.ts';
import { hasExtensions, makeRoles, postgresMajor, takeAcross } from '../support/schema-change.ts';

const FOLDER = new URL('../fixtures/schema-cases/', import.meta.url);

/** What belongs to no schema needs a database of its own; a schema is enough for the others, all of a file at once. */
const ALONE =
  /\b(?:schema|extension|publication|subscription|event trigger|foreign data wrapper|access method|default privileges)\b/i;

const isAlone = ({ before, after }: SchemaCase): boolean => ALONE.test(before + after);

const schemaOf = ({ name }: SchemaCase): string => name.replaceAll('.', '_');

/** The SQL of several cases, each in a schema with its name. */
function together(cases: readonly SchemaCase[], which: 'before' | 'after' | 'seed'): string {
  const texts = cases.map((one) => {
    const schema = which === 'seed' ? '' : `CREATE SCHEMA ${schemaOf(one)};\n`;
    return `${schema}SET search_path = ${schemaOf(one)};\n${one[which]};\n`;
  });
  return texts.join('') + 'RESET search_path;';
}

const kept = (tables: readonly string[]): string =>
  tables.map((table) => `SELECT '${table}' AS lost WHERE NOT EXISTS (SELECT FROM ${table})`).join(' UNION ALL ');

/** Ways that no server goes: an extension has no script back to an older version of itself. */
const ONE_WAY = new Set(['ext.version']);

describeOn(['postgres'], 'the schema cases', () => {
  beforeAll(makeRoles);

  for (const [file, all] of readCases(FOLDER)) {
    const known = all.filter(({ from }) => from <= postgresMajor());
    const shared = known.filter((one) => !isAlone(one));
    const title = `${file}, ${shared.length} cases`;

    if (shared.length > 0) {
      test(title, async () => {
        const seed = together(shared, 'seed');
        const { query } = await takeAcross(together(shared, 'before'), together(shared, 'after'), { seed });
        const tables = shared.flatMap((one) => one.keeps.map((table) => `${schemaOf(one)}.${table}`));
        if (tables.length > 0) expect(await query(kept(tables))).toEqual([]);
      });
      test(`${title} backwards`, async () => {
        await takeAcross(together(shared, 'after'), together(shared, 'before'));
      });
    }

    for (const one of all.filter((candidate) => !shared.includes(candidate))) {
      const { name, keeps, before, after, seed } = one;
      const isTooNew = !known.includes(one);
      test.skipIf(isTooNew)(name, async ({ skip }) => {
        skip(!(await hasExtensions(before + after)), 'the server lacks the extension');
        const { query } = await takeAcross(before, after, { seed });
        if (keeps.length > 0) expect(await query(kept(keeps))).toEqual([]);
      });
      test.skipIf(isTooNew || ONE_WAY.has(name))(`${name} backwards`, async ({ skip }) => {
        skip(!(await hasExtensions(before + after)), 'the server lacks the extension');
        await takeAcross(after, before);
      });
    }
  }
});
