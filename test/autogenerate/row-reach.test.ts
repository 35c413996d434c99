import { describe, expect, test } from 'vitest';
import { reachOf } from '../../src/autogenerate/row-reach.ts';
import { sqliteSchema } from '../../src/dialects/sqlite/schema.ts';
import { sqliteScratch } from '../../src/dialects/sqlite/scratch.ts';
import { idOf, objectOf, type SchemaObject } from '../../src/schema/object.ts';
import { Schema } from '../../src/schema/schema.ts';

async function schemaOf(sql: string): Promise<Schema> {
  const { signal } = new AbortController();
  const made = await sqliteScratch.create(null, { connectTimeoutMs: 0, role: null, searchPath: null, signal });
  try {
    for (const statement of sql.split(';').filter((text) => text.trim() !== '')) await made.session.query(statement);
    return (await sqliteSchema.inspect(made.session, () => false)).schema;
  } finally {
    await made.drop();
  }
}

async function reached(sql: string, ...statements: string[]): Promise<string[] | null> {
  const schema = await schemaOf(sql);
  const reach = reachOf(
    schema,
    schema,
    statements.map((text) => ({ sql: text })),
  );
  return reach && [...reach.from].map((id) => id.slice('table:'.length)).toSorted();
}

/** Each refers to the one before. */
const CHAIN = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  .map((name, at, all) => `CREATE TABLE ${name}_t (id INTEGER PRIMARY KEY, up INT REFERENCES ${all[at - 1] ?? name}_t)`)
  .join(';');

describe('which tables statements can reach', () => {
  test('those that they name, those that refer to them, and what both refer to', async () => {
    expect(await reached(CHAIN, 'ALTER TABLE d_t ADD COLUMN more TEXT')).toEqual(['c_t', 'd_t', 'e_t']);
  });

  test('however a name is written', async () => {
    expect(await reached(`${CHAIN}; CREATE TABLE "two words" (id INT)`, 'DROP TABLE "two words"')).toEqual([
      '"two words"',
    ]);
    expect(await reached(CHAIN, 'ALTER TABLE "A_T" ADD COLUMN more TEXT')).toEqual(['a_t', 'b_t']);
  });

  test('a change of rows is handed on by keys that say so', async () => {
    const sql = `CREATE TABLE p (id INTEGER PRIMARY KEY);
      CREATE TABLE q (id INTEGER PRIMARY KEY, p INT REFERENCES p ON DELETE CASCADE);
      CREATE TABLE r (id INTEGER PRIMARY KEY, q INT REFERENCES q ON UPDATE SET NULL);
      CREATE TABLE s (id INTEGER PRIMARY KEY, r INT REFERENCES r);
      CREATE TABLE t (id INTEGER PRIMARY KEY, s INT REFERENCES s)`;
    expect(await reached(sql, 'ALTER TABLE p ADD COLUMN more TEXT')).toEqual(['p', 'q', 'r', 's']);
  });

  test('rows that others cannot do without come along, however far away', async () => {
    const sql = `CREATE TABLE p (id INTEGER PRIMARY KEY);
      CREATE TABLE q (id INTEGER PRIMARY KEY, p INT NOT NULL REFERENCES p);
      CREATE TABLE r (id INTEGER PRIMARY KEY, q INT NOT NULL REFERENCES q);
      CREATE TABLE s (id INTEGER PRIMARY KEY, r INT NOT NULL REFERENCES r);
      CREATE TABLE other (id INTEGER PRIMARY KEY)`;
    expect(await reached(sql, 'ALTER TABLE s ADD COLUMN more TEXT')).toEqual(['p', 'q', 'r', 's']);
  });

  test('any where a trigger fires on one of them, and none elsewhere', async () => {
    const schema = await schemaOf(`${CHAIN}; CREATE TABLE log (id INT)`);
    const trigger = objectOf('trigger', ['e_t', 'w'], { definition: 'AFTER UPDATE' });
    const own = [{ id: idOf('table', ['e_t']), strength: 'own' as const }];
    const needs = new Map([...schema.ids()].map((id) => [id, schema.needs(id)] as const));
    const fired = new Schema([...schema.objects(), trigger], new Map([...needs, [idOf('trigger', trigger.path), own]]));
    const reach = (table: string) => reachOf(fired, fired, [{ sql: `ALTER TABLE ${table} ADD COLUMN more TEXT` }]);
    expect(reach('d_t')).toBeNull();
    expect(reach('e_t')).toBeNull();
    expect(reach('a_t')).not.toBeNull();
  });

  test('any where a statement is about something else than a table', async () => {
    expect(await reached(CHAIN, 'CREATE VIEW v AS SELECT id FROM a_t')).toBeNull();
    expect(await reached(CHAIN, 'DELETE FROM a_t')).toBeNull();
    expect(await reached(CHAIN, 'ALTER TABLE a_t ADD COLUMN more TEXT', 'ALTER TYPE x ADD VALUE 1')).toBeNull();
  });

  test.each<[string, readonly SchemaObject[], string]>([
    [
      'a function of the schema that a statement names',
      [objectOf('routine', ['public', 'f', ''], { type: 'FUNCTION', definition: '…' })],
      'ALTER TABLE public.t ALTER COLUMN a SET DEFAULT f()',
    ],
    [
      'a trigger on events',
      [objectOf('eventTrigger', ['e'], { event: 'ddl_command_end', function: 'public.f' })],
      'ALTER TABLE public.t ADD COLUMN b int',
    ],
    [
      'a partition',
      [
        objectOf('table', ['public', 't_1'], {}),
        objectOf('partition', ['public', 't_1'], { of: ['public', 't'], bound: 'DEFAULT' }),
      ],
      'ALTER TABLE public.t ADD COLUMN b int',
    ],
    [
      'an heir',
      [
        objectOf('table', ['public', 'u'], {}),
        objectOf('inheritance', ['public', 'u', 'public', 't'], { position: 1 }),
      ],
      'ALTER TABLE public.t ADD COLUMN b int',
    ],
  ])('any where there is %s', (_, objects, sql) => {
    const schema = new Schema([objectOf('table', ['public', 't'], {}), ...objects], new Map());
    expect(reachOf(schema, schema, [{ sql }])).toBeNull();
  });

  test('any where a part of one runs a function of the schema', () => {
    const table = objectOf('table', ['public', 't'], {});
    const routine = objectOf('routine', ['public', 'f', ''], { type: 'FUNCTION', definition: '…' });
    const check = objectOf('constraint', ['public', 't', 'c'], { type: 'CHECK', definition: 'CHECK (x())' });
    const needs = new Map([
      [
        idOf('constraint', check.path),
        [
          { id: idOf('table', table.path), strength: 'own' as const },
          { id: idOf('routine', routine.path), strength: 'use' as const },
        ],
      ],
    ]);
    const schema = new Schema([table, routine, check], needs);
    expect(reachOf(schema, schema, [{ sql: 'ALTER TABLE public.t ADD COLUMN b int' }])).toBeNull();
  });
});
