import type { Config } from '../config/config.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { isToraleError } from '../errors.ts';
import { allNames, tableNames } from '../journal/tables.ts';
import type { SchemaObject } from '../schema/object.ts';
import type { Session } from '../session/session.ts';

/** Tells what in a database is Torale's own and no part of the schema: its tables, and a schema made for them alone. */
export async function findOwn(
  session: Session,
  dialect: Dialect,
  config: Pick<Config, 'versionTable' | 'versionTableSchema'>,
): Promise<(object: SchemaObject) => boolean> {
  const ownSchema =
    dialect.name === 'postgres' && config.versionTableSchema !== 'public' ? config.versionTableSchema : null;
  const { schema, names } = await findTables(session, dialect, config);
  return ({ kind, path }) => {
    if (kind === 'schema') return ownSchema !== null && path[0] === ownSchema;
    if (kind !== 'table' || !names.has(path.at(-1)!)) return false;
    return path.length === 1 || path.at(-2) === schema;
  };
}

async function findTables(
  session: Session,
  dialect: Dialect,
  config: Pick<Config, 'versionTable' | 'versionTableSchema'>,
): Promise<{ schema: string; names: ReadonlySet<string> }> {
  const { versionTable, versionTableSchema } = config;
  const names = tableNames(versionTable, versionTableSchema ?? '');
  try {
    const found = await dialect.findTables(session, versionTableSchema, [...allNames(names), names.lock]);
    return { schema: found.schema, names: new Set(found.tables.map(({ name }) => name)) };
  } catch (error) {
    // A database without the schema has no tables in it.
    if (isToraleError(error) && error.code === 'CONFIG_INVALID') return { schema: '', names: new Set() };
    throw error;
  }
}
