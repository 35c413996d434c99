import { expect, onTestFinished } from 'vitest';
import { loadSchemaDialect } from '../../../src/dialects/load-schema.ts';
import { loadDialect } from '../../../src/dialects/load.ts';
import { parseDatabaseUrl } from '../../../src/dialects/registry.ts';
import type { Inspection } from '../../../src/dialects/schema-dialect.ts';
import { planChanges, type SchemaPlan } from '../../../src/diff/plan.ts';
import type { Session } from '../../../src/session/session.ts';
import { freshDatabase } from '../../support/databases.ts';

/** A session on a database of its own, in which these statements ran. */
export async function open(...statements: readonly string[]): Promise<Session> {
  const { url } = await freshDatabase('mysql');
  const options = { connectTimeoutMs: 5000, readOnly: false, create: true };
  const session = await (await loadDialect('mysql')).connect(parseDatabaseUrl(url, { cwd: '.', base: '.' }), options);
  onTestFinished(() => session.close());
  for (const sql of statements) await session.query(sql);
  return session;
}

export async function inspect(session: Session): Promise<Inspection> {
  return (await loadSchemaDialect('mysql')).inspect(session, () => false);
}

export async function planBetween(from: Session, to: Session, more: object = {}): Promise<SchemaPlan> {
  const [before, after] = [await inspect(from), await inspect(to)];
  expect([...before.unread, ...after.unread]).toEqual([]);
  const { number: version, flavor } = before.server;
  return planChanges(
    { from: before.schema, to: after.schema, version, flavor, ...more },
    await loadSchemaDialect('mysql'),
  );
}

/** Makes one into the other, after which nothing is left to do; tells what ran, settings of the session left out. */
export async function become(session: Session, target: Session, more: object = {}): Promise<string[]> {
  const { statements } = await planBetween(session, target, more);
  for (const { sql } of statements) await session.query(sql);
  expect(await planBetween(session, target, more)).toEqual({ changes: [], statements: [] });
  return statements.map(({ sql }) => sql).filter((sql) => !sql.startsWith('SET '));
}

/** There and back again; tells what ran on the way there. */
export async function thereAndBack(from: readonly string[], to: readonly string[]): Promise<string[]> {
  const [session, before, after] = [await open(...from), await open(...from), await open(...to)];
  const there = await become(session, after);
  await become(session, before);
  return there;
}

export async function shown(session: Session, query: string): Promise<string> {
  const { rows } = await session.query(query);
  return String(Object.values(rows[0]!)[1]);
}
