import { describe, expect, test } from 'vitest';
import { connect } from '../../../src/dialects/sqlite/connect.ts';
import { sqliteSchema } from '../../../src/dialects/sqlite/schema.ts';
import { planChanges, type SchemaPlan } from '../../../src/diff/plan.ts';
import type { Schema } from '../../../src/schema/schema.ts';
import { fileWith, runStatements } from '../../support/sqlite-change.ts';
import { factsOf } from '../../support/sqlite-facts.ts';
import { lostRows, rowsOf } from '../../support/sqlite-rows.ts';

async function schemaOf(sql: string): Promise<Schema> {
  const { name } = fileWith(sql);
  const url = { dialect: 'sqlite', path: name, display: name } as const;
  const session = await connect(url, { connectTimeoutMs: 0, readOnly: true, create: false });
  try {
    return (await sqliteSchema.inspect(session, () => false)).schema;
  } finally {
    await session.close();
  }
}

async function planFor(version: number, before: string, after: string): Promise<SchemaPlan> {
  const [from, to] = [await schemaOf(before), await schemaOf(after)];
  return planChanges({ from, to, version, flavor: 'sqlite' }, sqliteSchema);
}

const CHANGES = [
  ['NOT NULL comes', 'a text, b int', 'a text NOT NULL, b int'],
  ['NOT NULL goes', 'a text NOT NULL, b int', 'a text, b int'],
  ['a check comes', 'a text, b int', 'a text, b int, CONSTRAINT c CHECK (b > 0)'],
  ['a check goes', 'a text, b int, CONSTRAINT c CHECK (b > 0)', 'a text, b int'],
  ['a check changes', 'a text, b int, CONSTRAINT c CHECK (b > 0)', 'a text, b int, CONSTRAINT c CHECK (b > 1)'],
] as const;

/** https://www.sqlite.org/changes.html#version_3_53_0 */
const NEW_WORDS = /ALTER TABLE \w+ (?:ALTER COLUMN|ADD (?:CONSTRAINT|CHECK)|DROP CONSTRAINT)/;

describe('statements for a SQLite of', () => {
  test.for(CHANGES)('3.40 rebuild the table where %s', async ([, before, after]) => {
    const rest = 'CREATE INDEX i ON t (b); CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END';
    const [one, other] = [before, after].map((columns) => `CREATE TABLE t (${columns}); ${rest}`) as [string, string];
    const { statements } = await planFor(3_040_001, one, other);
    const sql = statements.map((statement) => statement.sql).join(';\n');
    expect(sql).not.toMatch(NEW_WORDS);
    expect(sql).toMatch(/^CREATE TABLE torale_new_t \(/);
    const db = fileWith(`${one}; INSERT INTO t VALUES ('x', 2), ('y', 3)`);
    const rows = rowsOf(db);
    runStatements(db, statements);
    expect(factsOf(db)).toEqual(factsOf(fileWith(other)));
    expect(lostRows(rows, rowsOf(db))).toEqual([]);
  });

  test.for(CHANGES)('3.53 alter it where %s', async ([, before, after]) => {
    const { statements } = await planFor(3_053_000, `CREATE TABLE t (${before})`, `CREATE TABLE t (${after})`);
    expect(statements.map(({ sql }) => sql)).toEqual(statements.map(() => expect.stringMatching(NEW_WORDS)));
  });

  test('each add, drop and rename columns in place, as all do that know STRICT', async () => {
    const [before, after] = ['CREATE TABLE t (a text, b int) STRICT', 'CREATE TABLE t (a text, c int) STRICT'];
    for (const version of [3_037_000, 3_040_001, 3_054_001]) {
      const { statements } = await planFor(version, before, after);
      expect(statements.map(({ sql }) => sql).sort()).toEqual([
        'ALTER TABLE t ADD COLUMN c int',
        'ALTER TABLE t DROP COLUMN b',
      ]);
    }
  });
});
