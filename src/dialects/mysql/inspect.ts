import { idOf, keyOf, objectOf, type ObjectId, type SchemaObject } from '../../schema/object.ts';
import { Schema, type Need } from '../../schema/schema.ts';
import type { Session } from '../../session/session.ts';
import type { Inspection } from '../schema-dialect.ts';
import { quote } from './quote.ts';
import { readTable, type ReadTable } from './kinds/show-create.ts';

/** What the database holds beside tables, each with the table that it is on. */
const OTHERS = `
  SELECT LOWER(REPLACE(TABLE_TYPE, 'BASE ', '')) AS kind, TABLE_NAME AS name, '' AS on_table
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE NOT IN ('BASE TABLE', 'SYSTEM VERSIONED')
  UNION ALL SELECT 'trigger', TRIGGER_NAME, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
  UNION ALL SELECT LOWER(ROUTINE_TYPE), ROUTINE_NAME, '' FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()
  UNION ALL SELECT 'event', EVENT_NAME, '' FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()`;

const TABLES = `
  SELECT TABLE_NAME AS name, TABLE_COLLATION AS collation FROM information_schema.TABLES
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY TABLE_NAME`;

/** What a column has without being told so is not in SHOW CREATE TABLE. */
const COLLATIONS = `
  SELECT TABLE_NAME AS tbl, COLUMN_NAME AS name, COLLATION_NAME AS collation FROM information_schema.COLUMNS
  WHERE TABLE_SCHEMA = DATABASE() AND COLLATION_NAME IS NOT NULL`;

/** Reads the text of every table as the server prints it: the only place where it says all. */
export async function inspect(session: Session, isOwn: (object: SchemaObject) => boolean): Promise<Inspection> {
  await session.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  try {
    const { rows: others } = await session.query(OTHERS);
    const { rows: tables } = await session.query(TABLES);
    const { rows: collated } = await session.query(COLLATIONS);
    const collations = new Map(
      collated.map((row) => [idOf('column', [text(row['tbl']), text(row['name'])]), text(row['collation'])]),
    );
    const reading = new Reading(isOwn, collations);
    for (const { name, collation } of tables) {
      const { rows } = await session.query(`SHOW CREATE TABLE ${quote(text(name))}`);
      reading.table(text(name), readTable(text(rows[0]!['Create Table'])), text(collation));
    }
    for (const row of others) reading.leave(text(row['on_table']), `${text(row['kind'])} ${text(row['name'])}`);
    const { flavor, version } = session.server;
    return {
      schema: reading.schema(),
      server: { flavor, version, number: numberOf(version) },
      unread: reading.unread.sort(),
    };
  } finally {
    await session.query('ROLLBACK');
  }
}

const text = (value: unknown): string => String(value);

/** 10.11.19 is 101119, as in the version numbers of executable comments. */
function numberOf(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return major * 10_000 + minor * 100 + patch;
}

class Reading {
  readonly unread: string[] = [];
  readonly #isOwn: (object: SchemaObject) => boolean;
  readonly #collations: ReadonlyMap<ObjectId, string>;
  readonly #objects: SchemaObject[] = [];
  readonly #needs = new Map<ObjectId, readonly Need[]>();

  constructor(isOwn: (object: SchemaObject) => boolean, collations: ReadonlyMap<ObjectId, string>) {
    this.#isOwn = isOwn;
    this.#collations = collations;
  }

  schema(): Schema {
    return new Schema(this.#objects, this.#needs).filter((object) => !this.#isOwn(object));
  }

  table(name: string, read: ReadTable, collation: string): void {
    const isSaid = read.options.some((option) => option.startsWith('COLLATE='));
    const whole: Need = { id: idOf('table', [name]), strength: 'own' };
    this.#put(
      objectOf('table', [name], { options: [...read.options, ...(isSaid ? [] : [`COLLATE=${collation}`])] }),
      [],
    );
    let position = '';
    for (const { name: column, type, clause } of read.columns) {
      const path = [name, column];
      const clauses = clause === '' ? [] : [clause];
      const collated = this.#collations.get(idOf('column', path));
      this.#put(objectOf('column', path, { type, collation: collated, clauses, position }), [whole]);
      position = column;
    }
    for (const { name: index, unique, definition, names } of read.indexes) {
      const used = names.map((column): Need => ({ id: idOf('column', [name, column]), strength: 'use' }));
      this.#put(objectOf('index', [name, index], { unique, definition }), [whole, ...used]);
    }
    for (const rest of read.rest) this.leave(name, rest.replace('of this', `of ${name}`));
  }

  leave(table: string, said: string): void {
    if (!this.#isOwn(objectOf('table', [table], {}))) this.unread.push(said);
  }

  #put(object: SchemaObject, needs: readonly Need[]): void {
    this.#objects.push(object);
    this.#needs.set(keyOf(object), needs);
  }
}
