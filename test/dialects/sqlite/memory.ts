import type { Database } from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { connect } from '../../../src/dialects/sqlite/connect.ts';
import { inspect } from '../../../src/dialects/sqlite/inspect.ts';
import type { Inspection } from '../../../src/dialects/schema-dialect.ts';
import type { Schema } from '../../../src/schema/schema.ts';
import { keyOf, type SchemaObject } from '../../../src/schema/object.ts';
import type { Session } from '../../../src/session/session.ts';

/** A database in memory that has run this SQL. */
export async function memory(sql = ''): Promise<{ session: Session; db: Database }> {
  const url = { dialect: 'sqlite', path: ':memory:', display: 'memory' } as const;
  const session = await connect(url, { connectTimeoutMs: 0, readOnly: false, create: true });
  onTestFinished(() => session.close());
  const db = session.driver as Database;
  db.exec(sql);
  return { session, db };
}

export async function inspected(
  sql: string,
  isOwn: (object: SchemaObject) => boolean = () => false,
): Promise<Inspection> {
  const { session } = await memory(sql);
  return inspect(session, isOwn);
}

export async function schemaOf(sql: string): Promise<Schema> {
  const { schema, unread } = await inspected(sql);
  if (unread.length > 0) throw new Error(unread.join('\n'));
  return schema;
}

/** Each object with its definition, by its id. */
export function definitionsOf(schema: Schema): Record<string, unknown> {
  return Object.fromEntries([...schema.objects()].map((object) => [keyOf(object), object.definition]));
}

/** Each object with its definition and what it needs, in no order. */
export function linesOf(schema: Schema, withNeeds = true): string[] {
  return [...schema.objects()]
    .map((object) => JSON.stringify(withNeeds ? [object, schema.needs(keyOf(object))] : object))
    .sort();
}
