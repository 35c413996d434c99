import type { Schema } from '../../../schema/schema.ts';
import type { Kind } from '../../../schema/kinds.ts';
import type { Path } from '../../../schema/object.ts';
import { stringOf } from './text.ts';

/**
 * What a program runs under, whoever calls it: https://dev.mysql.com/doc/refman/8.4/en/create-procedure.html. The character
 * set of the client that made it has no part in it, since the text is kept as it was meant; `collation_database` is not set,
 * but found in the database.
 */
export function settingsOf(row: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return {
    sql_mode: said(row['sql_mode']),
    collation_connection: said(row['collation_connection']),
    collation_database: said(row['Database Collation']),
  };
}

const said = (value: unknown): string => (typeof value === 'string' ? value : '');

const UNSET = new Set(['collation_database']);

/** The same as a statement needs them. */
export function sessionFor(settings: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const entries = Object.entries(settings).filter(([name]) => !UNSET.has(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, stringOf(value)]));
}

/** `DEFINER=… `, where a program has another than who makes it. */
export function definerOf(kind: Kind, path: Path, schema: Schema): string {
  const role = schema.find('owner', [kind, ...path])?.definition.role;
  return role === undefined ? '' : `DEFINER=${role} `;
}
