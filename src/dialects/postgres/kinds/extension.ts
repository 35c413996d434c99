import type { KindRules, Statement } from '../../../diff/rules.ts';
import { idOf } from '../../../schema/object.ts';
import { ident, text } from '../ident.ts';
import type { Reader } from '../reader.ts';

interface Row {
  readonly oid: number;
  readonly name: string;
  readonly schema: string;
  readonly version?: string;
  readonly fixed: boolean;
}

export const extensionReader: Reader<Row> = {
  name: 'extensions',
  onlyWith: 'pg_extension.oid',
  // Every database has PL/pgSQL.
  sql: () => `
    SELECT e.oid::int8, e.extname AS name, n.nspname AS schema,
      CASE WHEN e.extversion IS DISTINCT FROM a.default_version THEN e.extversion END AS version,
      NOT e.extrelocatable AS fixed
    FROM pg_catalog.pg_extension e
    JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
    LEFT JOIN pg_catalog.pg_available_extensions a ON a.name = e.extname
    WHERE NOT (e.extname = 'plpgsql' AND n.nspname = 'pg_catalog')`,
  read: (rows, catalog) => {
    for (const { oid, name, ...definition } of rows) {
      catalog.put('extension', [name], definition, ['pg_extension', oid]);
    }
  },
};

export const extension: KindRules<'extension'> = {
  noun: () => 'extension',
  create: ({ path: [name], definition: { schema, version } }) => {
    const inSchema = schema === undefined ? '' : ` WITH SCHEMA ${ident(schema)}`;
    const atVersion = version === undefined ? '' : ` VERSION ${text(version)}`;
    return [{ sql: `CREATE EXTENSION ${ident(name!)}${inSchema}${atVersion}` }];
  },
  drop: ({ path: [name] }) => [{ sql: `DROP EXTENSION ${ident(name!)}` }],
  alter: ({ definition: from }, { path: [name], definition: to }) => {
    const words = `ALTER EXTENSION ${ident(name!)}`;
    const statements: Statement[] = [];
    if (from.version !== to.version) {
      if (isOlder(to.version, from.version)) return null;
      statements.push({ sql: `${words} UPDATE${to.version === undefined ? '' : ` TO ${text(to.version)}`}` });
    }
    if (from.schema !== to.schema && from.fixed === true) return null;
    if (from.schema !== to.schema) statements.push({ sql: `${words} SET SCHEMA ${ident(to.schema!)}` });
    return statements;
  },
  occupies: ({ path }) => [idOf('extension', path)],
  moment: { create: 'first' },
};

/** Few extensions have a way back. The version that the server offers first, which is none, passes for the newest. */
function isOlder(version: string | undefined, than: string | undefined): boolean {
  if (version === undefined) return false;
  if (than === undefined) return true;
  return version.localeCompare(than, 'en', { numeric: true }) < 0;
}
