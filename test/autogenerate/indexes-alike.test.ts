import { expect, test } from 'vitest';
import { inspect } from '../../src/index.ts';
import { describeOn, freshDatabase } from '../support/databases.ts';

/** Each on both tables, of which `u` has the same columns in another order, and one of another type and collation. */
const INDEXES = [
  '(a)',
  '(b)',
  '(b, a)',
  '(a) INCLUDE (b)',
  '(b DESC)',
  '(b DESC NULLS LAST)',
  '(b COLLATE "C")',
  '(b text_pattern_ops)',
  '(a) WHERE a > 0',
  '((a + 1))',
  '(a) WITH (fillfactor = 70)',
  '(a) WITH (fillfactor = 80)',
];
const STORAGE = / WITH \([^)]*\)/;

describeOn(['postgres'], 'indexes that are nearly alike', () => {
  test('have the definition that the server gives for each', async () => {
    const { url, query } = await freshDatabase('postgres');
    await query('CREATE TABLE t (a int, b text, c int)');
    await query('CREATE TABLE u (c int, b varchar(20) COLLATE "C", a bigint)');
    const specials = ['USING hash (a)', 'USING gist (point(a, a))', 'USING brin (a)'];
    for (const table of ['t', 'u']) {
      for (const [at, tail] of [...INDEXES, ...specials].entries()) {
        await query(
          `CREATE ${at % 2 === 0 && at < INDEXES.length ? 'UNIQUE ' : ''}INDEX ${table}_${at} ON ${table} ${tail}`,
        );
      }
    }
    await query('ALTER INDEX t_9 ALTER COLUMN 1 SET STATISTICS 500');

    const rows = await query(
      `SELECT relname AS name, pg_get_indexdef(oid) AS text FROM pg_class WHERE relkind = 'i' AND relname ~ '^[tu]_'`,
    );
    const expected = rows.map(({ name, text }): [string, string] => [
      String(name),
      String(text)
        .replace(/^CREATE (?:UNIQUE )?INDEX \w+ ON public\.\w+ /, '')
        .replace(STORAGE, ''),
    ]);
    const { objects } = await inspect({ url });
    const found = objects
      .filter(({ kind }) => kind === 'index')
      .map(({ path, definition }): [string, unknown] => [
        path.at(-1)!,
        (definition as { definition: string }).definition,
      ]);
    expect(new Map(found)).toEqual(new Map(expected));
    expect(found).toHaveLength(2 * (INDEXES.length + specials.length));
    const statistics = objects.find(({ path }) => path.at(-1) === 't_9')!.definition;
    expect(statistics).toMatchObject({ statistics: { '1': '500' } });
    expect(objects.find(({ path }) => path.at(-1) === 't_10')!.definition).toMatchObject({
      options: ['fillfactor=70'],
    });
  });
});
