import { expect, test } from 'vitest';
import { inspect } from '../../src/index.ts';
import { describeOn, freshDatabase } from '../support/databases.ts';
import { postgresMajor } from '../support/schema-change.ts';

/** Each on both tables, of which `u` has the same columns in another order and of other types. */
const KEYS = [
  'UNIQUE (a)',
  'UNIQUE (a, b)',
  'UNIQUE (b, a)',
  'UNIQUE ("a, b")',
  'UNIQUE (a) INCLUDE (b)',
  'UNIQUE (a) DEFERRABLE',
  'UNIQUE (a) DEFERRABLE INITIALLY DEFERRED',
  'UNIQUE (a) WITH (fillfactor = 70)',
  'UNIQUE (c)',
  'PRIMARY KEY (a)',
  'CHECK (a > 0)',
  'FOREIGN KEY (a) REFERENCES p',
  'EXCLUDE (a WITH =) WITH (fillfactor = 80)',
];

describeOn(['postgres'], 'keys that are nearly alike', () => {
  test('have the definition that the server gives for each', async () => {
    const { url, query } = await freshDatabase('postgres');
    await query('CREATE TABLE p (id int PRIMARY KEY)');
    await query('CREATE TABLE t (a int, b text, "a, b" int, c int)');
    await query('CREATE TABLE u (c bigint, "a, b" text, a int, b int)');
    const keys = postgresMajor() < 15 ? KEYS : [...KEYS, 'UNIQUE NULLS NOT DISTINCT (a)'];
    for (const table of ['t', 'u']) {
      for (const [at, key] of keys.entries()) await query(`ALTER TABLE ${table} ADD CONSTRAINT ${table}_${at} ${key}`);
    }
    // Its index keeps the old name of the column.
    await query('ALTER TABLE t RENAME c TO "C"');

    const rows = await query(
      `SELECT conname AS name, replace(pg_get_constraintdef(oid), 'REFERENCES p', 'REFERENCES public.p') AS text
      FROM pg_constraint WHERE conname ~ '^[tu]_\\d+$'`,
    );
    const expected = rows.map(({ name, text }): [string, string] => [
      String(name),
      String(text).replace(/ WITH \(fillfactor[^)]*\)/, ''),
    ]);
    const { objects } = await inspect({ url });
    const found = objects
      .filter(({ kind, path }) => kind === 'constraint' && path[1] !== 'p')
      .map(({ path, definition }): [string, unknown] => [
        path.at(-1)!,
        (definition as { definition: string }).definition,
      ]);
    expect(new Map(found)).toEqual(new Map(expected));
    expect(found).toHaveLength(2 * keys.length);
    const [t, u] = ['t_7', 'u_0'].map((name) => objects.find(({ path }) => path.at(-1) === name)!.definition);
    expect(t).toMatchObject({ options: ['fillfactor=70'] });
    expect(u).not.toHaveProperty('options');
  });
});
