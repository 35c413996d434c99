import type Database from 'better-sqlite3';
import { Random } from '../random.ts';
import { clone } from './look.ts';

type Row = Record<string, unknown>;

const VALUES: readonly unknown[] = [
  null,
  1n,
  2n,
  7n,
  41n,
  -3n,
  2.5,
  '',
  'b',
  'B ',
  'x1',
  'value 1',
  'VALUE 1',
  '12',
  Buffer.from('b'),
];

/** Writes the same random rows to two databases and tells where they answer differently, or hold other rows afterwards. */
export function behaviourDifference(left: Database.Database, right: Database.Database, seed: number): string[] {
  const random = new Random(seed);
  const pair = [clone(left), clone(right)] as const;
  try {
    for (const database of pair) {
      database.pragma('foreign_keys = 0');
      for (const { name } of tablesOf(database)) attempt(database, `DELETE FROM ${quoted(name)}`, []);
      attempt(database, 'DELETE FROM sqlite_sequence', []);
      database.pragma('foreign_keys = 1');
    }
    const differences: string[] = [];
    const both = (sql: string, values: readonly unknown[]): void => {
      const [one, other] = pair.map((database) => attempt(database, sql, values)) as [string, string];
      if (one !== other) differences.push(`${sql} with ${values.map(shown).join(', ')}: ${one}, not ${other}`);
    };
    for (const sql of statements(pair[1], random)) {
      both(...sql);
      if (differences.length > 0) return differences;
    }
    const [one, other] = pair.map(contentOf) as [string[], string[]];
    return other
      .filter((text, at) => text !== one[at])
      .map((text) => `otherwise: ${text.slice(0, 500)} | ${one[other.indexOf(text)]?.slice(0, 500)}`);
  } finally {
    for (const database of pair) database.close();
  }
}

const quoted = (name: unknown): string => `"${String(name).replaceAll('"', '""')}"`;

const shown = (value: unknown): string => (Buffer.isBuffer(value) ? 'a blob' : String(value));

function attempt(database: Database.Database, sql: string, values: readonly unknown[]): string {
  try {
    database.prepare(sql).run(...values);
    return 'done';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

function tablesOf(database: Database.Database): Row[] {
  return database
    .prepare(
      `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
    )
    .all() as Row[];
}

function* statements(database: Database.Database, random: Random): Generator<[string, unknown[]]> {
  const columns = (name: unknown): string[] =>
    (database.prepare('SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0 ORDER BY name').all(name) as Row[]).map(
      (row) => quoted(row['name']),
    );
  const tables = tablesOf(database).map(({ name }) => ({ name: quoted(name), columns: columns(name) }));
  for (let round = 0; round < 12; round++) {
    for (const table of tables) {
      const chosen = table.columns.filter(() => random.chance(0.8));
      const values = chosen.map(() => random.pick(VALUES));
      yield chosen.length === 0
        ? [`INSERT INTO ${table.name} DEFAULT VALUES`, []]
        : [`INSERT INTO ${table.name} (${chosen.join(', ')}) VALUES (${chosen.map(() => '?').join(', ')})`, values];
      const column = random.pick(table.columns)!;
      if (random.chance(0.2))
        yield [
          `UPDATE ${table.name} SET ${column} = ? WHERE ${column} = ?`,
          [random.pick(VALUES), random.pick(VALUES)],
        ];
      if (random.chance(0.1)) yield [`DELETE FROM ${table.name} WHERE ${column} = ?`, [random.pick(VALUES)]];
    }
  }
}

/** All rows of all tables and views, without what only tells when they came. */
function contentOf(database: Database.Database): string[] {
  const relations = database
    .prepare(
      `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
    )
    .all() as Row[];
  return relations.map(({ name }) => {
    try {
      const rows = database.prepare(`SELECT * FROM ${quoted(name)}`).all() as Row[];
      const texts = rows.map((row) =>
        JSON.stringify(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1))).replaceAll(
          /"\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?"/g,
          '"then"',
        ),
      );
      return `${String(name)}: ${texts.toSorted().join(' ')}`;
    } catch (error) {
      return `${String(name)}: ${(error as Error).message}`;
    }
  });
}
